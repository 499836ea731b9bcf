"""A bulletin of one place and day: every number read once, small ones hidden, for whichever form it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from wangdi.engine.evaluate.public import hidden_parts, is_small
from wangdi.engine.model.indicators import Indicator
from wangdi.server.evaluation.models import Closure, Figure
from wangdi.server.network.models import Place
from wangdi.server.web.areas import Area
from wangdi.server.web.breakdowns import category_title, dimension_title
from wangdi.server.web.bulletin.chapters import Chapter, Contents, Told
from wangdi.server.web.charts import Bar, Spec, bars_chart
from wangdi.server.web.maps import Spot, spots_map
from wangdi.server.web.values import scale_of
from wangdi.server.web.words import NOTHING, say, wording

MOST_BARS = 40
"""More bars than that are no chart; the table has them all."""


@dataclass(frozen=True, slots=True)
class Number:
    """A figure as the public sees it: ``value`` is None where there is none, and where it is hidden."""

    value: float | None
    shown: str
    size: float = 0
    """Of how many: the denominator, or the number itself."""


HIDDEN = Number(None, "…")
NONE = Number(None, NOTHING)


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator of the place, then and a year before, and of each place below."""

    indicator: Indicator
    now: Number
    before: Number
    below: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """An indicator by the categories of one dimension."""

    indicator: Indicator
    dimension: str
    parts: tuple[tuple[str, Number], ...]

    @property
    def chart(self) -> Spec | None:
        bars = [
            Bar(title, number.value, number.shown) for title, number in self.parts if number.value is not None
        ]
        return bars_chart(bars, scale_of(self.indicator).axis) if 1 < len(bars) <= MOST_BARS else None


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter with its numbers. ``compared`` is the line drawn for the places below."""

    title: str
    lines: tuple[Line, ...]
    splits: tuple[Split, ...]
    compared: Line | None


@dataclass(frozen=True, slots=True)
class Issue:
    title: str
    area: Area
    day: date
    is_closed: bool
    below: tuple[Area, ...]
    sections: tuple[Section, ...]

    def chart_below(self, line: Line) -> Spec | None:
        """The places below as bars, best first."""
        rows = [
            Bar(area.node.name, number.value, number.shown)
            for area, number in zip(self.below, line.below, strict=True)
            if number.value is not None
        ]
        rows.sort(key=lambda one: -one.value)
        return bars_chart(rows, scale_of(line.indicator).axis) if 1 < len(rows) <= MOST_BARS else None

    def map_below(self, line: Line) -> Spec | None:
        """The places below on a map; None where a position is missing."""
        spots = [
            Spot(
                area.node.name,
                area.node.lon,
                area.node.lat,
                number.value,
                number.shown,
                number.size,
                area.url,
            )
            for area, number in zip(self.below, line.below, strict=True)
            if number.value is not None and area.node.lon is not None and area.node.lat is not None
        ]
        if len(spots) < 2 or len(spots) != sum(number.value is not None for number in line.below):
            return None
        title, size = wording(line.indicator.title), say("分母", "Denominator")
        return spots_map(spots, title, size, scale_of(line.indicator).axis)


def issue(contents: Contents, area: Area, day: date) -> Issue:
    """Reads all figures of the bulletin at a place on a day. Three queries."""
    below = tuple(area.children())
    reading = _Reading(area, below, day, tuple(_named(contents)))
    sections = tuple(_section(chapter, reading) for chapter in contents.chapters)
    is_closed = Closure.objects.filter(last_day=day, reopened=None).exists()
    return Issue(wording(contents.title), area, day, is_closed, below, sections)


def _named(contents: Contents) -> Sequence[str]:
    return list(dict.fromkeys(one.indicator.name for chapter in contents.chapters for one in chapter.figures))


class _Reading:
    """The figures of a place and those below it: totals by key, indicator and day; parts by indicator and dimension."""

    def __init__(self, area: Area, below: Sequence[Area], day: date, names: Sequence[str]) -> None:
        self.area, self.below, self.day = area, below, day
        self.before = _a_year_before(day)
        keys = [area.node.pk, *(one.node.pk for one in below)]
        totals = Figure.objects.filter(
            place__in=keys, dimension="", indicator__in=names, as_of__in=(day, self.before)
        ).order_by("publication_id")
        self.totals: Mapping[tuple[int | None, str, date], Figure] = {
            (row.place_id, row.indicator, row.as_of): row for row in totals
        }
        parts = Figure.objects.filter(
            place=area.node.pk, dimension__gt="", indicator__in=names, as_of=day
        ).order_by("publication_id")
        self.parts: dict[tuple[str, str], dict[str, Figure]] = {}
        for row in parts:
            self.parts.setdefault((row.indicator, row.dimension), {})[row.category] = row

    def total(self, key: int, indicator: Indicator, day: date) -> Number:
        figure = self.totals.get((key, indicator.name, day))
        if figure is None:
            return NONE
        small = is_small(indicator, figure.numerator, figure.denominator, day)
        return HIDDEN if small else _number(indicator, figure)

    def line(self, indicator: Indicator) -> Line:
        key = self.area.node.pk
        return Line(
            indicator,
            self.total(key, indicator, self.day),
            self.total(key, indicator, self.before),
            tuple(self.total(one.node.pk, indicator, self.day) for one in self.below),
        )

    def split(self, told: Told) -> Split | None:
        if told.by is None:
            return None
        dimension = told.by
        found = self.parts.get((told.indicator.name, dimension.name), {})
        rows = sorted(found.values(), key=lambda row: dimension.rank(row.category))
        hidden = hidden_parts(told.indicator, [(row.numerator, row.denominator) for row in rows], self.day)
        parts = tuple(
            (category_title(row.category, dimension), HIDDEN if hide else _number(told.indicator, row))
            for row, hide in zip(rows, hidden, strict=True)
        )
        return Split(told.indicator, dimension_title(dimension), parts) if parts else None


def _number(indicator: Indicator, figure: Figure) -> Number:
    value = indicator.value(figure.numerator, figure.denominator)
    size = abs(figure.numerator) if figure.denominator is None else figure.denominator
    return Number(value, scale_of(indicator).written(value), size)


def _a_year_before(day: date) -> date:
    """The same month end a year before; 28 February where a leap day is missing."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def _section(chapter: Chapter, reading: _Reading) -> Section:
    indicators = list(dict.fromkeys(told.indicator for told in chapter.figures))
    lines = tuple(reading.line(one) for one in indicators)
    splits = tuple(split for told in chapter.figures if (split := reading.split(told)) is not None)
    return Section(wording(chapter.title), lines, splits, _most_telling(lines))


def _most_telling(lines: Sequence[Line]) -> Line | None:
    """The figure with a target that the most places below have; else the share that most have."""

    def weight(line: Line) -> tuple[bool, bool, int]:
        share = scale_of(line.indicator).unit is not None
        return (
            line.indicator.target is not None,
            share,
            sum(number.value is not None for number in line.below),
        )

    telling = [line for line in lines if sum(number.value is not None for number in line.below) > 1]
    return max(telling, key=weight, default=None)


def days_of(area: Area) -> list[date]:
    """The days of which a place has figures, newest first."""
    if not isinstance(area.node, Place):
        return []
    days = Figure.objects.filter(place=area.node, dimension="").values_list("as_of", flat=True)
    return sorted(set(days.distinct()), reverse=True)


def standing_of(issue: Issue) -> str:
    """Whether the numbers are for good."""
    return (
        say("已封账的正式数", "final: the month is closed")
        if issue.is_closed
        else say("未封账的初步数", "preliminary: the month is not closed")
    )
