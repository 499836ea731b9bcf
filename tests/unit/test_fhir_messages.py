"""Records as FHIR R4 messages: what packs say of exchange, judged by the models of `fhir.resources`."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from shipped import RULEBOOK
from wangdi.engine.model.exchange_flaws import is_loinc
from wangdi.engine.model.fields import FieldType
from wangdi.interchange.fhir.messages import as_text, message
from wangdi.interchange.fhir.told import HIDDEN, Directory, Organisation, Person, Practitioner, ToldRecord
from wangdi.interchange.fhir.values import UNITS

CENTRE, HOSPITAL = Organisation("Y1", "金山店镇卫生院"), Organisation("H1", "大冶市人民医院")
PERSON = Person(
    "R1", "张三", "1", date(1960, 5, 2), institution=CENTRE, id_number=HIDDEN, phone="13800000000"
)
DOCTOR = Practitioner("W1", "李医生", CENTRE)
SAVED = datetime(2026, 11, 20, 2, 3, 4, tzinfo=UTC)
HAND_OVER: Mapping[str, Any] = {
    "condition": "chest_pain",
    "diagnosis": "急性前壁心肌梗死",
    "to_institution": "H1",
    "platform_number": "120-77",
    "door_in_on": "2026-11-20",
    "door_in_clock": "23:50",
    "ecg_clock": "00:05",
    "door_out_on": "2026-11-21",
    "door_out_clock": "00:20",
    "face_arm_speech": ["face", "arm"],
    "sbp": 90,
    "dbp": 60,
    "glucose": 7.1,
    "consent": True,
    "state": "departed",
    "state_since": "2026-11-21",
    "assigned_institution": "H1",
}


def told(kind: str, values: Mapping[str, Any], **more: Any) -> ToldRecord:
    pack = next(one for one in RULEBOOK.packs if any(found.name == kind for found in one.kinds))
    directory = Directory({one.code: one for one in (CENTRE, HOSPITAL)})
    record = ToldRecord(
        *(pack.name, pack.version, RULEBOOK.kinds[kind], "record-1", 1, PERSON, date(2026, 11, 20), SAVED),
        values,
        institution=CENTRE,
        worker=DOCTOR,
        directory=directory,
    )
    return replace(record, **more)


def sent(record: ToldRecord) -> dict[str, list[dict[str, Any]]]:
    """The resources of the message by sort, after the models and the references were judged."""
    bundle = message(record)
    Bundle.model_validate_json(as_text(bundle))
    names = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(names) == len(set(names))
    assert references(bundle["entry"]) <= set(names)
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in bundle["entry"]:
        found.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    return found


def references(node: Any) -> set[str]:
    if isinstance(node, list):
        return {one for item in node for one in references(item)}
    if not isinstance(node, dict):
        return set()
    own = {node["reference"]} if "reference" in node else set()
    return own | {one for item in node.values() for one in references(item)}


def observation(found: dict[str, list[dict[str, Any]]], code: str) -> dict[str, Any]:
    (one,) = (one for one in found["Observation"] if one["code"]["coding"][0]["code"] == code)
    return one


def item(found: dict[str, list[dict[str, Any]]], name: str) -> Any:
    def all_of(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one for item in items for one in (item, *all_of(item.get("item", [])))]

    (form,) = found["QuestionnaireResponse"]
    return next(one["answer"] for one in all_of(form["item"]) if one["linkId"] == name)


def test_a_blood_pressure_is_one_observation_with_both_as_components_in_ucum() -> None:
    found = sent(told("htn_followup", {"visit_mode": "2", "sbp": 150, "dbp": 95, "weight": 66.5}))
    pressure = observation(found, "85354-9")
    parts = {part["code"]["coding"][0]["code"]: part["valueQuantity"] for part in pressure["component"]}
    assert {code: (one["value"], one["code"]) for code, one in parts.items()} == {
        "8480-6": (150, "mm[Hg]"),
        "8462-4": (95, "mm[Hg]"),
    }
    assert pressure["category"][0]["coding"][0]["code"] == "vital-signs"
    assert observation(found, "29463-7")["valueQuantity"]["code"] == "kg"
    (encounter,) = found["Encounter"]
    assert (encounter["class"]["code"], encounter["status"]) == ("HH", "finished")


def test_clocks_beside_days_become_points_in_time_also_past_midnight() -> None:
    found = sent(told("emergency_transfer", HAND_OVER))
    assert item(found, "door_in_clock") == [{"valueDateTime": "2026-11-20T23:50:00+08:00"}]
    assert item(found, "ecg_clock") == [{"valueDateTime": "2026-11-21T00:05:00+08:00"}]
    (encounter,) = found["Encounter"]
    assert encounter["period"] == {"start": "2026-11-20T23:50:00+08:00", "end": "2026-11-21T00:20:00+08:00"}


def test_a_clock_without_its_day_is_told_as_a_time_of_day() -> None:
    values = {name: value for name, value in HAND_OVER.items() if name != "door_out_on"}
    found = sent(told("emergency_transfer", values))
    assert item(found, "door_out_clock") == [{"valueTime": "00:20:00"}]


def test_a_hand_over_tells_from_whom_to_whom_under_the_platforms_number() -> None:
    found = sent(told("emergency_transfer", HAND_OVER))
    (header,), (encounter,) = found["MessageHeader"], found["Encounter"]
    assert header["eventCoding"]["code"] == "emergency_transfer.departed"
    assert header["destination"][0]["endpoint"] == "urn:wangdi:institution:H1"
    assert header["source"]["endpoint"] == "urn:wangdi:institution:Y1"
    assert encounter["identifier"][1]["value"] == "120-77"
    assert encounter["class"]["code"] == "EMER"
    (request,) = found["ServiceRequest"]
    assert (request["status"], request["reasonCode"][0]["coding"][0]["code"]) == ("active", "chest_pain")
    (condition,) = found["Condition"]
    assert condition["code"] == {"text": "急性前壁心肌梗死"}
    assert condition["verificationStatus"]["coding"][0]["code"] == "provisional"


def test_what_has_no_standard_code_keeps_that_of_its_pack() -> None:
    found = sent(told("emergency_transfer", HAND_OVER))
    signs = observation(found, "emergency_transfer.face_arm_speech")
    assert signs["code"]["coding"][0]["system"] == "urn:wangdi:pack:emergency_transfer"
    assert [part["code"]["coding"][0]["code"] for part in signs["component"]] == ["face", "arm"]


def test_the_form_in_a_message_leaves_nothing_out() -> None:
    found = sent(told("emergency_transfer", HAND_OVER))
    (form,) = found["QuestionnaireResponse"]

    def names(items: list[dict[str, Any]]) -> set[str]:
        return {one["linkId"] for one in items if "answer" in one} | {
            name for one in items for name in names(one.get("item", []))
        }

    assert names(form["item"]) == set(HAND_OVER)
    assert item(found, "consent") == [{"valueBoolean": True}]
    assert form["status"] == "in-progress"


def test_an_answer_goes_back_to_the_institution_that_asked() -> None:
    answered = {"to_institution": "H1", "reason": "血压控制不满意", "urgency": "3", "diagnosis": "高血压2级"}
    found = sent(told("referral", {**answered, "state": "answered", "assigned_institution": "Y1"}, version=4))
    (header,), (request,) = found["MessageHeader"], found["ServiceRequest"]
    assert header["destination"][0]["name"] == "金山店镇卫生院"
    assert header["source"]["endpoint"] == "urn:wangdi:institution:H1"
    assert request["priority"] == "stat"
    assert found["Condition"][0]["verificationStatus"]["coding"][0]["code"] == "confirmed"


@pytest.mark.parametrize(
    ("state", "status"), [("sent", "active"), ("closed", "completed"), ("cancelled", "revoked")]
)
def test_a_request_is_active_completed_or_revoked_as_its_workflow_ended(state: str, status: str) -> None:
    found = sent(told("referral", {"to_institution": "H1", "reason": "查因", "state": state}))
    assert found["ServiceRequest"][0]["status"] == status


def test_an_amended_record_has_the_same_names_and_says_its_version() -> None:
    first, second = (
        sent(told("htn_followup", {"sbp": sbp, "dbp": 95}, version=version))
        for version, sbp in ((1, 150), (2, 160))
    )
    old, new = observation(first, "85354-9"), observation(second, "85354-9")
    assert old["id"] == new["id"]
    assert [(one["meta"]["versionId"], one["status"]) for one in (old, new)] == [
        ("1", "final"),
        ("2", "amended"),
    ]
    assert second["QuestionnaireResponse"][0]["status"] == "amended"
    assert first["MessageHeader"][0]["id"] != second["MessageHeader"][0]["id"]


def test_a_void_record_was_entered_in_error_in_all_its_parts() -> None:
    found = sent(told("htn_followup", {"visit_mode": "1", "sbp": 150, "drug_1": "氨氯地平"}, is_void=True))
    statuses = {
        one["status"]
        for sort in ("Observation", "QuestionnaireResponse", "Encounter", "MedicationStatement")
        for one in found[sort]
    }
    assert statuses == {"entered-in-error"}
    registered = sent(told("htn_registration", {"diagnosed_on": "2020-03-01"}, is_void=True))
    assert "clinicalStatus" not in registered["Condition"][0]
    assert found["MessageHeader"][0]["eventCoding"]["code"] == "htn_followup.void"


def test_a_registration_says_the_disease_and_since_when() -> None:
    (condition,) = sent(told("htn_registration", {"diagnosed_on": "2020-03-01"}))["Condition"]
    assert condition["code"]["coding"] == [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "I10"}]
    assert condition["onsetDateTime"] == "2020-03-01"


def test_a_medicine_is_told_with_how_it_is_taken() -> None:
    values = {"drug_1": "氨氯地平", "drug_1_dose": "5mg", "drug_1_times": 1}
    (medicine,) = sent(told("htn_followup", values))["MedicationStatement"]
    assert medicine["medicationCodeableConcept"] == {"text": "氨氯地平"}
    assert medicine["dosage"] == [{"text": "药物1每次剂量：5mg；药物1每日次数：1次/日"}]


def test_what_is_hidden_is_marked_as_masked_and_nowhere_else() -> None:
    (patient,) = sent(told("htn_followup", {"sbp": 150}))["Patient"]
    number = next(one for one in patient["identifier"] if one["system"].startswith("urn:oid:"))
    assert "value" not in number
    assert number["_value"]["extension"][0]["valueCode"] == "masked"
    assert patient["telecom"] == [{"system": "phone", "value": "13800000000"}]


def test_every_kind_about_residents_makes_a_valid_message_with_all_its_fields_filled_in() -> None:
    """Slow models are asked once, for everything together; each form is complete."""
    kinds = [kind for kind in RULEBOOK.kinds.values() if kind.about == "resident"]
    assert len(kinds) > 60
    entries = []
    for kind in kinds:
        values = {field.name: _some(field.type, field) for field in kind.fields}
        entries += [
            entry
            for entry in message(told(kind.name, values))["entry"]
            if entry["resource"]["resourceType"] != "MessageHeader"
        ]
    Bundle.model_validate({"resourceType": "Bundle", "type": "collection", "entry": entries})


def _some(type_: FieldType, field: Any) -> Any:
    return {
        FieldType.TEXT: "文字",
        FieldType.INTEGER: 935,
        FieldType.DECIMAL: 6.5,
        FieldType.BOOLEAN: False,
        FieldType.DATE: "2026-11-20",
        FieldType.TIME: "09:35",
        FieldType.CHOICE: field.option_codes[-1] if field.options else None,
        FieldType.CHOICES: list(field.option_codes[:2]),
        FieldType.REFERENCE: "H1",
    }[type_]


def test_observations_in_a_unit_are_told_in_ucum() -> None:
    units = {
        field.unit
        for kind in RULEBOOK.kinds.values()
        for field in kind.form
        if field.exchange is not None and field.exchange.loinc is not None
    }
    assert units <= set(UNITS)


@pytest.mark.parametrize(
    ("code", "good"), [("8480-6", True), ("85354-9", True), ("8480-5", False), ("84806", False)]
)
def test_codes_of_loinc_have_their_check_digit(code: str, good: bool) -> None:
    assert is_loinc(code) is good
