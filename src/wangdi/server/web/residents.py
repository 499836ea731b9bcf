"""What the page of a resident shows: from the store, the published due items and the explanation."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice

from wangdi.engine.explain.trace import DueFound
from wangdi.engine.model.calendar import full_years
from wangdi.engine.model.each import Each
from wangdi.engine.model.fields import Field
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.series import SeriesStep
from wangdi.engine.model.text import Text
from wangdi.engine.model.workflows import ASSIGNED_INSTITUTION, ASSIGNED_WORKER, STATE, STATE_SINCE
from wangdi.server.evaluation.models import DueItem
from wangdi.server.network.models import MODELS, AnyEntity, Resident
from wangdi.server.records.models import RecordQuerySet, RecordVersion
from wangdi.server.web.charts import Series
from wangdi.server.web.entities import entity_of
from wangdi.server.web.linked import record_titles
from wangdi.server.web.words import Names, say, unit, value_in_words, wording

TIMELINE_LENGTH = 30
"""Records shown before the reader asks for all."""


@dataclass(frozen=True, slots=True)
class DueRow:
    """A published due item with its reason; ``found`` is None when the rules no longer see it."""

    item: DueItem
    schedule: Schedule | None
    step: SeriesStep | None
    status: str
    days_late: int
    found: DueFound | None
    of_record: bool = False
    """Whether it is about one record, which ``item.step`` names."""


def due_rows(resident: Resident, found: Iterable[DueFound], rules: Rulebook, day: date) -> list[DueRow]:
    """Overdue first, missed last. Dates and states are the published ones, the same as on every other page."""
    reasons = {(one.schedule, one.step, one.due_on): one for one in found}
    items = DueItem.objects.filter(resident=resident).by_urgency(day)
    return [
        DueRow(
            item,
            (schedule := rules.schedules.get(item.schedule)),
            schedule.step(item.step) if schedule is not None else None,
            item.status_on(day),
            (day - item.due_on).days,
            reasons.get((item.schedule, item.step, item.due_on)),
            is_about_record(rules, item),
        )
        for item in items
    ]


def is_about_record(rules: Rulebook, item: DueItem) -> bool:
    """Whether an item is about one record, which its step names."""
    schedule = rules.schedules.get(item.schedule)
    return schedule is not None and isinstance(schedule.shape, Each)


def records_about(one: AnyEntity) -> RecordQuerySet:
    """Newest first. Who sees somebody sees every record about them, so no further condition is needed."""
    records = RecordVersion.objects.current().filter(kind__about=entity_of(one), subject=one.pk)
    related = ("kind", "institution", "worker", "change")
    return records.select_related(*related).order_by("-occurred_on", "-seq")


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a record stands in its workflow, as people read it. ``step`` is the transition that led to this version."""

    title: str
    is_final: bool
    since: date | None
    holder: str
    worker: str
    step: str


def stage_of(record: RecordVersion, kind: Kind, names: Names) -> Stage | None:
    """None for a kind without a workflow, and for a state that no pack declares any more."""
    states = {state.name: state for state in kind.workflow.states} if kind.workflow is not None else {}
    state = states.get(str(record.values.get(STATE)))
    if kind.workflow is None or state is None:
        return None
    holder, worker = (
        names.get((entity, str(record.values.get(field))), "")
        for entity, field in (("institution", ASSIGNED_INSTITUTION), ("worker", ASSIGNED_WORKER))
    )
    since = record.values.get(STATE_SINCE)
    made = {transition.name: wording(transition.title) for transition in kind.workflow.transitions}
    return Stage(
        wording(state.title),
        state.final,
        date.fromisoformat(since) if since else None,
        holder,
        worker,
        made.get(record.change.summary.get("transition", ""), ""),
    )


BRIEF = 5
"""Values that a line of a timeline tells."""


@dataclass(frozen=True)
class TimelineRow:
    """A record as people read it; a kind or a field that no pack declares any more by its name and raw values."""

    record: RecordVersion
    kind: Kind | None
    names: Names
    without: str = ""
    """A field that is not told."""

    @property
    def title(self) -> str:
        return wording(self.kind.title) if self.kind is not None else self.record.kind.name

    @property
    def is_void(self) -> bool:
        return self.record.status == RecordVersion.Status.VOID

    @cached_property
    def stage(self) -> Stage | None:
        return stage_of(self.record, self.kind, self.names) if self.kind is not None else None

    @cached_property
    def sections(self) -> Sequence["ShownSection"]:
        """Titles and values of the form's fields under its headings, in declared order."""
        declared = _sections(self.record, self.kind, self.names) if self.kind is not None else []
        undeclared = list(self._undeclared())
        return [*declared, _unheaded(undeclared)] if undeclared else declared

    @property
    def values(self) -> list[tuple[str, str]]:
        """The same without headings."""
        return list(self._values())

    @property
    def brief(self) -> list[tuple[str, str]]:
        """The first of them."""
        return list(islice(self._values(), BRIEF))

    @property
    def is_longer(self) -> bool:
        """Whether there are others."""
        return len(self.record.values) > BRIEF and next(islice(self._values(), BRIEF, None), None) is not None

    def _values(self) -> Iterator[tuple[str, str]]:
        for field in self.kind.form if self.kind is not None else ():
            if field.name in self.record.values and field.name != self.without:
                value = self.record.values[field.name]
                yield wording(field.title), value_in_words(field, value, self.names)
        yield from self._undeclared()

    def _undeclared(self) -> Iterator[tuple[str, str]]:
        declared = {field.name for field in self.kind.fields} if self.kind is not None else set()
        return ((name, str(value)) for name, value in self.record.values.items() if name not in declared)


