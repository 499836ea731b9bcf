"""A version of a record as a FHIR message: from whom to whom, what happened, the form, what it says in standard terms.

The message follows from the version alone: made again, it is the same, byte for byte. Resources keep their ids from
version to version, so that a receiver replaces what it has; ``meta.versionId`` says which version it is.
"""

import json
from typing import Any

from wangdi.engine.model.workflows import ASSIGNED_INSTITUTION, ORIGIN, STATE
from wangdi.interchange.fhir.answers import add_answers
from wangdi.interchange.fhir.bundles import URN, Collected, Resource, kept, resource_id
from wangdi.interchange.fhir.clinical import Links, add_encounter, add_observations
from wangdi.interchange.fhir.moments import instant
from wangdi.interchange.fhir.parties import add_organisation, add_patient, add_practitioner
from wangdi.interchange.fhir.statements import (
    add_conditions,
    add_medication,
    add_procedures,
    add_request,
    event_of,
)
from wangdi.interchange.fhir.told import Organisation, ToldRecord

MEDIA_TYPE = "application/fhir+json; fhirVersion=4.0"

SOFTWARE = "网底 Wangdi"


def message(record: ToldRecord) -> Resource:
    """A Bundle of type message."""
    found = Collected()
    focus = add_record(found, record)
    header = _header(found, record, focus)
    number = resource_id("message", record.kind.name, record.record_id, record.version)
    return {
        "resourceType": "Bundle",
        "id": number,
        "language": "zh-CN",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{number}"},
        "type": "message",
        "timestamp": instant(record.saved_at),
        "entry": [{"fullUrl": f"urn:uuid:{header['id']}", "resource": header}, *found.entries()],
    }


def add_record(found: Collected, record: ToldRecord) -> list[Resource]:
    """Puts in everything that a record says; references to what is its own, the form last."""
    links = _links(found, record)
    encounter = add_encounter(found, record, links)
    links = Links(links.subject, links.institution, links.author, links.other, encounter)
    conditions = add_conditions(found, record, links)
    said = [
        *add_observations(found, record, links),
        *add_procedures(found, record, links),
        *add_medication(found, record, links),
    ]
    form = add_answers(
        found, record, subject=links.subject, encounter=encounter, author=links.author or links.subject
    )
    request = add_request(found, record, links, conditions, [form, *said])
    return [one for one in (request, encounter) if one is not None] + [*conditions, *said, form]


def as_text(bundle: Resource) -> str:
    """JSON in which Chinese stays readable."""
    return json.dumps(bundle, ensure_ascii=False, indent=1)


def _links(found: Collected, record: ToldRecord) -> Links:
    other = other_side(record)
    institution = add_organisation(found, record.institution) if record.institution is not None else None
    author = add_practitioner(found, record.worker) if record.worker is not None else institution
    return Links(
        add_patient(found, record.person),
        institution,
        author,
        add_organisation(found, other) if other is not None else None,
    )


def other_side(record: ToldRecord) -> Organisation | None:
    """The institution that a record is handed to, or was: the one its kind names, or else whoever has it in hand."""
    exchange = record.kind.exchange
    named = [record.values.get(exchange.to)] if exchange is not None and exchange.to is not None else []
    for code in (*named, record.values.get(ASSIGNED_INSTITUTION)):
        other = record.directory.institutions.get(str(code))
        if other is not None and other != record.institution:
            return other
    return None


def goes_back(record: ToldRecord) -> bool:
    """Whether the step that led here gave the record back to where it was written."""
    workflow, state = record.kind.workflow, record.values.get(STATE)
    steps = [step for step in workflow.transitions if step.target == state] if workflow is not None else []
    return any(step.hand_over == ORIGIN for step in steps)


def _header(found: Collected, record: ToldRecord, focus: list[Resource]) -> Resource:
    own, other = record.institution, other_side(record)
    sender, receiver = (other, own) if goes_back(record) and other is not None else (own, other)
    event: dict[str, Any] = {"system": f"{URN}:pack:{record.pack}", **event_of(record)}
    elements = kept(
        eventCoding=event,
        destination=[_destination(found, receiver)] if receiver is not None else None,
        sender=add_organisation(found, sender) if sender is not None else None,
        author=add_practitioner(found, record.worker) if record.worker is not None else None,
        source={"name": SOFTWARE, "software": "Wangdi", "endpoint": _endpoint(sender)},
        focus=focus,
    )
    number = resource_id("MessageHeader", record.kind.name, record.record_id, record.version)
    return {"resourceType": "MessageHeader", "id": number, **elements}


def _destination(found: Collected, receiver: Organisation) -> Resource:
    reference = add_organisation(found, receiver)
    return {"name": receiver.name, "endpoint": _endpoint(receiver), "receiver": reference}


def _endpoint(organisation: Organisation | None) -> str:
    return f"{URN}:institution:{organisation.code}" if organisation is not None else URN
