"""Adopted postings on the screens of both sides: accepted or refused by the centre, seen by the doctor, in calendars."""

from datetime import date, timedelta

import pytest
from django.test import Client
from planning_network import build, posted, user, wish

from wangdi.server.access.models import Assignment, Role
from wangdi.server.evaluation.services import today
from wangdi.server.network.models import Institution, Worker
from wangdi.server.planning.documents import solve_wish
from wangdi.server.planning.postings import Gap, gaps, postings_at
from wangdi.server.planning.services import adopt_plan, keep_plan, new_postings
from wangdi.server.records.models import RecordVersion


@pytest.fixture(autouse=True)
def stored(installation: object) -> None:
    build()


def client(name: str, role: Role, institution: str | None = None) -> Client:
    found = Client(headers={"accept-language": "zh-hans"})
    found.force_login(user(name, role, institution=institution))
    return found


@pytest.fixture
def adopted() -> dict[str, str]:
    """The doctor whom the plan sends to each centre."""
    officer = user("county", Role.COUNTY_OFFICER)
    plan = keep_plan(solve_wish(wish(most_per_centre=1)), actor=officer, title="试")
    adopt_plan(plan, actor=officer)
    return {row["centre"]: row["doctor"] for row in new_postings(plan)}


def record_at(centre: str) -> RecordVersion:
    return RecordVersion.objects.current().get(kind__name="posting", institution__code=centre)


def do(who: Client, centre: str, transition: str, **values: str) -> None:
    record = record_at(centre)
    form = {"occurred_on": today().isoformat(), "version": str(record.version), **values}
    answer = who.post(f"/records/posting/{record.record_id}/do/{transition}/", form)
    assert answer.status_code == 302, answer.content.decode()


def test_the_director_finds_the_posting_waiting_and_accepts_it(adopted: dict[str, str]) -> None:
    director = client("director", Role.TOWNSHIP_DIRECTOR, "C1")
    inbox = director.get("/inbox/").content.decode()
    assert f"医生{adopted['C1']}" in inbox
    assert f"医生{adopted['C2']}" not in inbox
    home = director.get("/institutions/C1/").content.decode()
    assert "派驻到本机构的医师" in home
    assert "已下达，待接收" in home
    do(director, "C1", "accept")
    assert "已接收" in director.get("/institutions/C1/").content.decode()
    assert f"医生{adopted['C1']}" not in director.get("/inbox/").content.decode()


def test_what_a_county_could_only_withdraw_is_in_progress_but_not_for_it_to_do(
    adopted: dict[str, str],
) -> None:
    officer = Client(headers={"accept-language": "zh-hans"})
    officer.force_login(Assignment.objects.get(role=Role.COUNTY_OFFICER).user)
    assert f"医生{adopted['C1']}" not in officer.get("/inbox/?place=420222").content.decode()
    assert f"医生{adopted['C1']}" in officer.get("/inbox/?place=420222&all").content.decode()


def test_what_a_centre_cannot_take_is_no_posting_any_more_and_waits_for_the_county(
    adopted: dict[str, str],
) -> None:
    director = client("director", Role.TOWNSHIP_DIRECTOR, "C1")
    do(director, "C1", "object", **{"v-objection": "没有住处"})
    assert postings_at(Institution.objects.get(code="C1"), today()) == []
    again = solve_wish(wish(most_per_centre=1))
    assert [one.worker.code for one in again.dispatch.inputs.doctors if one.fixed is not None] == [
        adopted["C2"]
    ]
    officer = Client(headers={"accept-language": "zh-hans"})
    officer.force_login(Assignment.objects.get(role=Role.COUNTY_OFFICER).user)
    assert f"医生{adopted['C1']}" in officer.get("/inbox/?place=420222").content.decode()
    do(officer, "C1", "withdraw", **{"v-withdrawal": "另派他人"})
    assert record_at("C1").state == "withdrawn"


def test_a_posted_doctor_sees_where_to_go_and_has_it_in_a_calendar(adopted: dict[str, str]) -> None:
    doctor = client("doctor", Role.HOSPITAL_DOCTOR, "H")
    Assignment.objects.filter(user__username="doctor").update(worker=Worker.objects.get(code=adopted["C1"]))
    page = doctor.get("/mine/").content.decode()
    assert "我的派驻" in page
    assert "1镇卫生院" in page
    answer = doctor.get("/mine/postings.ics")
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/calendar")
    assert text.count("BEGIN:VEVENT") == 2
    first = today() + timedelta(days=7)
    assert f"DTSTART;VALUE=DATE:{first:%Y%m%d}" in text


def test_the_hospital_sees_whom_it_sends(adopted: dict[str, str]) -> None:
    page = client("hospital", Role.HOSPITAL_DOCTOR, "H").get("/institutions/H/").content.decode()
    assert "本院派出的医师" in page
    assert f"医生{adopted['C2']}" in page


def test_the_calendar_shows_who_comes_and_when_nobody_is_there(adopted: dict[str, str]) -> None:
    officer = client("other", Role.COUNTY_OFFICER)
    page = officer.get("/places/420222/postings/").content.decode()
    assert f"医生{adopted['C1']}" in page
    before = today() + timedelta(days=6)
    assert f"无人派驻 {today()} – {before}" in page
    text = officer.get("/places/420222/postings/?file=ics").content.decode()
    assert text.count("BEGIN:VEVENT") == 4


def test_a_posting_that_ended_is_not_shown() -> None:
    posted("D1", "C1", today() - timedelta(days=90), today() - timedelta(days=1))
    posted("D2", "C1", today() - timedelta(days=90), today())
    assert [one.doctor.code for one in postings_at(Institution.objects.get(code="C1"), today())] == ["D2"]


DAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], [(0, 30)]),
        ([(-5, None)], []),
        ([(0, 10), (11, 30)], []),
        ([(5, 10), (8, 20)], [(0, 4), (21, 30)]),
        ([(0, 10), (2, 5), (12, None)], [(11, 11)]),
        ([(31, 40)], [(0, 30)]),
    ],
)
def test_gaps_are_the_days_nobody_covers(
    spans: list[tuple[int, int | None]], expected: list[tuple[int, int]]
) -> None:
    def day(at: int) -> date:
        return DAY + timedelta(days=at)

    days = [(day(first), None if last is None else day(last)) for first, last in spans]
    assert gaps(days, DAY, day(30)) == [Gap(day(first), day(last)) for first, last in expected]
