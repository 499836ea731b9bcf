"""The map of early warning: every place that is watched, by how far it lies above what is usual, alerts and clusters."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.safestring import SafeString

from wangdi.engine.model.channels import Channel
from wangdi.engine.model.text import Text
from wangdi.methods.detection.wording import plain
from wangdi.server.network.models import Place
from wangdi.server.watch.alerts import BETWEEN_PLACES
from wangdi.server.watch.declaration import Declaration
from wangdi.server.watch.reading import Reading, counted_by
from wangdi.server.web.charts import CHART_WIDTH, HERE, Spec, drawn
from wangdi.server.web.looks import INK, RUST
from wangdi.server.web.maps import MAP_HEIGHT, POSITION, WHITE_EDGE
from wangdi.server.web.words import say, wording

MOST_ON_MAP = 400
"""Places: more are neither told apart on a map nor judged while somebody waits."""

LEAST_ON_MAP = 2
"""One place alone is no map: there is nothing to compare it with, and no scale."""

CLUSTER = "#7a4b9d"
_UNKNOWN = Text("没有数据或暂不能判断", "no data, or not judged yet")
_CLASSES: tuple[tuple[float, Text, str], ...] = (
    (1.0, Text("不高于平常", "as usual or below"), "#8fc3a6"),
    (1.5, Text("高于平常", "above what is usual"), "#f2d9a8"),
    (2.0, Text("1.5 倍以上", "1.5 times and more"), "#e8a95b"),
    (float("inf"), Text("2 倍以上", "twice and more"), "#c25e1c"),
)
"""Up to how many times what is expected, in words, in which colour: darker is more."""


@dataclass(frozen=True, slots=True)
class Height:
    """How far a place lies above what is usual, in the channel in which it does so most."""

    ratio: float
    channel: Channel
    observed: float


@dataclass(frozen=True, slots=True)
class Marked:
    """A place of an open alert: what it is called, and its page. ``places``: names of those of a cluster."""

    place: Place
    title: str
    url: str
    places: str


def level_watched(declared: Declaration, channels: Mapping[str, Channel]) -> str:
    """The level at which most channels look."""
    return Counter(channels[name].level for name in declared.channels).most_common(1)[0][0]


def heights(readings: Sequence[Reading], declared: Declaration, codes: set[str]) -> dict[str, Height]:
    """By code of place, in the latest whole period of each channel; places without an expected value are left out. Cases
    where none are expected lie infinitely far above what is usual if they are an alarm; else nothing is told by them.
    """
    found: dict[str, Height] = {}
    for reading in readings:
        own = reading.of([row for row, code in enumerate(reading.places) if code in codes])
        for judged in own.judged(declared.method_of(own.channel.name), 1):
            with np.errstate(divide="ignore", invalid="ignore"):
                ratios = judged.observed[:, -1] / judged.expected[:, -1]
            ratios[(judged.observed[:, -1] == 0) & (judged.expected[:, -1] == 0)] = 0.0
            told = np.isfinite(ratios) | (np.isinf(ratios) & judged.alarm[:, -1])
            for row in np.flatnonzero(told).tolist():
                known = found.get(own.places[row])
                if known is None or ratios[row] > known.ratio:
                    observed = float(judged.observed[row, -1])
                    found[own.places[row]] = Height(float(ratios[row]), own.channel, observed)
    return found


def watch_map(
    places: Sequence[Place], known: Mapping[str, Height], marked: Sequence[Marked], series_url: str
) -> tuple[SafeString | None, list[str]]:
    """All places as circles, those of alerts marked, and the names of those that have no position; None for one alone.

    ``series_url``: of the channel's page, to be filled with the channel's name.
    """
    shown = {place.pk: place for place in (*places, *(one.place for one in marked))}
    placed = [one for one in shown.values() if one.lon is not None and one.lat is not None]
    lost = [one.name for one in shown.values() if one not in placed]
    if len(placed) < LEAST_ON_MAP:
        return None, lost
    clustered = _clustered(marked)
    layers = [
        _circles(placed, known, series_url),
        *_rings([one for one in placed if one.name in clustered]),
        *_alerts([one for one in marked if one.place in placed]),
    ]
    spec = {
        "width": CHART_WIDTH,
        "height": MAP_HEIGHT,
        "projection": {"type": "mercator"},
        "layer": [one for one in layers if one["data"]["values"]],
        "resolve": {"scale": {"color": "independent"}},
    }
    return drawn(spec, say("预警地图", "Map of alerts")), lost


def _clustered(marked: Sequence[Marked]) -> set[str]:
    return {name for one in marked if one.places for name in one.places.split(BETWEEN_PLACES)}


def _spot(place: Place) -> Spec:
    return {"name": place.name, "lon": place.lon, "lat": place.lat}


def _circles(places: Sequence[Place], known: Mapping[str, Height], series_url: str) -> Spec:
    classes = [*((wording(text), color) for _, text, color in _CLASSES), (wording(_UNKNOWN), "#ffffff")]
    return {
        "data": {"values": [_row(one, known.get(one.code), series_url) for one in places]},
        "mark": {"type": "circle", "stroke": "#6b7f86", "strokeWidth": 0.8, "opacity": 1, "size": 150},
        "encoding": {
            **POSITION,
            "href": {"field": "url"},
            "description": {"field": "described"},
            "color": {
                "field": "class",
                "type": "nominal",
                "scale": {"domain": [text for text, _ in classes], "range": [color for _, color in classes]},
                "legend": {
                    "orient": "bottom",
                    "title": None,
                    "columns": 2,
                    "offset": 20,
                    "symbolStrokeColor": "#6b7f86",
                    "symbolStrokeWidth": 0.8,
                    "labelLimit": 180,
                },
            },
        },
    }


def _row(place: Place, height: Height | None, series_url: str) -> Spec:
    if height is None:
        return _spot(place) | {"class": wording(_UNKNOWN), "described": f"{place.name} {wording(_UNKNOWN)}"}
    text = next(text for most, text, _ in _CLASSES if height.ratio <= most)
    channel, seen = wording(height.channel.title), counted_by(height.channel).of(plain(height.observed))
    times = say("{n} 倍", "{n} times", n=f"{height.ratio:.1f}")
    if np.isinf(height.ratio):
        times = say("平常没有", "usually none")
    return _spot(place) | {
        "class": wording(text),
        "described": f"{place.name} {channel} {wording(seen)} {times}",
        "url": f"{HERE}{series_url.format(height.channel.name)}?place={place.code}",
    }


def _rings(places: Sequence[Place]) -> list[Spec]:
    """Around places whose cases come together, with their names."""
    ring = {
        "type": "point",
        "filled": False,
        "stroke": CLUSTER,
        "strokeWidth": 2,
        "strokeDash": [4, 3],
        "size": 620,
    }
    name: Spec = {"type": "text", "dy": 21, "fontSize": 11, "aria": False}
    named, data = {**POSITION, "text": {"field": "name"}}, {"values": [_spot(one) for one in places]}
    return [
        {"data": data, "mark": {**ring, "aria": False}, "encoding": POSITION},
        {"data": data, "mark": {**name, **WHITE_EDGE}, "encoding": named},
        {"data": data, "mark": {**name, "color": CLUSTER}, "encoding": named},
    ]


def _alerts(marked: Sequence[Marked]) -> list[Spec]:
    """A triangle and the name at each place of an open alert."""
    values = [
        _spot(one.place) | {"described": f"{one.place.name} {one.title}", "url": HERE + one.url}
        for one in marked
    ]
    name: Spec = {"type": "text", "dy": 19, "fontSize": 12, "fontWeight": "bold", "aria": False}
    sign: Spec = {
        "type": "point",
        "shape": "triangle-up",
        "filled": True,
        "color": RUST,
        "size": 210,
        "opacity": 1,
    }
    named = {**POSITION, "text": {"field": "name"}}
    return [
        {"data": {"values": values}, "mark": {**name, **WHITE_EDGE}, "encoding": named},
        {"data": {"values": values}, "mark": {**name, "color": INK}, "encoding": named},
        {
            "data": {"values": values},
            "mark": {**sign, "stroke": "#ffffff", "strokeWidth": 1.2},
            "encoding": {**POSITION, "href": {"field": "url"}, "description": {"field": "described"}},
        },
    ]
