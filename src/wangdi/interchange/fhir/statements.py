"""What was found, done and asked for: conditions, procedures, medication, requests."""

from wangdi.engine.model.exchange import Becomes, FieldExchange
from wangdi.engine.model.workflows import STATE, Workflow
from wangdi.interchange.fhir.answers import meta, record_system
from wangdi.interchange.fhir.bundles import ICD10, Collected, Resource, coded, in_terminology, kept
from wangdi.interchange.fhir.clinical import Links, codes_of, told_as
from wangdi.interchange.fhir.moments import instant
from wangdi.interchange.fhir.told import ToldRecord
from wangdi.interchange.fhir.values import option_codes


def add_conditions(found: Collected, record: ToldRecord, links: Links) -> list[Resource]:
    """The disease that the record stands for, and the diagnoses in it."""
    added = []
    diagnosis = record.kind.exchange.diagnosis if record.kind.exchange is not None else None
    if diagnosis is not None:
        since = record.values.get(diagnosis.since) if diagnosis.since is not None else None
        code = coded(ICD10, diagnosis.icd10, diagnosis.title.zh)
        added.append(_add_condition(found, record, links, "", code, "confirmed", "problem-list-item", since))
    for field, exchange in told_as(record, Becomes.CONDITION):
        for number, code in enumerate(option_codes(record, field)):
            part = f"{field.name}.{number}"
            certainty = exchange.certainty
            added.append(
                _add_condition(found, record, links, part, code, certainty, "encounter-diagnosis", None)
            )
    return added


def _add_condition(
    found: Collected,
    record: ToldRecord,
    links: Links,
    part: str,
    code: Resource,
    certainty: str | None,
    category: str,
    since: str | None,
) -> Resource:
    """By con-5 of FHIR R4 what was entered in error has no clinical status."""
    status = "entered-in-error" if record.is_void else certainty
    return found.add(
        "Condition",
        *(record.kind.name, record.record_id, part),
        meta=meta(record),
        clinicalStatus=None if record.is_void else in_terminology("condition-clinical", "active"),
        verificationStatus=in_terminology("condition-ver-status", status) if status is not None else None,
        category=[in_terminology("condition-category", category)],
        code=code,
        subject=links.subject,
        encounter=links.encounter,
        onsetDateTime=since,
        recordedDate=record.occurred_on.isoformat(),
        recorder=links.author if links.author != links.institution else None,
    )


def add_procedures(found: Collected, record: ToldRecord, links: Links) -> list[Resource]:
    return [
        found.add(
            "Procedure",
            *(record.kind.name, record.record_id, field.name, number),
            meta=meta(record),
            status="entered-in-error" if record.is_void else "completed",
            code=code,
            subject=links.subject,
            encounter=links.encounter,
            performedDateTime=record.occurred_on.isoformat(),
        )
        for field, _ in told_as(record, Becomes.PROCEDURE)
        for number, code in enumerate(option_codes(record, field))
    ]


def add_medication(found: Collected, record: ToldRecord, links: Links) -> list[Resource]:
    """In words, as it was written; whether it is still taken is not known."""
    return [
        found.add(
            "MedicationStatement",
            *(record.kind.name, record.record_id, field.name, number),
            meta=meta(record),
            status="entered-in-error" if record.is_void else "unknown",
            medicationCodeableConcept=code,
            subject=links.subject,
            context=links.encounter,
            effectiveDateTime=record.occurred_on.isoformat(),
            dateAsserted=record.occurred_on.isoformat(),
            dosage=_dosage(record, exchange),
        )
        for field, exchange in told_as(record, Becomes.MEDICATION)
        for number, code in enumerate(option_codes(record, field))
    ]


def _dosage(record: ToldRecord, exchange: FieldExchange) -> list[Resource]:
    told = [record.kind.field(name) for name in exchange.dosage if record.values.get(name) is not None]
    parts = (f"{field.title.zh}：{record.values[field.name]}{field.unit or ''}" for field in told)
    text = "；".join(parts)
    return [{"text": text}] if text else []


def add_request(
    found: Collected, record: ToldRecord, links: Links, reasons: list[Resource], supporting: list[Resource]
) -> Resource | None:
    """What is asked of the other side; None for kinds that ask for nothing."""
    exchange = record.kind.exchange
    if exchange is None or not exchange.request:
        return None
    return found.add(
        "ServiceRequest",
        record.kind.name,
        record.record_id,
        meta=meta(record),
        identifier=[{"system": record_system(record), "value": record.record_id}],
        status=_status(record),
        intent="order",
        priority=_priority(record),
        code={"text": record.kind.title.zh},
        subject=links.subject,
        encounter=links.encounter,
        authoredOn=instant(record.saved_at),
        requester=links.author,
        performer=[links.other] if links.other is not None else None,
        reasonCode=codes_of(record, Becomes.REASON),
        reasonReference=reasons,
        supportingInfo=supporting,
    )


def _priority(record: ToldRecord) -> str | None:
    for field, exchange in told_as(record, Becomes.PRIORITY):
        return dict(exchange.codes).get(record.values[field.name])
    return None


def _status(record: ToldRecord) -> str:
    if record.is_void:
        return "entered-in-error"
    workflow, state = record.kind.workflow, record.values.get(STATE)
    if workflow is None or state in workflow.open_states:
        return "active"
    return "revoked" if _is_given_up(workflow, str(state)) else "completed"


def _is_given_up(workflow: Workflow, state: str) -> bool:
    """Whether only exceptional steps lead to a state."""
    return all(step.exceptional for step in workflow.transitions if step.target == state)


def event_of(record: ToldRecord) -> Resource:
    """What happened, as the event of a message: the kind, and the state it came into."""
    name, title = record.kind.name, record.kind.title.zh
    state = "void" if record.is_void else record.values.get(STATE)
    if record.is_void:
        title = f"{title}：作废"
    elif state is not None and record.kind.workflow is not None:
        states = {one.name: one.title.zh for one in record.kind.workflow.states}
        title = f"{title}：{states.get(str(state), state)}"
    code = f"{name}.{state}" if state is not None else name
    return kept(code=code, display=title)
