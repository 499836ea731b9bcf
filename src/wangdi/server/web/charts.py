"""Charts as Vega-Lite specifications, drawn to SVG on the server: no script, good on old phones and paper."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any

import vl_convert
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

Spec = dict[str, Any]

FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, sans-serif"
INK, FAINT, GRID = "#1c2b2a", "#52635f", "#e3eae8"
TEAL, RUST = "#0b6e60", "#a8440f"
SERIES_COLORS, SERIES_SHAPES = (TEAL, "#1f5fa8"), ("circle", "square")

CHART_WIDTH = 380
"""Pixels at which text has its natural size: readable scaled to a phone and to a column of a desk screen."""

_CONFIG: Spec = {
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": FAINT,
        "titleColor": FAINT,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "gridColor": GRID,
        "domainColor": "#b9c7c3",
        "tickColor": "#b9c7c3",
    },
    "legend": {
        "labelColor": INK,
        "titleColor": FAINT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "text": {"color": INK, "fontSize": 13},
}
_CHARTS_KEPT = 512
"""About 20 kB each; drawing one takes 60 to 100 ms, looking one up nothing."""

HERE = "https://here.invalid"
"""Vega puts a host of its own before addresses that have none; this one is taken off again."""

_SIZE = re.compile(r'<svg ([^>]*?)width="[\d.]+" height="[\d.]+"')


def warm_up() -> None:
    """Draws a first chart, which takes a second, so that no reader waits for it."""
    drawn({"data": {"values": [{}]}, "mark": "point"}, "")


def drawn(spec: Spec, title: str) -> SafeString:
    """The chart as inline SVG that scales with its column. ``title`` is for those who cannot see it."""
    svg = svg_of(spec)
    return format_html('<figure class="chart" role="img" aria-label="{}">{}</figure>', title, mark_safe(svg))


@lru_cache(maxsize=_CHARTS_KEPT)
def _draw(spec: str) -> str:
    svg: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return _SIZE.sub(r"<svg \1", svg, count=1).replace(f'xlink:href="{HERE}', 'href="')


def _time_axis() -> Spec:
    return {"format": "%Y-%m", "labelAngle": 0, "title": None, "grid": False, "labelOverlap": "greedy"}


@dataclass(frozen=True, slots=True)
class Axis:
    """How values are drawn: times ``factor``, in the ``format`` of d3, up to ``top`` where there is a highest value.

    ``room`` is left above and below, as far as there can be values; by default a seventh of what they span.
    """

    format: str = ",~f"
    room: float | None = None
    top: float = inf
    factor: float = 1

    def domain(self, values: Sequence[float]) -> list[float]:
        """From where to where an axis goes, for values already times the factor."""
        low, high = min(values), max(values)
        room = self.room if self.room is not None else (high - low) / 7 or abs(high) / 7 or 1
        return [low - room if low < 0 else max(0.0, low - room), min(self.top, high + room)]


SHARES = Axis(".0%", 0.06, 1)


def trend_chart(
    points: Sequence[tuple[str, float]],
    target: float | None,
    target_title: str,
    axis: Axis = SHARES,
    firm: Collection[str] | None = None,
) -> Spec:
    """Values at month ends as a line, with the target across. With ``firm``, points of other days are hollow."""
    drawn_points = [(day, value * axis.factor) for day, value in points]
    level = None if target is None else target * axis.factor
    values = [value for _, value in drawn_points] + ([level] if level is not None else [])
    scale = {"domain": axis.domain(values), "nice": True}
    y_axis = {"format": axis.format, "tickCount": 5}
    line: Spec = {
        "data": {
            "values": [
                {"day": day, "value": value, "fill": TEAL if firm is None or day in firm else "#ffffff"}
                for day, value in drawn_points
            ]
        },
        "encoding": {
            "x": {"field": "day", "type": "temporal", "axis": _time_axis()},
            "y": {"field": "value", "type": "quantitative", "scale": scale, "title": None, "axis": y_axis},
        },
        "layer": [
            {"mark": {"type": "line", "color": TEAL, "strokeWidth": 2.5}},
            {
                "mark": {"type": "point", "stroke": TEAL, "strokeWidth": 2, "size": 38, "opacity": 1},
                "encoding": {"fill": {"field": "fill", "type": "nominal", "scale": None}},
            },
        ],
    }
    layers = [line] + ([_level(level, target_title, RUST)] if level is not None else [])
    return {"width": CHART_WIDTH, "height": 220, "layer": layers}


def _level(value: float, title: str, color: str) -> Spec:
    """A dashed line across the chart, named at its right end."""
    return {
        "data": {"values": [{"value": value, "title": title}]},
        "encoding": {"y": {"field": "value", "type": "quantitative"}},
        "layer": [
            {"mark": {"type": "rule", "color": color, "strokeDash": [5, 4], "strokeWidth": 1.5}},
            {
                "mark": {"type": "text", "align": "right", "dy": -7, "x": CHART_WIDTH, "color": color},
                "encoding": {"text": {"field": "title"}},
            },
        ],
    }


@dataclass(frozen=True, slots=True)
class Series:
    """Readings of one kind, with the limit they should stay below. ``points`` are ISO days and values."""

    title: str
    points: tuple[tuple[str, float], ...]
    limit: float | None
    limit_title: str


def readings_chart(series: Sequence[Series], unit: str) -> Spec:
    """Up to two series over time; they differ in colour and in the shape of their points."""
    titles = [one.title for one in series]
    look = {"domain": titles, "range": list(SERIES_COLORS[: len(titles)])}
    shapes = {"domain": titles, "range": list(SERIES_SHAPES[: len(titles)])}
    legend = {"orient": "top", "title": None}
    values = [
        {"day": day, "value": value, "series": one.title} for one in series for day, value in one.points
    ]
    lines: Spec = {
        "data": {"values": values},
        "encoding": {
            "x": {"field": "day", "type": "temporal", "axis": _time_axis()},
            "y": {"field": "value", "type": "quantitative", "scale": {"zero": False}, "title": unit},
            "color": {"field": "series", "type": "nominal", "scale": look, "legend": legend},
        },
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 2}},
            {
                "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
                "encoding": {
                    "shape": {"field": "series", "type": "nominal", "scale": shapes, "legend": legend}
                },
            },
        ],
    }
    levels = [
        _level(one.limit, one.limit_title, color)
        for one, color in zip(series, SERIES_COLORS, strict=False)
        if one.limit is not None
    ]
    return {"width": CHART_WIDTH, "height": 220, "layer": [lines, *levels]}


SPARK_WIDTH, SPARK_HEIGHT = 120, 32


def sparkline(shares: Sequence[float], target: float | None) -> SafeString:
    """A line of a few points beside its figure, with the target dashed; decoration, so not read aloud."""
    if len(shares) < 2:
        return SafeString("")
    levels = [*shares, target] if target is not None else [*shares]
    low, span = min(levels), (max(levels) - min(levels)) or 1.0
    step = (SPARK_WIDTH - 6) / (len(shares) - 1)

    def height(share: float) -> float:
        return SPARK_HEIGHT - 4 - (share - low) / span * (SPARK_HEIGHT - 8)

    points = [(3 + step * i, height(share)) for i, share in enumerate(shares)]
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" aria-hidden="true">{}<polyline points="{}"/>'
        '<circle cx="{}" cy="{}" r="3"/></svg>',
        SPARK_WIDTH,
        SPARK_HEIGHT,
        SafeString("") if target is None else _spark_target(height(target)),
        " ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        *(f"{number:.1f}" for number in points[-1]),
    )


def _spark_target(y: float) -> SafeString:
    return format_html('<line x1="0" x2="{}" y1="{y}" y2="{y}"/>', SPARK_WIDTH, y=f"{y:.1f}")


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """A place in a funnel plot; ``beyond`` as `methods.fairness.standing`, ``url`` where it leads."""

    name: str
    size: float
    value: float
    shown: str
    beyond: int
    url: str


_FUNNEL_LOOKS = {"inside": TEAL, "above": "#1f5fa8", "below": RUST}


def funnel_chart(
    points: Sequence[FunnelPoint], limits: Sequence[Mapping[str, float]], share: float, size_title: str
) -> Spec:
    """Shares over sizes, with the limits of chance; each of ``limits`` holds size, low, high, lowest, highest."""
    x = {
        "field": "size",
        "type": "quantitative",
        "title": size_title,
        "scale": {"zero": False, "nice": False},
    }
    y = {"type": "quantitative", "title": None, "axis": {"format": ".0%", "tickCount": 5}}
    lines = [
        {
            "mark": {
                "type": "line",
                "color": "#7b8c88",
                "strokeWidth": 1.2,
                "strokeDash": dash,
                "interpolate": "step",
            },
            "encoding": {"x": x, "y": {"field": side, **y}},
        }
        for side, dash in (("low", [1, 0]), ("high", [1, 0]), ("lowest", [4, 3]), ("highest", [4, 3]))
    ]
    overall: Spec = {
        "data": {"values": [{"value": share}]},
        "mark": {"type": "rule", "color": INK, "strokeWidth": 1},
        "encoding": {"y": {"field": "value", **y}},
    }
    layers = [
        {"data": {"values": [dict(one) for one in limits]}, "layer": lines},
        overall,
        _funnel_points(points, x, y),
    ]
    return {"width": CHART_WIDTH, "height": 260, "layer": layers}


def _funnel_points(points: Sequence[FunnelPoint], x: Spec, y: Spec) -> Spec:
    rows = [
        {
            "size": one.size,
            "value": one.value,
            "side": "inside" if not one.beyond else "above" if one.beyond > 0 else "below",
            "described": f"{one.name} {one.shown}",
            "named": one.name if abs(one.beyond) > 1 else "",
            "url": HERE + one.url,
        }
        for one in points
    ]
    sides = {"domain": list(_FUNNEL_LOOKS), "range": list(_FUNNEL_LOOKS.values())}
    shapes = {"domain": list(_FUNNEL_LOOKS), "range": ["circle", "triangle-up", "triangle-down"]}
    return {
        "data": {"values": rows},
        "encoding": {"x": x, "y": {"field": "value", **y}},
        "layer": [
            {
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 0.85},
                "encoding": {
                    "color": {"field": "side", "type": "nominal", "scale": sides, "legend": None},
                    "shape": {"field": "side", "type": "nominal", "scale": shapes, "legend": None},
                    "href": {"field": "url"},
                    "description": {"field": "described"},
                },
            },
            {
                "mark": {"type": "text", "dy": -9, "fontSize": 10, "aria": False},
                "encoding": {"text": {"field": "named"}},
            },
        ],
    }


@dataclass(frozen=True, slots=True)
class Bar:
    """A category or place with its value, as ``shown``."""

    name: str
    value: float
    shown: str


def bars_chart(bars: Sequence[Bar], axis: Axis = SHARES) -> Spec:
    """Values as horizontal bars in the order given, each with its value written at its end."""
    names = [bar.name for bar in bars]
    values = [{"name": bar.name, "value": bar.value * axis.factor, "shown": bar.shown} for bar in bars]
    y = {
        "field": "name",
        "type": "nominal",
        "sort": names,
        "title": None,
        "axis": {"labelLimit": 170, "ticks": False},
    }
    x = {"field": "value", "type": "quantitative", "title": None, "axis": None}
    return {
        "width": CHART_WIDTH - 60,
        "height": {"step": 22},
        "data": {"values": values},
        "encoding": {"y": y, "x": x},
        "layer": [
            {"mark": {"type": "bar", "color": TEAL, "height": {"band": 0.7}}},
            {"mark": {"type": "text", "align": "left", "dx": 4}, "encoding": {"text": {"field": "shown"}}},
        ],
    }


def svg_of(spec: Spec) -> str:
    """The chart alone, for documents."""
    return _draw(json.dumps({**spec, "config": _CONFIG}, ensure_ascii=False, sort_keys=True))
