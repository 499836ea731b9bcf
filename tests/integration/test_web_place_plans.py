"""The pages of plans about places: who sees them, asking, the answer, other numbers, files, adopting."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from planning_network import build, user

from wangdi.server.access.models import Role
from wangdi.server.jobs import running
from wangdi.server.jobs.models import Job
from wangdi.server.jobs.running import run_job
from wangdi.server.network.models import Asset, Institution, Place, Resident
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.people import homes_under
from wangdi.server.records.models import RecordVersion

KM = 1 / 111.195
"""A kilometre in degrees of latitude."""
VILLAGES = {"V1": (0, 900), "V2": (10, 700), "V3": (10.5, 300), "V4": (30, 100)}
"""By kilometres north of the first centre, and their people."""


@pytest.fixture(autouse=True)
def stored(installation: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The network of postings, with four villages on a road north of centre C1; jobs are run by the tests."""
    build()
    town = Place.objects.get(code="420222101")
    for code, (km, people) in VILLAGES.items():
        Place.objects.create(
            code=code,
            name=f"{code}村",
            level="village",
            parent=town,
            population=people,
            lon=115.1,
            lat=30.0 + km * KM,
            path=f"{town.path}{code}/",
            change=town.change,
        )
    centre = Institution.objects.get(code="C1")
    Asset.objects.create(
        code="BUS",
        name="巡诊车",
        type="test_vehicle",
        institution=centre,
        in_service_from="2020-01-01",
        change=town.change,
    )
    monkeypatch.setattr(running, "launch", lambda job: None)


@pytest.fixture
def officer() -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user("county", Role.COUNTY_OFFICER))
    return client


def answers(sort: str, **others: object) -> dict[str, Any]:
    """A form as a browser sends it."""
    types = ["township_centre", "village_clinic"]
    travel = {"v-minutes": "16", "v-mode": "walk", "v-terrain": "plain", "v-types": types, "place": "420222"}
    own = {
        "reach": {
            "v-supply": "institutions",
            "v-per_1000": "1",
            "v-catchment": "30",
            "v-elderly_from": "65",
        },
        "sites": {
            "v-goal": "people",
            "v-stations": "1",
            "v-share": "95",
            "v-existing": "keep",
            "v-where": "all",
            "v-least_people": "0",
            "v-cost": "30",
            "v-upgrade_cost": "15",
            "v-closing_saves": "5",
            "v-seconds": "5",
        },
        "routes": {
            "v-whom": "outside",
            "v-every": "1",
            "v-service": "60",
            "v-begins": "2026-12-07",
            "v-vehicles": ["BUS"],
            "v-starts": "08:00",
            "v-hours": "9",
            "v-weekdays": "5",
            "v-teams": "1",
            "v-seconds": "2",
        },
    }
    return travel | own[sort] | others


def asked(client: Client, sort: str, query: str = "", **others: object) -> tuple[str, KeptPlan]:
    """The page of the plan that came out, and the plan; a job is run."""
    answer = client.post(f"/plans/ask/{sort}/{query}", answers(sort, **others))
    assert answer.status_code == 302, answer.content.decode()
    if "/jobs/" in answer["Location"]:
        run_job(Job.objects.latest("id").pk)
        answer = client.get(answer["Location"])
    return client.get(answer["Location"]).content.decode(), KeptPlan.objects.latest("id")


def test_reach_lists_who_is_outside_and_leads_to_new_stations(officer: Client) -> None:
    assert "服务可及到哪里" in officer.get("/plans/").content.decode()
    page, plan = asked(officer, "reach")
    assert "900 人，45.0%" in page and "3 个村在外" in page
    assert "V4村" in page and "不是实测" in page
    assert f"/plans/ask/sites/?from={plan.pk}" in page
    form = officer.get(f"/plans/ask/sites/?from={plan.pk}").content.decode()
    assert 'value="16"' in form


def test_the_best_new_station_is_worked_out_by_a_job_and_adopted_as_a_project(officer: Client) -> None:
    page, plan = asked(officer, "sites")
    assert "之前 900 人（45.0%），之后 1,900 人（95.0%）" in page and "已证明最优" in page
    adopting = officer.get(f"/plans/{plan.pk}/carry-out/").content.decode()
    assert "将写入 1 条记录" in adopting and "责任人" in adopting and "总投资" not in adopting
    days = dict.fromkeys(("first_use", "plan_start", "plan_completion", "plan_use"), "2027-06-01")
    form = {f"v-{name}": value for name, value in {**days, "responsible": "张三"}.items()}
    refused = officer.post(f"/plans/{plan.pk}/carry-out/", form | {"v-responsible": ""})
    assert refused.status_code == 422 and not RecordVersion.objects.exists()
    officer.post(f"/plans/{plan.pk}/carry-out/", form)
    record = RecordVersion.objects.get()
    assert record.kind.name == "construction_project" and record.values["investment"] == 30
    assert record.institution is not None and record.institution.code == "C1"
    assert "已采用" in officer.get(f"/plans/{plan.pk}/").content.decode()
    assert officer.post(f"/plans/{plan.pk}/carry-out/", form).status_code == 404
    assert RecordVersion.objects.count() == 1


def test_other_numbers_make_another_plan_of_the_first(officer: Client) -> None:
    _, first = asked(officer, "sites")
    _, second = asked(officer, "sites", f"?from={first.pk}", **{"v-stations": "2"})
    assert second.made_from == first and second.settings["values"]["stations"] == 2


