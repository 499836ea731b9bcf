"""Due items as lines that people read: about whom, what, by when, why, and where it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser

from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.series import SeriesStep
from wangdi.engine.model.text import Text
from wangdi.server.access.scope import may_record
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.reasons import because_for
from wangdi.server.evaluation.services import rulebook
from wangdi.server.network.models import AnyEntity, Worker
from wangdi.server.web.entities import entity_of, form_of, page_of
from wangdi.server.web.residents import is_about_record
from wangdi.server.web.subjects import subjects


@dataclass(frozen=True, slots=True)
class DueLine:
    """``of_record``: it is about one record, which ``item.step`` names. ``record_url``: where the service is recorded;
    empty where no kind of record is one, or the reader's role does not record."""

    item: DueItem
    schedule: Schedule | None
    step: SeriesStep | None
    status: str
    days_late: int
    because: Text | None
    of_record: bool
    subject: AnyEntity | None
    url: str
    record_url: str
    charged: Worker | None


def due_lines(user: AbstractBaseUser, items: Sequence[DueItem], day: date) -> list[DueLine]:
    """A few queries per register that occurs, however many items. Those with `with_charges` say who has them."""
    rules = rulebook()
    given = {item.pk: getattr(item, "charged_to", None) for item in items}
    workers = Worker.objects.in_bulk({key for key in given.values() if key})
    reasons = because_for(items, day)
    others = subjects((item.entity, item.subject) for item in items if item.resident is None)
    records = {entity: may_record(user, entity) for entity in {item.entity for item in items}}
    lines = []
    for item in items:
        schedule = rules.schedules.get(item.schedule)
        subject = item.resident or others.get((item.entity, item.subject))
        lines.append(
            DueLine(
                item,
                schedule,
                schedule.step(item.step) if schedule is not None else None,
                item.status_on(day),
                (day - item.due_on).days,
                reasons.get(item.pk),
                is_about_record(rules, item),
                subject,
                page_of(subject) if subject is not None else "",
                _record_url(subject, schedule) if records[item.entity] else "",
                workers.get(given[item.pk] or 0),
            )
        )
    return lines


def _record_url(subject: AnyEntity | None, schedule: Schedule | None) -> str:
    kind = rulebook().kinds.get(schedule.service) if schedule is not None else None
    if subject is None or kind is None or kind.about != entity_of(subject):
        return ""
    return form_of(kind, subject)
