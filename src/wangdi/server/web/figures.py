"""Reading published figures for the pages. Nothing is computed here: only the evaluator makes figures."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db.models import CharField
from django.db.models.functions import Cast

from wangdi.engine.model.indicators import Better, Indicator
from wangdi.engine.model.pack import Rulebook
from wangdi.server.adoption.targets import Targets, seats_of
from wangdi.server.evaluation.models import Figure
from wangdi.server.evaluation.services import FiguresStamp, figures_stamp, rulebook
from wangdi.server.network.models import Place
from wangdi.server.web.areas import Area
from wangdi.server.web.values import scale_of

TREND_MONTHS = 12

AREAS_KEPT = 48
"""Areas whose figures a process keeps in memory until others are published: half a megabyte each for 800 indicators.

A county has about as many townships and centres. Reading those of one area takes a hundred times as long."""


class Counts(NamedTuple):
    """What a figure is made from, as published."""

    numerator: float
    denominator: float | None


Trend = tuple[tuple[date, float], ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an area stands in an indicator: the newest figure, the target and the way there.

    ``trend`` holds the values at month ends, oldest first, the newest figure last, without gaps filled.
    """

    indicator: Indicator
    area: Area
    figure: Counts | None
    target: float | None
    trend: Trend = ()

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


def _value(indicator: Indicator, figure: Counts) -> float | None:
    return indicator.value(figure.numerator, figure.denominator)


def month_ends(until: date, count: int = TREND_MONTHS) -> list[date]:
    """The last days of the ``count`` months up to that of ``until``, which stands for its own month."""
    days = [until]
    while len(days) < count:
        before = days[0].replace(day=1) - timedelta(days=1)
        days.insert(0, before.replace(day=monthrange(before.year, before.month)[1]))
    return days


def standings(area: Area, targets: Targets) -> list[Standing]:
    """On the day of the targets, one per indicator that has a figure in this area, with its trend. One query, or none."""
    days = tuple(month_ends(targets.day))
    found = _published(figures_stamp(), area.entity, area.node.pk, days, rulebook())
    seats = seats_of(area.node)
    return [
        Standing(indicator, area, newest, targets.at(indicator, seats), trend)
        for indicator, newest, trend in found
    ]


def standings_in(area: Area, indicators: Sequence[Indicator], targets: Targets) -> list[Standing]:
    """As `standings`, of a few indicators. One query."""
    days = month_ends(targets.day)
    rows = _rows(area.entity, area.node.pk, days, figures_stamp(), [one.name for one in indicators])
    seats = seats_of(area.node)
    return [
        Standing(indicator, area, newest, targets.at(indicator, seats), trend)
        for indicator, newest, trend in _by_indicator(rows, indicators, days)
    ]


@lru_cache(maxsize=AREAS_KEPT)
def _published(
    stamp: FiguresStamp, entity: str, key: int, days: tuple[date, ...], rules: Rulebook
) -> list[tuple[Indicator, Counts | None, Trend]]:
    return _by_indicator(_rows(entity, key, days, stamp), rules.indicators.values(), days)


_Row = tuple[str, str, float, float | None]


def _rows(
    entity: str, key: int, days: Sequence[date], stamp: FiguresStamp, names: Sequence[str] | None = None
) -> Iterable[_Row]:
    """Indicator, day, numerator and denominator of what is announced, later publications after earlier ones.

    The day as ISO 8601 text: an area has ten thousand rows of a dozen days, which are not worth making dates of each.
    """
    rows = Figure.objects.announced(stamp.publication).filter(**{entity: key}, dimension="", as_of__in=days)
    if names is not None:
        rows = rows.filter(indicator__in=names)
    day = Cast("as_of", CharField())
    return rows.order_by("publication_id").values_list("indicator", day, "numerator", "denominator")


def _by_indicator(
    rows: Iterable[_Row], indicators: Iterable[Indicator], days: Sequence[date]
) -> list[tuple[Indicator, Counts | None, Trend]]:
    """The newest figure and the trend of each indicator that has any."""
    series: defaultdict[str, dict[str, tuple[float, float | None]]] = defaultdict(dict)
    for name, text, numerator, denominator in rows:
        series[name][text] = (numerator, denominator)
    texts = [(day.isoformat(), day) for day in days]
    newest = texts[-1][0]
    found = []
    for indicator in indicators:
        by_day = series.get(indicator.name)
        if by_day is None:
            continue
        values = ((day, indicator.value(*by_day[text])) for text, day in texts if text in by_day)
        trend = tuple((day, value) for day, value in values if value is not None)
        if trend:
            found.append((indicator, Counts(*by_day[newest]) if newest in by_day else None, trend))
    return found


def counts_of(areas: Sequence[Area], names: Sequence[str], day: date) -> dict[tuple[int, str], Counts]:
    """The totals of some indicators on a day, by the key of the area, all of one sort, and the name. One query."""
    entity = areas[0].entity
    rows = Figure.objects.announced(figures_stamp().publication).filter(
        **{f"{entity}__in": [area.node.pk for area in areas]},
        dimension="",
        indicator__in=names,
        as_of=day,
    )
    columns = (f"{entity}_id", "indicator", "numerator", "denominator")
    return {
        (key, name): Counts(numerator, denominator)
        for key, name, numerator, denominator in rows.order_by("publication_id").values_list(*columns)
    }


def league(areas: Sequence[Area], indicator: Indicator, targets: Targets) -> list[Standing]:
    """The areas (places or institutions) on the day of the targets, best first; those without a figure last. One query."""
    if not areas:
        return []
    found = counts_of(areas, [indicator.name], targets.day)
    table = [
        Standing(
            indicator,
            area,
            found.get((area.node.pk, indicator.name)),
            targets.at(indicator, seats_of(area.node)),
        )
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
