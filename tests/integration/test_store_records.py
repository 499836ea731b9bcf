"""Saving and voiding single records."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from store_samples import VISIT, load, load_network, visits

from integration.built import built_once
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import verify_chain
from wangdi.server.network.models import Resident
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import Conflict, InvalidRecord, save_record, void_record


@pytest.fixture
def doctor(installation: object) -> User:
    built_once(load_network)
    return User.objects.create_user("doctor")


def save(doctor: User, values: Mapping[str, Any], **more: Any) -> RecordVersion:
    return save_record(
        actor=doctor,
        kind=VISIT,
        values=values,
        **{"subject_code": "R1", "institution_code": "VA", "occurred_on": date(2026, 3, 1), **more},
    )


def test_a_new_record_gets_an_id_and_one_change_in_the_name_of_its_author(doctor: User) -> None:
    record = save(doctor, {"fpg": 7, "sbp": 130, "seen_on": date(2026, 3, 1), "note": ""}, worker_code="W1")
    record.refresh_from_db()
    assert record.record_id[14] == "7"
    assert (record.version, record.is_current, record.status) == (1, True, "final")
    assert record.subject == Resident.objects.get(code="R1").pk
    assert list(record.values.items()) == [("sbp", 130), ("fpg", 7.0), ("seen_on", "2026-03-01")]
    assert (record.change.actor, record.change.actor_name, record.change.action) == (
        doctor,
        "doctor",
        "record.save",
    )
    assert record.change.summary == {"kind": "visit", "record": record.record_id, "version": 1}
    assert verify_chain() is None


def test_saving_the_same_again_returns_the_stored_version(doctor: User) -> None:
    first = save(doctor, {"sbp": 130}, record_id="a")
    changes = Change.objects.count()
    assert save(doctor, {"sbp": 130}, record_id="a", expected_version=0) == first
    assert Change.objects.count() == changes


def test_a_form_and_a_file_with_the_same_content_are_the_same(doctor: User) -> None:
    values = {"sbp": 130, "fpg": 6.5, "complete": False, "mode": "1", "symptoms": ["2"], "note": "好 / 坏"}
    record = save(doctor, {**values, "seen_at": "9:05"}, record_id="a")
    row = {"id": "a", "institution": "VA", "occurred_on": date(2026, 3, 1), **values, "seen_at": 9 * 60 + 5}
    assert load(visit=visits(row)).change_id is None
    assert RecordVersion.objects.current().get() == record


def test_a_change_to_an_old_version_is_a_conflict_that_shows_the_newer_one(doctor: User) -> None:
    save(doctor, {"sbp": 130}, record_id="a")
    newer = save(doctor, {"sbp": 140}, record_id="a", expected_version=1)
    assert newer.version == 2
    with pytest.raises(Conflict) as caught:
        save(doctor, {"sbp": 150}, record_id="a", expected_version=1)
    assert caught.value.newer == newer
    assert RecordVersion.objects.current().get() == newer


def test_all_mistakes_are_told_at_once_and_nothing_is_saved(doctor: User) -> None:
    values = {
        "fpg": "high",
        "complete": 1,
        "seen_on": "1 March",
        "seen_at": "24:00",
        "mode": "3",
        "symptoms": ["1", "9"],
        "note": 5,
        "pulse": 80,
    }
    with pytest.raises(InvalidRecord) as caught:
        save(doctor, values, institution_code="nowhere", worker_code="nobody")
    fields = {problem.field for problem in caught.value.problems}
    assert fields == {*values, "sbp", "institution", "worker"}
    assert "请填写sbp" in str(caught.value)
    assert not RecordVersion.objects.exists()


@pytest.mark.parametrize(
    ("sbp", "hint"), [(49, "50mmHg"), (301, "300mmHg"), (130.0, "整数"), (2**31, "过大")]
)
def test_limits_are_named(doctor: User, sbp: float, hint: str) -> None:
    with pytest.raises(InvalidRecord, match=hint):
        save(doctor, {"sbp": sbp})


@pytest.mark.parametrize("sbp", [50, 300])
def test_limits_are_inclusive(doctor: User, sbp: int) -> None:
    assert save(doctor, {"sbp": sbp}).version == 1


def test_an_unknown_subject_is_refused(doctor: User) -> None:
    with pytest.raises(InvalidRecord, match="R99"):
        save(doctor, {"sbp": 130}, subject_code="R99")


def test_voiding_keeps_the_content_and_the_reason_and_happens_once(doctor: User) -> None:
    save(doctor, {"sbp": 130}, record_id="a")
    void = void_record(actor=doctor, kind=VISIT, record_id="a", reason="录错人", expected_version=1)
    assert (void.version, void.status, void.values) == (2, "void", {"sbp": 130})
    assert void.change.summary["reason"] == "录错人"
    assert void_record(actor=doctor, kind=VISIT, record_id="a", reason="again") == void
    assert not RecordVersion.objects.valid().exists()


def test_a_void_record_can_be_entered_again(doctor: User) -> None:
    save(doctor, {"sbp": 130}, record_id="a")
    void_record(actor=doctor, kind=VISIT, record_id="a", reason="x")
    assert save(doctor, {"sbp": 130}, record_id="a").version == 3
    assert RecordVersion.objects.valid().count() == 1


def test_what_was_never_saved_cannot_be_voided(doctor: User) -> None:
    with pytest.raises(RecordVersion.DoesNotExist, match="nothing"):
        void_record(actor=doctor, kind=VISIT, record_id="nothing", reason="x")
