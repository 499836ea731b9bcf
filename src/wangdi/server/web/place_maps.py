"""Maps of plans about places: villages by minutes, stations by what becomes of them, the ways of vehicles."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.utils.safestring import SafeString

from wangdi.engine.model.text import Text
from wangdi.server.planning.place_maps import BASE, CLOSED, EXISTING, OPENED, UPGRADED
from wangdi.server.planning.routes_document import WEEKDAYS
from wangdi.server.web.charts import CHART_WIDTH, Spec, drawn
from wangdi.server.web.looks import FAINT, INK
from wangdi.server.web.maps import LABEL_SIZE, MAP_HEIGHT, Name, Position, with_room
from wangdi.server.web.words import say, wording

NEAR, WITHIN, OUTSIDE, FAR = "#0b6e60", "#8fc3a6", "#e08a2e", "#9c1f1f"
"""Up to half the minutes, up to all, up to twice as many, more or nowhere."""
WEEKDAY_COLORS = ("#0b6e60", "#1f5fa8", "#a8440f", "#7a4b9d", "#5b6b00", "#444444", "#9c1f1f")

_STATIONS = {
    EXISTING: (Text("现有机构", "existing"), "#6b7f86", 34, "square"),
    OPENED: (Text("新设", "new"), "#c2185b", 200, "triangle-up"),
    UPGRADED: (Text("扩建", "upgraded"), "#1f5fa8", 130, "diamond"),
    CLOSED: (Text("关闭", "closed"), "#444444", 130, "cross"),
    BASE: (Text("出发机构", "base"), "#073f4a", 150, "square"),
}
_AT: Spec = {
    "longitude": {"field": "lon", "type": "quantitative"},
    "latitude": {"field": "lat", "type": "quantitative"},
}
BEFORE, AFTER = 4, 5
"""Where the minutes stand in a village's row."""


def reach_map(kept: Mapping[str, Any], column: int, title: str) -> SafeString | None:
    """Villages coloured by minutes before or after; None without villages. Of the stations only those there then."""
    if not kept.get("villages"):
        return None
    states = (EXISTING, CLOSED) if column == BEFORE else (EXISTING, UPGRADED, OPENED)
    changed = states[1:] if kept["compared"] else ()
    opened = _named(_rows_of(kept, OPENED)) if OPENED in changed else []
    layers = [
        *_stations(kept, (EXISTING,)),
        _villages(kept, column),
        _areas(kept, opened),
        *_stations(kept, changed),
        _written(opened, {"dy": -13, "fontSize": 12, "fontWeight": "bold"}, INK),
    ]
    return drawn(_spec(layers), title)


def routes_map(kept: Mapping[str, Any], week: int, vehicle: str | None, title: str) -> SafeString | None:
    """The ways of a week, of one vehicle or all, by weekday."""
    ways = [row for row in kept.get("routes", ()) if row[0] == week and vehicle in (None, row[2])]
    if not ways:
        return None
    return drawn(_spec([_areas(kept, []), _visited(kept), _ways(ways), *_stations(kept, (BASE,))]), title)


def _spec(layers: Sequence[Spec]) -> Spec:
    return {
        "width": CHART_WIDTH,
        "height": MAP_HEIGHT,
        "projection": {"type": "mercator"},
        "layer": list(layers),
        "resolve": {"scale": {"color": "independent", "shape": "independent", "size": "independent"}},
    }


def _classes(minutes: float) -> list[tuple[float, str, str]]:
    """Up to how many minutes, in words, in which colour."""
    limits = (minutes / 2, minutes, minutes * 2)
    words = [say("≤{n}分钟", "≤ {n} min", n=f"{limit:g}") for limit in limits]
    return [
        (limits[0], words[0], NEAR),
        (limits[1], words[1], WITHIN),
        (limits[2], words[2], OUTSIDE),
        (float("inf"), say("更远", "farther"), FAR),
    ]


def _villages(kept: Mapping[str, Any], column: int) -> Spec:
    classes = _classes(kept["minutes"])
    rows = [
        {
            "lon": row[1],
            "lat": row[2],
            "people": max(row[3], 1),
            "class": _class_of(row[column], classes),
            "described": f"{row[0]} {'—' if row[column] is None else row[column]}",
        }
        for row in kept["villages"]
    ]
    scale = {"domain": [words for _, words, _ in classes], "range": [color for _, _, color in classes]}
    return {
        "data": {"values": rows},
        "mark": {"type": "circle", "opacity": 0.9, "stroke": "#ffffff", "strokeWidth": 0.4},
        "encoding": {
            **_AT,
            "description": {"field": "described"},
            "size": {
                "field": "people",
                "type": "quantitative",
                "scale": {"range": [10, 110]},
                "legend": None,
            },
            "color": {
                "field": "class",
                "type": "nominal",
                "scale": scale,
                "legend": {"orient": "bottom", "title": None, "columns": 4, "offset": 8},
            },
        },
    }


