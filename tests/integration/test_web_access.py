"""Every page, asked for by everybody of the cast."""

import dataclasses
import re
from collections.abc import Iterator, Sequence

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from integration.web_network import ID_NUMBER, PASSWORD, PHONE, Cast, build_network, days_ago
from wangdi.server.access.models import Assignment
from wangdi.server.adoption.models import Adoption, Target
from wangdi.server.audit.models import Change
from wangdi.server.common.installation import Installation
from wangdi.server.jobs.models import Job
from wangdi.server.records.models import RecordVersion


@pytest.fixture
def cast(installation: Installation) -> Cast:
    cast = build_network()
    Job.objects.create(pk=1, kind="evaluate", arguments={}, state=Job.State.DONE)
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
    f"/periods/close/?month={days_ago(40):%Y-%m}": (
        "city",
        "own director county beside outsider centre hospital",
    ),
    "/due/?institution=CA1": ("own director county", "beside outsider"),
    "/due/?place=A": ("county", "own director beside outsider"),
    "/residents/R1/": ("own director county", "beside outsider"),
    "/residents/R1/charts/": ("own director county", "beside outsider"),
    "/residents/R1/record/htn_followup/": ("own director", "beside outsider"),
    "/records/htn_followup/f2/": ("own director county", "beside outsider"),
    "/records/htn_followup/f2/exchange/": ("own director county", "beside outsider"),
    "/residents/R1/exchange/": ("own director county", "beside outsider"),
    "/records/htn_followup/f2/edit/": ("own director", "beside outsider"),
    "/records/htn_followup/f2/void/": ("own director", "beside outsider"),
    "/indicators/htn_managed/behind/?institution=CA1": ("own director county", "beside outsider"),
    "/indicators/htn_managed/behind/?place=A": ("county", "own director beside outsider"),
    "/indicators/htn_managed/": ("own director county beside outsider", ""),
    "/registers/asset/?institution=HA": ("director county", "own beside outsider"),
    "/registers/worker/?place=A": ("county", "own director beside outsider"),
    "/registers/team/": ("own director county beside outsider", ""),
    "/registers/resident/?institution=CA1": ("own director county", "beside outsider"),
    "/indicators/htn_managed/compare/?place=A": ("county", "own director beside outsider"),
    "/indicators/htn_managed/compare/?institution=CA1": ("own director county", "beside outsider"),
    "/institutions/HA/team/": ("director county", "own beside outsider"),
    "/places/A/team/": ("county", "own director beside outsider"),
    "/places/A/bulletin/": ("county", "own director beside outsider"),
    "/search/?q=zs": ("own director county beside outsider", ""),
    "/search/names/worker/?field=a&a=zs": ("own director county beside outsider", ""),
    "/lists/": ("own director county beside outsider", ""),
    "/lists/htn_followup/?institution=CA1": ("own director county", "beside outsider"),
    "/lists/htn_followup/?place=A": ("county", "own director beside outsider"),
    "/registers/asset/E1/": ("director county", "own beside outsider"),
    "/registers/place/A/": ("county", "own director beside outsider"),
    "/registers/institution/HA/": ("director county", "own beside outsider"),
    "/registers/institution/?for=institution_task": ("own director county beside outsider", ""),
    "/registers/worker/W1/": ("own director county", "beside outsider"),
    "/registers/asset/E1/record/asset_acceptance/": ("director county", "own beside outsider"),
    "/today/": ("own director county beside outsider", ""),
    "/today/?institution=CA1": ("own director county", "beside outsider"),
    "/residents/R1/why/?schedule=htn_followup": ("own director county", "beside outsider"),
    "/residents/R1/visit/": ("own director", "beside outsider"),
    "/mine/": ("own director county beside outsider", ""),
    "/phone/": ("own director county beside outsider", ""),
    "/phone/people/": ("own director county beside outsider", ""),
    "/phone/forms/": ("own director county beside outsider", ""),
    "/due/": ("own director county beside outsider", ""),
    "/inbox/": ("own director county beside outsider", ""),
    "/inbox/count/": ("own director county beside outsider", ""),
    "/registers/resident/R1/reveal/": ("own director", "beside outsider"),
    "/registers/worker/W1/reveal/": ("director county", "beside outsider"),
    "/registers/worker/W1/why/?indicator=bulletin_workers": ("own director county", "beside outsider"),
    "/manage/audit/": ("", "own director county beside outsider"),
    "/places/A/postings/": ("county", "own director beside outsider"),
    "/institutions/HA/postings/": ("director county", "own beside outsider"),
    "/institutions/HA/postings/?file=ics": ("director county", "own beside outsider"),
    "/mine/postings.ics": ("own director county beside outsider", ""),
    "/watch/": ("own director county beside outsider", ""),
    "/watch/channels/": ("own director county beside outsider", ""),
    "/watch/channels/fever/": ("own director county beside outsider", ""),
    "/watch/channels/fever/?place=A": ("county director", "own beside outsider"),
    "/plans/": ("county outsider", "own director beside"),
    "/plans/new/": ("county outsider", "own director beside"),
    "/plans/ask/reach/": ("county outsider", "own director beside"),
    "/manage/backups/": ("", "own director county beside outsider"),
    "/manage/packs/": ("", "own director county beside outsider"),
    "/manage/packs/history/": ("", "own director county beside outsider"),
    "/manage/tokens/": ("", "own director county beside outsider"),
    "/manage/tokens/new/": ("", "own director county beside outsider"),
    "/manage/duplicates/": ("", "own director county beside outsider"),
    "/manage/duplicates/pair/?first=R1&second=R2": ("", "own director county beside outsider"),
    "/manage/imports/": ("", "own director county beside outsider"),
    "/manage/imports/template/": ("", "own director county beside outsider"),
    "/manage/jobs/": ("", "own director county beside outsider"),
    "/manage/jobs/1/": ("", "own director county beside outsider"),
    "/manage/jobs/1/file/": ("", "own director county beside outsider"),
    "/manage/": ("director county outsider", "own beside centre city"),
    "/manage/users/": ("director county outsider", "own beside centre city"),
    "/manage/users/new/": ("director county outsider", "own beside centre city"),
    "/manage/users/import/": ("director county outsider", "own beside centre city"),
    "/manage/users/import/template/": ("director county outsider", "own beside centre city"),
    "/manage/users/of/W1/": ("director county", "own beside outsider centre city"),
    "/manage/users/of/director/": ("county", "own director beside outsider city"),
    "/manage/users/of/county/": ("", "own director county beside outsider"),
    "/institutions/HA/arrivals/": ("director county", "own beside outsider"),
    "/hours/?place=A": ("own director county beside outsider", ""),
    "/hours/HA/": ("own director county beside outsider", ""),
    "/inbox/?institution=CA1": ("own director county", "beside outsider"),
}
"""Address: who sees it; for whom it does not exist. The others see whom it is about, but their role does not record."""

