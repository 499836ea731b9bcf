"""Result sheets as pages show and print them: what the record tells, what is due next, whom to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from wangdi.engine.explain.sheets import ToldRow, ToldSection, ToldSheet
from wangdi.engine.handbook.vocabulary import JUDGEMENTS, NOTHING_FOUND
from wangdi.engine.model.sheets import Judgement, Sheet
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.evaluation.sheets import told_sheets
from wangdi.server.network.models import Resident, Worker
from wangdi.server.records.models import RecordVersion
from wangdi.server.web.words import unit, wording

MOST_AT_ONCE = 300
"""Sheets on one page: more takes a browser long to print, and somebody long to sort."""

_SIGNS: Mapping[Judgement, str] = {
    Judgement.HIGH: "↑",
    Judgement.LOW: "↓",
    Judgement.NOTABLE: "!",
    Judgement.USUAL: "✓",
}


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A result in the reader's language. ``state`` names the judgement; empty where nothing is said of it."""

    title: str
    shown: str
    limits: str
    state: str
    sign: str
    judged: str

    @property
    def is_plain(self) -> bool:
        return not self.limits and self.state in ("", Judgement.USUAL.value)


@dataclass(frozen=True, slots=True)
class ShownSection:
    title: str
    rows: list[ShownRow]
    lines: list[str]

    @property
    def judged(self) -> list[ShownRow]:
        """What has limits, or has to be watched, stands first, a line each."""
        return [row for row in self.rows if not row.is_plain]

    @property
    def plain(self) -> list[ShownRow]:
        return [row for row in self.rows if row.is_plain]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the person is asked to do, from when and until when; ``status`` of the item on the day of printing."""

    says: str
    due_from: date
    due_on: date
    status: str


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """A sheet with whom it is about. ``withheld`` says why there is none yet."""

    person: Resident
    record: RecordVersion
    title: str
    sections: list[ShownSection]
    steps: list[NextStep]
    withheld: list[str]
    leader: Worker | None


def shown_sheets(records: Sequence[RecordVersion]) -> list[ShownSheet]:
    """The sheets of records that have one, in their order."""
    told, day = told_sheets(records), today()
    related = ("institution", "team__leader", "place")
    people = Resident.objects.select_related(*related).in_bulk({record.subject for record in records})
    items = _items(people, day)
    return [
        _shown(people[record.subject], record, told[record.pk], items.get(record.subject, ()), day)
        for record in records
        if record.pk in told
    ]


def has_sheet(kind: str) -> bool:
    return kind in rulebook().sheets


def _items(people: Mapping[int, Resident], day: date) -> Mapping[int, Sequence[DueItem]]:
    """By person, what is due of all that sheets ask people to do; of the dead nothing."""
    names = {step.schedule for one in rulebook().sheets.values() for step in one.next_steps}
    living = [key for key, person in people.items() if person.death_date is None]
    found: dict[int, list[DueItem]] = {}
    items = DueItem.objects.filter(resident__in=living, schedule__in=names)
    for item in items.possible_on(day).by_urgency(day):
        found.setdefault(item.subject, []).append(item)
    return found


def _shown(
    person: Resident, record: RecordVersion, told: ToldSheet, items: Sequence[DueItem], day: date
) -> ShownSheet:
    return ShownSheet(
        person,
        record,
        wording(told.sheet.title),
        [_section(section) for section in told.sections],
        _steps(told.sheet, items, day) if told.sections else [],
        [wording(text) for text in told.withheld],
        person.team.leader if person.team is not None else None,
    )


def _section(section: ToldSection) -> ShownSection:
    lines = [wording(line) for line in section.lines]
    return ShownSection(wording(section.title), [_row(row) for row in section.rows], lines)


def _row(row: ToldRow) -> ShownRow:
    measured = f"{wording(row.shown)} {unit(row.unit)}".strip()
    limits = wording(row.limits) if row.limits is not None else ""
    if row.judgement is None:
        return ShownRow(wording(row.title), measured, limits, "", "", "")
    is_plainly_fine = row.judgement is Judgement.USUAL and row.limits is None
    judged = wording(NOTHING_FOUND if is_plainly_fine else JUDGEMENTS[row.judgement])
    return ShownRow(wording(row.title), measured, limits, row.judgement.value, _SIGNS[row.judgement], judged)


def _steps(sheet: Sheet, items: Sequence[DueItem], day: date) -> list[NextStep]:
    """The first item of each schedule that the sheet names, the most urgent first."""
    says = {step.schedule: wording(step.says) for step in sheet.next_steps}
    first: dict[str, DueItem] = {}
    for item in items:
        if item.schedule in says:
            first.setdefault(item.schedule, item)
    return [
        NextStep(says[item.schedule], item.due_from, item.due_on, item.status_on(day))
        for item in first.values()
    ]
