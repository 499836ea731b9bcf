"""A referral on its way: written in a village, received and answered in a hospital, closed in the village."""

import re

import pyarrow as pa
import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from integration.web_network import Cast, add_hospital_doctor, build_network, days_ago
from wangdi.interchange.tables import record_schema
from wangdi.server.audit.services import verify_chain
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.services import (
    refresh_due_items,
    rulebook,
    save_and_refresh,
    today,
    transition_and_refresh,
    void_and_refresh,
)
from wangdi.server.network.models import Institution
from wangdi.server.records.bulk import load_tables
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import Conflict, InvalidRecord

KIND = "referral"
RECORD = "11111111-1111-7111-8111-111111111111"
PAGE = f"/records/{KIND}/{RECORD}/"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def hospital_doctor(cast: Cast) -> User:
    """Works in the county's hospital, far from the village."""
    return add_hospital_doctor()


@pytest.fixture
def referral(cast: Cast, hospital_doctor: User) -> RecordVersion:
    """Written ten days ago in R1's clinic."""
    return save_and_refresh(
        actor=cast.own,
        kind=rulebook().kinds[KIND],
        record_id=RECORD,
        subject_code="R1",
        institution_code="CA1",
        worker_code="W1",
        occurred_on=days_ago(10),
        values={"to_institution": "HOSP", "reason": "血压控制不佳"},
    )


def move(actor: User, transition: str, days: int = 9, **more: object) -> RecordVersion:
    return transition_and_refresh(
        actor=actor,
        kind=rulebook().kinds[KIND],
        record_id=RECORD,
        transition=transition,
        on=days_ago(days),
        **more,
    )


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(user)
    return client


def text(response: HttpResponse) -> str:
    return response.content.decode()


def due_of_record() -> list[tuple[str, str | None]]:
    items = DueItem.objects.filter(step=RECORD).order_by("schedule")
    return [(item.schedule, item.institution.code if item.institution else None) for item in items]


# -- the store --------------------------------------------------------------------------------------


def test_a_new_record_begins_in_the_initial_state_where_it_was_written(referral: RecordVersion) -> None:
    built_in = {name: referral.values[name] for name in ("state", "state_since", "assigned_institution")}
    day = days_ago(10).isoformat()
    assert built_in == {"state": "drafted", "state_since": day, "assigned_institution": "CA1"}
    assert (referral.state, referral.assigned) == ("drafted", Institution.objects.get(code="CA1"))
    assert due_of_record() == [("referral_drafted", "CA1")]


def test_a_transition_is_a_version_with_its_day_and_its_name_in_the_audit(
    cast: Cast, referral: RecordVersion
) -> None:
    sent = move(cast.own, "send")
    assert (sent.version, sent.values["state"], sent.values["sent_on"]) == (
        2,
        "sent",
        days_ago(9).isoformat(),
    )
    assert sent.values["assigned_institution"] == "HOSP"
    assert "assigned_worker" not in sent.values
    assert (sent.change.action, sent.change.summary["transition"]) == ("record.transition", "send")
    assert sent.change.actor == cast.own
    assert verify_chain() is None


def test_what_is_due_moves_with_the_record_and_is_escalated_when_late(
    cast: Cast, hospital_doctor: User, referral: RecordVersion
) -> None:
    move(cast.own, "send")
    assert due_of_record() == [("referral_sent", "HOSP"), ("referral_sent_escalated", "HOSP")]
    move(hospital_doctor, "receive", 8)
    assert [schedule for schedule, _ in due_of_record()] == [
        "referral_received",
        "referral_received_escalated",
    ]
    move(hospital_doctor, "answer", 7, values={"diagnosis": "高血压3级", "treatment": "调整用药"})
    assert due_of_record() == [("referral_answered", "CA1")]
    move(cast.own, "close", 6)
    assert due_of_record() == []


@pytest.mark.parametrize(
    ("transition", "words"),
    [("receive", "不能“接诊”"), ("close", "不能“办结”"), ("fly", "没有这种流转")],
)
def test_a_transition_from_the_wrong_state_is_refused_in_words(
    cast: Cast, hospital_doctor: User, referral: RecordVersion, transition: str, words: str
) -> None:
    with pytest.raises(InvalidRecord, match=words):
        move(hospital_doctor, transition)
    assert RecordVersion.objects.filter(record_id=RECORD).count() == 1


def test_who_has_no_role_at_the_side_that_makes_it_is_refused(
    cast: Cast, hospital_doctor: User, referral: RecordVersion
) -> None:
    for stranger in (cast.beside, cast.county, hospital_doctor):
        with pytest.raises(InvalidRecord, match="没有这个权限"):
            move(stranger, "send")
    move(cast.director, "send")  # of the health centre above the clinic
    with pytest.raises(InvalidRecord, match="没有这个权限"):
        move(cast.own, "receive")


