"""A small network with its cast of users, evaluated, for the tests of the pages. Days are counted back from today."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from django.contrib.auth.models import User

from integration.built import built_once
from wangdi.engine.model.registers import ASSET, INSTITUTION, PLACE, RESIDENT, TEAM, WORKER, Register
from wangdi.interchange.tables import record_schema, register_schema
from wangdi.server.access.models import Assignment, Role
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.models import Figure, Publication
from wangdi.server.evaluation.publishing import fresh_lake
from wangdi.server.evaluation.services import refresh_due_items, rulebook, today
from wangdi.server.network.models import Institution, Place, Resident, Worker
from wangdi.server.records.bulk import load_tables
from wangdi.server.web.figures import month_ends

PASSWORD = "a long enough password"
ID_NUMBER, PHONE = "420281196001011234", "13812345678"

PLACES: list[dict[str, Any]] = [
    {"code": "42", "name": "湖北省", "level": "province"},
    {"code": "420281", "name": "大冶市", "level": "county", "parent": "42"},
    {"code": "A", "name": "金湖街道", "level": "township", "parent": "420281", "lon": 114.9, "lat": 30.1},
    {"code": "A1", "name": "栖儒村", "level": "village", "parent": "A"},
    {"code": "A2", "name": "上冯村", "level": "village", "parent": "A"},
    {"code": "B", "name": "还地桥镇", "level": "township", "parent": "420281", "lon": 114.8, "lat": 30.2},
    {"code": "B1", "name": "走马村", "level": "village", "parent": "B"},
    {"code": "420222", "name": "阳新县", "level": "county", "parent": "42"},
]
INSTITUTIONS: list[dict[str, Any]] = [
    {"code": "HA", "name": "金湖卫生院", "type": "township_centre", "place": "A"},
    {"code": "CA1", "name": "栖儒村卫生室", "type": "village_clinic", "place": "A1", "parent": "HA"},
    {"code": "CA2", "name": "上冯村卫生室", "type": "village_clinic", "place": "A2", "parent": "HA"},
    {"code": "HB", "name": "还地桥卫生院", "type": "township_centre", "place": "B"},
    {"code": "CB1", "name": "走马村卫生室", "type": "village_clinic", "place": "B1", "parent": "HB"},
]
WORKERS: list[dict[str, Any]] = [
    {"code": "W1", "name": "王医生", "institution": "CA1"},
    {"code": "W2", "name": "李医生", "institution": "CA1"},
    {"code": "W3", "name": "陈主任", "institution": "HA"},
    {"code": "W9", "name": "外院医生", "institution": "CB1"},
]


def days_ago(days: int) -> date:
    return today() - timedelta(days=days)


def _resident(code: str, name: str, place: str, institution: str, **more: Any) -> dict[str, Any]:
    born = date(today().year - 50, 1, 1)
    return {
        "code": code,
        "name": name,
        "sex": "1",
        "birth_date": born,
        "place": place,
        "institution": institution,
        **more,
    }


def _residents() -> list[dict[str, Any]]:
    return [
        _resident("R1", "张三", "A1", "CA1", id_number=ID_NUMBER, phone=PHONE),
        _resident("R2", "李四", "A1", "CA1", sex="2"),
        _resident("R3", "王五", "A2", "CA2"),
        _resident("R4", "赵六", "B1", "CB1"),
    ]


FOLLOWUPS: list[dict[str, Any]] = [
    {"id": "f1", "subject": "R1", "days": 200, "sbp": 128, "dbp": 78},
    {"id": "f2", "subject": "R1", "days": 40, "sbp": 152, "dbp": 95},
    {"id": "f3", "subject": "R2", "days": 12, "sbp": 150, "dbp": 80},
    {"id": "f4", "subject": "R3", "days": 20, "sbp": 130, "dbp": 80},
    {"id": "f5", "subject": "R4", "days": 60, "sbp": 160, "dbp": 80},
]
"""R1's next follow-up was due 26 days ago, R2's is in 2 days (due), R3's in about ten weeks (upcoming)."""


@dataclass(frozen=True)
class Cast:
    """Who opens the pages: one of each role. `beside`, `outsider` and `hospital` may not see R1, the others may."""

    own: User
    """Village doctor of the clinic that looks after R1 and R2; worker W1."""
    director: User
    county: User
    beside: User
    """Village doctor of the next village."""
    outsider: User
    """Officer of another county."""
    centre: User
    """Doctor of the centre above the clinic of R1."""
    hospital: User
    """Doctor of a hospital that belongs to the next township."""
    city: User
    """Officer of all of it, who only reads."""
    admin: User


def build_network() -> Cast:
    """Load, evaluate and publish the network in the current installation, with its lake; later, copy it there."""
    built_once(_build)
    return _cast()


