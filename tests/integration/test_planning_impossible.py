"""Questions that no plan of postings can answer: what is in the way, what could give, what each costs; page and command."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from planning_network import build, user
from typer.testing import CliRunner

from wangdi.cli.main import app
from wangdi.server.access.models import Role
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import today
from wangdi.server.network.models import Institution
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.numbers import default_numbers
from wangdi.server.records.services import save_record

LOOSE = {"hospital_floor": 0, "department_floor": 0}


@pytest.fixture(autouse=True)
def stored(installation: object) -> None:
    build()


@pytest.fixture
def officer() -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user("county", Role.COUNTY_OFFICER))
    return client


def without_coordinates() -> None:
    Institution.objects.filter(code="H").update(lon=None)


def all_on_leave() -> None:
    admin = user("personnel", Role.ADMINISTRATOR, place=None)
    away = {
        "purpose": "further_study",
        "to_hospital": "省人民医院",
        "leaves_on": today().isoformat(),
        "planned_back": "2099-01-01",
    }
    for doctor in ("D1", "D2", "D3", "D4"):
        save_record(
            actor=admin,
            kind=rulebook().kinds["study_leave"],
            subject_code=doctor,
            occurred_on=today(),
            values=away,
            institution_code="H",
        )


def nothing() -> None:
    """The network is as it is."""


SOLVED: dict[str, tuple[Callable[[], None], dict[str, Any], list[str], list[str]]] = {
    "no coordinates": (without_coordinates, {}, ["没有坐标", "县医院", "填写经度、纬度"], []),
    "floor above staff": (
        nothing,
        {"hospital_floor": 100},
        ["县医院少留 1 人即可覆盖", "4 人留下"],
        ["医院留守比例", "未覆盖的机构 −2 个"],
    ),
    "all on leave": (
        all_on_leave,
        {},
        ["符合条件的 4 人在派驻期内都有进修等不在岗的记录"],
        ["缺的是可派的人"],
    ),
    "quota above candidates": (
        nothing,
        {"tcm_least": 10},
        ["中医药人员至少派驻人数还差 9 人：要求 10 人，符合条件的共 1 人"],
        ["中医药人员至少派驻人数", "未满足的要求 −9 项"],
    ),
    "travel limit nobody meets": (
        nothing,
        {"radius": 1},
        ["1 公里内没有符合条件的医师", "半径放宽到 13.0 公里：县医院可派"],
        ["缺的是可派的人"],
    ),
    "travel limit that few meet": (
        nothing,
        {"radius": 14},
        ["14 公里内没有符合条件的医师"],
        ["派驻半径 14 → 28 公里", "未覆盖的机构 −1 个", "行程合计 +"],
    ),
    "group too large for any centre": (
        nothing,
        {"together": "D1 D2 D3"},
        ["每个机构最多派驻 2 人，小组有 3 人"],
        ["要求医生D1、医生D2、医生D3同去（做不到）"],
    ),
    "group kept home by the floor": (
        nothing,
        {"together": "D1 D2", "hospital_floor": 75},
        ["未派：留守要求不允许，或派别人更好"],
        ["要求医生D1、医生D2同去（做不到）", "医院留守比例"],
    ),
}
"""What is done to the network, what is asked, what the plan says, and what the page of relaxing says."""

REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "unknown people": ({"stay": "某某"}, "没有“某某”"),
    "people who cannot go": (
        {"stay": "D5"},
        "不在这种方式的可派人员或接收机构中：医生D5(D5)；职称、资格、在职日期不符",
    ),
    "to stay and to go": ({"stay": "D1", "send": "D1 C1"}, "医生D1既写了不参加，又写了去处"),
    "a group of whom one stays": (
        {"stay": "D1", "together": "D1 D2"},
        "医生D1、医生D2要同去，但其中有不参加的人",
    ),
    "a group sent apart": (
        {"send": "D1 C1\nD2 C2", "together": "D1 D2"},
        "医生D1、医生D2要同去，却指定了不同的机构",
    ),
    "a group of one": ({"together": "D1"}, "“D1”：一行至少写两个人"),
    "more wanted than taken": (
        {"per_centre": "5"},
        "每个机构最多派驻 2 人，少于应有的 5 人：请调高最多，或调低应有",
    ),
    "begins in the past": (
        {"begins": "2020-01-01"},
        "派驻开始日期 2020-01-01 早于今天",
    ),
}


def form(**others: Any) -> dict[str, Any]:
    day = (today() + timedelta(days=7)).isoformat()
    numbers = default_numbers(None, today()) | LOOSE
    return {**numbers, "place": "420222", "sender": "", "begins": day} | others


def terminal(**others: Any) -> Any:
    """The same question as a command."""
    words = ["plan", "dispatch", "--place", "420222", "--as-of", today().isoformat()]
    for name, value in {**LOOSE, **others}.items():
        if name == "begins":
            words += ["--begins", value]
        elif name in ("stay", "together", "send"):
            words += [part for line in value.splitlines() for part in (f"--{name}", line)]
        else:
            words += ["--set", f"{name}={value}"]
    return CliRunner().invoke(app, words, env={"WANGDI_LANG": "zh", "COLUMNS": "2000"})


@pytest.mark.parametrize("name", SOLVED)
def test_page_and_command_say_what_is_in_the_way_and_what_could_give(name: str, officer: Client) -> None:
    arrange, asked, told, relaxed = SOLVED[name]
    arrange()
    page = officer.post("/plans/new/", form(**asked), follow=True).content.decode()
    for sentence in told:
        assert sentence in page
    page = officer.get(f"/plans/{KeptPlan.objects.get().pk}/relax/").content.decode()
    for sentence in relaxed:
        assert sentence in page
    found = terminal(**asked)
    assert found.exit_code == 0
    said = "".join(found.output.split())
    for sentence in told:
        assert "".join(sentence.split()) in said


@pytest.mark.parametrize("name", REFUSED)
def test_contradictions_are_refused_before_anything_is_solved(name: str, officer: Client) -> None:
    asked, sentence = REFUSED[name]
    answer = officer.post("/plans/new/", form(**asked))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not KeptPlan.objects.exists()
    found = terminal(**asked)
    assert found.exit_code == 2
    assert "".join(sentence.split()) in "".join(found.output.split())