ALIKE = {"centre": "director", "city": "county", "hospital": "beside"}
"""Who sees what somebody else of the cast sees, but for the exceptions below. An administrator sees everything."""

EXCEPTIONS: dict[str, dict[str, int]] = {
    "/registers/asset/E1/record/asset_acceptance/": {"centre": 403, "city": 403},
    "/residents/R1/record/htn_followup/": {"city": 403},
    "/registers/worker/W1/reveal/": {"centre": 403, "city": 403},
    "/places/420222/": {"city": 200},
    "/manage/jobs/1/file/": {"admin": 302},
}
"""Address: what it answers to whom, where a role differs from the one it is alike to."""

NAMES = ("张三", "李四", "栖儒", "王医生", ID_NUMBER, PHONE, "金湖救护车")
"""What nobody may learn from an address that does not exist for them."""

LEADS_ON = {"home"}
TESTED_ELSEWHERE = {
    "merge_undo",  # in `test_duplicates`
    *("users_chosen", "job_passwords"),  # in `test_many_accounts`
    *("token", "api_records", "api_kinds", "api_kind", "api_description"),  # in `test_intake`
    "api_messages",  # in `test_exchange`
    *("transition", "evidence", "evidence_add"),
    *("plan_job", "plan_file", "plan_weeks", "plan_carry_out"),
    *("plan", "plan_change", "plan_adopt", "plan_letters", "plan_calendar", "plan_relax", "plan_compare"),
    *("watch_alert", "watch_look", "watch_silences"),
    *("my_home", "my_sign_in", "my_code", "my_leave", "my_give"),
    *("my_person", "my_records", "my_book", "my_cancel"),
    "slots",  # in `test_kept_slots`
    *("my_sheet", "record_sheet"),  # in `test_web_sheets`
}
"""In `test_web_workflow`, `test_web_evidence`, `test_web_plans` and `test_web_place_plans`: they need a record on its
way, a file that was handed in, a plan that was worked out; in `test_web_watch`, which has an alert; and in `test_web_my`,
where residents may sign in."""

