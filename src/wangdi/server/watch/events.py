"""Signals put together: one event for each trigger and place, not one for each series."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from wangdi.server.watch.declaration import Trigger
from wangdi.server.watch.signals import Signal


@dataclass(frozen=True)
class Event:
    """A trigger that goes off at a place, with the signals that made it: there, and at places above it."""

    trigger: str
    place: str
    signals: tuple[Signal, ...]
    places: tuple[str, ...] = ()
    """Of clusters: every place in one of them, sorted; else none."""

    @property
    def own(self) -> tuple[Signal, ...]:
        """The signals of the place itself, and of the places of its clusters."""
        return tuple(signal for signal in self.signals if signal.place in (self.place, *self.places))

    @property
    def first_period(self) -> date:
        return min(signal.period for signal in self.own)

    @property
    def last_period(self) -> date:
        return max(signal.period for signal in self.own)

    @property
    def strongest(self) -> Signal:
        """The place's signal furthest above its bound, of the latest period."""
        return max(self.own, key=lambda one: (one.period, one.exceedance, one.channel.name))


def events(
    found: Iterable[Signal], triggers: Mapping[str, Trigger], parents: Mapping[str, str | None]
) -> list[Event]:
    """Which triggers go off where. ``parents``: the place above each, by code.

    A trigger goes off where enough of its channels are above their bounds at the place itself; signals of places above are
    told with it. A place above has an event of its own only where none under it has. What goes off at places of one
    cluster is one event, at the lowest place above all of them; a cluster is enough to go off.
    """
    listed = list(found)
    made = [
        event
        for name, trigger in triggers.items()
        for event in _events_of(
            name, trigger, [s for s in listed if s.channel.name in trigger.channels], parents
        )
    ]
    return sorted(made, key=lambda event: (event.trigger, event.place))


def _events_of(
    name: str, trigger: Trigger, found: Sequence[Signal], parents: Mapping[str, str | None]
) -> list[Event]:
    own: dict[str, list[Signal]] = {}
    for signal in found:
        own.setdefault(signal.place, []).append(signal)
    made = dict(_clustered(name, own, parents))
    taken = {place for event in made.values() for place in (event.place, *event.places)}
    for place in own.keys() - taken:
        if len({signal.channel.name for signal in own[place]}) >= trigger.at_least:
            above = (signal for one in _above(place, parents) for signal in own.get(one, ()))
            made[place] = Event(name, place, (*own[place], *above))
    covered = {above for place in made for above in _above(place, parents)}
    clusters = {place for place, event in made.items() if event.places}
    return [event for place, event in made.items() if place in clusters or place not in covered]


def _clustered(
    name: str, own: Mapping[str, Sequence[Signal]], parents: Mapping[str, str | None]
) -> Iterator[tuple[str, Event]]:
    """An event for each place at which clusters come together, with all signals of their places."""
    for place, found in own.items():
        places = sorted({code for signal in found for code in signal.places})
        if places:
            inner = [signal for code in places if code != place for signal in own.get(code, ())]
            above = [signal for one in _above(place, parents) for signal in own.get(one, ())]
            yield place, Event(name, place, (*found, *inner, *above), tuple(places))


def _above(place: str, parents: Mapping[str, str | None]) -> list[str]:
    found: list[str] = []
    above = parents.get(place)
    while above is not None and above not in found:
        found.append(above)
        above = parents.get(above)
    return found
