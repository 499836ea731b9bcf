"""The due list: which items a reader asked for, in which order, and where it would be too long for a list."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.http import QueryDict

from wangdi.engine.model.pack import Pack
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.text import Text
from wangdi.server.evaluation.models import DueItem, DueItemQuerySet
from wangdi.server.evaluation.open_counts import open_by_seat
from wangdi.server.evaluation.services import rulebook
from wangdi.server.network.models import Institution, Place, Worker
from wangdi.server.web.areas import Area
from wangdi.server.web.homepage import home, in_groups

PAGE_SIZE = 30

MOST_PLACES = 120
"""Of an area with more places or institutions than this, the list has what stands at its top alone; the rest is worked
through part by part.

Counting and sorting take 17 ms for a township of 20 villages and 3,300 open items, 0.25 s for a county of 300
villages, 1.6 s for a city of 2,400 (SQLite, 500,000 items).
"""

STATUSES = {
    "open": Text("逾期和应做", "Overdue and due"),
    "overdue": Text("逾期", "Overdue"),
    "due": Text("应做", "Due"),
    "upcoming": Text("未到期", "Upcoming"),
    "missed": Text("已错过", "Missed"),
    "all": Text("全部", "All"),
}


NOBODY = "-"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader chose. Unknown words count as not chosen."""

    status: str = "open"
    schedule: str = ""
    village: str = ""
    name: str = ""
    charged: str = ""
    """The code of the worker who has it, `NOBODY`, or nothing for all."""

    @classmethod
    def of(cls, query: QueryDict) -> "Wanted":
        status = query.get("status", "open")
        return cls(
            status if status in STATUSES else "open",
            query.get("schedule", ""),
            query.get("village", ""),
            query.get("q", "").strip(),
            query.get("charged", ""),
        )


def is_too_wide(area: Area) -> bool:
    model = Place if area.entity == "place" else Institution
    return model.objects.filter(path__under=area.node.path)[: MOST_PLACES + 1].count() > MOST_PLACES


def due_items(
    user: AbstractBaseUser, area: Area, wanted: Wanted, day: date, *, is_wide: bool = False
) -> DueItemQuerySet:
    """The items by urgency, missed ones last; of an area that is too wide, those at its top alone."""
    items = DueItem.objects.visible_to(user)
    items = items.filter(**{area.entity: area.node}) if is_wide else inside(items, area)
    items = _with_status(items, wanted.status, day)
    if wanted.schedule:
        items = items.filter(schedule=wanted.schedule)
    if wanted.village:
        items = items.filter(place__in=Place.objects.filter(code=wanted.village))
    if wanted.name:
        items = items.filter(resident__name__contains=wanted.name)
    items = items.with_charges()
    if wanted.charged:
        items = items.filter(
            Q(charged_to=None) if wanted.charged == NOBODY else Q(charged_to__in=_keys_of(wanted.charged))
        )
    return items.select_related("resident", "place", "institution").by_urgency(day)


def schedules_in(user: AbstractBaseUser, area: Area, wanted: Wanted) -> list[tuple[Pack, list[Schedule]]]:
    """What may be asked for there: the schedules that have an item, by pack, and the one that is asked for."""
    items = DueItem.objects.visible_to(user)
    items = items.filter(**{area.entity: area.node}) if is_too_wide(area) else inside(items, area)
    names = {*items.order_by().values_list("schedule", flat=True).distinct(), wanted.schedule}
    packs = {pack.name: pack for pack in rulebook().packs}
    listed = [packs[name] for _, names_of in in_groups(home(), packs) for name in names_of]
    found = [(pack, [one for one in pack.schedules if one.name in names]) for pack in listed]
    return [(pack, schedules) for pack, schedules in found if schedules]


def _keys_of(worker: str) -> list[int]:
    return list(Worker.objects.filter(code=worker).values_list("pk", flat=True))


def inside(items: DueItemQuerySet, area: Area) -> DueItemQuerySet:
    """By keys, not by joining paths, so that the index of place or institution is used."""
    model = Place if area.entity == "place" else Institution
    return items.filter(**{f"{area.entity}__in": model.objects.filter(path__under=area.node.path)})


def _with_status(items: DueItemQuerySet, status: str, day: date) -> DueItemQuerySet:
    if status == "overdue":
        return items.possible_on(day).filter(overdue_from__lte=day)
    if status == "due":
        return items.possible_on(day).filter(due_from__lte=day, overdue_from__gt=day)
    if status == "upcoming":
        return items.filter(due_from__gt=day)
    if status == "missed":
        return items.missed_on(day)
    return items if status == "all" else items.open_on(day)


@dataclass(frozen=True, slots=True)
class Workload:
    """How many items wait in an area."""

    overdue: int
    due: int


def workload(user: AbstractBaseUser, area: Area, day: date) -> Workload | None:
    """None where the area is too wide to count while somebody waits."""
    if is_too_wide(area):
        return None
    seats = open_by_seat(user, area.entity, area.node.path, day)
    return Workload(sum(overdue for _, overdue, _ in seats), sum(due for *_, due in seats))


def villages_of(area: Area) -> list[Place]:
    """The places one level below the one the area is or stands in, to filter by."""
    return list(Place.objects.filter(parent=area.place).order_by("code"))
