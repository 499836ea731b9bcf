"""Records handed to other systems: on a page, by the command, over HTTP with a token. Seen by whom, hidden, audited."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from fhir.resources.R4B.bundle import Bundle
from typer.testing import CliRunner

from integration.web_network import (
    ID_NUMBER,
    PHONE,
    Cast,
    add_hospital_doctor,
    build_network,
    days_ago,
)
from wangdi.cli.main import app
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import verify_chain
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.services import (
    rulebook,
    save_and_refresh,
    transition_and_refresh,
    void_and_refresh,
)
from wangdi.server.intake import fetching
from wangdi.server.intake.tokens import InvalidToken, make_token

FOLLOW_UP = "/records/htn_followup/f2/exchange/"
PERSON = "/residents/R1/exchange/"
REFERRAL = "11111111-1111-7111-8111-111111111111"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def consultant(cast: Cast) -> User:
    """Works in a hospital of another county."""
    return add_hospital_doctor()


def refer(cast: Cast) -> None:
    kind = rulebook().kinds["referral"]
    save_and_refresh(
        actor=cast.own,
        kind=kind,
        record_id=REFERRAL,
        subject_code="R1",
        institution_code="CA1",
        worker_code="W1",
        occurred_on=days_ago(5),
        values={"to_institution": "HOSP", "reason": "血压控制不佳", "urgency": "2"},
    )
    transition_and_refresh(
        actor=cast.own, kind=kind, record_id=REFERRAL, transition="send", on=days_ago(4), values={}
    )


def client_of(user: object) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(user)
    return client


def resources(bundle: Any, sort: str) -> list[dict[str, Any]]:
    Bundle.model_validate(bundle)
    return [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == sort]


def test_a_message_is_downloaded_for_a_reason_that_the_audit_keeps(cast: Cast) -> None:
    client = client_of(cast.own)
    shown = client.get(FOLLOW_UP).content.decode()
    assert "LOINC 8480-6" in shown
    assert client.post(FOLLOW_UP, {"reason": " "}).status_code == 422
    answer = client.post(FOLLOW_UP, {"reason": "转诊给接收医院"})
    assert answer["Content-Type"].startswith("application/fhir+json")
    assert resources(answer.json(), "Observation")
    change = Change.objects.get(action="exchange.message")
    assert change.summary == {
        "kind": "htn_followup",
        "record": "f2",
        "version": 1,
        "code": "R1",
        "reason": "转诊给接收医院",
        "numbers": False,
    }
    assert verify_chain() is None


def test_numbers_are_masked_unless_somebody_who_records_about_the_person_asks_for_them(cast: Cast) -> None:
    reason = {"reason": "转诊给接收医院"}
    masked = client_of(cast.own).post(FOLLOW_UP, reason).content.decode()
    assert ID_NUMBER not in masked
    assert PHONE not in masked
    full = client_of(cast.own).post(FOLLOW_UP, {**reason, "numbers": "on"}).content.decode()
    assert ID_NUMBER in full
    assert PHONE in full
    looking = client_of(cast.county).post(FOLLOW_UP, {**reason, "numbers": "on"}).content.decode()
    assert ID_NUMBER not in looking
    assert [one.summary["numbers"] for one in Change.objects.filter(action="exchange.message")] == [
        False,
        True,
        False,
    ]


def test_the_hospital_that_received_a_referral_takes_its_message_and_nothing_else_of_the_person(
    cast: Cast, consultant: User
) -> None:
    refer(cast)
    client = client_of(consultant)
    bundle = client.post(
        f"/records/referral/{REFERRAL}/exchange/", {"reason": "接诊", "numbers": "on"}
    ).json()
    (request,) = resources(bundle, "ServiceRequest")
    assert (request["priority"], request["status"]) == ("urgent", "active")
    assert ID_NUMBER not in json.dumps(bundle)
    assert client.get(FOLLOW_UP).status_code == 404
    assert client.get(PERSON).status_code == 404


def test_records_about_institutions_have_no_message(cast: Cast) -> None:
    made = save_and_refresh(
        actor=cast.county,
        kind=rulebook().kinds["reserved_slots"],
        subject_code="HA",
        institution_code="HA",
        occurred_on=days_ago(3),
        values={"week_from": days_ago(3).isoformat(), "offered": 5},
    )
    page = f"/records/reserved_slots/{made.record_id}/"
    client = client_of(cast.county)
    assert "exchange/" not in client.get(page).content.decode()
    assert client.get(f"{page}exchange/").status_code == 404


def test_the_shared_record_has_the_chosen_programmes_without_what_was_voided(cast: Cast) -> None:
    kind = rulebook().kinds["htn_followup"]
    client = client_of(cast.own)
    answer = client.post(PERSON, {"reason": "转诊给接收医院", "months": "", "packs": ["hypertension"]})
    bundle = answer.json()
    (composition,) = resources(bundle, "Composition")
    assert [section["title"] for section in composition["section"]] == ["高血压患者健康管理"]
    forms = {one["identifier"]["value"] for one in resources(bundle, "QuestionnaireResponse")}
    assert "f2" in forms
    assert "收缩压" in composition["section"][0]["text"]["div"]
    void_and_refresh(actor=cast.own, kind=kind, record_id="f2", reason="录错人")
    again = client.post(PERSON, {"reason": "转诊给接收医院", "months": "", "packs": ["hypertension"]}).json()
    left = {one["identifier"]["value"] for one in resources(again, "QuestionnaireResponse")}
    assert left == forms - {"f2"}
    change = Change.objects.filter(action="exchange.document").latest("id")
    assert change.summary["packs"] == ["hypertension"]
    assert change.summary["records"] == len(left)


def test_a_shared_record_needs_a_reason_and_something_to_share(cast: Cast) -> None:
    client = client_of(cast.own)
    assert client.post(PERSON, {"reason": "转诊给接收医院", "months": ""}).status_code == 422
    assert client.post(PERSON, {"months": "12", "packs": ["hypertension"]}).status_code == 422
    assert (
        client.post(PERSON, {"reason": "转诊", "months": "7", "packs": ["hypertension"]}).status_code == 404
    )
    assert not Change.objects.filter(action="exchange.document").exists()


def ask(secret: str, address: str) -> Any:
    found = urlsplit(address)
    path = found.path + (f"?{found.query}" if found.query else "")
    return Client().get(path, headers={"authorization": f"Bearer {secret}"})


def next_of(bundle: Any) -> str:
    (link,) = bundle["link"]
    return str(link["url"])


def has_more(bundle: Any) -> bool:
    (link,) = bundle["link"]
    return bool(link["relation"] == "next")


def test_a_system_fetches_what_is_new_page_by_page_each_record_once(cast: Cast) -> None:
    _, secret = make_token("急救平台", "ems-a", (), fetches=["htn_followup"], place="A")
    first = ask(secret, "/api/messages/htn_followup/?limit=1").json()
    numbers = []
    bundle = first
    while has_more(bundle):
        Bundle.model_validate(bundle)
        numbers += [one["resource"]["id"] for one in bundle["entry"]]
        bundle = ask(secret, f"{next_of(bundle)}&limit=1").json()
    numbers += [one["resource"]["id"] for one in bundle["entry"]]
    everything = ask(secret, "/api/messages/htn_followup/").json()["entry"]
    assert numbers == [one["resource"]["id"] for one in everything]
    assert len(numbers) > 1
    void_and_refresh(actor=cast.own, kind=rulebook().kinds["htn_followup"], record_id="f2", reason="录错人")
    (entry,) = ask(secret, next_of(bundle)).json()["entry"]
    statuses = {one["status"] for one in resources(entry["resource"], "QuestionnaireResponse")}
    assert statuses == {"entered-in-error"}


def test_of_a_long_store_an_answer_goes_through_a_part_and_says_that_there_is_more(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, secret = make_token("急救平台", "ems-a", (), fetches=["htn_followup"], place="A")
    whole = ask(secret, "/api/messages/htn_followup/").json()
    for name, small in (("SPAN", 2), ("SPANS", 1), ("BLOCK", 1)):
        monkeypatch.setattr(fetching, name, small)
    bundle = ask(secret, "/api/messages/htn_followup/").json()
    found, answers = list(bundle.get("entry", [])), 1
    while has_more(bundle):
        bundle = ask(secret, next_of(bundle)).json()
        found, answers = [*found, *bundle.get("entry", [])], answers + 1
    assert found == whole["entry"]
    assert answers > len(found)
    assert next_of(bundle) == next_of(whole)


def test_fetching_is_in_the_audit_by_record_and_an_empty_answer_is_not(cast: Cast) -> None:
    made, secret = make_token("急救平台", "ems-a", (), fetches=["htn_followup"], place="A")
    bundle = ask(secret, "/api/messages/htn_followup/").json()
    ask(secret, next_of(bundle))
    change = Change.objects.get(action="exchange.fetch")
    assert change.actor_name == "急救平台 (ems-a)"
    assert (change.summary["token"], change.summary["records"]) == (made.pk, len(bundle["entry"]))
    assert "f2" in change.summary["ids"]
    assert verify_chain() is None


def test_a_token_fetches_its_kinds_of_its_area_alone(cast: Cast, consultant: User) -> None:
    refer(cast)
    _, own = make_token("卫生院", "his-a", (), fetches=["referral"], institution="CA1")
    _, receiving = make_token("人民医院", "his-b", (), fetches=["referral"], institution="HOSP")
    _, other = make_token("外县", "his-c", (), fetches=["referral"], place="420222")
    found = [ask(secret, "/api/messages/referral/").json() for secret in (own, receiving, other)]
    assert [len(bundle.get("entry", [])) for bundle in found] == [1, 1, 0]
    assert ask(own, "/api/messages/htn_followup/").status_code == 403
    assert ask("wangdi_none", "/api/messages/referral/").status_code == 401


def test_numbers_are_in_messages_of_tokens_that_were_given_them(cast: Cast) -> None:
    texts = []
    for given in (False, True):
        _, secret = make_token(
            "平台", f"ems-{given}".lower(), (), fetches=["htn_followup"], with_numbers=given, place="A"
        )
        texts.append(ask(secret, "/api/messages/htn_followup/").content.decode())
    assert [ID_NUMBER in text for text in texts] == [False, True]


@pytest.mark.parametrize("asked", ["after=x", "after=-1", "since=2026-11-24", "since=today", "limit=1.5"])
def test_what_is_asked_wrongly_is_told(cast: Cast, asked: str) -> None:
    _, secret = make_token("平台", "ems-a", (), fetches=["htn_followup"], place="A")
    answer = ask(secret, f"/api/messages/htn_followup/?{asked}")
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["column"] == asked.partition("=")[0]


def test_since_a_moment_are_the_records_saved_after_it(cast: Cast) -> None:
    _, secret = make_token("平台", "ems-a", (), fetches=["htn_followup"], place="A")
    latest = Change.objects.latest("id").at
    later, earlier = latest + timedelta(minutes=1), latest - timedelta(days=1)
    assert "entry" not in ask(secret, f"/api/messages/htn_followup/?since={quote(later.isoformat())}").json()
    assert ask(secret, f"/api/messages/htn_followup/?since={quote(earlier.isoformat())}").json()["entry"]


def test_a_token_must_be_for_something_that_there_is_to_fetch(cast: Cast) -> None:
    with pytest.raises(InvalidToken) as nothing:
        make_token("平台", "ems-a", (), place="A")
    with pytest.raises(InvalidToken) as wrong:
        make_token("平台", "ems-a", (), fetches=["reserved_slots", "no_such"], place="A")
    assert [field for field, _ in nothing.value.problems] == ["kinds"]
    assert [field for field, _ in wrong.value.problems] == ["fetches", "fetches"]


def test_the_description_for_engineers_tells_what_is_fetched(cast: Cast) -> None:
    _, secret = make_token("平台", "ems-a", ["syndrome_day"], fetches=["referral"], place="A")
    told = ask(secret, "/api/openapi.json").json()
    assert set(told["paths"]) == {"/api/records/syndrome_day/", "/api/messages/referral/"}
    assert ask(secret, "/api/kinds/").json()["fetches"][0]["kind"] == "referral"


def test_the_command_writes_message_and_document_for_a_reason(cast: Cast, tmp_path: Any) -> None:
    runner, target = CliRunner(), tmp_path / "found.json"
    shown = runner.invoke(app, ["exchange", "message", "htn_followup", "f2", "--reason", "转诊"])
    assert resources(json.loads(shown.output), "MessageHeader")
    options = ["--reason", "转诊", "--to", str(target), "--numbers"]
    assert runner.invoke(app, ["exchange", "document", "R1", *options]).exit_code == 0
    assert ID_NUMBER in target.read_text("utf-8")
    assert runner.invoke(app, ["exchange", "document", "R1", "--reason", " "]).exit_code == 1
    assert runner.invoke(app, ["exchange", "message", "htn_followup", "x", "--reason", "转诊"]).exit_code == 2
    assert Change.objects.filter(action__startswith="exchange.").count() == 2
