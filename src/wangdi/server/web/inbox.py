"""The inbox of a place or an institution: records in its hands in which something is left to do."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.text import Text
from wangdi.engine.model.workflows import STATE_SINCE, Workflow
from wangdi.server.access.scope import NOTHING
from wangdi.server.evaluation.models import DueItem, DueItemQuerySet
from wangdi.server.network.models import Institution, Place
from wangdi.server.records.models import RecordQuerySet, RecordVersion, kind_numbers
from wangdi.server.web.areas import Area
from wangdi.server.web.residents import TimelineRow, timeline
from wangdi.server.web.subjects import subject_names

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A record with whom it is about, and its published due item; ``due`` is None where no limit is set."""

    row: TimelineRow
    subject: str
    due: DueItem | None
    title: Text | None
    """What has to be done by then."""
    status: str
    days_late: int


Stage: TypeAlias = tuple[int, str]
"""The key of a kind, and a state of its workflow."""


def actionable(kinds: Iterable[Kind], roles: Set[str]) -> frozenset[Stage]:
    """The states from which somebody in one of the roles should move a record on."""
    numbers = kind_numbers()
    return frozenset(
        (numbers[kind.name], state)
        for kind in kinds
        if kind.workflow is not None and kind.name in numbers
        for step in kind.workflow.transitions
        if not step.exceptional and not roles.isdisjoint(step.roles)
        for state in step.sources
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in an area: queries that have no record in common, each found by an index of its own."""

    parts: tuple[RecordQuerySet, ...]

    def counts(self) -> Counter[Stage]:
        """How many records of each kind are in each state, without opening one."""
        found: Counter[Stage] = Counter()
        for part in self.parts:
            for kind, state, n in part.order_by().values_list("kind", "state").annotate(n=Count("pk")):
                found[kind, state] += n
        return found

    def listed(self, stages: Iterable[Stage]) -> QuerySet[RecordVersion, int]:
        """The keys of those in some stages: by the day that a limit sets first, then those without one, longest in their
        state first."""
        condition, found = _in_stages(stages), NOTHING
        for part in self.parts:
            found |= Q(pk__in=part.filter(condition).values("pk"))
        limited = RecordVersion.objects.filter(found).annotate(limit=Subquery(_limits().values("due_on")[:1]))
        since = KeyTextTransform(STATE_SINCE, "values")
        ordered = limited.order_by(F("limit").asc(nulls_last=True), since, "record_id")
        return ordered.values_list("pk", flat=True)


def waiting_in(area: Area, kinds: Mapping[str, Kind], day: date) -> Waiting:
    """Records in the hands of the area's institutions, and those about its places that no institution has. The reader
    reaches the area. Resting ones are left out while nothing is due about them."""
    numbers = kind_numbers()
    worked = [kind for kind in kinds.values() if kind.workflow is not None and kind.name in numbers]
    open_ = [(numbers[kind.name], state) for kind in worked for state in _workflow(kind).open_states]
    resting = [(numbers[kind.name], state) for kind in worked for state in _workflow(kind).resting_states]
    waiting = RecordVersion.objects.valid().filter(_in_stages(open_))
    if resting:
        waiting = waiting.exclude(_in_stages(resting) & ~Exists(_limits().filter(due_from__lte=day)))
    at = "place__path__under" if area.entity == "place" else "path__under"
    in_hand = waiting.filter(assigned__in=Institution.objects.filter(**{at: area.node.path}))
    if area.entity != "place":
        return Waiting((in_hand,))
    places = Place.objects.filter(path__under=area.node.path)
    of_places = [numbers[kind.name] for kind in worked if kind.about == "place"]
    of_nobody = waiting.filter(assigned=None, kind__in=of_places, subject__in=places.values("pk"))
    return Waiting((in_hand, of_nobody))


def _in_stages(stages: Iterable[Stage]) -> Q:
    """By state first, which is what an index has, then by kind."""
    of_kind: dict[int, set[str]] = {}
    for kind, state in stages:
        of_kind.setdefault(kind, set()).add(state)
    by_states: dict[tuple[str, ...], list[int]] = {}
    for kind, states in of_kind.items():
        by_states.setdefault(tuple(sorted(states)), []).append(kind)
    found = NOTHING
    for names, numbers in by_states.items():
        found |= Q(kind__in=numbers, state__in=names)
    return Q(state__in=sorted({state for states in of_kind.values() for state in states})) & found


def _workflow(kind: Kind) -> Workflow:
    if kind.workflow is None:
        raise ValueError(f"{kind.name} has no workflow")
    return kind.workflow


def _limits() -> DueItemQuerySet:
    """In a subquery of records: the items about each, the first due first."""
    return DueItem.objects.filter(~Q(step=""), step=OuterRef("record_id")).order_by("due_on", "id")


def by_kind(counts: Counter[Stage], kinds: Mapping[str, Kind]) -> list[tuple[Kind, int]]:
    """The kinds that wait, most first."""
    names = {number: name for name, number in kind_numbers().items()}
    found: Counter[str] = Counter()
    for (number, _), n in counts.items():
        found[names[number]] += n
    return [(kinds[name], n) for name, n in sorted(found.items(), key=lambda one: (-one[1], one[0]))]


def records_of(keys: Sequence[int]) -> list[RecordVersion]:
    """The records of some keys, in their order."""
    related = RecordVersion.objects.select_related("kind", "institution", "worker", "assigned", "change")
    found = related.in_bulk(keys)
    return [found[key] for key in keys if key in found]


def inbox_rows(records: Iterable[RecordVersion], rules: Rulebook, day: date) -> list[InboxRow]:
    listed = list(records)
    names = subject_names((record.kind.about, record.subject) for record in listed)
    items = _due_items(listed, rules)
    return [
        InboxRow(
            row,
            names.get((row.record.kind.about, row.record.subject), ""),
            due := items.get((row.record.kind.name, row.record.record_id)),
            rules.schedules[due.schedule].title if due is not None else None,
            due.status_on(day) if due is not None else "",
            (day - due.due_on).days if due is not None else 0,
        )
        for row in timeline(listed, rules.kinds)
    ]


def _due_items(records: Iterable[RecordVersion], rules: Rulebook) -> dict[tuple[str, str], DueItem]:
    """Of each record the published item that is due first."""
    wanted = {one.record_id for one in records}
    items = DueItem.objects.filter(step__in=wanted).exclude(step="").order_by("due_on", "id")
    found: dict[tuple[str, str], DueItem] = {}
    for item in items:
        schedule = rules.schedules.get(item.schedule)
        if schedule is not None:
            found.setdefault((schedule.service, item.step), item)
    return found
