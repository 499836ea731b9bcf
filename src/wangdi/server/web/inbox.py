"""The inbox of a place or an institution: records in its hands in which something is left to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.workflows import STATE_SINCE
from wangdi.server.access.scope import NOTHING
from wangdi.server.evaluation.models import DueItem
from wangdi.server.network.models import Institution, Place
from wangdi.server.records.models import RecordQuerySet, RecordVersion
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
    status: str
    days_late: int


def waiting_records(area: Area, kinds: Mapping[str, Kind]) -> RecordQuerySet:
    """Those in the hands of the area's institutions, and those about its places that no institution has, longest in their
    state first. The reader reaches the area."""
    at = "place__path__under" if area.entity == "place" else "path__under"
    open_ = NOTHING
    for kind in kinds.values():
        if kind.workflow is not None:
            open_ |= Q(kind__name=kind.name, state__in=kind.workflow.open_states)
    in_hand = Q(assigned__in=Institution.objects.filter(**{at: area.node.path}))
    if area.entity == "place":
        places = Place.objects.filter(path__under=area.node.path)
        in_hand |= Q(assigned=None, kind__about="place", subject__in=places.values("pk"))
    records = RecordVersion.objects.valid().filter(open_ & in_hand)
    related = records.select_related("kind", "institution", "worker", "assigned", "change")
    return related.order_by(KeyTextTransform(STATE_SINCE, "values"), "record_id")


def inbox_rows(records: Iterable[RecordVersion], kinds: Mapping[str, Kind], day: date) -> list[InboxRow]:
    listed = list(records)
    names = subject_names((record.kind.about, record.subject) for record in listed)
    items = _due_items(listed)
    return [
        InboxRow(
            row,
            names.get((row.record.kind.about, row.record.subject), ""),
            due := items.get((row.record.kind.name, row.record.record_id)),
            due.status_on(day) if due is not None else "",
            (day - due.due_on).days if due is not None else 0,
        )
        for row in timeline(listed, kinds)
    ]


def _due_items(records: Iterable[RecordVersion]) -> dict[tuple[str, str], DueItem]:
    """The item of the limit that each record's state has, as it is published."""
    wanted = {(f"{one.kind.name}_{one.state}", one.record_id): one.kind.name for one in records}
    items = DueItem.objects.filter(step__in={record_id for _, record_id in wanted}).exclude(step="")
    found = {}
    for item in items:
        kind = wanted.get((item.schedule, item.step))
        if kind is not None:
            found[kind, item.step] = item
    return found