def _build() -> None:
    _load()
    for resident in Resident.objects.select_related("place", "institution"):
        refresh_due_items(resident, today())
    _publish_figures()
    _make_users()
    fresh_lake(Installation.current())


TEAMS: list[dict[str, Any]] = [
    {"code": "T1", "name": "金湖团队", "type": "family_doctor", "institution": "HA", "leader": "W3"},
]
ASSETS: list[dict[str, Any]] = [
    {
        "code": "E1",
        "name": "金湖救护车",
        "type": "ambulance",
        "institution": "HA",
        "delivered_on": days_ago(30),
    },
    {"code": "E2", "name": "还地桥救护车", "type": "ambulance", "institution": "HB"},
]


def _load() -> None:
    tables = {
        "places": _table(PLACE, PLACES),
        "institutions": _table(INSTITUTION, INSTITUTIONS),
        "workers": _table(WORKER, WORKERS),
        "teams": _table(TEAM, TEAMS),
        "assets": _table(ASSET, ASSETS),
        "residents": _table(RESIDENT, _residents()),
        "records/htn_registration": _records(
            "htn_registration", [{"id": f"g{n}", "subject": f"R{n}", "days": 400} for n in (1, 2, 3, 4)]
        ),
        "records/htn_followup": _records("htn_followup", FOLLOWUPS),
    }
    load_tables(tables, kinds=rulebook().kinds, actor_name="import")


def _table(register: Register, rows: list[dict[str, Any]]) -> Any:
    names = tuple({name: None for row in rows for name in row})
    schema = pa.schema([register_schema(register).field(name) for name in names])
    return pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows], schema)


def _records(kind: str, rows: list[dict[str, Any]]) -> Any:
    dated = [{**row, "occurred_on": days_ago(row["days"]), "status": "final"} for row in rows]
    return pa.Table.from_pylist(dated, record_schema(rulebook().kinds[kind]))


SHARES = {"420281": 70, "A": 80, "A1": 82, "A2": 78, "B": 60}
"""Per cent of key groups with a contract, by place; the target is 77 %."""


def _publish_figures() -> None:
    publication = Publication.objects.create(as_of=today(), watermark=1, packs={"contract": "2026.1"})
    places = {place.code: place for place in Place.objects.all()}
    days = month_ends(today())
    Figure.objects.bulk_create(
        Figure(
            indicator=indicator,
            as_of=day,
            place=places[code],
            numerator=share - (len(days) - 1 - at),
            denominator=100,
            publication=publication,
        )
        for code, share in SHARES.items()
        for indicator in ("contract_coverage_key", "htn_managed")
        for at, day in enumerate(days)
    )
    Figure.objects.create(
        indicator="htn_managed",
        as_of=today(),
        institution=Institution.objects.get(code="CA1"),
        numerator=1,
        denominator=2,
        publication=publication,
    )


ROLES: dict[str, tuple[Role, type[Place] | type[Institution] | None, str]] = {
    "W1": (Role.VILLAGE_DOCTOR, Institution, "CA1"),
    "director": (Role.TOWNSHIP_DIRECTOR, Institution, "HA"),
    "county": (Role.COUNTY_OFFICER, Place, "420281"),
    "beside": (Role.VILLAGE_DOCTOR, Institution, "CA2"),
    "outsider": (Role.COUNTY_OFFICER, Place, "420222"),
    "centre": (Role.TOWNSHIP_DOCTOR, Institution, "HA"),
    "hospital": (Role.HOSPITAL_DOCTOR, Institution, "HB"),
    "city": (Role.CITY_OFFICER, Place, "42"),
    "admin": (Role.ADMINISTRATOR, None, ""),
}


WORKER_OF = {"W1": "W1", "director": "W3"}
"""Who the users are in the register of workers."""


def _make_users() -> None:
    for name, (role, model, code) in ROLES.items():
        area = {model.__name__.lower(): model._default_manager.get(code=code)} if model else {}
        user = User.objects.create_user(name, password=PASSWORD)
        worker = Worker.objects.filter(code=WORKER_OF.get(name)).first()
        Assignment.objects.create(user=user, role=role, worker=worker, **area)


def _cast() -> Cast:
    users = {user.username: user for user in User.objects.all()}
    return Cast(*(users[name] for name in ROLES))


def add_hospital_doctor() -> User:
    """Somebody in a hospital of another county, which a test needs besides."""
    change = Institution.objects.get(code="HA").change
    place = Place.objects.get(code="B")
    hospital = Institution.objects.create(
        code="HOSP", name="大冶市人民医院", type="hospital", place=place, path="/HOSP/", change=change
    )
    user = User.objects.create_user("consultant", password=PASSWORD)
    Assignment.objects.create(user=user, role=Role.HOSPITAL_DOCTOR, institution=hospital)
    return user
