"""Signals put together: one event for each trigger and place, not one for each series."""

from collections.abc import Iterable, Mapping, Sequence
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

    @property
    def first_period(self) -> date:
        return min(signal.period for signal in self.signals)

    @property
    def last_period(self) -> date:
        return max(signal.period for signal in self.signals)

    @property
    def strongest(self) -> Signal:
        """The signal furthest above its bound, of the latest period."""
        return max(self.signals, key=lambda one: (one.period, one.exceedance, one.channel.name))


def events(
    found: Iterable[Signal], triggers: Mapping[str, Trigger], parents: Mapping[str, str | None]
) -> list[Event]:
    """Which triggers go off where. ``parents``: the place above each, by code.

    A channel that is counted for a county speaks for each of its townships as well, but an event needs a signal of the
    place's own; where a place's event rests on signals from above alone, it is the event of that place above.
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
    made: dict[str, Event] = {}
    for place in own:
        together = tuple(signal for one in (place, *_above(place, parents)) for signal in own.get(one, ()))
        if len({signal.channel.name for signal in together}) >= trigger.at_least:
            made[place] = Event(name, place, together)
    covered = {above for place in made for above in _above(place, parents)}
    return [event for place, event in made.items() if place not in covered]


def _above(place: str, parents: Mapping[str, str | None]) -> list[str]:
    found: list[str] = []
    above = parents.get(place)
    while above is not None and above not in found:
        found.append(above)
        above = parents.get(above)
    return found
