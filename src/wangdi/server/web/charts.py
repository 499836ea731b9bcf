"""Charts as SVG made on the server: no script, good on old phones and paper.

Lines over time are written directly (`lines`), since nearly every page has one; the others are Vega-Lite specifications.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from math import inf
from typing import Any

import vl_convert
from django.core.cache.backends.filebased import FileBasedCache
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from wangdi.server.common.installation import Installation
from wangdi.server.web.lines import Level, Line, Plot, Points
from wangdi.server.web.looks import BLUE, FAINT, FONT, GRID, INK, RUST, TEAL

Spec = dict[str, Any]

MEASURED = "sans-serif"
"""The font in which the server measures texts. Opening a Chinese one of 20 MB for each chart takes as long as drawing it;
reader's devices show `FONT`."""
SERIES_COLORS = (TEAL, BLUE)

CHART_WIDTH = 380
"""Pixels at which text has its natural size: readable scaled to a phone and to a column of a desk screen."""

_CONFIG: Spec = {
    "background": None,
    "font": MEASURED,
    "view": {"stroke": None},
    "axis": {
        "aria": False,  # Vega speaks English; the title of the chart and its marks say what there is
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
        "aria": False,
        "labelColor": INK,
        "titleColor": FAINT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "text": {"color": INK, "fontSize": 13},
}
_CHARTS_KEPT = 512
"""About 20 kB each; drawing one takes 60 to 250 ms, looking one up nothing."""

_FILES_KEPT = {"timeout": 40 * 86_400, "max_entries": 5_000}
"""On the disk a few kB each. Charts of other days are not asked for again."""

HERE = "https://here.invalid"
"""Vega puts a host of its own before addresses that have none; this one is taken off again."""

_SPOKEN = re.compile(r' (?:aria-label|aria-roledescription|role)="[^"]*"')
"""How Vega tells each mark, in English (``day: …; value: …``)."""

_SIZE = re.compile(r'<svg ([^>]*?)width="[\d.]+" height="[\d.]+"')


def warm_up() -> None:
    """Draws a first chart, which takes a second, so that no reader waits for it."""
    drawn({"data": {"values": [{}]}, "mark": "point"}, "")


def drawn(spec: Spec, title: str) -> SafeString:
    """The chart as inline SVG that scales with its column. ``title`` is for those who cannot see it.

    A picture, unless something in it leads on: a picture is one thing, and what lies in it is out of reach.
    """
    return framed(svg_of(spec), title)


def framed(svg: str, title: str) -> SafeString:
    """A picture as pages show it: see `drawn`."""
    role = "group" if "<a " in svg else "img"
    return format_html(
        '<figure class="chart" role="{}" aria-label="{}">{}</figure>', role, title, mark_safe(svg)
    )


@lru_cache(maxsize=_CHARTS_KEPT)
def _draw(spec: str) -> str:
    """From the disk where a process has drawn it before."""
    data = Installation.current()
    if not data.data.is_dir():
        return _drawn_anew(spec)
    kept = FileBasedCache(str(data.drawings), _FILES_KEPT)
    key = f"{sha256(spec.encode()).hexdigest()}-{version('vl-convert-python')}"
    svg: str | None = kept.get(key)
    if svg is None:
        svg = _drawn_anew(spec)
        kept.set(key, svg)
    return svg


def _drawn_anew(spec: str) -> str:
    svg: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    svg = svg.replace(f'font-family="{MEASURED}"', f'font-family="{FONT}"')
    if "<a " not in svg:  # a picture is told by its title; what leads on has a description of its own
        svg = _SPOKEN.sub("", svg)
    return _SIZE.sub(r"<svg \1", svg, count=1).replace(f'xlink:href="{HERE}', 'href="')


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
    points: Points,
    target: float | None,
    target_title: str,
    axis: Axis = SHARES,
    firm: Collection[date] | None = None,
) -> SafeString:
    """Values at month ends as a line, with the target across. With ``firm``, points of other days are hollow."""
    times = [(day, value * axis.factor) for day, value in points]
    levels = [] if target is None else [Level(target * axis.factor, target_title, RUST)]
    hollow = frozenset() if firm is None else frozenset(day for day, _ in times) - frozenset(firm)
    low, high = axis.domain([value for _, value in times] + [level.value for level in levels])
    bottom = 0.0 if low >= 0 else -inf
    plot = Plot(
        [Line(times, hollow=hollow)],
        levels,
        low,
        high,
        percent="%" in axis.format,
        bottom=bottom,
        top=axis.top,
    )
    return plot.svg()


@dataclass(frozen=True, slots=True)
class Series:
    """Readings of one kind, with the limit they should stay below."""

    title: str
    points: Points
    limit: float | None
    limit_title: str


def readings_chart(series: Sequence[Series], unit: str) -> SafeString:
    """Up to two series over time; they differ in colour and in the shape of their points."""
    lines = [
        Line(one.points, one.title, color, square=number > 0)
        for number, (one, color) in enumerate(zip(series, SERIES_COLORS, strict=False))
    ]
    levels = [
        Level(one.limit, one.limit_title, color)
        for one, color in zip(series, SERIES_COLORS, strict=False)
        if one.limit is not None
    ]
    values = [value for line in lines for _, value in line.points] + [level.value for level in levels]
    return Plot(lines, levels, min(values), max(values), unit=unit).svg()


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


_FUNNEL_LOOKS = {"inside": TEAL, "above": BLUE, "below": RUST}


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
