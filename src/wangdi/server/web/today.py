"""Today's list of who works among people: what is open, by household or by service, and what was done today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.series import SeriesStep
from wangdi.engine.model.text import Text
from wangdi.server.audit.models import Change
from wangdi.server.evaluation.models import DueItem, DueItemQuerySet
from wangdi.server.evaluation.services import because_for
from wangdi.server.network.models import Resident
from wangdi.server.records.models import RecordVersion
from wangdi.server.web.areas import Area
from wangdi.server.web.due import Wanted, due_items
from wangdi.server.web.residents import is_about_record
from wangdi.server.web.subjects import subject_names

HOUSEHOLDS_A_PAGE = 12
"""About two dozen people with five items each make 60 kB."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader chose: one service, part of a name, and whether services are listed instead of households."""

    schedule: str = ""
    name: str = ""
    by_service: bool = False

    @classmethod
    def of(cls, query: QueryDict) -> "Asked":
        schedule, name = query.get("schedule", ""), query.get("q", "").strip()
        return cls(schedule, name, query.get("by") == "service" and not schedule and not name)


HOME = Coalesce("resident__household", "resident__code")
"""The household; of whom none is known, the person."""


def open_items(user: AbstractBaseUser, area: Area, asked: Asked, day: date) -> DueItemQuerySet:
    """What is due or overdue about residents, as the due list has it."""
    wanted = Wanted(schedule=asked.schedule, name=asked.name)
    return due_items(user, area, wanted, day).filter(resident__isnull=False)


@dataclass(frozen=True, slots=True)
class Left:
    """How much is left to do."""

    overdue: int
    due: int
    people: int


def left(items: DueItemQuerySet, day: date) -> Left:
    counts = items.order_by().aggregate(
        overdue=Count("pk", filter=Q(overdue_from__lte=day)),
        due=Count("pk", filter=Q(overdue_from__gt=day)),
        people=Count("resident", distinct=True),
    )
    return Left(**counts)


@dataclass(frozen=True, slots=True)
class ServiceWork:
    """How much of one service is open."""

    name: str
    schedule: Schedule | None
    overdue: int
    due: int


def by_service(items: DueItemQuerySet, rules: Rulebook, day: date) -> list[ServiceWork]:
    """Services with the longest overdue first."""
    rows = (
        items.order_by()
        .values("schedule")
        .annotate(
            late_from=Min("overdue_from"),
            overdue=Count("pk", filter=Q(overdue_from__lte=day)),
            due=Count("pk", filter=Q(overdue_from__gt=day)),
        )
        .order_by("late_from", "schedule")
    )
    return [
        ServiceWork(row["schedule"], rules.schedules.get(row["schedule"]), row["overdue"], row["due"])
        for row in rows
    ]


def homes(items: DueItemQuerySet) -> QuerySet[DueItem, str]:
    """The codes of households with something open, longest overdue first."""
    by_home = items.order_by().annotate(home=HOME).values("home")
    grouped = by_home.annotate(late_from=Min("overdue_from"), first=Min("due_on"))
    return grouped.order_by("late_from", "first", "home").values_list("home", flat=True)


@dataclass(frozen=True, slots=True)
class Open:
    """One open item as the list shows it. ``service`` is the kind that its form is of."""

    item: DueItem
    title: Text | None
    service: str
    step: SeriesStep | None
    status: str
    days_late: int
    because: Text | None
    of_record: bool


@dataclass(frozen=True, slots=True)
class PersonWork:
    person: Resident
    items: Sequence[Open]

    @property
    def services(self) -> list[str]:
        """The kinds that one visit would record, each once."""
        return list(dict.fromkeys(one.service for one in self.items if one.service and not one.of_record))


@dataclass(frozen=True, slots=True)
class HouseholdWork:
    """What is open about those who live together, most urgent person first."""

    people: Sequence[PersonWork]

    @property
    def address(self) -> str:
        return next((one.person.address for one in self.people if one.person.address), "")


def household_work(
    items: DueItemQuerySet, chosen: Sequence[str], rules: Rulebook, day: date
) -> list[HouseholdWork]:
    """The chosen households in their order. Three queries, and three more for the reasons."""
    listed = list(items.annotate(home=HOME).filter(home__in=chosen))
    opened = as_open(listed, rules, day)
    of_home: dict[str, dict[int, list[Open]]] = {home: {} for home in chosen}
    for item in listed:
        of_home[_home(item)].setdefault(item.subject, []).append(opened[item.pk])
    return [HouseholdWork([_person_work(found) for found in people.values()]) for people in of_home.values()]


def _home(item: DueItem) -> str:
    return item.resident.household or item.resident.code if item.resident else ""


def _person_work(items: Sequence[Open]) -> PersonWork:
    resident = items[0].item.resident
    if resident is None:
        raise ValueError("today's list is about residents")
    return PersonWork(resident, items)


def as_open(items: Sequence[DueItem], rules: Rulebook, day: date) -> dict[int, Open]:
    """Items with what the rules say of them, by key."""
    reasons = because_for(items, day)
    return {item.pk: _open(item, rules, day, reasons) for item in items}


def _open(item: DueItem, rules: Rulebook, day: date, reasons: Mapping[int, Text]) -> Open:
    schedule = rules.schedules.get(item.schedule)
    return Open(
        item,
        schedule.title if schedule else None,
        schedule.service if schedule else "",
        schedule.step(item.step) if schedule else None,
        item.status_on(day),
        (day - item.due_on).days,
        reasons.get(item.pk),
        is_about_record(rules, item),
    )


WRITTEN = ("record.save", "record.transition")
"""The changes that are work done; a void is none."""


@dataclass(frozen=True, slots=True)
class Done:
    record: RecordVersion
    kind: Kind | None
    name: str
    """Whom it is about."""


def done_today(user: AbstractBaseUser, rules: Rulebook, day: date) -> list[Done]:
    """The records that the user wrote today and that still hold, newest first."""
    records = written_by(user, day, day)
    names = subject_names((one.kind.about, one.subject) for one in records)
    newest_first = sorted(records, key=lambda one: one.seq, reverse=True)
    return [
        Done(one, rules.kinds.get(one.kind.name), names.get((one.kind.about, one.subject), ""))
        for one in newest_first
    ]


def written_by(user: AbstractBaseUser, first: date, last: date) -> list[RecordVersion]:
    """The records that a user wrote on these days and that still hold. A query per kind that occurs."""
    start = timezone.make_aware(datetime.combine(first, time()))
    end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))
    changes = Change.objects.filter(actor=user.pk, at__gte=start, at__lt=end)
    written: dict[str, set[str]] = {}
    for summary in changes.filter(action__in=WRITTEN).values_list("summary", flat=True):
        written.setdefault(summary["kind"], set()).add(summary["record"])
    valid = RecordVersion.objects.valid().select_related("kind")
    return [one for kind, ids in written.items() for one in valid.filter(kind__name=kind, record_id__in=ids)]
