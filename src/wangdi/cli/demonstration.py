"""Builds the demonstration network: simulated people through the same doors as real ones."""

import json
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections
from django.db.models import Count
from django.utils import timezone

from wangdi.cli.wording import t
from wangdi.demo.again import Wanted, records_again
from wangdi.demo.ahead import ahead, ahead_elsewhere
from wangdi.demo.arrays import first_day_of_window
from wangdi.demo.density import Density
from wangdi.demo.network import Network, Piece
from wangdi.demo.sketches.shapes import read_sketches
from wangdi.server.access.models import Assignment, Role
from wangdi.server.adoption.services import adopt
from wangdi.server.common.building import store_being_built
from wangdi.server.common.installation import Installation, initialise
from wangdi.server.common.loading import OnProgress
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.publishing import Published, evaluate_and_publish, fresh_lake
from wangdi.server.evaluation.rules import CONTENT, rulebook
from wangdi.server.network.models import Institution, Place, Worker
from wangdi.server.records.bulk import load_pieces, load_tables
from wangdi.server.watch.alerts import watch

MARK = "demo.json"
"""The file that marks a data folder as a demonstration, which may be thrown away."""

COUNTY = "420281"
CITY = "4202"
WORTH_A_PROCESS = 50_000
"""Residents from which on their records are made by a process of their own, which needs some seconds to start."""

PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class SignIn:
    """Somebody to sign in as."""

    username: str
    role: Role
    area: str


@dataclass(frozen=True)
class Demonstration:
    """A demonstration in a data folder, and how to sign in to it."""

    residents: int
    as_of: date
    density: str
    password: str
    sign_ins: tuple[SignIn, ...]


class NotADemonstration(Exception):
    """The data folder holds something that is no demonstration, so it is left alone."""


def read_demonstration(installation: Installation) -> Demonstration | None:
    """The finished demonstration in the data folder; None when there is none."""
    mark = installation.data / MARK
    if not mark.exists():
        return None
    content = json.loads(mark.read_text("utf-8"))
    if not content.get("finished"):
        return None
    sign_ins = tuple(SignIn(s["username"], Role(s["role"]), s["area"]) for s in content["sign_ins"])
    return Demonstration(
        content["residents"],
        date.fromisoformat(content["as_of"]),
        content["density"],
        content["password"],
        sign_ins,
    )


def build_demonstration(
    installation: Installation, residents: int, as_of: date, density: Density, on_progress: OnProgress
) -> tuple[Demonstration, Published]:
    """Makes the data folder anew. `NotADemonstration` when it holds anything else.

    The store takes its name when all is in it, so a demonstration that was interrupted is no installation.
    """
    _clear(installation)
    _write_mark(installation.data, {"finished": False})
    password = "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(8))
    with store_being_built():
        initialise()
        installation.simulated_mark.touch()
        _simulate(residents, as_of, density, on_progress)
        _adopt(first_day_of_window(as_of))
        fresh_lake(installation, on_progress)
        on_progress("watch", 0, 1)
        watch(installation, as_of)
        on_progress("watch", 1, 1)
        published = evaluate_and_publish(installation, as_of, on_progress)
        on_progress("finish", 0, 1)
        sign_ins = _make_users(password)
    on_progress("finish", 1, 1)
    demonstration = Demonstration(residents, as_of, density.value, password, sign_ins)
    _write_mark(installation.data, _as_json(demonstration))
    return demonstration, published


def _simulate(residents: int, as_of: date, density: Density, on_progress: OnProgress) -> None:
    """Registers and records, and a second change that corrects a few of the records."""
    kinds = rulebook().kinds
    on_progress("people", 0, 1)
    wanted = Wanted(residents, as_of, kinds, density, read_sketches(CONTENT))
    network = wanted.network()
    on_progress("people", 1, 1)
    load_pieces(
        network.registers(),
        _records(wanted, network, on_progress),
        kinds=kinds,
        actor_name="wangdi demo",
        on_progress=_registers_only(on_progress),
    )
    on_progress("corrections", 0, 1)
    load_tables(_gathered(network.amendments()), kinds=kinds, actor_name="wangdi demo")
    on_progress("corrections", 1, 1)


