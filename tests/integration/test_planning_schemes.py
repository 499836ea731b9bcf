"""Who is posted under which scheme: quotas of new doctors by batch, turns, and people named in a form or a command."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from django.test import Client
from planning_network import build, posted, user, wish

from wangdi.engine.model.calendar import Duration, Unit, shift
from wangdi.server.access.models import Role
from wangdi.server.common.problems import DeclarationError
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import today
from wangdi.server.network.models import Place, Worker
from wangdi.server.planning.declaration import DISPATCH, declaration
from wangdi.server.planning.dispatch_sheets import dispatch_document, title_of
from wangdi.server.planning.documents import document_of, solve_wish
from wangdi.server.planning.inputs import next_batch
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.naming import SEND, STAY, TOGETHER, people_from
from wangdi.server.planning.numbers import InvalidNumbers, default_numbers, numbers_from
from wangdi.server.planning.services import adopt_plan, keep_plan, wish_of
from wangdi.server.planning.wishing import wish_from
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import save_record


@pytest.fixture(autouse=True)
def stored(installation: object) -> None:
    build()


def county() -> Place:
    return Place.objects.get(code="420222")


def hired(*doctors: str) -> None:
    """They were hired at the beginning of the year."""
    admin = user("personnel", Role.ADMINISTRATOR, place=None)
    for doctor in doctors:
        save_record(
            actor=admin,
            kind=rulebook().kinds["hiring"],
            subject_code=doctor,
            occurred_on=today().replace(month=1, day=1),
            values={"position": "doctor", "arrived": True},
            institution_code="H",
        )


def new_doctors_wish(**numbers: float) -> Any:
    wanted = numbers_from(numbers, "county_hired", today())
    return replace(wish(), numbers=wanted, scheme="county_hired", batch=3)


def test_the_quota_of_the_scheme_comes_from_the_parameter_of_its_pack() -> None:
    numbers = default_numbers("county_hired", today())
    assert numbers["new_quota"] == 80
    assert numbers["hospital_floor"] == 0
    assert default_numbers("hospital_support", today())["new_quota"] == 0


def test_only_doctors_hired_this_year_go_also_below_mid_title_and_the_quota_is_counted() -> None:
    hired("D1", "D5")
    document = document_of(solve_wish(new_doctors_wish()))
    assert {row["doctor"] for row in document["postings"]} == {"D1", "D5"}
    (quota,) = document["quotas"]
    told = {name: quota[name] for name in ("hired", "asked", "before", "now", "short")}
    assert told == {"hired": 2, "asked": 2, "before": 0, "now": 2, "short": 0}


def test_who_was_posted_this_year_counts_for_the_quota_and_need_not_go_again() -> None:
    hired("D1", "D5")
    begins = today() - timedelta(days=40)
    posted("D1", "C1", begins, today() - timedelta(days=5))
    (quota,) = document_of(solve_wish(new_doctors_wish(new_most=1)))["quotas"]
    assert (quota["before"], quota["now"], quota["short"]) == (1, 1, 0)


def test_a_quota_that_cannot_be_reached_says_how_many_are_missing_and_where() -> None:
    hired("D1", "D5")
    document = document_of(solve_wish(new_doctors_wish(new_most=1)))
    assert (
        document["shortfalls"][0]["zh"]
        == "新招聘医师派驻比例（县医院）还差 1 人：要求 2 人，符合条件的共 2 人"
    )
    assert document["quotas"][0]["short"] == 1


def test_adopting_writes_scheme_and_batch_and_the_next_batch_follows() -> None:
    hired("D1", "D5")
    assert next_batch(declaration(), "county_hired", today()) == 1
    asked = new_doctors_wish()
    plan = keep_plan(solve_wish(asked), actor=None, title=title_of(asked).zh)
    assert plan.title == "阳新县县聘乡用派驻方案"
    written = adopt_plan(plan, actor=user("county", Role.COUNTY_OFFICER))
    assert {(one.values["scheme"], one.values["batch"]) for one in written} == {("county_hired", 3)}
    assert next_batch(declaration(), "county_hired", today()) == 4
    assert next_batch(declaration(), "hospital_support", today()) == 1


def test_turns_are_told_by_how_often_somebody_was_posted() -> None:
    begins = shift(today(), Duration(2, Unit.YEARS), -1)
    posted("D1", "C1", begins, begins + timedelta(days=100))
    rounds = document_of(solve_wish(wish(most_per_centre=1)))["rounds"]
    assert [(row["earlier"], row["doctors"], row["go"], row["stay"]) for row in rounds] == [
        (0, 3, 2, 1),
        (1, 1, 0, 1),
    ]


def test_no_more_go_than_the_most_new_postings() -> None:
    document = document_of(solve_wish(wish(new_most=1)))
    assert len(document["postings"]) == 1
    covered = next(row for row in document["uncovered"] if row["code"] in ("C1", "C2"))
    assert covered["remedies"][0]["zh"] == "多派 1 人即可覆盖"


def test_who_is_to_stay_stays_and_the_workbook_says_so() -> None:
    asked = replace(wish(), stay=frozenset({"D4", "D1"}))
    kept = document_of(solve_wish(asked))
    assert not {row["doctor"] for row in kept["postings"]} & {"D4", "D1"}
    document = dispatch_document(asked, kept)
    assert document.note("stay") == ["D1", "D4"]
    people = document.sheet("people")
    assert people is not None
    assert {row["code"] for row in people.rows if row["kept_home"]} == {"D1", "D4"}


def test_a_group_that_no_centre_takes_says_what_could_give() -> None:
    three = replace(wish(), together=(("D1", "D2", "D3"),))
    (group,) = document_of(solve_wish(three))["groups"]
    assert group["goes"] is None
    assert "每个机构最多派驻 2 人，小组有 3 人" in group["because"]["zh"]
    far = replace(wish(radius=15, most_per_centre=3), together=(("D1", "D2", "D3"),), pinned={"D1": "C2"})
    (group,) = document_of(solve_wish(far))["groups"]
    assert group["goes"] is None


def test_people_are_named_by_name_by_code_or_both() -> None:
    written = {
        TOGETHER: "医生D1、医生D2\nD3+D4",
        STAY: "医生D5(D5)",
        SEND: "医生D1 1镇卫生院\n医生D3 → 2镇卫生院(C2)",
    }
    people = people_from(written, county(), county())
    assert people.together == (("D1", "D2"), ("D3", "D4"))
    assert people.stay == {"D5"}
    assert people.pinned == {"D1": "C1", "D3": "C2"}


def test_all_that_names_nobody_or_two_things_is_told_at_its_field() -> None:
    Worker.objects.filter(code="D3").update(name="医生D1")
    written = {TOGETHER: "医生D1、D2\nD2", STAY: "D4、医师D2", SEND: "D4 C1\nD5"}
    with pytest.raises(InvalidNumbers) as caught:
        people_from(written, county(), county())
    problems = {name: text.zh for name, text in caught.value.problems.items()}
    assert "有 2 人，请写编码：D1 县医院 内科；D3 县医院 外科" in problems[TOGETHER]
    assert "一行至少写两个人" in problems[TOGETHER]
    assert "没有“医师D2”，是不是医生D2？" in problems[STAY]
    assert "医生D4既写了不参加，又写了去处" in problems[STAY]
    assert "“D5”应写成：姓名 机构" in problems[SEND]


def test_a_declaration_that_names_unknown_schemes_numbers_and_parameters_is_refused() -> None:
    kept = declaration().model_dump(mode="json", by_alias=True)
    kept["schemes"]["county_hird"] = {
        "title": {"zh": "甲", "en": "a"},
        "numbers": {"new_quata": 1, "radius": {"pack": "posting_quota", "parameter": "quota_shar"}},
    }
    with pytest.raises(DeclarationError) as caught:
        DISPATCH.read(yaml.safe_dump(kept), "dispatch.yaml", rulebook())
    for name in ("scheme county_hird", "number new_quata", "posting_quota.quota_shar"):
        assert name in str(caught.value)


@pytest.fixture
def officer() -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user("county", Role.COUNTY_OFFICER))
    return client


def form(scheme: str = "hospital_support", **others: object) -> dict[str, object]:
    numbers = default_numbers(scheme, today()) | {"hospital_floor": 0, "department_floor": 0}
    day = (today() + timedelta(days=7)).isoformat()
    return {**numbers, "scheme": scheme, "place": "420222", "sender": "", "begins": day} | others


def test_an_officer_asks_for_a_batch_of_new_doctors_on_the_page(officer: Client) -> None:
    hired("D1", "D5")
    page = officer.get("/plans/new/?scheme=county_hired").content.decode()
    assert 'name="batch" inputmode="numeric" value="1"' in page
    assert 'name="new_quota" inputmode="decimal" required value="80"' in page
    page = officer.post("/plans/new/", form("county_hired", batch="2"), follow=True).content.decode()
    assert "县聘乡用派驻 第 2 批" in page
    assert "新招聘医师派驻比例" in page
    assert KeptPlan.objects.get().settings["batch"] == 2


def test_people_of_the_form_are_kept_and_stand_in_the_form_of_the_next_plan(officer: Client) -> None:
    people = {TOGETHER: "医生D1 医生D2", STAY: "医生D3", SEND: "医生D4 2镇卫生院"}
    page = officer.post("/plans/new/", form(**people), follow=True).content.decode()
    assert "不参加的人" in page
    plan = KeptPlan.objects.get()
    assert wish_of(plan).together == (("D1", "D2"),)
    assert {row["doctor"]: row["centre"] for row in plan.document["postings"]}["D4"] == "C2"
    again = officer.get(f"/plans/new/?from={plan.pk}").content.decode()
    for written in ("医生D1(D1)、医生D2(D2)", "医生D3(D3)", "医生D4(D4) 2镇卫生院(C2)"):
        assert written in again


def test_what_is_wrong_with_people_stands_at_their_field_and_nothing_is_kept(officer: Client) -> None:
    answer = officer.post("/plans/new/", form(stay="某某", begins="x"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "派驻开始日期写成" in page
    answer = officer.post("/plans/new/", form(stay="某某"))
    assert "没有“某某”" in answer.content.decode()
    answer = officer.post("/plans/new/", form(together="D1、D5"))
    assert answer.status_code == 422
    assert "不在这种方式的可派人员或接收机构中：医生D5(D5)" in answer.content.decode()
    assert not KeptPlan.objects.exists()


def test_a_plan_is_taken_along_as_a_workbook_and_as_a_calendar(officer: Client) -> None:
    plan = keep_plan(solve_wish(wish(most_per_centre=1)), actor=None, title="阳新县医师派驻方案")
    workbook = officer.get(f"/plans/{plan.pk}/file/")
    assert workbook.content[:2] == b"PK"
    calendar = officer.get(f"/plans/{plan.pk}/calendar/").content.decode()
    assert calendar.count("BEGIN:VEVENT") == 4
    assert officer.get("/plans/999/calendar/").status_code == 404
    director = Client()
    director.force_login(user("director", Role.TOWNSHIP_DIRECTOR, institution="C1"))
    assert director.get(f"/plans/{plan.pk}/calendar/").status_code == 404
    assert director.get(f"/plans/{plan.pk}/file/").status_code == 404


def test_a_batch_is_numbered_only_where_the_scheme_goes_out_in_batches() -> None:
    asked = wish_from(county(), county(), today(), date(2030, 1, 1), "hospital_support", 7, {}, {}, {})
    assert asked.batch is None
    asked = wish_from(county(), county(), today(), date(2030, 1, 1), "county_hired", None, {}, {}, {})
    assert asked.batch == 1
    assert not RecordVersion.objects.exists()
