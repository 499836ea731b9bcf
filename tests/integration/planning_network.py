"""A county with a hospital, three centres and five doctors, for the tests of plans; written through the ORM."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import User

from wangdi.server.access.models import Assignment, Role
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import record_change
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.network.models import Institution, Place, Worker
from wangdi.server.planning.dispatching import Wish
from wangdi.server.planning.numbers import numbers_from
from wangdi.server.records.services import save_record

PASSWORD = "a long enough password"
NEAR, FAR = 0.1, 0.9
"""Degrees east of the hospital: some ten kilometres, and too far to go."""


def build() -> None:
    """The network: centres C1 and C2 near the hospital, C3 far away; D5 is below mid title, D4 of Chinese medicine."""
    change = record_change("test")
    county = _place("420222", "阳新县", "county", None, change)
    hospital = _institution("H", "县医院", "hospital", county, 115.0, change, level="2")
    for at, lon in (("1", 115.0 + NEAR), ("2", 115.0 + 2 * NEAR), ("3", 115.0 + FAR)):
        town = _place(f"42022210{at}", f"{at}镇", "township", county, change)
        _institution(f"C{at}", f"{at}镇卫生院", "township_centre", town, lon, change)
    for code, specialty, title in (
        ("D1", "内科", "mid"),
        ("D2", "内科", "senior"),
        ("D3", "外科", "mid"),
        ("D4", "中医", "mid"),
        ("D5", "内科", "junior"),
    ):
        Worker.objects.create(
            code=code,
            name=f"医生{code}",
            institution=hospital,
            specialty=specialty,
            title_level=title,
            qualification="执业医师",
            change=change,
        )


def _place(code: str, name: str, level: str, parent: Place | None, change: Change) -> Place:
    path = f"{parent.path if parent else '/'}{code}/"
    return Place.objects.create(code=code, name=name, level=level, parent=parent, path=path, change=change)


def _institution(
    code: str, name: str, kind: str, place: Place, lon: float, change: Change, **more: Any
) -> Institution:
    path = f"/{code}/"
    return Institution.objects.create(
        code=code, name=name, type=kind, place=place, lon=lon, lat=30.0, path=path, change=change, **more
    )


def user(name: str, role: Role, place: str | None = "420222", institution: str | None = None) -> User:
    made = User.objects.create_user(name, password=PASSWORD)
    Assignment.objects.create(
        user=made,
        role=role,
        place=Place.objects.get(code=place) if place and not institution else None,
        institution=Institution.objects.get(code=institution) if institution else None,
    )
    return made


def wish(**numbers: float) -> Wish:
    county = Place.objects.get(code="420222")
    loose = {"hospital_floor": 0, "department_floor": 0, **numbers}
    return Wish(county, county, today(), today() + timedelta(days=7), numbers_from(loose))


def posted(doctor: str, centre: str, begins: date, ends: date) -> None:
    admin, _ = User.objects.get_or_create(username="recorder")
    values = {"valid_from": begins.isoformat(), "valid_to": ends.isoformat()}
    kind = rulebook().kinds["posting"]
    save_record(
        actor=admin,
        kind=kind,
        subject_code=doctor,
        occurred_on=begins,
        values=values,
        institution_code=centre,
    )
