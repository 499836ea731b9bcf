"""One indicator at many places side by side: league, limits of chance, ages and sexes made equal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from wangdi.engine.evaluate.public import is_small
from wangdi.engine.model.indicators import Better, Indicator
from wangdi.engine.model.registers import PLACE_LEVELS
from wangdi.engine.model.text import Text
from wangdi.methods.fairness import funnel, standing
from wangdi.server.adoption.targets import Targets
from wangdi.server.evaluation.adjusting import adjusted_shares
from wangdi.server.network.models import Institution, Place
from wangdi.server.web.areas import Area
from wangdi.server.web.charts import CHART_WIDTH, FunnelPoint, Spec, funnel_chart
from wangdi.server.web.figures import Standing, league
from wangdi.server.web.values import SHARE, scale_of
from wangdi.server.web.words import say

FEWEST_COMPARED = 3
"""Fewer places tell nothing about chance."""

LEVELS = tuple(option.code for option in PLACE_LEVELS)


@dataclass(frozen=True, slots=True)
class Compared:
    """A row of the comparison. ``beyond`` as `methods.fairness.standing`; None where chance cannot be judged."""

    standing: Standing
    rank: int | None
    beyond: int | None
    adjusted: float | None
    is_hidden: bool
    """Too small to be shown in public."""

    @property
    def beyond_words(self) -> str:
        return "" if self.beyond is None else BEYOND[self.beyond].in_language(say("zh-hans", "en"))

    @property
    def is_good(self) -> bool | None:
        """Whether being beyond the limits is what one wants; None within them."""
        if not self.beyond:
            return None
        return (self.beyond > 0) is (self.standing.indicator.better is Better.HIGHER)


BEYOND: Mapping[int, Text] = {
    2: Text("明显高于总体", "far above the whole"),
    1: Text("高于总体", "above the whole"),
    0: Text("正常波动", "within chance"),
    -1: Text("低于总体", "below the whole"),
    -2: Text("明显低于总体", "far below the whole"),
}

Order = Callable[[Compared], Any]

ORDERS: Mapping[str, Order] = {
    "value": lambda row: row.standing.value,
    "name": lambda row: row.standing.area.node.code,
    "size": lambda row: row.standing.figure and row.standing.figure.denominator,
    "target": lambda row: _above_target(row.standing),
    "beyond": lambda row: row.beyond,
    "adjusted": lambda row: row.adjusted,
}


def _above_target(row: Standing) -> float | None:
    return None if row.value is None or row.target is None else row.value - row.target


def levels_below(area: Area) -> list[str]:
    """The levels of places that there are under a place, from the top down; none for an institution."""
    if not isinstance(area.node, Place):
        return []
    found = set(Place.objects.filter(path__under=area.node.path).values_list("level", flat=True).distinct())
    return [
        level for level in LEVELS if level in found and LEVELS.index(level) > LEVELS.index(area.node.level)
    ]


def areas_at(area: Area, level: str) -> list[Area]:
    """All places of a level under a place; the next level of an institution."""
    if not level:
        return area.children()
    rows = Place.objects.filter(path__under=area.node.path, level=level).order_by("code")
    return [Area(row, area.scope) for row in rows]


def is_share(indicator: Indicator) -> bool:
    """Whether a figure says how many of how many: only then chance and ages can be judged."""
    return scale_of(indicator) is SHARE


def compared(
    area: Area, whole: Standing, areas: Sequence[Area], targets: Targets, *, adjust: bool
) -> list[Compared]:
    """Best first; those without a figure last."""
    indicator = whole.indicator
    rows = league(areas, indicator, targets)
    values = [row.value for row in rows]
    beyond = _beyond(whole, rows)
    adjusted = _adjusted(area, areas, indicator, targets.day) if adjust else {}
    return [
        Compared(
            row,
            None if row.value is None else values.index(row.value) + 1,
            beyond.get(row.area.node.pk),
            adjusted.get(row.area.node.pk),
            row.figure is not None
            and is_small(indicator, row.figure.numerator, row.figure.denominator, targets.day),
        )
        for row in rows
    ]


def _countable(rows: Sequence[Standing]) -> list[Standing]:
    return [row for row in rows if row.value is not None and row.figure and row.figure.denominator]


def _beyond(whole: Standing, rows: Sequence[Standing]) -> dict[int, int]:
    """How far each place lies beyond what chance explains, by key; empty where that cannot be said."""
    listed = _countable(rows)
    if not is_share(whole.indicator) or whole.value is None or len(listed) < FEWEST_COMPARED:
        return {}
    sizes = np.array([row.figure.denominator for row in listed if row.figure], np.int64)
    values = np.array([row.value for row in listed], np.float64)
    found = standing(funnel(min(max(whole.value, 0.0), 1.0), sizes), values)
    return {row.area.node.pk: int(one) for row, one in zip(listed, found, strict=True)}


def _adjusted(area: Area, areas: Sequence[Area], indicator: Indicator, day: date) -> dict[int, float | None]:
    model = Place if area.entity == "place" else Institution
    numbers = {one.node.code: number for number, one in enumerate(areas)}
    units: dict[int, int] = {}
    for key, path in model.objects.filter(path__under=area.node.path).values_list("pk", "path"):
        above = next((code for code in reversed(path.strip("/").split("/")) if code in numbers), None)
        if above is not None:
            units[key] = numbers[above]
    shares = adjusted_shares(indicator, area.entity, area.node.code, day, units)
    return {one.node.pk: share for one, share in zip(areas, shares, strict=False)}


def can_adjust(indicator: Indicator, latest: date, day: date) -> bool:
    """Ages are known of residents, as the lake has them: for the newest figures."""
    return indicator.entity == "resident" and is_share(indicator) and day == latest


def ordered(rows: Sequence[Compared], sort: str) -> list[Compared]:
    """By one of `ORDERS`, downwards with ``-``; rows that have nothing there come last."""
    key = ORDERS.get(sort.removeprefix("-"))
    if key is None:
        return list(rows)
    having = [row for row in rows if key(row) is not None]
    having.sort(key=lambda row: key(row), reverse=sort.startswith("-"))
    return [*having, *(row for row in rows if key(row) is None)]


def funnel_of(whole: Standing, rows: Sequence[Compared]) -> Spec | None:
    """None where chance cannot be judged."""
    listed = [row for row in rows if row.beyond is not None]
    if not listed or whole.value is None:
        return None
    largest = int(max(row.standing.figure.denominator or 0 for row in listed if row.standing.figure))
    sizes = np.unique(np.linspace(1, max(largest * 1.05, 2), CHART_WIDTH).astype(np.int64))
    limits = funnel(whole.value, sizes)
    curves = [
        {"size": int(n), "low": a, "high": b, "lowest": c, "highest": d}
        for n, a, b, c, d in zip(sizes, limits.low, limits.high, limits.lowest, limits.highest, strict=True)
    ]
    scale = scale_of(whole.indicator)
    points = [
        FunnelPoint(
            row.standing.area.node.name,
            row.standing.figure.denominator or 0,
            row.standing.value or 0.0,
            scale.written(row.standing.value),
            row.beyond or 0,
            row.standing.area.url,
        )
        for row in listed
        if row.standing.figure
    ]
    return funnel_chart(points, curves, whole.value, say("人数（分母）", "Number of people (denominator)"))