def test_everything_that_stands_against_a_transition_is_said_at_once(
    cast: Cast, hospital_doctor: User, referral: RecordVersion
) -> None:
    move(cast.own, "send")
    move(hospital_doctor, "receive", 8)
    with pytest.raises(InvalidRecord) as refused:
        move(hospital_doctor, "answer", 9, values={"diagnosis": "高血压3级", "reason": "改写"})
    fields = {problem.field for problem in refused.value.problems}
    assert fields == {"treatment", "reason", "on"}
    assert RecordVersion.objects.filter(record_id=RECORD).count() == 3


def test_an_unknown_institution_is_refused(cast: Cast, referral: RecordVersion) -> None:
    with pytest.raises(InvalidRecord, match="NOWHERE"):
        move(cast.own, "send", values={"to_institution": "NOWHERE"})


def test_a_stale_or_repeated_request_changes_nothing_twice(cast: Cast, referral: RecordVersion) -> None:
    first = move(cast.own, "send", expected_version=1)
    assert move(cast.own, "send", expected_version=1) == first
    with pytest.raises(Conflict):
        move(cast.own, "cancel", expected_version=1, values={"cancel_reason": "本人不去"})


def test_a_void_record_does_not_move(cast: Cast, referral: RecordVersion) -> None:
    void_and_refresh(actor=cast.own, kind=rulebook().kinds[KIND], record_id=RECORD, reason="录错了人")
    with pytest.raises(InvalidRecord, match="已作废"):
        move(cast.own, "send")


def test_amending_the_form_leaves_the_state_as_it_is(cast: Cast, referral: RecordVersion) -> None:
    move(cast.own, "send")
    amended = save_and_refresh(
        actor=cast.own,
        kind=rulebook().kinds[KIND],
        record_id=RECORD,
        subject_code="R1",
        institution_code="CA1",
        worker_code="W1",
        occurred_on=days_ago(10),
        values={"to_institution": "HOSP", "reason": "血压仍未控制"},
        expected_version=2,
    )
    assert (amended.version, amended.values["state"], amended.assigned.code) == (3, "sent", "HOSP")


# -- who sees it ------------------------------------------------------------------------------------


def test_the_hospital_sees_the_record_in_its_hands_and_nothing_else_of_the_resident(
    cast: Cast, hospital_doctor: User, referral: RecordVersion
) -> None:
    hospital = client_of(hospital_doctor)
    assert hospital.get(PAGE).status_code == 404
    move(cast.own, "send")
    page = text(hospital.get(PAGE))
    assert "张三" in page
    assert 'href="/residents/R1/"' not in page
    assert f"{PAGE}edit/" not in page
    assert [hospital.get(a).status_code for a in ("/residents/R1/", f"{PAGE}edit/", f"{PAGE}void/")] == [
        404
    ] * 3
    assert hospital.get("/records/htn_followup/f2/").status_code == 404
    move(hospital_doctor, "refuse", 8, values={"refusal_reason": "无床位"})
    assert hospital.get(PAGE).status_code == 200  # it was in its hands
    assert client_of(cast.outsider).get(PAGE).status_code == 404
    found = RecordVersion.objects.current().visible_to(hospital_doctor)
    assert [record.record_id for record in found] == [RECORD]


def test_the_form_of_a_transition_is_for_those_who_may_make_it(
    cast: Cast, hospital_doctor: User, referral: RecordVersion
) -> None:
    users = (cast.own, cast.director, cast.county, cast.beside, cast.outsider, hospital_doctor)
    answers = [client_of(user).get(f"{PAGE}do/send/").status_code for user in users]
    assert answers == [200, 200, 302, 404, 404, 404]
    assert Client().get(f"{PAGE}do/send/")["Location"].startswith("/sign-in/")


# -- the pages --------------------------------------------------------------------------------------


def test_the_inbox_lists_what_waits_longest_first_and_marks_what_is_late(
    cast: Cast, hospital_doctor: User, referral: RecordVersion
) -> None:
    doctor, hospital = client_of(cast.own), client_of(hospital_doctor)
    assert "拟转" in text(doctor.get("/inbox/"))
    assert "没有等待办理的记录" in text(hospital.get("/inbox/"))
    move(cast.own, "send")
    assert "没有等待办理的记录" in text(doctor.get("/inbox/"))
    page = text(hospital.get("/inbox/"))
    assert "张三" in page
    assert "待接诊" in page
    assert "逾期 6 天" in page
    due = text(hospital.get("/due/"))
    assert "接诊上转病人" in due
    assert f"{days_ago(9)} 转来，尚未接诊或退回（血压控制不佳）" in due


