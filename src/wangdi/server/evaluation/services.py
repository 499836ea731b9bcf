"""What screens and commands ask of the evaluation, and the one way to save a record so that all of it follows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.single import OneEntity, from_below_of
from wangdi.engine.explain.explain import Explainer, explain
from wangdi.engine.explain.trace import Explanation
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.server.evaluation.models import DueItem, Publication
from wangdi.server.evaluation.rules import due_plan, rulebook
from wangdi.server.evaluation.store_world import StoreWorld
from wangdi.server.network.models import MODELS, AnyEntity, Institution, Place, Resident
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import Conflict, InvalidRecord, save_record, void_record
from wangdi.server.records.transitions import transition_record

__all__ = ["rulebook"]


def today() -> date:
    """The day in the installation's time zone."""
    return timezone.localdate()


def latest_publication() -> Publication | None:
    """The newest evaluation of everybody; None before the first."""
    return Publication.objects.filter(only_figures=False).order_by("-id").first()


def explain_resident(resident: Resident, as_of: date) -> Explanation:
    """Everything the rules say of a resident on a day, and why."""
    return explain_entity("resident", resident.code, as_of)


def explain_entity(entity: str, code: str, as_of: date) -> Explanation:
    """Everything the rules say of somebody of a register on a day, and why."""
    return explain(rulebook(), StoreWorld(rulebook().kinds), entity, code, as_of)


def because_for(items: Iterable[DueItem], as_of: date) -> dict[int, Text]:
    """The reason of each due item in a sentence, by key; items without one are left out. Three queries per register."""
    listed = list(items)
    world = StoreWorld(rulebook().kinds)
    found: dict[int, Text] = {}
    for entity in dict.fromkeys(item.entity for item in listed):
        of_entity = [item for item in listed if item.entity == entity]
        codes = _codes_of(entity, of_entity)
        world.read_ahead(entity, codes.values())
        explainers = {code: Explainer(rulebook(), world, entity, code, as_of) for code in set(codes.values())}
        for item in of_entity:
            schedule = rulebook().schedules.get(item.schedule)
            explainer = explainers.get(codes.get(item.subject, ""))
            if schedule is not None and explainer is not None:
                text = explainer.because(schedule, item.step)
                if text is not None:
                    found[item.pk] = text
    return found


def _codes_of(entity: str, items: Iterable[DueItem]) -> dict[int, str]:
    """The codes of whom the items are about, by key; residents come with their items."""
    if entity == "resident":
        return {item.subject: item.resident.code for item in items if item.resident is not None}
    rows = MODELS[entity]._default_manager.filter(pk__in={item.subject for item in items})
    return dict(rows.values_list("pk", "code"))


def save_and_refresh(**arguments: Any) -> RecordVersion:
    """`save_record` with the same arguments; the subject's due items follow in the same transaction."""
    with transaction.atomic():
        version = save_record(**arguments)
        _refresh_subject(version)
    return version


@dataclass(eq=False)
class VisitRefused(Exception):
    """None of a visit's records was saved, because of one of them."""

    kind: Kind
    cause: InvalidRecord | Conflict


def save_visit_and_refresh(records: Sequence[Mapping[str, Any]]) -> list[RecordVersion]:
    """`save_record` for each of the arguments, all about one subject, or for none; the due items follow.

    Raises VisitRefused for the first record that cannot be saved.
    """
    saved: list[RecordVersion] = []
    with transaction.atomic():
        for arguments in records:
            try:
                saved.append(save_record(**arguments))
            except (InvalidRecord, Conflict) as cause:
                raise VisitRefused(arguments["kind"], cause) from cause
        for version in saved[:1]:
            _refresh_subject(version)
    return saved


def void_and_refresh(**arguments: Any) -> RecordVersion:
    """`void_record` with the same arguments; the subject's due items follow in the same transaction."""
    with transaction.atomic():
        version = void_record(**arguments)
        _refresh_subject(version)
    return version


def transition_and_refresh(**arguments: Any) -> RecordVersion:
    """`transition_record` with the same arguments; the subject's due items follow in the same transaction."""
    with transaction.atomic():
        version = transition_record(**arguments)
        _refresh_subject(version)
    return version


def _refresh_subject(version: RecordVersion) -> None:
    refresh_due_items(MODELS[version.kind.about]._default_manager.get(pk=version.subject), today())


def refresh_due_items(subject: AnyEntity, as_of: date) -> None:
    """Evaluates one entity anew and replaces its published due items."""
    entity = next(name for name, model in MODELS.items() if isinstance(subject, model))
    plan, world, moment = due_plan(entity), StoreWorld(rulebook().kinds), Moment.in_year(as_of)
    evaluator = ReferenceEvaluator(world, rulebook(), entity, subject.code, moment)
    one = OneEntity(plan, rulebook().kinds, world, subject.code, from_below_of(plan, evaluator))
    found = one.due_items(moment)
    named = {item.responsible for item in found if item.responsible is not None}
    responsible = dict(Institution.objects.filter(code__in=named).values_list("code", "pk")) if named else {}
    institution, place = _seats(subject)
    items = [
        DueItem(
            entity=entity,
            subject=subject.pk,
            resident=subject if isinstance(subject, Resident) else None,
            schedule=item.schedule,
            step=item.step,
            due_from=item.due_from,
            due_on=item.due_on,
            overdue_from=item.overdue_from,
            missed_from=item.missed_from,
            institution_id=responsible[item.responsible] if item.responsible else institution,
            place_id=place,
        )
        for item in found
    ]
    DueItem.objects.of(entity, subject.pk).delete()
    DueItem.objects.bulk_create(items)


def _seats(subject: AnyEntity) -> tuple[int | None, int | None]:
    """The keys of the institution and the place where an entity's items are listed."""
    if isinstance(subject, Place):
        return None, subject.pk
    if isinstance(subject, Institution):
        return subject.pk, subject.place_id
    if isinstance(subject, Resident):
        return subject.institution_id, subject.place_id
    return subject.institution_id, subject.institution.place_id if subject.institution else None
