"""Closing months on a page: by whom, after which doubts, and what is seen of it afterwards."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from integration.test_web_access import of
from integration.web_network import Cast, build_network
from wangdi.server.access.models import Assignment, Role
from wangdi.server.audit.models import Change
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.models import Closure, KeptDay
from wangdi.server.evaluation.publishing import evaluate_and_publish
from wangdi.server.jobs import running
from wangdi.server.jobs.models import Job
from wangdi.server.jobs.running import run_job
from wangdi.server.network.models import Institution, Place
from wangdi.server.web.closing import may_close, open_months, outlook

TODAY = timezone.localdate()
LAST = TODAY.replace(day=1) - timedelta(days=1)
MONTH = f"{LAST:%Y-%m}"


@pytest.fixture
def cast(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(running, "launch", lambda job: None)
    return build_network()


def done(client: Client, address: str) -> str:
    """The page of the job that was started, run."""
    run_job(Job.objects.latest("id").pk)
    return client.get(address).content.decode()


def close(client: Client, *months: str) -> str:
    return done(client, client.post("/periods/close/", {"month": list(months)})["Location"])


def test_who_answers_for_the_whole_network_closes_and_an_officer_of_a_part_does_not(cast: Cast) -> None:
    assert may_close(cast.admin) and may_close(cast.city)
    assert not any(map(may_close, (cast.county, cast.director, cast.own, cast.hospital)))
    Assignment.objects.filter(user=cast.outsider).delete()
    Place.objects.filter(code="420222").delete()
    assert may_close(cast.county), "in a county's own installation its officer closes"
    assert not may_close(cast.director)
    cast.county.is_active = False
    assert not may_close(cast.county)


def test_a_month_is_closed_from_the_page_and_is_marked_wherever_it_is_shown(cast: Cast) -> None:
    city = of(cast.city)
    for other in (
        cast.own,
        cast.director,
        cast.county,
        cast.beside,
        cast.outsider,
        cast.centre,
        cast.hospital,
    ):
        for method in (of(other).get, of(other).post):
            assert method("/periods/close/", {"month": MONTH}).status_code == 404
    assert MONTH in city.get("/periods/").content.decode()
    shown = city.get("/periods/close/", {"month": MONTH}).content.decode()
    assert f"封账：{MONTH}" in "".join(shown.split())
    page = close(city, MONTH)
    assert f"已封账：{MONTH}" in page
    closure = Closure.objects.get()
    assert (closure.last_day, closure.change.actor_name) == (LAST, "city")
    assert Change.objects.filter(action="period.close", actor_name="city").exists()
    assert f'value="{MONTH}"' not in city.get("/periods/").content.decode()
    bulletin = f"/places/42/bulletin/?day={LAST.isoformat()}"
    assert bulletin in city.get("/periods/").content.decode()
    assert "已封账的正式数" in city.get(bulletin).content.decode()


def test_a_quarter_is_closed_as_its_months_oldest_first(cast: Cast) -> None:
    months = [f"{day:%Y-%m}" for day in open_months(TODAY)[:3]]
    page = close(of(cast.admin), *months)
    assert "、".join(sorted(months)) in page
    assert Closure.objects.count() == 3


def test_a_month_that_is_not_over_or_closed_already_is_not_offered(cast: Cast) -> None:
    city = of(cast.city)
    close(city, MONTH)
    for month in (MONTH, f"{TODAY:%Y-%m}", "2026-13", "x", ""):
        assert city.post("/periods/close/", {"month": month})["Location"] == "/periods/"
    assert Job.objects.count() == 1


def test_what_speaks_for_waiting_is_said_before(cast: Cast) -> None:
    Job.objects.create(kind="import", arguments={}, state=Job.State.DONE, result={"outcome": "problems"})
    Job.objects.create(kind="import", arguments={}, state=Job.State.RUNNING)
    texts = " ".join(doubt.text for doubt in outlook(LAST, [LAST], TODAY).doubts)
    assert "有导入正在进行" in texts and "没有导入" in texts
    january = LAST.month == 1
    assert ("更早的月份没有封账" in texts) is not january


def test_institutions_that_fell_silent_are_named(cast: Cast) -> None:
    made = Institution.objects.get(code="CA1")
    found = outlook(date(2026, 3, 31), [], TODAY).doubts
    assert made.name not in {name for doubt in found for name, _ in doubt.named}


def test_a_closed_month_is_compared_with_now_and_opened_again_for_a_reason(cast: Cast) -> None:
    city = of(cast.city)
    close(city, MONTH)
    number = Closure.objects.get().pk
    address = city.post("/periods/", {"act": "compare", "closure": number})["Location"]
    assert "0 个数值与现在不同" in done(city, address)
    assert of(cast.county).get(address).status_code == 404
    assert of(cast.county).post("/periods/", {"act": "compare", "closure": number}).status_code == 404
    page = city.post("/periods/", {"closure": number, "reason": "补录体检"}, follow=True).content.decode()
    assert "补录体检" in page and f'value="{MONTH}"' in page


def test_superusers_close_too(cast: Cast) -> None:
    root = User.objects.create_superuser("root", password="x")
    assert may_close(root)


def test_plans_are_for_roles_that_plan(cast: Cast) -> None:
    assert [role for role in Role if role.may_plan] == [
        Role.COUNTY_OFFICER,
        Role.CITY_OFFICER,
        Role.ADMINISTRATOR,
    ]
    Assignment.objects.filter(user=cast.county).update(role=Role.VILLAGE_DOCTOR)
    assert of(cast.county).get("/plans/").status_code == 404, "a place alone makes nobody a planner"


def test_what_is_published_already_is_told(cast: Cast, installation: Installation) -> None:
    evaluate_and_publish(installation, TODAY, trend=2)
    assert KeptDay.objects.filter(as_of=LAST).exists()
    assert outlook(LAST, [LAST], TODAY).figures > 0
