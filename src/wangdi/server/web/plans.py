"""What the pages of plans show: the map, the numbers of the form, texts of a document in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from wangdi.engine.model.text import Text
from wangdi.server.planning.declaration import declaration
from wangdi.server.planning.models import PostingPlan
from wangdi.server.web.charts import CHART_WIDTH, HERE, INK, Spec, drawn
from wangdi.server.web.maps import MAP_HEIGHT
from wangdi.server.web.words import say, wording

NEW, RUNNING, WITHOUT, SENDER = "#0b6e60", "#8fc3a6", "#b23030", "#073f4a"


@dataclass(frozen=True, slots=True)
class NumberField:
    """A number of the form."""

    name: str
    title: str
    unit: str
    value: str
    least: str
    most: str
    problem: str = ""


def number_fields(values: Mapping[str, Any], problems: Mapping[str, Text]) -> list[NumberField]:
    """All numbers that may be set, with what is set now and what is wrong with it."""
    return [
        NumberField(
            name,
            wording(number.title.text),
            wording(number.unit.text) if number.unit else "",
            _written(values.get(name, number.default)),
            f"{number.least:g}",
            f"{number.most:g}",
            wording(problems[name]) if name in problems else "",
        )
        for name, number in declaration().numbers.items()
    ]


def _written(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def numbers_told(values: Mapping[str, float]) -> list[tuple[str, str]]:
    """The numbers of a plan as pairs of words."""
    return [(field.title, f"{field.value} {field.unit}".strip()) for field in number_fields(values, {})]


def read(text: Mapping[str, str]) -> str:
    """A text of a document."""
    return wording(Text(text["zh"], text["en"]))


def told(document: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a document with their texts in the reader's language."""
    postings = [
        {
            **row,
            "title": read(row["title"]),
            "because": read(row["because"]),
            "km": f"{row['metres'] / 1000:.1f}",
        }
        for row in document["postings"]
    ]
    return {
        "levels": [
            {
                "title": read(one["title"]),
                "value": read(one["shown"]),
                "bound": None if one["bound"] >= one["value"] else read(one["shown_bound"]),
            }
            for one in document["levels"]
        ],
        "new": [row for row in postings if not row["runs_already"]],
        "running": [row for row in postings if row["runs_already"]],
        "uncovered": [
            {**row, "because": read(row["because"]), "remedies": [read(one) for one in row["remedies"]]}
            for row in document["uncovered"]
        ],
        "shortfalls": [read(one) for one in document["shortfalls"]],
        "travel": read(document["travel"]),
    }


def coverage(document: Mapping[str, Any]) -> tuple[int, int, int]:
    """Centres, and those with a doctor before and after."""
    centres = document["centres"]
    return len(centres), sum(1 for c in centres if c["before"]), sum(1 for c in centres if c["after"])


def plan_map(plan: PostingPlan) -> SafeString | None:
    """Hospitals, centres by whether anybody comes, and lines for new postings; None without positions."""
    placed = [one for one in plan.document["centres"] if one["lon"] is not None and one["lat"] is not None]
    if not placed:
        return None
    return drawn(_spec(plan.document, placed), say("派驻地图", "Map of the postings"))


def _spec(document: Mapping[str, Any], placed: Sequence[Mapping[str, Any]]) -> Spec:
    states = {
        "new": say("新派", "new"),
        "running": say("已在派", "runs already"),
        "without": say("没有派驻", "nobody"),
    }
    colors = {"domain": list(states.values()), "range": [NEW, RUNNING, WITHOUT]}
    at: Spec = {
        "longitude": {"field": "lon", "type": "quantitative"},
        "latitude": {"field": "lat", "type": "quantitative"},
    }
    ends: Spec = {"longitude2": {"field": "lon2"}, "latitude2": {"field": "lat2"}}
    return {
        "width": CHART_WIDTH,
        "height": MAP_HEIGHT,
        "projection": {"type": "mercator"},
        "layer": [
            {
                "data": {"values": _lines(document)},
                "mark": {"type": "rule", "color": NEW, "opacity": 0.55},
                "encoding": {**at, **ends},
            },
            {
                "data": {"values": [_dot(one, states) for one in placed]},
                "mark": {"type": "circle", "size": 130, "stroke": "#ffffff", "opacity": 1},
                "encoding": {
                    **at,
                    "href": {"field": "url"},
                    "description": {"field": "described"},
                    "color": {
                        "field": "state",
                        "type": "nominal",
                        "scale": colors,
                        "legend": {"orient": "bottom", "title": None},
                    },
                },
            },
            {
                "data": {"values": [one for one in document["hospitals"] if one["lon"] is not None]},
                "mark": {"type": "square", "size": 110, "color": SENDER, "opacity": 1},
                "encoding": {**at, "description": {"field": "name"}},
            },
            {
                "data": {"values": [_dot(one, states) for one in placed if not one["after"]]},
                "mark": {"type": "text", "dy": 15, "fontSize": 11, "color": INK},
                "encoding": {**at, "text": {"field": "name"}},
            },
        ],
    }


def _dot(centre: Mapping[str, Any], states: Mapping[str, str]) -> Spec:
    state = "without" if not centre["after"] else "running" if centre["after"] <= centre["before"] else "new"
    return {
        "name": centre["name"],
        "lon": centre["lon"],
        "lat": centre["lat"],
        "state": states[state],
        "described": f"{centre['name']} {centre['before']} → {centre['after']}",
        "url": HERE + reverse("institution", args=[centre["code"]]),
    }


def _lines(document: Mapping[str, Any]) -> list[Spec]:
    centres = {one["code"]: one for one in document["centres"]}
    hospitals = {one["code"]: one for one in document["hospitals"]}
    return [
        {"lon": start["lon"], "lat": start["lat"], "lon2": end["lon"], "lat2": end["lat"]}
        for row in document["postings"]
        if not row["runs_already"]
        for start, end in [(hospitals[row["hospital"]], centres[row["centre"]])]
        if start["lon"] is not None and end["lon"] is not None
    ]
