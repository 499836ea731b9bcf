"""Charts of early warning: a series with its band, and how cases come day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from wangdi.server.web.charts import CHART_WIDTH, Spec
from wangdi.server.web.looks import FAINT, INK, RUST, TEAL

LATE = "#fdf1d9"
BAND = "#d9ebe6"


@dataclass(frozen=True, slots=True)
class Point:
    """A period of a series. Numbers that there are not are None; ``is_late``: reports are still expected, and in the end
    there will be between ``least`` and ``most``.
    """

    day: str
    reported: float | None
    judged: float | None
    expected: float | None
    upper: float | None
    is_alarm: bool
    is_late: bool
    least: float | None
    most: float | None
    described: str


def number(value: float) -> float | None:
    return round(value, 2) if isfinite(value) else None


def _day_axis(cut: int) -> Spec:
    """Days without the first characters of their dates, as many as there is room for."""
    return {
        "labelAngle": 0,
        "labelOverlap": "greedy",
        "labelSeparation": 10,
        "labelExpr": f"slice(datum.label, {cut})",
        "grid": False,
    }


LOOKS = {"domain": ["usual", "late", "alarm"], "range": ["#9cb8b1", "#c8d6d2", RUST]}
_X: Spec = {"field": "day", "type": "ordinal", "title": None, "axis": _day_axis(2)}
_Y: Spec = {"type": "quantitative", "title": None, "axis": {"tickCount": 5}}


def band_chart(points: Sequence[Point], title: str) -> Spec:
    """Counts as bars, what is expected as a dashed line under a band up to the bound, alarms as marked bars.

    Where reports come late the bar is what is in by now, the ring what is expected in the end, with its interval.
    """
    return {
        "width": CHART_WIDTH,
        "height": 230,
        "title": _small(title),
        "data": {"values": [_row(one) for one in points]},
        "layer": [
            _band(),
            _bars(),
            _line("expected", TEAL, [4, 3]),
            _line("upper", INK, [1, 0]),
            *_in_the_end(),
            _alarms(),
        ],
    }


def _row(one: Point) -> Spec:
    return {
        "day": one.day,
        "reported": one.reported,
        "estimated": one.judged if one.is_late else None,
        "least": one.least,
        "most": one.most,
        "expected": one.expected,
        "upper": one.upper,
        "look": "alarm" if one.is_alarm else "late" if one.is_late else "usual",
        "described": one.described,
    }


def _small(title: str) -> Spec:
    return {"text": title, "fontSize": 12, "color": FAINT, "fontWeight": "normal", "anchor": "start"}


def _band() -> Spec:
    return {
        "mark": {"type": "area", "color": BAND, "opacity": 0.9, "aria": False},
        "encoding": {"x": _X, "y": {"field": "expected", **_Y}, "y2": {"field": "upper"}},
        "transform": [{"filter": "datum.upper !== null && datum.expected !== null"}],
    }


def _bars() -> Spec:
    return {
        "mark": {"type": "bar", "width": {"band": 0.75}},
        "encoding": {
            "x": _X,
            "y": {"field": "reported", **_Y},
            "color": {"field": "look", "type": "nominal", "scale": LOOKS, "legend": None},
            "description": {"field": "described"},
        },
    }


def _in_the_end() -> list[Spec]:
    """What is expected in the end: a ring on its interval."""
    ring = {"type": "point", "filled": False, "stroke": INK, "size": 40, "strokeWidth": 1.6, "aria": False}
    return [
        {
            "mark": {"type": "rule", "color": INK, "strokeWidth": 1.4, "aria": False},
            "encoding": {"x": _X, "y": {"field": "least", **_Y}, "y2": {"field": "most"}},
            "transform": [{"filter": "datum.least !== null && datum.most !== null"}],
        },
        {
            "mark": ring,
            "encoding": {"x": _X, "y": {"field": "estimated", **_Y}},
            "transform": [{"filter": "datum.estimated !== null"}],
        },
    ]


def _alarms() -> Spec:
    return {
        "mark": {"type": "text", "text": "▲", "color": RUST, "dy": -8, "fontSize": 12, "aria": False},
        "encoding": {"x": _X, "y": {"field": "reported", **_Y}},
        "transform": [{"filter": "datum.look === 'alarm'"}],
    }


def _line(field: str, color: str, dash: Sequence[int]) -> Spec:
    return {
        "mark": {"type": "line", "color": color, "strokeWidth": 1.4, "strokeDash": list(dash), "aria": False},
        "encoding": {"x": _X, "y": {"field": field, **_Y}},
        "transform": [{"filter": f"datum.{field} !== null"}],
    }


def epidemic_curve(days: Sequence[tuple[str, float]], title: str) -> Spec:
    """Cases by day as bars without gaps, as epidemic curves are drawn."""
    x = {
        "field": "day",
        "type": "ordinal",
        "title": None,
        "axis": _day_axis(5),
    }
    return {
        "width": CHART_WIDTH,
        "height": 150,
        "title": _small(title),
        "data": {"values": [{"day": day, "cases": cases} for day, cases in days]},
        "mark": {"type": "bar", "color": TEAL, "width": {"band": 0.95}},
        "encoding": {
            "x": x,
            "y": {
                "field": "cases",
                "type": "quantitative",
                "title": None,
                "axis": {"tickCount": 4, "format": ",~f"},
            },
        },
    }
