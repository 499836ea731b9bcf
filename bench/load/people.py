"""Brings a demonstration up to date and puts the cast into it: ``python -m bench.load.people RESIDENTS USERS OUT``.

A process of its own: bulk loading wants the store for itself, and Django settles on one data folder when it starts.
"""

import os
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangdi.server.config.settings")
django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.db.models import Count  # noqa: E402

from bench.load.plan import PASSWORD, Cast, Service, Visitor, write_cast  # noqa: E402
from wangdi.cli.demonstration import COUNTY, build_demonstration, read_demonstration  # noqa: E402
from wangdi.demo.density import Density  # noqa: E402
from wangdi.engine.model.fields import Field, FieldType  # noqa: E402
from wangdi.engine.model.kinds import Kind  # noqa: E402
from wangdi.server.access.models import Assignment, Role  # noqa: E402
from wangdi.server.common.installation import Installation, initialise  # noqa: E402
from wangdi.server.evaluation.models import DueItem, Figure  # noqa: E402
from wangdi.server.evaluation.publishing import evaluate_and_publish  # noqa: E402
from wangdi.server.evaluation.rules import rulebook  # noqa: E402
from wangdi.server.evaluation.services import latest_publication, today  # noqa: E402
from wangdi.server.network.models import Institution, Place, Resident, Worker  # noqa: E402
from wangdi.server.records.models import RecordVersion  # noqa: E402
from wangdi.server.records.validation import checked_values  # noqa: E402

OTHERS = {Role.TOWNSHIP_DIRECTOR: 0.07, Role.COUNTY_OFFICER: 0.05, Role.CITY_OFFICER: 0.03}
"""Shares of the users who look at figures; all others are village doctors."""

PEOPLE = 30
"""How many people a doctor deals with in a morning."""

KINDS = 4
_One = TypeVar("_One")

INDICATORS = ("htn_controlled", "dm_controlled", "elderly_managed", "contract_coverage", "htn_managed")


def main() -> None:
    residents, users, out = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    installation = Installation.current()
    prepare(installation, residents)
    write_cast(cast(users), out)


def prepare(installation: Installation, residents: int) -> None:
    """The demonstration, built unless it is there, brought to this version of the program and evaluated today."""
    if read_demonstration(installation) is None:
        build_demonstration(installation, residents, today(), Density.DENSE, _told)
        return
    initialise()
    published = latest_publication()
    if published is None or published.as_of < today():
        evaluate_and_publish(installation, today(), _told)


def _told(table: str, done: int, total: int) -> None:
    if done == total:
        print(f"  {table}", file=sys.stderr, flush=True)


def cast(users: int) -> Cast:
    """The same for the same data: everybody has an account, which stays in the store."""
    chance = random.Random(users)
    counts = {role: round(share * users) for role, share in OTHERS.items()}
    password = make_password(PASSWORD)
    visitors = [
        *_doctors(chance, users - sum(counts.values()), password),
        *_directors(counts[Role.TOWNSHIP_DIRECTOR], password),
        *_officers(Role.COUNTY_OFFICER, "county", counts[Role.COUNTY_OFFICER], password),
        *_officers(Role.CITY_OFFICER, "city", counts[Role.CITY_OFFICER], password),
    ]
    kinds = DueItem.objects.filter(entity="resident").values_list("schedule").annotate(n=Count("pk"))
    services = [
        rulebook().schedules[name].service for name, _ in kinds.order_by("-n") if name in rulebook().schedules
    ]
    listed = [name for name in dict.fromkeys(services) if name in rulebook().kinds][:KINDS]
    rows = {
        "residents": Resident.objects.count(),
        "records": RecordVersion.objects.count(),
        "due items": DueItem.objects.count(),
        "figures": Figure.objects.count(),
        "places": Place.objects.count(),
        "institutions": Institution.objects.count(),
    }
    return Cast(
        tuple(visitors), tuple(one for one in INDICATORS if one in rulebook().indicators), tuple(listed), rows
    )


def _account(role: Role, password: str, place: Place | None, at: Institution | None) -> str:
    """Named after where somebody works, so that a cast of another size finds the same account there."""
    seat = place or at
    name = f"load-{role.value}-{seat.code if seat else ''}"
    user, made = User.objects.get_or_create(username=name, defaults={"password": password})
    if made:
        worker = Worker.objects.filter(institution=at, left_on=None).order_by("code").first() if at else None
        Assignment.objects.create(user=user, role=role, place=place, institution=at, worker=worker)
    return name


