"""What screens and commands ask of the evaluation, and the one way to save a record so that all of it follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.single import OneEntity, from_below_of
from wangdi.engine.explain.explain import Explainer
from wangdi.engine.explain.trace import Explanation
from wangdi.engine.model.kinds import Kind
from wangdi.engine.plan.plan import Plan
from wangdi.server.common.once import once
from wangdi.server.evaluation.below import below_on
from wangdi.server.evaluation.models import DueItem, Publication
from wangdi.server.evaluation.open_counts import note_changes
from wangdi.server.evaluation.rules import due_plan, due_plan_after, rulebook
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
    newest = Publication.objects.filter(only_figures=False).order_by("-id")
    return once("latest publication", newest.first)


@dataclass(frozen=True, slots=True)
class FiguresStamp:
    """The newest publication of a store, of whatever kind: as long as it stays the same, so do all figures."""

    store: str
    publication: int
    made_at: datetime | None


def figures_stamp() -> FiguresStamp:
    """Of now; publication 0 before the first."""
    newest = Publication.objects.order_by("-id").values_list("id", "made_at")
    number, made_at = once("figures stamp", newest.first) or (0, None)
    return FiguresStamp(str(connection.settings_dict["NAME"]), number, made_at)


def explain_resident(resident: Resident, as_of: date) -> Explanation:
    """Everything the rules say of a resident on a day, and why."""
    return explain_entity("resident", resident.code, as_of)


def explain_entity(entity: str, code: str, as_of: date) -> Explanation:
    """Everything the rules say of somebody of a register on a day, and why."""
    return explainer_of(entity, code, as_of).explanation()


def explainer_of(entity: str, code: str, as_of: date) -> Explainer:
    """For whoever asks about one thing only: explaining everything takes ten times as long as saying what holds."""
    return Explainer(rulebook(), StoreWorld(rulebook().kinds), entity, code, as_of, below_on(entity, as_of))


def save_and_refresh(**arguments: Any) -> RecordVersion:
    """`save_record` with the same arguments; the subject's due items follow in the same transaction."""
    with transaction.atomic():
        version = save_record(**arguments)
        _refresh_subject([version])
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
        _refresh_subject(saved)
    return saved


def void_and_refresh(**arguments: Any) -> RecordVersion:
    """`void_record` with the same arguments; the subject's due items follow in the same transaction."""
    with transaction.atomic():
        version = void_record(**arguments)
        _refresh_subject([version])
    return version


def transition_and_refresh(**arguments: Any) -> RecordVersion:
    """`transition_record` with the same arguments; the subject's due items follow in the same transaction."""
    with transaction.atomic():
        version = transition_record(**arguments)
        _refresh_subject([version])
    return version


def refresh_subjects(versions: Sequence[RecordVersion], at_most: int) -> bool:
    """What is due about the subjects of some records; nothing, and False, where they are more than ``at_most``."""
    if len({(version.kind.about, version.subject) for version in versions}) > at_most:
        return False
    _refresh_subject(versions)
    return True


def _refresh_subject(versions: Sequence[RecordVersion]) -> None:
    """What is due about the subjects of some records: mostly of all the same one.

    What the records do not bear on stays as it was published, if that was today.
    """
    for about in {(version.kind.about, version.subject) for version in versions}:
        published, day = latest_publication(), today()
        is_fresh = published is not None and published.as_of >= day
        kinds = frozenset(version.kind.name for version in versions)
        subject = MODELS[about[0]]._default_manager.get(pk=about[1])
        refresh_due_items(subject, day, due_plan_after(about[0], kinds) if is_fresh else None)


def refresh_due_items(subject: AnyEntity, as_of: date, plan: Plan | None = None) -> None:
    """Evaluates one entity anew and replaces its published due items: all, or those of the schedules of a plan."""
    entity = next(name for name, model in MODELS.items() if isinstance(subject, model))
    part, world, moment = plan or due_plan(entity), StoreWorld(rulebook().kinds), Moment.in_year(as_of)
    below = below_on(entity, as_of) if part.needs.from_below else None
    evaluator = ReferenceEvaluator(world, rulebook(), entity, subject.code, moment, below)
    one = OneEntity(part, rulebook().kinds, world, subject.code, from_below_of(part, evaluator))
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
    outdated = DueItem.objects.of(entity, subject.pk)
    if plan is not None:
        outdated = outdated.filter(schedule__in=plan.schedule_names)
    note_changes(outdated, items)
    outdated.delete()
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
