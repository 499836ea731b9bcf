"""Maps of places as proportional circles: positions are known, boundaries are not."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, radians, sqrt

from wangdi.server.web.charts import CHART_WIDTH, HERE, SHARES, Axis, Spec
from wangdi.server.web.looks import INK

SHARE_COLORS = ("#f2d9a8", "#8fc3a6", "#0b6e60", "#073f4a")
"""From low to high: darker is more, so the order shows without colour vision."""

MAP_HEIGHT = 360
LABEL_SIZE = 11
LARGEST_CIRCLE = 10_000
"""Square pixels, shared by all circles of a map: the more there are, the smaller."""

Position = tuple[float, float]
"""Longitude, latitude."""

Name = tuple[str, float, float]
"""What is written, and its position."""

POSITION: Spec = {
    "longitude": {"field": "lon", "type": "quantitative"},
    "latitude": {"field": "lat", "type": "quantitative"},
}
WHITE_EDGE: Spec = {"stroke": "#ffffff", "strokeWidth": 3, "strokeJoin": "round"}
"""Around names, so that they stay readable on top of a circle."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the map: ``people`` sets the size of its circle, ``value``, written as ``shown``, its colour."""

    name: str
    lon: float
    lat: float
    value: float
    shown: str
    people: float
    url: str


def spots_map(spots: Sequence[Spot], title: str, people_title: str, axis: Axis = SHARES) -> Spec:
    """Circles at the places, drawn to scale (Mercator); each leads to its place."""
    largest = LARGEST_CIRCLE / max(len(spots), 12)
    drop = sqrt(largest / pi) + LABEL_SIZE * 0.8
    named = _with_room_for_names(spots, drop)
    return {
        "width": CHART_WIDTH,
        "height": MAP_HEIGHT,
        "projection": {"type": "mercator"},
        "data": {"values": [_row(spot, named, axis) for spot in spots]},
        "layer": [_circles(spots, largest, title, people_title, axis), _names(drop)],
    }


def _row(spot: Spot, named: set[Spot], axis: Axis) -> Spec:
    return {
        "name": spot.name,
        "named": spot in named,
        "described": f"{spot.name} {spot.shown}",
        "lon": spot.lon,
        "lat": spot.lat,
        "value": spot.value * axis.factor,
        "people": spot.people,
        "url": HERE + spot.url,
    }


def _circles(spots: Sequence[Spot], largest: float, title: str, people_title: str, axis: Axis) -> Spec:
    return {
        "mark": {"type": "circle", "stroke": "#ffffff", "strokeWidth": 1, "opacity": 0.92},
        "encoding": {
            **POSITION,
            "href": {"field": "url"},
            "description": {"field": "described"},
            "size": {
                "field": "people",
                "type": "quantitative",
                "title": people_title,
                "scale": {"range": [60, largest]},
                "legend": _legend_of_sizes(spots),
            },
            "color": {
                "field": "value",
                "type": "quantitative",
                "title": title,
                "scale": {"range": list(SHARE_COLORS)},
                "legend": {"orient": "bottom", "offset": 26, "format": axis.format, "gradientLength": 150},
            },
        },
    }


def _names(drop: float) -> Spec:
    """Below the circles, with a white edge so that they stay readable on top of one."""
    name: Spec = {"type": "text", "dy": drop, "fontSize": LABEL_SIZE}
    edge = {**WHITE_EDGE, "aria": False}
    return {
        "transform": [{"filter": "datum.named"}],
        "encoding": {**POSITION, "text": {"field": "name"}},
        "layer": [{"mark": {**name, **edge}}, {"mark": {**name, "color": INK}}],
    }


def _with_room_for_names(spots: Sequence[Spot], drop: float) -> set[Spot]:
    """The spots whose names hide no other circle and do not run into the name of a larger one."""
    positions = [(spot.lon, spot.lat) for spot in spots]
    at = dict(zip(spots, _in_pixels(positions, positions), strict=True))
    named: set[Spot] = set()
    for spot in sorted(spots, key=lambda one: -one.people):
        x, y = at[spot][0], at[spot][1] + drop
        half = LABEL_SIZE * len(spot.name) / 2
        free_of_circles = all(
            abs(x - at[other][0]) > half or abs(y - at[other][1]) > LABEL_SIZE
            for other in spots
            if other is not spot
        )
        free_of_names = all(
            abs(x - at[other][0]) > half + LABEL_SIZE * len(other.name) / 2
            or abs(at[spot][1] - at[other][1]) > LABEL_SIZE * 1.3
            for other in named
        )
        if free_of_circles and free_of_names:
            named.add(spot)
    return named


def with_room(names: Sequence[Name], size: int, drawn: Sequence[Position]) -> list[Name]:
    """Those of the names that do not run into one before, on a map of everything ``drawn``; ``size``: of the letters."""
    at = _in_pixels([(lon, lat) for _, lon, lat in names], drawn)
    kept: list[int] = []
    for here, (name, *_) in enumerate(names):
        clear = all(
            abs(at[here][0] - at[other][0]) > size * (len(name) + len(names[other][0])) / 2
            or abs(at[here][1] - at[other][1]) > size * 1.3
            for other in kept
        )
        if clear:
            kept.append(here)
    return [names[one] for one in kept]


def _in_pixels(positions: Sequence[Position], drawn: Sequence[Position]) -> list[tuple[float, float]]:
    """Where positions come to lie, from the top left, on a map that fits everything drawn; near enough for names."""
    if not positions:
        return []
    lons, lats = zip(*drawn, strict=True)
    west, north = min(lons), max(lats)
    stretch = cos(radians(north))
    wide = max(max(lons) - west, 1e-6) * stretch
    high = max(north - min(lats), 1e-6)
    pixels = min(CHART_WIDTH / wide, MAP_HEIGHT / high)
    return [((lon - west) * stretch * pixels, (north - lat) * pixels) for lon, lat in positions]


def _legend_of_sizes(spots: Sequence[Spot]) -> Spec | None:
    """One small and one large round number; none where all circles are equal."""
    largest = max(spot.people for spot in spots)
    if largest == min(spot.people for spot in spots):
        return None
    step = 10 ** (len(str(int(largest))) - 1)
    top = max(int(largest // step), 1) * step
    numbers = sorted({max(top // 4, 1), top})
    return {
        "orient": "bottom",
        "offset": 26,
        "format": "d",
        "values": numbers,
        "symbolFillColor": "#9fb5af",
    }