def _class_of(minutes: float | None, classes: Sequence[tuple[float, str, str]]) -> str:
    taken = float("inf") if minutes is None else minutes
    return next(words for limit, words, _ in classes if taken <= limit)


def _stations(kept: Mapping[str, Any], states: Sequence[str]) -> list[Spec]:
    return [
        {
            "data": {"values": rows},
            "mark": {
                "type": "point",
                "filled": True,
                "shape": _STATIONS[state][3],
                "size": _STATIONS[state][2],
                "color": _STATIONS[state][1],
                "opacity": 0.5 if state == EXISTING else 1,
                "stroke": None if state == EXISTING else "#ffffff",
            },
            "encoding": {**_AT, "description": {"field": "described"}},
        }
        for state in states
        if (rows := _rows_of(kept, state))
    ]


def _rows_of(kept: Mapping[str, Any], state: str) -> list[Spec]:
    word = wording(_STATIONS[state][0])
    return [
        {"name": row[0], "lon": row[1], "lat": row[2], "described": f"{row[0]} {word}"}
        for row in kept["stations"]
        if row[3] == state
    ]


def _named(rows: Sequence[Spec]) -> list[Name]:
    return [(row["name"], row["lon"], row["lat"]) for row in rows]


def _areas(kept: Mapping[str, Any], before: Sequence[Name]) -> Spec:
    """Names of the places above, to find one's way: those that do not run into one another or those ``before``."""
    names: list[Name] = [(row[0], row[1], row[2]) for row in kept["areas"]]
    found = with_room([*before, *names], LABEL_SIZE, _positions(kept))
    return _written([one for one in found if one not in before], {"fontSize": 10}, FAINT)


def _positions(kept: Mapping[str, Any]) -> list[Position]:
    rows = [*kept.get("villages", ()), *kept.get("stations", ()), *kept["areas"]]
    return [(row[1], row[2]) for row in rows]


def _written(names: Sequence[Name], look: Spec, color: str) -> Spec:
    edge = {"stroke": "#ffffff", "strokeWidth": 3, "strokeJoin": "round", "aria": False}
    return {
        "data": {"values": [{"name": name, "lon": lon, "lat": lat} for name, lon, lat in names]},
        "encoding": {**_AT, "text": {"field": "name"}},
        "layer": [
            {"mark": {"type": "text", **look, **edge}},
            {"mark": {"type": "text", **look, "color": color}},
        ],
    }


def _visited(kept: Mapping[str, Any]) -> Spec:
    rows = [
        {"lon": row[1], "lat": row[2], "name": row[0]} for row in kept["villages"] if row[BEFORE] is not None
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "circle", "size": 30, "color": FAINT, "opacity": 0.8},
        "encoding": {**_AT, "description": {"field": "name"}},
    }


def _ways(ways: Sequence[Sequence[Any]]) -> Spec:
    rows = [
        {"lon": start[0], "lat": start[1], "lon2": end[0], "lat2": end[1], "day": wording(WEEKDAYS[weekday])}
        for _, weekday, _, line in ways
        for start, end in pairwise(line)
    ]
    days = sorted({weekday for _, weekday, _, _ in ways})
    scale = {
        "domain": [wording(WEEKDAYS[day]) for day in days],
        "range": [WEEKDAY_COLORS[day] for day in days],
    }
    return {
        "data": {"values": rows},
        "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.85},
        "encoding": {
            **_AT,
            "longitude2": {"field": "lon2"},
            "latitude2": {"field": "lat2"},
            "color": {
                "field": "day",
                "type": "nominal",
                "scale": scale,
                "legend": {"orient": "bottom", "title": None},
            },
        },
    }


def legend_of(kept: Mapping[str, Any]) -> str:
    """What the signs mean."""
    found = {row[3] for row in kept.get("stations", ())}
    signs = {EXISTING: "■", OPENED: "▲", UPGRADED: "◆", CLOSED: "✚", BASE: "■"}
    shown = [f"{signs[state]} {wording(title)}" for state, (title, *_) in _STATIONS.items() if state in found]
    return say("；", "; ").join(shown)
