"""Line lists: the very records that a channel counted at a place since a day, as a reader may see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.model.channels import Channel
from wangdi.engine.model.facts import Relation
from wangdi.server.access.scope import Viewer
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.store_world import StoreWorld
from wangdi.server.network.models import MODELS, Place
from wangdi.server.records.models import RecordQuerySet, RecordVersion

MOST = 200
"""Records that are looked at one by one; longer lists are for the list of the kind, which has filters and files."""


@dataclass(frozen=True)
class LineList:
    """``records`` with the day on which each counts, by that day; ``is_cut``: there may be more."""

    kind: str
    records: tuple[tuple[date, RecordVersion], ...]
    is_cut: bool


def line_list(channel: Channel, place: Place, first: date, as_of: date, viewer: Viewer) -> LineList | None:
    """None for channels of records done at or by somebody: they are about others, whom the place does not tell."""
    selection = channel.amount.selection
    if selection.relation is not Relation.ABOUT:
        return None
    found = list(_candidates(channel, place, first, as_of, viewer)[: MOST + 1])
    chosen = sorted(_counted(channel, found[:MOST], first, as_of), key=lambda one: (one[0], one[1].record_id))
    return LineList(selection.kind, tuple(chosen), len(found) > MOST)


def _candidates(channel: Channel, place: Place, first: date, as_of: date, viewer: Viewer) -> RecordQuerySet:
    rows: Any = MODELS[channel.entity].objects.visible_to(viewer)
    subjects = rows.filter(**{f"{rows.place_path}__under": place.path})
    records = RecordVersion.objects.valid().filter(
        kind__name=channel.amount.selection.kind,
        subject__in=subjects.values("pk"),
        occurred_on__gte=first,
        occurred_on__lte=as_of,
    )
    return records.select_related("kind", "institution", "worker", "change").order_by(
        "-occurred_on", "record_id"
    )


def _counted(
    channel: Channel, records: list[RecordVersion], first: date, as_of: date
) -> Iterator[tuple[date, RecordVersion]]:
    """Those that the channel's fact selects, by the reference evaluator: the meaning is that of the series."""
    keys = {record.subject for record in records}
    codes = dict(MODELS[channel.entity]._default_manager.filter(pk__in=keys).values_list("pk", "code"))
    world, rules = StoreWorld(rulebook().kinds), rulebook()
    world.read_ahead(channel.entity, list(codes.values()))
    wanted: dict[str, dict[str, date]] = {}
    for code in codes.values():
        one = ReferenceEvaluator(world, rules, channel.entity, code, Moment.in_year(as_of))
        days = (
            (record.id, one.value(channel.day, record)) for record in one.selected(channel.amount.selection)
        )
        wanted[code] = {
            record_id: day for record_id, day in days if day is not None and first <= day <= as_of
        }
    for record in records:
        day = wanted[codes[record.subject]].get(record.record_id)
        if day is not None:
            yield day, record
