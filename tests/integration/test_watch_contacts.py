"""The contacts of an alert's cases: registered on its page, observed day by day, registered as cases when they fall ill."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from integration.test_watch import declared_as
from integration.test_web_watch import alert, county, page, user  # noqa: F401
from wangdi.server.access.models import Role
from wangdi.server.evaluation.declarations import DeclarationError
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.services import rulebook, save_and_refresh, today
from wangdi.server.network.models import Institution
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import InvalidRecord
from wangdi.server.watch import declaration as declaring


def save(kind: str, resident: str = "R1", days_ago: int = 0, **values: object) -> RecordVersion:
    return save_and_refresh(
        actor=None,
        kind=rulebook().kinds[kind],
        subject_code=resident,
        occurred_on=today() - timedelta(days=days_ago),
        values=values,
        record_id=str(uuid4()),
        expected_version=0,
    )


def contact(resident: str = "R1", days_ago: int = 0) -> RecordVersion:
    exposed = (today() - timedelta(days=days_ago + 1)).isoformat()
    return save(
        "close_contact",
        resident,
        days_ago,
        alert=alert().record_id,
        relation="household",
        last_exposure=exposed,
    )


def case() -> str:
    return f"/watch/alerts/{alert().record_id}/"


def the_contacts(told: str) -> str:
    found = re.search(r'<section class="card contacts".*?</section>', told, re.S)
    assert found is not None
    return found.group()


@pytest.fixture
def doctor(county: Client) -> Client:  # noqa: F811
    return user("doctor", Role.TOWNSHIP_DOCTOR, institution=Institution.objects.get(code="HA"))


def test_a_contact_is_found_registered_and_observed_from_the_page_of_the_alert(doctor: Client) -> None:
    told = the_contacts(page(doctor, f"{case()}?who=张三"))
    assert "还没有登记密切接触者" in told
    link = re.search(r'href="(/residents/R1/record/close_contact/[^"]*)"', told)
    assert link is not None
    address = link.group(1).replace("&amp;", "&")
    form = page(doctor, address)
    assert re.search(rf'<option value="{alert().record_id}" selected>呼吸道症候群升高 · 金湖', form)
    answer = doctor.post(
        address,
        {
            "id": str(uuid4()),
            "version": "0",
            "occurred_on": today().isoformat(),
            "v-alert": alert().record_id,
            "v-relation": "household",
            "v-last_exposure": today().isoformat(),
        },
    )
    assert answer["Location"] == case()
    told = the_contacts(page(doctor, case()))
    assert "张三" in told
    assert "今天应观察" in told
    assert "0 / 1 天" in told
    assert (today() + timedelta(days=14)).isoformat() in told
    assert f"/residents/R1/record/contact_day/?back={alert().record_id}" in told


def test_observed_days_are_counted_and_a_day_too_late_is_told(doctor: Client) -> None:
    contact(days_ago=3)
    save("contact_day", days_ago=3, ill=False)
    save("contact_day", days_ago=2, ill=False)
    told = the_contacts(page(doctor, case()))
    assert "2 / 4 天" in told
    assert "观察逾期 1 天" in told
    save("contact_day", ill=False)
    told = the_contacts(page(doctor, case()))
    assert "3 / 4 天" in told
    assert "今天已观察" in told


def test_whoever_falls_ill_is_to_be_registered_as_a_case_with_what_was_observed(doctor: Client) -> None:
    contact(days_ago=2)
    save("contact_day", days_ago=1, ill=True, symptoms="发热、咳嗽", temperature=38.6)
    told = the_contacts(page(doctor, case()))
    assert "有症状，待登记为疑似病例" in told
    link = re.search(r'href="(/residents/R1/record/suspected_case/[^"]*)"', told)
    assert link is not None
    form = page(doctor, link.group(1).replace("&amp;", "&"))
    assert 'value="发热、咳嗽"' in form
    assert 'value="38.6"' in form
    assert set(DueItem.objects.filter(schedule__startswith="contact").values_list("schedule", flat=True)) == {
        "contact_becomes_case"
    }
    save("suspected_case", symptoms="密切接触者发热")
    told = the_contacts(page(doctor, case()))
    assert "已登记为疑似病例" in told
    assert "待登记" not in told


def test_after_the_last_day_the_observation_is_over(doctor: Client) -> None:
    contact(days_ago=16)
    told = the_contacts(page(doctor, case()))
    assert "观察期满" in told
    assert "0 / 14 天" in told


def test_contacts_elsewhere_are_counted_and_not_named(county: Client, doctor: Client) -> None:  # noqa: F811
    contact("R1")
    contact("R3")
    told = the_contacts(page(doctor, case()))
    assert "张三" in told
    assert "王五" not in told
    assert "另有 1 名密切接触者" in told
    assert "登记密切接触者" not in the_contacts(
        page(county, case())
    )  # officers write nothing about residents


def test_a_contact_says_its_alert_in_words_and_keeps_it_when_it_is_amended(doctor: Client) -> None:
    record = contact()
    shown = page(doctor, f"/records/close_contact/{record.record_id}/")
    assert "呼吸道症候群升高 · 金湖" in shown
    assert "selected>呼吸道症候群升高" in page(doctor, f"/records/close_contact/{record.record_id}/edit/")


def test_an_alert_that_there_is_not_is_refused(doctor: Client) -> None:
    with pytest.raises(InvalidRecord) as refused:
        save("close_contact", alert=str(uuid4()), relation="school", last_exposure=today().isoformat())
    assert [problem.field for problem in refused.value.problems] == ["alert"]


def test_the_list_of_alerts_names_the_channel_and_the_unit_of_its_numbers(county: Client) -> None:  # noqa: F811
    told = page(county, "/watch/")
    assert re.search(r"(发热就诊：实际 [\d.]+ 人次|退热药销售：实际 [\d.]+ 盒)", told)


def test_contacts_that_do_not_fit_the_packs_are_told_with_what_is_wrong() -> None:
    text = declared_as(
        kind=("kind: close_contact", "kind: close_contcat"),
        until=("until: contact_until", "until: contact_untill"),
        ill=("ill: ill", "ill: symptoms"),
        takes=("temperature: temperature}", "temperature: temprature}"),
    )
    with pytest.raises(DeclarationError) as raised:
        declaring.WATCH.read(text, "watch.yaml", rulebook())
    told = str(raised.value)
    for word in ("close_contcat", "contact_untill", "contact_day.symptoms", "contact_day.temprature"):
        assert word in told, word
    unlinked = declared_as(kind=("kind: close_contact", "kind: suspected_case"))
    with pytest.raises(DeclarationError, match="no field of it is the record_of alert"):
        declaring.WATCH.read(unlinked, "watch.yaml", rulebook())
