"""What the pages of plans about places show: the document in the reader's language, cut to what a page can hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from wangdi.engine.model.text import Text
from wangdi.server.planning.adopting import kind_of
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.sheets import Document, Sheet, told
from wangdi.server.planning.sorts import SORTS
from wangdi.server.web.place_maps import AFTER, BEFORE, legend_of, reach_map, routes_map
from wangdi.server.web.plans import coverage
from wangdi.server.web.words import NOTHING, say, wording

ASKED_FIRST = {
    *("goal", "stations", "share", "minutes", "mode", "terrain"),
    *("whom", "every", "service", "begins", "vehicles", "bases"),
}
"""What a form asks at once; the rest is folded away."""

MOST_ROWS = 60
"""Rows of a table on a page; the workbook holds all, and says so."""

FOUND = ("within", "covered", "value", "cost", "room", "visits", "load", "driving")
"""Notes that are the answer; the others are what it rests on."""

MISSING = ("nowhere", "holes")
"""Notes of what is not known, which the page shows above all else."""

HIDDEN_COLUMNS = {"lon", "lat", "base_code", "nearest", "within", "new"}
SHARES = {"share", "before", "after"}


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet on the page: headings with whether they are numbers, rows of texts, how many rows there are in all."""

    key: str
    title: str
    headings: list[tuple[str, bool]]
    rows: list[list[tuple[str, bool, str]]]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def shown(plan: KeptPlan) -> dict[str, Any]:
    """Everything the page of a plan needs."""
    document = Document.of(plan.document)
    notes = [(note.key, wording(note.label), wording(note.text)) for note in document.notes]
    tables = [_table(sheet, plan.sort) for sheet in document.sheets]
    return {
        "plan": plan,
        "title": wording(SORTS[plan.sort].title),
        "answer": [(label, text) for key, label, text in notes if key in FOUND],
        "missing": [(label, text) for key, label, text in notes if key in MISSING],
        "rests_on": [(label, text) for key, label, text in notes if key not in (*FOUND, *MISSING)],
        "tables": tables,
        "maps": _maps(plan, document),
        "legend": legend_of(document.map),
        "travel": next((text for key, _, text in notes if key == "travel"), ""),
        "outside": _outside(document),
        "kind": kind_of(plan),
        "vehicles": _vehicles(document),
    }


def sort_title(plan: KeptPlan) -> Text:
    """What sort of plan it is, in words."""
    sort = SORTS.get(plan.sort)
    return sort.title if sort else Text("医师派驻", "Postings")


def headline(plan: KeptPlan) -> str:
    """What the plan comes to, in one line."""
    if plan.sort == KeptPlan.Sort.DISPATCH:
        centres, before, after = coverage(plan.document)
        return say("覆盖 {a} → {b} / {n}", "covered {a} → {b} / {n}", a=before, b=after, n=centres)
    notes = {note.key: note for note in Document.of({**plan.document, "sheets": []}).notes}
    return next((wording(notes[key].text) for key in FOUND if key in notes), "")


def _outside(document: Document) -> int:
    found = document.note("within")
    return int(found["outside"]) if isinstance(found, dict) else 0


def _vehicles(document: Document) -> list[str]:
    sheet = document.sheet("vehicles")
    return [str(row["team"]) for row in sheet.rows if row["visits"]] if sheet else []


def _maps(plan: KeptPlan, document: Document) -> list[tuple[str, SafeString]]:
    """With titles: one for reach, before and after for stations, a week each for routes."""
    if plan.sort == KeptPlan.Sort.ROUTES:
        weeks = sorted({row[0] for row in document.map.get("routes", ())})
        titled = [(week, say("第 {n} 周", "Week {n}", n=week)) for week in weeks[:4]]
        found = [(title, routes_map(document.map, week, None, title)) for week, title in titled]
    elif plan.sort == KeptPlan.Sort.SITES:
        before, after = say("之前", "Before"), say("之后", "After")
        found = [
            (before, reach_map(document.map, BEFORE, before)),
            (after, reach_map(document.map, AFTER, after)),
        ]
    else:
        title = say("各村到最近机构的时间", "Minutes to the nearest institution")
        found = [(title, reach_map(document.map, BEFORE, title))]
    return [(title, drawing) for title, drawing in found if drawing is not None]


def _table(sheet: Sheet, sort: str) -> Table:
    """Long tables of villages are cut: those outside come first."""
    names = [name for name in sheet.columns if name not in HIDDEN_COLUMNS]
    rows, title = sheet.rows, sheet.title
    if sort == KeptPlan.Sort.REACH and sheet.key == "villages":
        names = [name for name in names if name != "code"]
        rows = [row for row in rows if not row["within"]]
        title = Text("不可及的村", "Villages outside reach")
    if sort == KeptPlan.Sort.SITES and sheet.key == "villages":
        rows = [row for row in rows if row["before"] != row["after"] or row["station"] is None]
        title = Text("有变化的村和仍不可及的村", "Villages that gain or lose, and those still outside")
    if sheet.key == "townships":
        names = [name for name in names if name != "code"]
    numbers = {
        name: any(isinstance(row[name], int | float) and not isinstance(row[name], bool) for row in rows)
        for name in names
    }
    is_share = SHARES if sheet.key == "townships" else set[str]()
    shown_rows = [
        [
            (_written(row[name], name in is_share), numbers[name], wording(sheet.columns[name]))
            for name in names
        ]
        for row in rows[:MOST_ROWS]
    ]
    headings = [(wording(sheet.columns[name]), numbers[name]) for name in names]
    return Table(sheet.key, wording(title), headings, shown_rows, len(rows))


def _written(value: Any, is_share: bool) -> str:
    plain = told(value, (get_language() or "zh-hans")[:2])
    if plain is None or plain == "":
        return NOTHING
    if isinstance(plain, bool):
        return say("是", "yes") if plain else say("否", "no")
    if is_share and isinstance(plain, int | float):
        return f"{plain:.1%}"
    if isinstance(plain, float):
        return f"{plain:,.0f}" if plain.is_integer() else f"{plain:,.2f}".rstrip("0")
    return f"{plain:,}" if isinstance(plain, int) else str(plain)


@dataclass(frozen=True, slots=True)
class VehicleWeek:
    """What one vehicle does in one week: days with when it leaves and is back, and the stops of each."""

    base: str
    vehicle: str
    week: int
    drawing: SafeString | None
    days: list[tuple[str, str, str, str, list[Mapping[str, Any]]]]


def weeks_of(document: Document, vehicle: str | None) -> list[VehicleWeek]:
    """By vehicle and week, in the order of the schedule."""
    schedule = document.sheet("schedule")
    grouped: dict[tuple[str, str, int], dict[str, list[Mapping[str, Any]]]] = {}
    for row in schedule.rows if schedule else ():
        if vehicle in (None, "", row["team"]):
            key = str(row["base"]), str(row["team"]), int(str(row["week"]))
            grouped.setdefault(key, {}).setdefault(str(row["day"]), []).append(row)
    found = []
    for (base, team, week), days in sorted(grouped.items()):
        drawing = routes_map(document.map, week, team, say("第 {n} 周路线", "Ways of week {n}", n=week))
        told_days = [
            (day, wording(rows[0]["weekday"]), str(rows[0]["leaves"]), str(rows[0]["back"]), rows)
            for day, rows in sorted(days.items())
        ]
        found.append(VehicleWeek(base, team, week, drawing, told_days))
    return found
