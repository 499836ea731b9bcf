"""What a phone keeps of people: the least that today's list and the forms of what is open need, and no numbers."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Rulebook
from wangdi.server.evaluation.models import DueItemQuerySet
from wangdi.server.network.models import Resident
from wangdi.server.records.models import RecordVersion
from wangdi.server.web.areas import Area
from wangdi.server.web.asking import name_of
from wangdi.server.web.forms import as_typed
from wangdi.server.web.today import Open, PersonWork, household_work
from wangdi.server.web.visits import prefix_of
from wangdi.server.web.words import age_in_words, say, sex_in_words, value_in_words, wording

Json = dict[str, Any]


def kept_people(items: DueItemQuerySet, chosen: Sequence[str], rules: Rulebook, day: date) -> list[Json]:
    """People of some households with what is open, and the last values of those services."""
    work = [one for home in household_work(items, chosen, rules, day) for one in home.people]
    last = _last_records(work)
    return [_person(one, last, rules, day) for one in work]


def _last_records(work: Iterable[PersonWork]) -> dict[tuple[int, str], RecordVersion]:
    """By person and kind, the newest valid record of the services that are open. One query."""
    subjects = [one.person.pk for one in work]
    kinds = {kind for one in work for kind in one.services}
    records: QuerySet[RecordVersion] = RecordVersion.objects.valid().filter(
        kind__name__in=kinds, subject__in=subjects
    )
    ordered = records.select_related("kind").order_by("occurred_on", "record_id")
    return {(one.subject, one.kind.name): one for one in ordered}


def _person(work: PersonWork, last: dict[tuple[int, str], RecordVersion], rules: Rulebook, day: date) -> Json:
    person = work.person
    of_person = {kind: last[person.pk, kind] for kind in work.services if (person.pk, kind) in last}
    return {
        **_named(person, day),
        "home": person.household or person.code,
        "address": person.address or "",
        "items": [_item(one) for one in work.items if one.service and not one.of_record],
        "last": {kind: _last(rules.kinds[kind], record) for kind, record in of_person.items()},
        "seen": {kind: record.seq for kind, record in of_person.items()},
    }


def _named(person: Resident, day: date) -> Json:
    who = f"{sex_in_words(person.sex)} {age_in_words(person.birth_date, day)}"
    return {"code": person.code, "name": person.name, "who": who}


def _item(one: Open) -> Json:
    title = wording(one.title) if one.title else one.item.schedule
    return {
        "kind": one.service,
        "title": say("{title} · {step}", "{title} · {step}", title=title, step=wording(one.step.title))
        if one.step
        else title,
        "due_from": one.item.due_from.isoformat(),
        "due_on": one.item.due_on.isoformat(),
        "overdue_from": one.item.overdue_from.isoformat(),
        "missed_from": one.item.missed_from.isoformat() if one.item.missed_from else None,
        "because": wording(one.because) if one.because else "",
    }


def _last(kind: Kind, record: RecordVersion) -> Json:
    """The last values by the names that the form's fields have: as they are shown, and as they would be typed."""
    values = {
        name_of(field, prefix_of(kind)): {
            "shown": value_in_words(field, record.values[field.name]),
            "typed": as_typed(record.values[field.name]),
        }
        for field in kind.form
        if field.name in record.values and field.refers_to is None
    }
    return {"on": record.occurred_on.isoformat(), "values": values}


def other_people(user: AbstractBaseUser, area: Area, day: date) -> list[Json]:
    """Everybody else of the area who is alive, by name, for services that nobody saw coming."""
    lookup = "place__path__under" if area.entity == "place" else "institution__path__under"
    living = Resident.objects.visible_to(user).filter(**{lookup: area.node.path}, death_date=None)
    columns = living.only("code", "name", "sex", "birth_date", "household", "address").order_by("code")
    return [
        {**_named(one, day), "home": one.household or one.code, "address": one.address or ""}
        for one in columns
    ]


def services_of(items: DueItemQuerySet, rules: Rulebook) -> list[Kind]:
    """The kinds of record that what is open needs."""
    names = items.order_by().values_list("schedule", flat=True).distinct()
    services = {rules.schedules[name].service for name in names if name in rules.schedules}
    kinds = [rules.kinds[name] for name in services if name in rules.kinds]
    return sorted((kind for kind in kinds if kind.about == "resident"), key=lambda kind: kind.name)
