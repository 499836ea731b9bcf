"""Why something is due, in a sentence: worked out by the reference evaluator, and kept until something else is known.

A reason follows from the packs, the day, and what is known of a person: the newest version of a record about them, and the
newest change of their entry. A process keeps reasons under these, so that whoever opens a list again, or after saving one
person's record, does not wait for everybody's records to be read again. A reason for which something else was looked at –
another register, a worker's records – is not kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Max

from wangdi.engine.explain.explain import Explainer
from wangdi.engine.model.text import Text
from wangdi.server.adoption.models import Adoption
from wangdi.server.evaluation.below import below_on
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.store_world import StoreWorld
from wangdi.server.network.models import MODELS
from wangdi.server.records.models import RecordVersion

MOST_KEPT = 50_000
"""Reasons that a process keeps: 20 MB, what two hundred villages have open. When there are more, all are forgotten."""


_UNKNOWN = Text("?", "?")
"""Stands for a reason that is not kept."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What was known of a resident when a reason was worked out."""

    store: str
    day: date
    adopted: tuple[int | None, int | None]
    subject: int
    change: int
    newest: int


def because_for(items: Iterable[DueItem], as_of: date) -> dict[int, Text]:
    """The reason of each due item in a sentence, by key; items without one are left out.

    A query or two where the reasons are kept, three more per register for the others.
    """
    listed = list(items)
    known = _known(listed, as_of)
    kept: dict[tuple[_Known, str, str], Text | None] = rulebook().once("reasons kept", dict)
    found: dict[int, Text | None] = {}
    others: dict[str, list[DueItem]] = {}
    for item in listed:
        stamp = known.get(item.subject) if item.entity == "resident" else None
        text = kept.get((stamp, item.schedule, item.step), _UNKNOWN) if stamp is not None else _UNKNOWN
        if text is _UNKNOWN:
            others.setdefault(item.entity, []).append(item)
        else:
            found[item.pk] = text
    for entity, missing in others.items():
        fresh, alone = _worked_out(entity, missing, as_of)
        found |= fresh
        if len(kept) > MOST_KEPT:
            kept.clear()
        for item in missing:
            if entity == "resident" and item.subject in alone and item.subject in known:
                kept[known[item.subject], item.schedule, item.step] = fresh[item.pk]
    return {key: text for key, text in found.items() if text is not None}


def _known(items: Sequence[DueItem], day: date) -> Mapping[int, _Known]:
    """By key, of the residents whom items are about."""
    changes = {item.subject: item.resident.change_id for item in items if item.resident is not None}
    if not changes:
        return {}
    newest = RecordVersion.objects.filter(subject__in=changes).order_by().values_list("subject")
    newest_of = dict(newest.annotate(newest=Max("seq")))
    last = Adoption.objects.aggregate(made=Max("change"), withdrawn=Max("withdrawn"))
    store, adopted = str(connection.settings_dict["NAME"]), (last["made"], last["withdrawn"])
    return {
        subject: _Known(store, day, adopted, subject, change, newest_of.get(subject, 0))
        for subject, change in changes.items()
    }


def _worked_out(
    entity: str, items: Sequence[DueItem], as_of: date
) -> tuple[dict[int, Text | None], frozenset[int]]:
    """The reasons by key, and those of whom nothing but themselves was looked at. Three queries."""
    codes = _codes_of(entity, items)
    world, below = StoreWorld(rulebook().kinds), below_on(entity, as_of)
    world.read_ahead(entity, codes.values())
    found: dict[int, Text | None] = {item.pk: None for item in items}
    alone = set()
    for subject, code in codes.items():
        world.looked_at.clear()
        explainer = Explainer(rulebook(), world, entity, code, as_of, below)
        for item in items:
            schedule = rulebook().schedules.get(item.schedule)
            if item.subject == subject and schedule is not None:
                found[item.pk] = explainer.because(schedule, item.step)
        if world.looked_at <= {(entity, code)}:
            alone.add(subject)
    return found, frozenset(alone)


def _codes_of(entity: str, items: Iterable[DueItem]) -> dict[int, str]:
    """The codes of whom the items are about, by key; residents come with their items."""
    if entity == "resident":
        return {item.subject: item.resident.code for item in items if item.resident is not None}
    rows = MODELS[entity]._default_manager.filter(pk__in={item.subject for item in items})
    return dict(rows.values_list("pk", "code"))
