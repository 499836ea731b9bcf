"""Every page, asked for by everybody of the cast."""

import dataclasses

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, reverse

from integration.web_network import Cast, build_network
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.publishing import fresh_lake
from wangdi.server.records.models import RecordVersion
from wangdi.server.web.urls import urlpatterns


@pytest.fixture
def cast(installation: Installation) -> Cast:
    cast = build_network()
    fresh_lake(installation)
    return cast


def of(user: object) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(user)
    return client


SEEN_BY: dict[str, tuple[str, str]] = {
    "/places/A/": ("county", "own director beside outsider"),
    "/places/A1/": ("county", "own director beside outsider"),
    "/places/420222/": ("outsider", "own director county beside"),
    "/institutions/CA1/": ("own director county", "beside outsider"),
    "/places/A/decisions/": ("county", "own director beside outsider"),
    "/places/A/standards/": ("county", "own director beside outsider"),
    "/institutions/CA1/standards/": ("own director county", "beside outsider"),
    "/institutions/HA/standards/": ("director county", "own beside outsider"),
    "/institutions/HA/standards/township_centre_illustrative/": (
        "director county",
        "own beside outsider",
    ),
    "/periods/": ("own director county beside outsider", ""),
    "/due/?institution=CA1": ("own director county", "beside outsider"),
    "/due/?place=A": ("county", "own director beside outsider"),
    "/residents/R1/": ("own director county", "beside outsider"),
    "/residents/R1/charts/": ("own director county", "beside outsider"),
    "/residents/R1/record/htn_followup/": ("own director", "beside outsider"),
    "/records/htn_followup/f2/": ("own director county", "beside outsider"),
    "/records/htn_followup/f2/edit/": ("own director", "beside outsider"),
    "/records/htn_followup/f2/void/": ("own director", "beside outsider"),
    "/indicators/htn_managed/behind/?institution=CA1": ("own director county", "beside outsider"),
    "/indicators/htn_managed/behind/?place=A": ("county", "own director beside outsider"),
    "/indicators/htn_managed/": ("own director county beside outsider", ""),
    "/registers/asset/?institution=HA": ("director county", "own beside outsider"),
    "/registers/worker/?place=A": ("county", "own director beside outsider"),
    "/registers/team/": ("own director county beside outsider", ""),
    "/registers/resident/?institution=CA1": ("own director county", "beside outsider"),
    "/search/?q=zs": ("own director county beside outsider", ""),
    "/lists/": ("own director county beside outsider", ""),
    "/lists/htn_followup/?institution=CA1": ("own director county", "beside outsider"),
    "/lists/htn_followup/?place=A": ("county", "own director beside outsider"),
    "/registers/asset/E1/": ("director county", "own beside outsider"),
    "/registers/worker/W1/": ("own director county", "beside outsider"),
    "/registers/asset/E1/record/asset_acceptance/": ("director county", "own beside outsider"),
    "/due/": ("own director county beside outsider", ""),
    "/inbox/": ("own director county beside outsider", ""),
    "/inbox/?institution=CA1": ("own director county", "beside outsider"),
}
"""Address: who sees it; for whom it does not exist. The others see whom it is about, but their role does not record."""

OPEN_TO_ALL = {"language"}
LEADS_ON = {"home"}
TESTED_ELSEWHERE = {"transition"}
"""In `test_web_workflow`: it needs a record on its way."""


@pytest.mark.parametrize("address", SEEN_BY)
def test_a_page_is_seen_by_those_who_answer_for_it_and_does_not_exist_for_others(
    cast: Cast, address: str
) -> None:
    seen, hidden = SEEN_BY[address]
    everybody = (one.name for one in dataclasses.fields(cast))
    answers = {name: of(getattr(cast, name)).get(address).status_code for name in everybody}
    refused = dict.fromkeys(answers, 403)
    assert answers == refused | dict.fromkeys(seen.split(), 200) | dict.fromkeys(hidden.split(), 404)


@pytest.mark.parametrize("address", [*SEEN_BY, "/"])
def test_who_is_signed_out_is_asked_to_sign_in_first(installation: Installation, address: str) -> None:
    response = Client().get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=/")


def test_every_address_has_an_access_test() -> None:
    names = {pattern.name for pattern in urlpatterns if isinstance(pattern, URLPattern)}
    tested = {
        pattern.name
        for pattern in urlpatterns
        for address in SEEN_BY
        if pattern.pattern.match(address.split("?")[0].removeprefix("/"))
    }
    assert names - tested == OPEN_TO_ALL | LEADS_ON | TESTED_ELSEWHERE


def test_home_leads_everybody_to_where_they_work(cast: Cast) -> None:
    leads = {name: of(getattr(cast, name)).get("/")["Location"] for name in ("own", "director", "county")}
    assert leads == {
        "own": "/institutions/CA1/",
        "director": "/institutions/HA/",
        "county": "/places/420281/",
    }


def test_nobody_beside_can_record_amend_or_void_even_with_a_form_made_by_hand(cast: Cast) -> None:
    before = RecordVersion.objects.count()
    form = {
        "id": "01890000-0000-7000-8000-000000000001",
        "version": "0",
        "occurred_on": "2026-01-01",
        "reason": "x",
    }
    for address in (
        "/residents/R1/record/htn_followup/",
        "/records/htn_followup/f2/edit/",
        "/records/htn_followup/f2/void/",
    ):
        assert of(cast.beside).post(address, form).status_code == 404
    assert RecordVersion.objects.count() == before


def test_the_due_list_of_a_village_doctor_names_nobody_of_the_next_village(cast: Cast) -> None:
    page = of(cast.own).get("/due/?status=all").content.decode()
    assert "张三" in page and "李四" in page
    assert "王五" not in page and "赵六" not in page


def test_breadcrumbs_link_only_what_the_reader_may_open(cast: Cast) -> None:
    page = of(cast.own).get("/institutions/CA1/").content.decode()
    assert "金湖卫生院" in page
    assert 'href="/institutions/HA/"' not in page


def test_someone_without_a_role_is_told_whom_to_ask(cast: Cast) -> None:
    cast.own.assignments.all().delete()
    page = of(cast.own).get("/")
    assert "请联系管理员" in page.content.decode()


def test_wrong_password_gives_one_clear_message_and_keeps_the_name(cast: Cast) -> None:
    client = Client(headers={"accept-language": "zh-CN"})
    page = client.post(reverse("account_login"), {"login": "W1", "password": "wrong"}).content.decode()
    assert "用户名或密码不对" in page
    assert 'value="W1"' in page


def test_pages_with_people_are_kept_by_no_cache(cast: Cast) -> None:
    assert of(cast.own).get("/residents/R1/")["Cache-Control"] == "private, no-store"


def test_a_form_from_before_signing_in_again_is_refused_with_advice(cast: Cast) -> None:
    client = Client(headers={"accept-language": "zh-CN"}, enforce_csrf_checks=True)
    client.force_login(cast.own)
    response = client.post("/residents/R1/record/htn_followup/", {})
    assert response.status_code == 403
    assert "请重新提交" in response.content.decode()


def test_a_failure_is_told_without_details_and_with_what_to_do(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(headers={"accept-language": "zh-CN"}, raise_request_exception=False)
    client.force_login(cast.own)
    monkeypatch.setitem(connection.settings_dict, "NAME", "/nowhere/at/all.sqlite3")
    connection.close()
    page = client.get("/due/").content.decode()
    assert "没有保存任何内容" in page and "Traceback" not in page
