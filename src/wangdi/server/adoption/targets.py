"""The target that applies to an indicator at a place or an institution: the one answer for every screen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
        """The target of the nearest seat that has one, or else the pack's; ``seats`` go from the area upwards."""
        given = self.given.get(indicator.name)
        if given is not None:
            found = next((given[seat] for seat in seats if seat in given), None)
            if found is not None:
                return found
        value = indicator.target.value_on(self.day) if indicator.target else None
        return float(value) if isinstance(value, int | float) else None


def seats_of(area: Place | Institution) -> list[Seat]:
    """A place and those above it; an institution and those above it, then its place and those above that."""
    if isinstance(area, Place):
        return _upwards("place", area.path)
    return [*_upwards("institution", area.path), *_upwards("place", area.place.path)]


def _upwards(entity: str, path: str) -> list[Seat]:
    return [(entity, code) for code in reversed(path.strip(SEPARATOR).split(SEPARATOR))]
