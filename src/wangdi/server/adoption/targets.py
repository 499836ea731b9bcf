"""The target that applies to an indicator at a place or an institution: the one answer for every screen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.model.indicators import Indicator
from wangdi.server.adoption.models import Target
from wangdi.server.common.paths import SEPARATOR
from wangdi.server.network.models import Institution, Place

Seat = tuple[str, str]
"""``place`` or ``institution``, and a code."""


@dataclass(frozen=True)
class Targets:
    """The targets set for the period of a day, by indicator and seat."""

    day: date
    given: Mapping[str, Mapping[Seat, float]]

    _of_level: dict[str, frozenset[Seat]] = field(default_factory=dict)

    @classmethod
    def on(cls, day: date) -> "Targets":
        """Those that count now for the calendar year of ``day``. One query."""
        rows = Target.objects.current().filter(period_start=Moment.in_year(day).period_start)
        given: dict[str, dict[Seat, float]] = {}
        for name, place, institution, value in rows.values_list(
            "indicator", "place__code", "institution__code", "value"
        ):
            seat = ("place", place) if place is not None else ("institution", institution)
            given.setdefault(name, {})[seat] = value
        return cls(day, given)

    def at(self, indicator: Indicator, seats: Iterable[Seat]) -> float | None:
        """The target of the nearest seat that has one, or else the pack's; ``seats`` go from the area upwards.

        Where something is counted or added up, a target is for the area itself alone: none is taken from above.
        """
        found = self.found(indicator, seats)
        return found[0] if found is not None else None

    def found(self, indicator: Indicator, seats: Iterable[Seat]) -> tuple[float, Seat | None] | None:
        """The target and the seat it was set for; no seat where it is the pack's."""
        upwards = list(seats)
        own = upwards[:1]
        given = self.given.get(indicator.name, {})
        seat = next((one for one in (own if indicator.adds_up else upwards) if one in given), None)
        if seat is not None:
            return given[seat], seat
        level, declared = indicator.target_level, self.declared(indicator)
        is_for = level is None or not self._seats_at(level).isdisjoint(own)
        return (declared, None) if is_for and declared is not None else None

    def declared(self, indicator: Indicator) -> float | None:
        """The pack's own target, wherever it is for."""
        value = indicator.target.value_on(self.day) if indicator.target else None
        return float(value) if isinstance(value, int | float) else None

    def _seats_at(self, level: str) -> frozenset[Seat]:
        if level not in self._of_level:
            codes = Place.objects.filter(level=level).values_list("code", flat=True)
            self._of_level[level] = frozenset(("place", code) for code in codes)
        return self._of_level[level]


def seats_of(area: Place | Institution) -> list[Seat]:
    """A place and those above it; an institution and those above it, then its place and those above that."""
    if isinstance(area, Place):
        return _upwards("place", area.path)
    return [*_upwards("institution", area.path), *_upwards("place", area.place.path)]


def _upwards(entity: str, path: str) -> list[Seat]:
    return [(entity, code) for code in reversed(path.strip(SEPARATOR).split(SEPARATOR))]
