"""What screens and commands ask of the evaluation, and the one way to save a record so that all of it follows."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.single import OneEntity
from wangdi.engine.explain.explain import Explainer, explain
from wangdi.engine.explain.trace import Explanation
from wangdi.engine.model.text import Text
from wangdi.server.evaluation.models import DueItem, Publication
from wangdi.server.evaluation.rules import resident_plan, rulebook
from wangdi.server.evaluation.store_world import StoreWorld
from wangdi.server.network.models import Resident
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import save_record, void_record

__all__ = ["rulebook"]


def today() -> date:
    """The day in the installation's time zone."""
    return timezone.localdate()


def latest_publication() -> Publication | None:
    """The newest evaluation of everybody; None before the first."""
    return Publication.objects.order_by("-id").first()


def explain_resident(resident: Resident, as_of: date) -> Explanation:
    """Everything the rules say of a resident on a day, and why."""
    return explain(rulebook(), StoreWorld(rulebook().kinds), "resident", resident.code, as_of)


def because_for(items: Iterable[DueItem], as_of: date) -> dict[int, Text]:
    """The reason of each due item in a sentence, by key; items without one are left out. Three queries in all."""
    listed = list(items)
    world = StoreWorld(rulebook().kinds)
    codes = {item.resident.code for item in listed}
    world.read_ahead("resident", codes)
    explainers = {code: Explainer(rulebook(), world, "resident", code, as_of) for code in codes}
    found = {}
    for item in listed:
        schedule = rulebook().schedules.get(item.schedule)
        if schedule is not None:
            text = explainers[item.resident.code].because(schedule)
            if text is not None:
                found[item.pk] = text
    return found


def save_and_refresh(**arguments: Any) -> RecordVersion:
    """`save_record` with the same arguments; the subject's due items follow in the same transaction."""
    with transaction.atomic():
        version = save_record(**arguments)
        _refresh_subject(version)
    return version


def void_and_refresh(**arguments: Any) -> RecordVersion:
    """`void_record` with the same arguments; the subject's due items follow in the same transaction."""
    with transaction.atomic():
        version = void_record(**arguments)
        _refresh_subject(version)
    return version


def _refresh_subject(version: RecordVersion) -> None:
    if version.kind.about == "resident":
        refresh_due_items(Resident.objects.get(pk=version.subject), today())


def refresh_due_items(resident: Resident, as_of: date) -> None:
    """Evaluates one resident anew and replaces the published due items."""
    one = OneEntity(resident_plan(), rulebook().kinds, StoreWorld(rulebook().kinds), resident.code)
    items = [
        DueItem(
            resident=resident,
            schedule=item.schedule,
            step=item.step,
            due_from=item.due_from,
            due_on=item.due_on,
            overdue_from=item.overdue_from,
            institution_id=resident.institution_id,
            place_id=resident.place_id,
        )
        for item in one.due_items(Moment.in_year(as_of))
    ]
    DueItem.objects.filter(resident=resident).delete()
    DueItem.objects.bulk_create(items)