def test_everything_wrong_with_the_answers_is_told_at_once_at_the_fields(officer: Client) -> None:
    wrong = {"v-stations": "many", "v-minutes": "0", "v-types": []}
    answer = officer.post("/plans/ask/sites/", answers("sites", **wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert all(said in page for said in ("应为整数", "不能小于 1", "请填写哪类机构"))
    assert not Job.objects.exists() and not KeptPlan.objects.exists()


def test_a_question_without_an_answer_says_why_on_the_page_of_its_job(officer: Client) -> None:
    answer = officer.post("/plans/ask/sites/", answers("sites", **{"v-stations": "50"}))
    run_job(Job.objects.get().pk)
    assert "只有 4 个备选点" in officer.get(answer["Location"]).content.decode()


def test_nobody_else_sees_the_job_of_a_plan(officer: Client) -> None:
    answer = officer.post("/plans/ask/sites/", answers("sites"))
    other = Client()
    other.force_login(user("city", Role.CITY_OFFICER))
    assert other.get(answer["Location"]).status_code == 404


def test_a_file_of_travel_times_counts_and_its_holes_are_told(officer: Client) -> None:
    matrix = SimpleUploadedFile("路程.csv", "from,to,minutes\nV2,C1,12\nV1,C1,20\n".encode("gb18030"))
    page, plan = asked(officer, "reach", matrix=matrix)
    assert "取自文件 路程.csv" in page and "文件里没有 2 个村的任何行程" in page
    assert plan.document["notes"][0] and "700 人，35.0%" in page
    again, _ = asked(officer, "reach", f"?from={plan.pk}", **{"keep-matrix": "yes", "v-minutes": "25"})
    assert "1,600 人，80.0%" in again


def test_candidates_far_away_are_refused_with_their_line(officer: Client) -> None:
    file = SimpleUploadedFile("备选.csv", b"code,name,lon,lat\nN1,A,30,115\nN2,B,x,30\n")
    officer.post("/plans/ask/sites/", answers("sites", candidates=file))
    run_job(Job.objects.latest("id").pk)
    assert "不是数" in str(Job.objects.latest("id").result)
    file = SimpleUploadedFile("备选.csv", b"code,name,lon,lat\nN1,A,30,89\n")
    officer.post("/plans/ask/sites/", answers("sites", candidates=file))
    run_job(Job.objects.latest("id").pk)
    assert "写反" in str(Job.objects.latest("id").result)


def living_in(code: str, people: int) -> None:
    place = Place.objects.get(code=code)
    for at in range(people):
        Resident.objects.create(code=f"{code}-{at}", name="某", place=place, change=place.change)


def test_villages_without_a_population_share_that_of_their_township_by_residents_on_record() -> None:
    Place.objects.filter(code__in=VILLAGES).update(population=None)
    Place.objects.filter(code="420222101").update(population=4000)
    for code, people in (("V1", 3), ("V2", 1)):
        living_in(code, people)
    homes = homes_under(Place.objects.get(code="420222"))
    assert dict(zip(homes.points.codes, homes.people, strict=True)) == {
        "V1": 3000,
        "V2": 1000,
        "V3": 0,
        "V4": 0,
    }
    assert (homes.shared, homes.counted) == (4, 0)


@pytest.mark.parametrize("known, township", [(900, 4000), (None, 2), (None, None)])
def test_a_population_is_not_shared_out_where_that_would_contradict_the_register(
    known: int | None, township: int | None
) -> None:
    Place.objects.filter(code__in=VILLAGES).update(population=None)
    Place.objects.filter(code="V4").update(population=known)
    Place.objects.filter(code="420222101").update(population=township)
    living_in("V1", 3)
    homes = homes_under(Place.objects.get(code="420222"))
    assert homes.people[homes.points.codes.index("V1")] == 3 and homes.shared == 0


def test_routes_are_printed_by_vehicle_and_week_and_adopting_registers_the_villages(officer: Client) -> None:
    page, plan = asked(officer, "routes")
    assert "3 次，排不下 0 次" in page
    weeks = officer.get(f"/plans/{plan.pk}/weeks/").content.decode()
    assert "巡诊车" in weeks and all(f"{name}村" in weeks for name in ("V2", "V3", "V4"))
    officer.post(f"/plans/{plan.pk}/carry-out/", {})
    records = RecordVersion.objects.filter(kind__name="remote_area")
    assert records.count() == 3
    assert {record.values["served_by"] for record in records} == {"C1"}
    assert "周" in records[0].values["visit_day"]


def test_the_workbook_holds_what_the_page_shows(officer: Client) -> None:
    _, plan = asked(officer, "reach")
    book = load_workbook(BytesIO(officer.get(f"/plans/{plan.pk}/file/").content))
    rows = list(book["各村（在外的在前）"].iter_rows(values_only=True))
    assert len(rows) == 1 + len(VILLAGES) and "V2村" in rows[1]


@pytest.mark.parametrize("role", [Role.TOWNSHIP_DIRECTOR, Role.VILLAGE_DOCTOR, Role.HOSPITAL_DOCTOR])
def test_staff_of_an_institution_find_no_plans_of_places(officer: Client, role: Role) -> None:
    _, plan = asked(officer, "reach")
    client = Client()
    client.force_login(user("staff", role, institution="C1"))
    for address in ("ask/reach/", f"{plan.pk}/", f"{plan.pk}/file/", f"{plan.pk}/carry-out/"):
        assert client.get(f"/plans/{address}").status_code == 404