SIGNED_OUT = {
    "account_login",
    "account_logout",
    "account_inactive",
    "language",
    "mfa_login_webauthn",
    "mfa_authenticate",
    "phone_session",
    "service_worker",
    "manifest",
}
"""Open to whoever is not signed in: nothing on them is about anybody."""

OWN_ACCOUNT = {
    "/account/password/": "account_change_password",
    "/account/confirm/": "account_reauthenticate",
    "/account/second-factor/": "mfa_index",
    "/account/second-factor/reauthenticate/": "mfa_reauthenticate",
    "/account/second-factor/totp/activate/": "mfa_activate_totp",
    "/account/second-factor/totp/deactivate/": "mfa_deactivate_totp",
    "/account/second-factor/recovery-codes/": "mfa_view_recovery_codes",
    "/account/second-factor/recovery-codes/generate/": "mfa_generate_recovery_codes",
    "/account/second-factor/recovery-codes/download/": "mfa_download_recovery_codes",
    "/account/second-factor/webauthn/": "mfa_list_webauthn",
    "/account/second-factor/webauthn/add/": "mfa_add_webauthn",
    "/account/second-factor/webauthn/reauthenticate/": "mfa_reauthenticate_webauthn",
    "/account/second-factor/webauthn/keys/1/remove/": "mfa_remove_webauthn",
    "/account/second-factor/webauthn/keys/1/edit/": "mfa_edit_webauthn",
}
"""Everybody's own account; `test_web_signing_in` uses them."""

FORM = {
    "id": "01890000-0000-7000-8000-000000000001",
    "version": "0",
    "occurred_on": "2026-01-01",
    "reason": "x",
    "format": "csv",
    "act": "adopt",
    "pack": "posting_quota",
    "since": "2026-01-01",
    "criterion": "x",
    "username": "new",
    "name": "new",
    "closure": "1",
}
"""Something for whatever a page asks."""


def expected(address: str, cast: Cast) -> dict[str, int]:
    """The status of an address for each of the cast."""
    seen, hidden = SEEN_BY[address]
    answers = dict.fromkeys((one.name for one in dataclasses.fields(cast)), 403)
    answers |= dict.fromkeys(seen.split(), 200) | dict.fromkeys(hidden.split(), 404)
    told = {*seen.split(), *hidden.split()}
    answers |= {name: answers[like] for name, like in ALIKE.items() if name not in told}
    return answers | ({} if "admin" in told else {"admin": 200}) | EXCEPTIONS.get(address, {})


def written() -> tuple[int, ...]:
    """How much there is of all that pages write."""
    return tuple(
        model.objects.count() for model in (RecordVersion, Change, Adoption, Target, User, Assignment)
    )