def _doctors(chance: random.Random, count: int, password: str) -> Iterator[Visitor]:
    """Doctors of village clinics where there is a morning's work, half of them in the county to look at."""
    clinics = Institution.objects.filter(type="village_clinic", closed_on=None, parent__isnull=False)
    work = DueItem.objects.open_on(today()).filter(entity="resident", institution__in=clinics)
    busy = work.values_list("institution").annotate(n=Count("resident", distinct=True)).filter(n__gte=PEOPLE)
    keys = sorted(key for key, _ in busy)
    here = set(clinics.filter(place__path__contains=f"/{COUNTY}/").values_list("pk", flat=True))
    mine, others = [key for key in keys if key in here], [key for key in keys if key not in here]
    chance.shuffle(mine)
    chance.shuffle(others)
    chosen = [*mine[: count // 2], *others][:count]
    for clinic in Institution.objects.filter(pk__in=chosen).order_by("pk"):
        name = _account(Role.VILLAGE_DOCTOR, password, None, clinic)
        yield _doctor(name, clinic, chance)


def _doctor(name: str, clinic: Institution, chance: random.Random) -> Visitor:
    items = DueItem.objects.open_on(today()).filter(entity="resident", institution=clinic)
    found = list(items.select_related("resident").order_by("overdue_from", "pk")[: 20 * PEOPLE])
    chance.shuffle(found)
    people = list(dict.fromkeys(item.resident.code for item in found if item.resident))[:PEOPLE]
    services = [one for item in found if (one := _service(item)) is not None][:PEOPLE]
    names = Resident.objects.filter(code__in=people).values_list("name", "pinyin")
    words = [word for full, letters in names for word in (full[:2], full[:1], letters[:4])]
    return Visitor(name, "doctor", people=tuple(people), services=tuple(services), words=tuple(words))


def _service(item: DueItem) -> Service | None:
    """What a due item asks for, with something to type; None where a form cannot be filled in without looking."""
    schedule = rulebook().schedules.get(item.schedule)
    kind = rulebook().kinds.get(schedule.service) if schedule else None
    if kind is None or item.resident is None or kind.about != "resident" or kind.workflow is not None:
        return None
    typed = {field.name: text for field in kind.form if (text := _typed(field)) is not None}
    return Service(item.resident.code, kind.name, typed) if _is_complete(kind, typed) else None


def _typed(field: Field) -> str | None:
    """Something within the limits of a field; None for what is left empty."""
    match field.type:
        case FieldType.INTEGER | FieldType.DECIMAL:
            low, high = field.minimum or 0, field.maximum if field.maximum is not None else 100
            return str(int(low + (high - low) * 0.4)) if field.required or field.minimum is not None else None
        case FieldType.CHOICE | FieldType.CHOICES:
            return field.options[0].code if field.required else None
        case FieldType.BOOLEAN:
            return "false" if field.required else None
        case FieldType.DATE:
            return today().isoformat() if field.required else None
    return "正常" if field.required and field.refers_to is None else None


def _is_complete(kind: Kind, typed: dict[str, str]) -> bool:
    numbers = {
        FieldType.INTEGER: int,
        FieldType.DECIMAL: float,
        FieldType.BOOLEAN: lambda text: text == "true",
    }
    types = {field.name: field.type for field in kind.form}
    values = {
        name: [text] if types[name] is FieldType.CHOICES else numbers.get(types[name], str)(text)
        for name, text in typed.items()
    }
    return not checked_values(kind, values)[1]


def _directors(count: int, password: str) -> Iterator[Visitor]:
    centres = Institution.objects.filter(type="township_centre", closed_on=None).order_by("pk")
    for centre in _spread(list(centres), count):
        name = _account(Role.TOWNSHIP_DIRECTOR, password, None, centre)
        yield Visitor(name, "director", f"/institutions/{centre.code}/", f"institution={centre.code}")


def _officers(role: Role, level: str, count: int, password: str) -> Iterator[Visitor]:
    for place in _spread(list(Place.objects.filter(level=level).order_by("pk")), count):
        name = _account(role, password, place, None)
        yield Visitor(name, level, f"/places/{place.code}/", f"place={place.code}")


def _spread(found: Sequence[_One], count: int) -> Iterator[_One]:
    """So many, evenly over all; some twice where there are fewer."""
    return (found[number * len(found) // count] for number in range(count)) if found else iter(())


if __name__ == "__main__":
    main()