@dataclass(frozen=True, slots=True)
class ShownSection:
    """Part of a record: a heading, or none, and titles, values, and whether a value is unusual."""

    heading: str
    values: Sequence[tuple[str, str, bool]]


def timeline(records: Sequence[RecordVersion], kinds: Mapping[str, Kind]) -> list[TimelineRow]:
    names = names_in(records, kinds)
    return [timeline_row(record, kinds.get(record.kind.name), names) for record in records]


def names_in(records: Iterable[RecordVersion], kinds: Mapping[str, Kind]) -> Names:
    """The names of the entities and records that fields of the records refer to. One query per register that occurs, two
    per kind.
    """
    codes: dict[str, set[str]] = {}
    linked: dict[str, tuple[Field, set[str]]] = {}
    for record in records:
        for field in kinds[record.kind.name].fields if record.kind.name in kinds else ():
            if field.refers_to is not None and field.name in record.values:
                codes.setdefault(field.refers_to, set()).add(str(record.values[field.name]))
            if field.record_of is not None and field.name in record.values:
                linked.setdefault(field.owner, (field, set()))[1].add(str(record.values[field.name]))
    return record_titles(linked.values()) | {
        (entity, code): name
        for entity, wanted in codes.items()
        for code, name in MODELS[entity]._default_manager.filter(code__in=wanted).values_list("code", "name")
    }


def timeline_row(record: RecordVersion, kind: Kind | None, names: Names | None = None) -> TimelineRow:
    return TimelineRow(record, kind, names or {})


def _sections(record: RecordVersion, kind: Kind, names: Names) -> list[ShownSection]:
    found = []
    for section, fields in kind.sections:
        values = [
            (
                wording(field.title),
                value_in_words(field, record.values[field.name], names),
                field.is_unusual(record.values[field.name]),
            )
            for field in fields
            if field.name in record.values
        ]
        if values:
            found.append(ShownSection(wording(section) if section else "", values))
    return found


def _unheaded(values: Iterable[tuple[str, str]]) -> ShownSection:
    return ShownSection("", [(title, value, False) for title, value in values])


@dataclass(frozen=True, slots=True)
class Vital:
    """Readings that belong in one chart: the fields, and the parameters that hold their limits, in order."""

    title: Text
    fields: tuple[str, ...]
    limits: tuple[str, ...]


VITALS = (
    Vital(Text("血压", "Blood pressure"), ("sbp", "dbp"), ("sbp_limit", "dbp_limit")),
    Vital(Text("空腹血糖", "Fasting glucose"), ("fpg",), ("fpg_limit",)),
)

_OLDER = "_elderly"
_OLDER_AGE = "elderly_age"
"""A pack may set another limit from an age on: ``sbp_limit_elderly`` from ``elderly_age``."""

FEWEST_READINGS = 2


def has_readings(records: Iterable[RecordVersion]) -> bool:
    """Whether there is anything to draw."""
    names = {name for vital in VITALS for name in vital.fields}
    return any(not names.isdisjoint(record.values) for record in records)


def series_of(
    vital: Vital, records: Sequence[RecordVersion], rules: Rulebook, resident: Resident, day: date
) -> tuple[list[Series], str]:
    """The readings of all kinds with these fields, oldest first, and their unit; none when too few."""
    described = {field.name: field for kind in rules.kinds.values() for field in kind.fields}
    found = []
    for name, limit_name in zip(vital.fields, vital.limits, strict=True):
        points = [
            (record.occurred_on, float(record.values[name]))
            for record in sorted(records, key=lambda one: (one.occurred_on, one.record_id))
            if isinstance(record.values.get(name), int | float)
        ]
        if len(points) < FEWEST_READINGS or name not in described:
            continue
        limit = limit_on(rules, limit_name, resident, day)
        title = wording(described[name].title)
        limit_title = say("{name}应低于 {limit:g}", "{name} below {limit:g}", name=title, limit=limit or 0)
        found.append(Series(title, tuple(points), limit, limit_title))
    return found, unit(described[vital.fields[0]].unit) if found else ""


def limit_on(rules: Rulebook, name: str, resident: Resident, day: date) -> float | None:
    """The limit in force for this resident, from the first pack that sets it."""
    for pack in rules.packs:
        if (limit := _parameter(pack, name, day)) is not None:
            older = _parameter(pack, name + _OLDER, day)
            from_age = _parameter(pack, _OLDER_AGE, day)
            if older is None or from_age is None or resident.birth_date is None:
                return limit
            return older if full_years(resident.birth_date, day) >= from_age else limit
    return None


def _parameter(pack: Pack, name: str, day: date) -> float | None:
    value = next((one.value_on(day) for one in pack.parameters if one.name == name), None)
    return float(value) if isinstance(value, int | float) else None