def test_a_page_is_seen_by_those_who_answer_for_it_and_does_not_exist_for_others(cast: Cast) -> None:
    clients = {one.name: of(getattr(cast, one.name)) for one in dataclasses.fields(cast)}
    wrong = []
    for address in SEEN_BY:
        for name, status in expected(address, cast).items():
            response = clients[name].get(address)
            if response.status_code != status:
                wrong.append(f"{address} for {name}: {response.status_code} instead of {status}")
            page = response.content.decode() if status == 404 else ""
            wrong += [f"{address} tells {name} of {one}" for one in NAMES if one in page]
    assert wrong == []


def test_nobody_writes_where_they_may_not_look_even_with_a_form_made_by_hand(cast: Cast) -> None:
    clients = {one.name: of(getattr(cast, one.name)) for one in dataclasses.fields(cast)}
    before, wrong = written(), []
    for address in SEEN_BY:
        for name, status in expected(address, cast).items():
            if status != 200:
                response = clients[name].post(address, FORM)
                if response.status_code not in (status, 405):
                    wrong.append(f"{address} for {name}: {response.status_code} instead of {status}")
                wrong += [
                    f"{address} tells {name} of {one}" for one in NAMES if one in response.content.decode()
                ]
    assert wrong == []
    assert written() == before


def test_who_is_signed_out_is_asked_to_sign_in_first_and_learns_nothing(cast: Cast) -> None:
    before, wrong = written(), []
    for address in (*SEEN_BY, *OWN_ACCOUNT, "/"):
        for answer in (Client().get(address), Client().post(address, FORM)):
            leads = answer.get("Location", "")
            if answer.status_code != 302 or not leads.startswith(("/sign-in/", "/account/confirm/")):
                wrong.append(f"{address}: {answer.status_code} {leads}")
            if answer.content:
                wrong.append(f"{address}: {answer.content!r}")
    assert wrong == []
    assert written() == before


@pytest.mark.parametrize(
    ("hidden", "missing"),
    [
        ("/residents/R1/", "/residents/R0/"),
        ("/records/htn_followup/f2/", "/records/htn_followup/f0/"),
        ("/registers/worker/W1/", "/registers/worker/W0/"),
        ("/institutions/CA1/", "/institutions/CA0/"),
    ],
)
def test_what_may_not_be_seen_cannot_be_told_from_what_does_not_exist(
    cast: Cast, hidden: str, missing: str
) -> None:
    pages = [
        of(cast.beside).get(address).content.decode().replace(address, "") for address in (hidden, missing)
    ]
    first, second = (re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) for page in pages)
    assert first == second


def _addresses(patterns: Sequence[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _addresses(one.url_patterns, route)
        else:
            yield one.name or route, route


def test_every_address_of_the_server_is_in_one_of_these_tests() -> None:
    names = {name for name, _ in _addresses(get_resolver().url_patterns)}
    tested = {resolve(address.split("?")[0]).url_name for address in SEEN_BY}
    assert names - tested - set(OWN_ACCOUNT.values()) == SIGNED_OUT | LEADS_ON | TESTED_ELSEWHERE


def test_everybody_reaches_their_own_account_and_nobody_elses_keys(cast: Cast) -> None:
    key = Authenticator.objects.create(
        user=cast.director, type=Authenticator.Type.WEBAUTHN, data={"name": "钥匙", "credential": {}}
    )
    client = of(cast.own)
    assert client.get("/account/second-factor/").status_code == 200
    client.post("/account/confirm/?next=/", {"password": PASSWORD})
    for act in ("edit", "remove"):
        address = f"/account/second-factor/webauthn/keys/{key.pk}/{act}/"
        assert client.get(address).status_code == client.post(address, {"name": "x"}).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_home_leads_everybody_to_where_they_work(cast: Cast) -> None:
    leads = {name: of(getattr(cast, name)).get("/")["Location"] for name in ("own", "director", "county")}
    assert leads == {
        "own": "/today/",
        "director": "/institutions/HA/",
        "county": "/places/420281/",
    }


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
