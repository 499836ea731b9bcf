"""The parts of a figure, by sex, age band or another dimension: read as published, titled for people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from wangdi.engine.model.fields import Field
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.registers import REGISTERS
from wangdi.server.evaluation.models import Figure
from wangdi.server.web.areas import Area
from wangdi.server.web.values import bar_top
from wangdi.server.web.words import say, wording

AGE_BAND = "age_band"
UNKNOWN = "unknown"


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
    """An indicator's parts in an area on a day, by dimension. One query."""
    rows = Figure.objects.filter(
        **{area.entity: area.node}, dimension__gt="", indicator=indicator.name, as_of=day
    )
    newest = {(row.dimension, row.category): row for row in rows.order_by("publication_id")}
    dimensions = sorted({dimension for dimension, _ in newest})
    return [
        _breakdown(indicator, name, [row for (dimension, _), row in newest.items() if dimension == name])
        for name in dimensions
    ]


def _breakdown(indicator: Indicator, dimension: str, rows: Iterable[Figure]) -> Breakdown:
    field = _field(indicator.entity, dimension)
    ordered = sorted(rows, key=lambda row: (row.category == UNKNOWN, row.category))
    parts = tuple(
        Part(category_title(row.category, dimension, field), row, _value(indicator, row)) for row in ordered
    )
    top = bar_top(indicator, (part.value for part in parts))
    return Breakdown(dimension_title(dimension, field), parts, top)


def _value(indicator: Indicator, row: Figure) -> float | None:
    return indicator.value(row.numerator, row.denominator)


def _field(entity: str, name: str) -> Field | None:
    return next((field for field in REGISTERS[entity].fields if field.name == name), None)


def dimension_title(name: str, field: Field | None) -> str:
    """What a dimension is called; its own name where nothing declares a title."""
    if name == AGE_BAND:
        return say("年龄", "age")
    return wording(field.title) if field is not None else name


def category_title(category: str, dimension: str, field: Field | None) -> str:
    """What a category is called: the title of an option, ages with their unit."""
    if category == UNKNOWN:
        return say("不详", "Unknown")
    if dimension == AGE_BAND:
        return _ages(category)
    options = field.options if field is not None else ()
    return next((wording(option.title) for option in options if option.code == category), category)


def _ages(band: str) -> str:
    """``0-6``, ``65+`` and ``<7`` in words."""
    if band.endswith("+"):
        return say("{age}岁及以上", "{age} and older", age=band[:-1])
    if band.startswith("<"):
        return say("不满{age}岁", "below {age}", age=band[1:])
    return say("{ages}岁", "{ages}", ages=band.replace("-", "–"))