def test_what_rests_comes_into_the_inbox_when_something_is_due_about_it(
    cast: Cast, hospital_doctor: User
) -> None:
    """Of two specialties that were granted, one lapses in twenty days: it has to be reviewed again."""
    lapses = {"resting": days_ago(-900), "renewal": days_ago(-20)}
    rows = [
        {
            "id": name,
            "subject": "HOSP",
            "institution": "HOSP",
            "occurred_on": days_ago(700),
            "status": "final",
        }
        | {"sort": "tcm", "name": "中医馆", "level": "county", "year": 2024, "state": "granted"}
        | {"state_since": days_ago(650), "assigned_institution": "HOSP", "granted_on": days_ago(650)}
        | {"valid_to": ends}
        for name, ends in lapses.items()
    ]
    table = pa.Table.from_pylist(rows, record_schema(rulebook().kinds["specialty"]))
    load_tables({"records/specialty": table}, kinds=rulebook().kinds, actor_name="import")
    refresh_due_items(Institution.objects.get(code="HOSP"), today())
    page = text(client_of(hospital_doctor).get("/inbox/"))
    assert [f"/records/specialty/{name}/" in page for name in lapses] == [False, True]


def test_a_referral_goes_through_the_pages_to_its_end(
    cast: Cast, hospital_doctor: User, referral: RecordVersion
) -> None:
    doctor, hospital = client_of(cast.own), client_of(hospital_doctor)
    _send_form(doctor, "send", **{"v-to_institution": "HOSP", "v-reason": "血压控制不佳"})
    assert re.findall(r'/do/(\w+)/"', text(hospital.get(PAGE))) == ["receive", "refuse"]
    _send_form(hospital, "receive")
    answered = {"v-diagnosis": "高血压3级", "v-treatment": "调整用药"}
    _send_form(hospital, "answer", **answered)
    page = text(doctor.get(PAGE))
    assert re.findall(r'/do/(\w+)/"', page) == ["close"]
    assert [step in page for step in ("转出", "接诊", "回复", "高血压3级", "大冶市人民医院")] == [True] * 5
    _send_form(doctor, "close")
    assert "/do/" not in text(doctor.get(PAGE))
    assert RecordVersion.objects.current().get(record_id=RECORD).values["closed_on"] == today().isoformat()


def _send_form(client: Client, transition: str, **typed: str) -> None:
    address = f"{PAGE}do/{transition}/"
    page = text(client.get(address))
    served = {name: _served(page, name) for name in ("version", "occurred_on")}
    assert client.post(address, {**served, **typed}).status_code == 302


def _served(page: str, name: str) -> str:
    (tag,) = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    return re.findall(r'value="([^"]*)"', tag)[0]


def test_the_form_of_a_new_record_asks_only_for_what_is_known_then(
    cast: Cast, referral: RecordVersion
) -> None:
    page = text(client_of(cast.own).get("/residents/R1/record/referral/"))
    asked = set(re.findall(r'name="v-(\w+)"', page))
    assert {"to_institution", "reason", "urgency"} <= asked
    assert asked.isdisjoint(
        {"arrived_on", "refusal_reason", "cancel_reason", "diagnosis", "treatment", "advice", "result_note"}
    )
    assert "上次" in page
    assert "上次</span> HOSP" not in page


def test_a_form_that_is_not_complete_says_what_is_missing_and_keeps_what_was_typed(
    cast: Cast, hospital_doctor: User, referral: RecordVersion
) -> None:
    move(cast.own, "send")
    move(hospital_doctor, "receive", 8)
    posted = {"version": "3", "occurred_on": today().isoformat(), "v-diagnosis": "高血压3级"}
    response = client_of(hospital_doctor).post(f"{PAGE}do/answer/", posted)
    assert response.status_code == 422
    assert "请填写诊治经过" in text(response)
    assert 'value="高血压3级"' in text(response)


def test_a_form_opened_before_somebody_else_moved_the_record_is_refused(
    cast: Cast, referral: RecordVersion
) -> None:
    move(cast.own, "send")
    posted = {"version": "1", "occurred_on": today().isoformat(), "v-cancel_reason": "本人不去"}
    response = client_of(cast.own).post(f"{PAGE}do/cancel/", posted)
    assert response.status_code == 409
    assert "刚刚被别人更新" in text(response)


def test_the_page_of_the_resident_shows_the_state_and_why_it_is_due(
    cast: Cast, referral: RecordVersion
) -> None:
    page = text(client_of(cast.own).get("/residents/R1/"))
    assert "拟转" in page
    assert f"{days_ago(10)} 已拟转至大冶市人民医院，尚未转出" in page
