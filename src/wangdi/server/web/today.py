"""Today's list of who works among people: what is open, by household or by service, and what was done today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import CharField, Count, Min, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import QueryDict
from django.utils import timezone

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.series import SeriesStep
from wangdi.engine.model.text import Text
from wangdi.server.audit.models import Change
from wangdi.server.evaluation.models import DueItem, DueItemQuerySet, rank_on
from wangdi.server.evaluation.reasons import because_for
from wangdi.server.network.models import Resident, Worker
from wangdi.server.records.models import RecordVersion
from wangdi.server.web.areas import Area
from wangdi.server.web.due import Wanted, due_items
from wangdi.server.web.residents import is_about_record
from wangdi.server.web.subjects import subject_names

HOUSEHOLDS_A_PAGE = 12
"""About two dozen people with five items each make 60 kB."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader chose: one service, part of a name, the code of a worker whom items were given to, and whether
    services are listed instead of households."""

    schedule: str = ""
    name: str = ""
    charged: str = ""
    by_service: bool = False

    @classmethod
    def of(cls, query: QueryDict, own: Worker | None) -> "Asked":
        """``own`` is who the reader is in the register of workers."""
        schedule, name = query.get("schedule", ""), query.get("q", "").strip()
        charged = own.code if own is not None and "mine" in query else ""
        return cls(
            schedule, name, charged, query.get("by") == "service" and not (schedule or name or charged)
        )


HOME = Coalesce("resident__household", "resident__code")
"""The household; of whom none is known, the person."""


def open_items(user: AbstractBaseUser, area: Area, asked: Asked, day: date) -> DueItemQuerySet:
    """What is due or overdue about residents, as the due list has it."""
    wanted = Wanted(schedule=asked.schedule, name=asked.name, charged=asked.charged)
    return due_items(user, area, wanted, day).filter(resident__isnull=False)


_NOBODY = 0
"""The key of no worker."""


@dataclass(frozen=True, slots=True)
class Left:
    """How much is left to do."""

    overdue: int
    due: int
    people: int
    mine: int
    """What was given to the reader."""


def left(items: DueItemQuerySet, day: date, own: Worker | None) -> Left:
    counts = items.order_by().aggregate(
        overdue=Count("pk", filter=Q(overdue_from__lte=day)),
        due=Count("pk", filter=Q(overdue_from__gt=day)),
        people=Count("resident", distinct=True),
        mine=Count("pk", filter=Q(charged_to=own.pk if own is not None else _NOBODY)),
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
    """Services in the order of their most urgent item."""
    rows = (
        items.order_by()
        .values("schedule")
        .annotate(
            urgency=Min(urgency_on(day)),
            overdue=Count("pk", filter=Q(overdue_from__lte=day)),
            due=Count("pk", filter=Q(overdue_from__gt=day)),
        )
        .order_by("urgency", "schedule")
    )
    return [
        ServiceWork(row["schedule"], rules.schedules.get(row["schedule"]), row["overdue"], row["due"])
        for row in rows
    ]


def urgency_on(day: date) -> Concat:
    """A text by which open items are ordered as lists order them: their rank, then since when they are overdue. The least
    of several is that of the most urgent, which their ranks and their days apart would not tell."""
    since = Cast("overdue_from", CharField())
    return Concat(Cast(rank_on(day), CharField()), Value(" "), since, output_field=CharField())


def homes(items: DueItemQuerySet, day: date) -> QuerySet[DueItem, str]:
    """The codes of households with something open, by their most urgent item."""
    by_home = items.order_by().annotate(home=HOME).values("home")
    grouped = by_home.annotate(urgency=Min(urgency_on(day)), first=Min("due_on"))
    return grouped.order_by("urgency", "first", "home").values_list("home", flat=True)


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
    is_mine: bool = False
    """Whether it was given to the reader."""


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
    items: DueItemQuerySet,
    chosen: Sequence[str],
    rules: Rulebook,
    day: date,
    own: Worker | None = None,
) -> list[HouseholdWork]:
    """The chosen households in their order. Three queries, and three more for the reasons."""
    listed = list(items.annotate(home=HOME).filter(home__in=chosen))
    opened = as_open(listed, rules, day, own)
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


def as_open(
    items: Sequence[DueItem], rules: Rulebook, day: date, own: Worker | None = None
) -> dict[int, Open]:
    """Items with what the rules say of them, by key."""
    reasons = because_for(items, day)
    return {item.pk: _open(item, rules, day, reasons, own) for item in items}


def _open(item: DueItem, rules: Rulebook, day: date, reasons: Mapping[int, Text], own: Worker | None) -> Open:
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
        own is not None and getattr(item, "charged_to", None) == own.pk,
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
