"""What the pages of plans show: the map, the numbers of the form, texts of a document in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from wangdi.engine.model.text import Text
from wangdi.interchange.calendars import Event
from wangdi.server.network.models import Place
from wangdi.server.planning.declaration import declaration, declared
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.services import new_postings, record_id_of
from wangdi.server.web.areas import Area
from wangdi.server.web.charts import CHART_WIDTH, HERE, Spec, drawn
from wangdi.server.web.figures import Standing
from wangdi.server.web.looks import INK
from wangdi.server.web.maps import LABEL_SIZE, MAP_HEIGHT, Name, with_room
from wangdi.server.web.postings import posting_events
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
            "first": _day(row.get("begins")),
            "last": _day(row.get("ends")),
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
        "uncovered": _uncovered(document),
        "nobody": read(document["nobody"]) if document.get("nobody") else "",
        "centres": [_centre(row, postings) for row in document["centres"]],
        "shortfalls": [read(one) for one in document["shortfalls"]],
        "strains": [read(one) for one in document.get("strains", ())],
        "travel": read(document["travel"]),
        "scheme": read(document["scheme"]) if "scheme" in document else "",
        "left": [
            (_names(row["names"]), read(row["because"]))
            for row in document.get("groups", ())
            if row["goes"] is None
        ],
        "by_hand": _by_hand(document),
    }


def _names(names: Sequence[str]) -> str:
    return say("、", ", ").join(names)


def _uncovered(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Centres without a doctor, those of one reason together."""
    found: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in document["uncovered"]:
        told_alike = (read(row["because"]), *(read(one) for one in row["remedies"]))
        found.setdefault(told_alike, []).append(row)
    return [
        {"centres": rows, "because": because, "remedies": remedies}
        for (because, *remedies), rows in found.items()
    ]


def _by_hand(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Groups with where they go, and who was kept home."""
    found = [
        (say("同去一处", "Together"), f"{_names(row['names'])} → {read(row['because'])}")
        for row in document.get("groups", ())
    ]
    stay = [row["name"] for row in document.get("people", ()) if row["kept_home"]]
    return [*found, (say("不参加的人", "Kept home"), _names(stay))] if stay else found


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _centre(row: Mapping[str, Any], postings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A centre with what it lacks, each sign with the address of the page that shows it, and who comes."""
    lacks = [
        {
            **lack,
            "lacking": max(lack["wanted"] - lack["come"], 0),
            "signs": [{"text": read(sign), "url": _sign_url(row["code"], sign)} for sign in lack["signs"]],
        }
        for lack in row.get("lacks", ())
    ]
    row = {**row, "until": _day(row.get("until"))}
    return {**row, "lacks": lacks, "comes": [one for one in postings if one["centre"] == row["code"]]}


def _sign_url(code: str, sign: Mapping[str, str]) -> str:
    """Where the figure, the list or the register stands that a sign rests on."""
    match sign["by"]:
        case "figure" | "patients":
            return f"{reverse('institution', args=[code])}?indicator={sign['name']}#indicator"
        case "service":
            return f"{reverse('due')}?institution={code}&schedule={sign['name']}"
        case "clause":
            return reverse("standard", args=[code, sign["name"]])
        case _:
            return f"{reverse('register', args=['worker'])}?institution={code}"


def coverage(document: Mapping[str, Any]) -> tuple[int, int, int]:
    """Centres, and those with a doctor before and after."""
    centres = document["centres"]
    return len(centres), sum(1 for c in centres if c["before"]), sum(1 for c in centres if c["after"])


def plan_events(plan: KeptPlan) -> list[Event]:
    """The first and the last day of each new posting; once adopted under the ids of their records."""
    return [
        event
        for row in new_postings(plan)
        for event in posting_events(
            record_id_of(plan, row["doctor"]),
            (row["name"], row["hospital_name"], row["centre_name"]),
            _day(row.get("begins")) or plan.begins,
            _day(row.get("ends")) or plan.ends,
        )
    ]


PLANNED_LEVELS = ("city", "county")
"""The places for which a plan may be made."""


def leads_to_plan(area: Area, chosen: object) -> bool:
    """Whether the page of that figure leads to a plan of postings for the area."""
    is_planned = isinstance(area.node, Place) and area.node.level in PLANNED_LEVELS
    if not is_planned or not isinstance(chosen, Standing):
        return False
    found = declared()
    return found is not None and chosen.indicator.name in found.figures


def plan_map(plan: KeptPlan) -> SafeString | None:
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
                "data": {"values": _labels(placed)},
                "mark": {"type": "text", "dy": 15, "fontSize": LABEL_SIZE, "color": INK},
                "encoding": {**at, "text": {"field": "name"}},
            },
        ],
    }


def _labels(placed: Sequence[Mapping[str, Any]]) -> list[Spec]:
    """Where centres are, as far as there is room: those without a doctor first, then those that somebody goes to."""
    urgent = sorted(placed, key=lambda one: (bool(one["after"]), one["after"] <= one["before"]))
    names: list[Name] = [(one.get("at", one["name"]), one["lon"], one["lat"]) for one in urgent]
    room = with_room(names, LABEL_SIZE, [(lon, lat) for _, lon, lat in names])
    return [{"name": name, "lon": lon, "lat": lat} for name, lon, lat in room]


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
