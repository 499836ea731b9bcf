"""Charts and maps of published figures, as pages show them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.utils.safestring import SafeString

from wangdi.engine.model.indicators import Indicator
from wangdi.server.adoption.targets import Targets
from wangdi.server.web.areas import Area
from wangdi.server.web.charts import drawn, framed, sparkline, trend_chart
from wangdi.server.web.figures import Standing, league, townships_with_position
from wangdi.server.web.maps import Spot, spots_map
from wangdi.server.web.values import scale_of
from wangdi.server.web.words import say, wording

FEWEST_SPOTS = 2
"""One circle is no map."""


def has_counts(rows: Iterable[Standing]) -> bool:
    """Whether the figures say of how many."""
    return any(row.figure is not None and row.figure.denominator is not None for row in rows)


def spark_of(row: Standing) -> SafeString:
    return sparkline([value for _, value in row.trend], row.target)


def trend_of(row: Standing, closed: Collection[date] | None = None) -> SafeString | None:
    """The values at month ends; None for a single one. With ``closed``, points of other months are hollow."""
    if len(row.trend) < 2:
        return None
    scale = scale_of(row.indicator)
    target = say("目标 {value}", "target {value}", value=scale.written(row.target))
    title = say(
        "{name}，近12个月月末的值", "{name} at the last 12 month ends", name=wording(row.indicator.title)
    )
    return framed(trend_chart(row.trend, row.target, target, scale.axis, closed), title)


def map_of(
    area: Area, children: Sequence[Standing], indicator: Indicator, targets: Targets
) -> SafeString | None:
    """The areas compared where all have a position, else the townships: where villages lie is often not known."""
    spots = [spot for row in children if (spot := _spot(row)) is not None]
    if len(spots) >= FEWEST_SPOTS and len(spots) == sum(row.value is not None for row in children):
        return _drawn_map(spots, children, indicator)
    townships = townships_with_position(area)
    known = {row.area.node.pk: row for row in children} if area.entity == "place" else {}
    if not all(one.node.pk in known for one in townships):
        known = {row.area.node.pk: row for row in league(townships, indicator, targets)}
    standing = [known[one.node.pk] for one in townships]
    spots = [spot for row in standing if (spot := _spot(row)) is not None]
    return None if len(spots) < FEWEST_SPOTS else _drawn_map(spots, standing, indicator)


def _drawn_map(spots: Sequence[Spot], rows: Sequence[Standing], indicator: Indicator) -> SafeString:
    title = wording(indicator.title)
    label = say("{name}的地图", "Map: {name}", name=title)
    sized_by = say("分母", "Denominator") if has_counts(rows) else say("数值", "Value")
    return drawn(spots_map(spots, title, sized_by, scale_of(indicator).axis), label)


def _spot(row: Standing) -> Spot | None:
    node = row.area.node
    if row.value is None or row.figure is None or node.lon is None or node.lat is None:
        return None
    shown = scale_of(row.indicator).written(row.value)
    size = row.figure.denominator if row.figure.denominator is not None else abs(row.value)
    return Spot(node.name, node.lon, node.lat, row.value, shown, size, row.area.url)
