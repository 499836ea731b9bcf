"""Reading published figures for the pages. Nothing is computed here: only the evaluator makes figures."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wangdi.engine.model.indicators import Better, Indicator
from wangdi.server.adoption.targets import Targets, seats_of
from wangdi.server.evaluation.models import Figure
from wangdi.server.network.models import Place
from wangdi.server.web.areas import Area
from wangdi.server.web.values import scale_of

TREND_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an area stands in an indicator: the newest figure, the target and the way there.

    ``trend`` holds the values at month ends, oldest first, the newest figure last, without gaps filled.
    """

    indicator: Indicator
    area: Area
    figure: Figure | None
    target: float | None
    trend: tuple[tuple[date, float], ...] = ()

    @property
    def value(self) -> float | None:
        return _value(self.indicator, self.figure) if self.figure else None

    @property
    def is_reached(self) -> bool | None:
        """None without a figure or without a target."""
        if self.value is None or self.target is None:
            return None
        higher = self.indicator.better is Better.HIGHER
        return self.value >= self.target if higher else self.value <= self.target

    @property
    def gap(self) -> str | None:
        """What is still missing to the target, in the unit of differences; None when reached."""
        if self.is_reached is not False or self.value is None or self.target is None:
            return None
        return scale_of(self.indicator).difference(self.target, self.value)


def _value(indicator: Indicator, figure: Figure) -> float | None:
    return indicator.value(figure.numerator, figure.denominator)


def month_ends(until: date, count: int = TREND_MONTHS) -> list[date]:
    """The last days of the ``count`` months up to that of ``until``, which stands for its own month."""
    days = [until]
    while len(days) < count:
        before = days[0].replace(day=1) - timedelta(days=1)
        days.insert(0, before.replace(day=monthrange(before.year, before.month)[1]))
    return days


def standings(area: Area, indicators: Iterable[Indicator], targets: Targets) -> list[Standing]:
    """On the day of the targets, one per indicator that has a figure in this area, with its trend. One query."""
    found = _figures_by_day(area, month_ends(targets.day))
    series: dict[str, list[Figure]] = {}
    for (name, _), figure in found.items():
        series.setdefault(name, []).append(figure)
    seats = seats_of(area.node)
    result = []
    for indicator in indicators:
        values = [(figure.as_of, _value(indicator, figure)) for figure in series.get(indicator.name, ())]
        trend = tuple((day, value) for day, value in values if value is not None)
        if not trend:
            continue
        newest = found.get((indicator.name, targets.day))
        result.append(Standing(indicator, area, newest, targets.at(indicator, seats), trend))
    return result


def _figures_by_day(area: Area, days: Sequence[date]) -> dict[tuple[str, date], Figure]:
    """By indicator and day, days ascending; of several publications for a day the newest."""
    rows = Figure.objects.filter(**{area.entity: area.node}, dimension="", as_of__in=days)
    return {(row.indicator, row.as_of): row for row in rows.order_by("as_of", "publication_id")}


def league(areas: Sequence[Area], indicator: Indicator, targets: Targets) -> list[Standing]:
    """The areas (places or institutions) on the day of the targets, best first; those without a figure last. One query."""
    if not areas:
        return []
    entity = areas[0].entity
    rows = Figure.objects.filter(
        **{f"{entity}__in": [area.node.pk for area in areas]},
        dimension="",
        indicator=indicator.name,
        as_of=targets.day,
    ).order_by("publication_id")
    found = {getattr(row, f"{entity}_id"): row for row in rows}
    table = [
        Standing(indicator, area, found.get(area.node.pk), targets.at(indicator, seats_of(area.node)))
        for area in areas
    ]
    sign = -1 if indicator.better is Better.HIGHER else 1
    return sorted(table, key=lambda row: (row.value is None, sign * (row.value or 0), row.area.node.code))


def ranked(table: Sequence[Standing]) -> list[tuple[int | None, Standing]]:
    """The rows of a league table with their ranks; equal values share one, no value has none."""
    values = [row.value for row in table]
    return [(None if row.value is None else values.index(row.value) + 1, row) for row in table]


def townships_with_position(area: Area) -> list[Area]:
    """The townships under a place that can be put on a map."""
    if not isinstance(area.node, Place):
        return []
    rows = Place.objects.filter(
        path__under=area.node.path, level="township", lon__isnull=False, lat__isnull=False
    ).order_by("code")
    return [Area(row, area.scope) for row in rows]
