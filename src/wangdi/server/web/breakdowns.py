"""The parts of a figure, by sex, age band or another dimension: read as published, titled for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wangdi.engine.model.indicators import UNKNOWN, Dimension, Indicator
from wangdi.engine.model.named import Named
from wangdi.engine.packs.breakdowns import AGE_BAND
from wangdi.server.evaluation.models import Figure
from wangdi.server.web.areas import Area
from wangdi.server.web.values import bar_top
from wangdi.server.web.words import column_in_words, option_in_words, say, wording


@dataclass(frozen=True, slots=True)
class Part:
    """An indicator of one category only, as of one sex."""

    title: str
    figure: Figure
    value: float | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """All parts by one dimension; a full bar stands for ``top``."""

    title: str
    parts: tuple[Part, ...]
    top: float


def breakdowns(area: Area, indicator: Indicator, day: date) -> list[Breakdown]:
    """An indicator's parts in an area on a day, by dimension. One query, for indicators that have any."""
    if not indicator.by:
        return []
    rows = Figure.objects.filter(
        **{area.entity: area.node}, dimension__gt="", indicator=indicator.name, as_of=day
    )
    newest = {(row.dimension, row.category): row for row in rows.order_by("publication_id")}
    found = (
        _breakdown(indicator, dimension, [row for (name, _), row in newest.items() if name == dimension.name])
        for dimension in indicator.by
    )
    return [one for one in found if one.parts]


def _breakdown(indicator: Indicator, dimension: Dimension, rows: Sequence[Figure]) -> Breakdown:
    parts = tuple(
        Part(category_title(row.category, dimension), row, _value(indicator, row))
        for row in sorted(rows, key=lambda row: dimension.rank(row.category))
    )
    top = bar_top(indicator, (part.value for part in parts))
    return Breakdown(dimension_title(dimension), parts, top)


def _value(indicator: Indicator, row: Figure) -> float | None:
    return indicator.value(row.numerator, row.denominator)


def dimension_title(dimension: Dimension) -> str:
    """What a dimension is called; its own name where nothing declares a title."""
    if dimension.name == AGE_BAND:
        return say("年龄", "age")
    if isinstance(dimension.category, Named) and dimension.category.title is not None:
        return wording(dimension.category.title)
    return column_in_words(dimension.category) or dimension.name


def category_title(category: str, dimension: Dimension) -> str:
    """What a category is called: the title of an option, ages with their unit."""
    if category == UNKNOWN:
        return say("不详", "Unknown")
    if dimension.name == AGE_BAND:
        return _ages(category)
    return option_in_words(dimension.category, category) or category


def _ages(band: str) -> str:
    """``0-6``, ``65+`` and ``<7`` in words."""
    if band.endswith("+"):
        return say("{age}岁及以上", "{age} and older", age=band[:-1])
    if band.startswith("<"):
        return say("不满{age}岁", "below {age}", age=band[1:])
    return say("{ages}岁", "{ages}", ages=band.replace("-", "–"))