def _adopt(since: date) -> None:
    """Of the packs that places adopt, the county to look at has all in force, every other county each second one."""
    rules = rulebook()
    for number, pack in enumerate(sorted(rules.adopted_by_place)):
        for county in Place.objects.filter(level="county"):
            if county.code == COUNTY or number % 2 == 0:
                adopt(rules, pack, county, since, actor_name="wangdi demo")


def _clear(installation: Installation) -> None:
    data = installation.data
    if data.exists() and any(data.iterdir()) and not (data / MARK).exists():
        raise NotADemonstration(
            t(
                f"{data} 里有不是演示的数据，未作改动。请用 WANGDI_DATA 指定别的文件夹。",
                f"{data} holds data that is no demonstration; it was left alone. Set WANGDI_DATA to another folder.",
            )
        )
    connections.close_all()
    if data.exists():
        shutil.rmtree(data)


def _write_mark(data: Path, content: Mapping[str, Any]) -> None:
    data.mkdir(parents=True, exist_ok=True)
    mark = data / MARK
    mark.touch(mode=0o600)
    mark.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")


def _as_json(demonstration: Demonstration) -> dict[str, Any]:
    return {
        "finished": True,
        "residents": demonstration.residents,
        "as_of": demonstration.as_of.isoformat(),
        "density": demonstration.density,
        "password": demonstration.password,
        "sign_ins": [
            {"username": s.username, "role": s.role.value, "area": s.area} for s in demonstration.sign_ins
        ],
    }


def _records(wanted: Wanted, network: Network, on_progress: OnProgress) -> Iterator[Piece]:
    """The record pieces, with progress by residents rather than by table: kinds come mixed."""

    def told(done: int, total: int) -> None:
        on_progress("records", done, total)

    told(0, wanted.residents)
    if wanted.residents < WORTH_A_PROCESS:
        yield from ahead(network.record_batches(told))
    else:
        yield from ahead_elsewhere(records_again, wanted, told=told)
    told(wanted.residents, wanted.residents)


def _registers_only(on_progress: OnProgress) -> OnProgress:
    def report(table: str, done: int, total: int) -> None:
        if not table.startswith("records/"):
            on_progress(table, done, total)

    return report


def _gathered(pieces: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Small pieces as one bundle; each table comes in one piece here."""
    return dict(pieces)


def _make_users(password: str) -> tuple[SignIn, ...]:
    county = Place.objects.get(code=COUNTY)
    clinic = _busiest_clinic(county)
    centre = clinic.parent
    people: list[tuple[str, Role, Place | Institution | None]] = [
        ("doctor", Role.VILLAGE_DOCTOR, clinic),
        ("director", Role.TOWNSHIP_DIRECTOR, centre),
        ("hospital", Role.HOSPITAL_DOCTOR, _hospital(county)),
        ("county", Role.COUNTY_OFFICER, county),
        ("city", Role.CITY_OFFICER, Place.objects.get(code=CITY)),
        ("admin", Role.ADMINISTRATOR, None),
    ]
    for username, role, area in people:
        at = area if isinstance(area, Institution) else None
        worker = Worker.objects.filter(institution=at).order_by("code").first() if at else None
        user = get_user_model().objects.create_user(
            username, password=password, first_name=worker.name if worker else ""
        )
        place = area if isinstance(area, Place) else None
        Assignment.objects.create(user=user, role=role, place=place, institution=at, worker=worker)
    return tuple(SignIn(name, role, area.name if area else "") for name, role, area in people)


def _hospital(county: Place) -> Institution:
    """The county's first hospital: it receives those who are referred."""
    return Institution.objects.filter(type="hospital", place__path__under=county.path).order_by("code")[0]


def _busiest_clinic(county: Place) -> Institution:
    """The village clinic of the county with most to do today: a lively one to look at."""
    clinics = Institution.objects.filter(
        type="village_clinic", place__path__under=county.path, parent__type="township_centre", closed_on=None
    )
    waiting = DueItem.objects.open_on(timezone.localdate()).filter(institution__in=clinics)
    busiest = (
        waiting.values("institution").annotate(items=Count("id")).order_by("-items", "institution").first()
    )
    return clinics.get(pk=busiest["institution"]) if busiest else clinics.order_by("code")[0]
