"""People and institutions as resources."""

from collections.abc import Mapping

from wangdi.interchange.fhir.bundles import TERMINOLOGY, URN, Collected, Resource, kept
from wangdi.interchange.fhir.told import HIDDEN, Hidden, Organisation, Person, Practitioner

ID_NUMBER = "urn:oid:2.16.156.10011.1.3"
"""Identity numbers of residents, as in the documents shared by WS/T 500-2016."""

_GENDERS: Mapping[str | None, str] = {"1": "male", "2": "female"}

_MASKED = {
    "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}
    ]
}


def add_patient(found: Collected, person: Person) -> Resource:
    managing = add_organisation(found, person.institution) if person.institution is not None else None
    return found.add(
        "Patient",
        person.code,
        identifier=[_identifier(URN + ":resident", person.code), *_id_number(person.id_number)],
        name=[{"use": "official", "text": person.name}],
        telecom=_phone(person.phone),
        gender=_GENDERS.get(person.sex, "unknown"),
        birthDate=person.birth_date.isoformat() if person.birth_date else None,
        deceasedDateTime=person.death_date.isoformat() if person.death_date else None,
        address=_address(person),
        managingOrganization=managing,
    )


def add_organisation(found: Collected, organisation: Organisation) -> Resource:
    kind = organisation.type
    return found.add(
        "Organization",
        organisation.code,
        identifier=[_identifier(URN + ":institution", organisation.code)],
        type_=[{"text": kind.zh}] if kind is not None else None,
        name=organisation.name,
    )


def add_practitioner(found: Collected, worker: Practitioner) -> Resource:
    """The person in the institution where they work: a PractitionerRole."""
    person = found.add(
        "Practitioner",
        worker.code,
        identifier=[_identifier(URN + ":worker", worker.code)],
        name=[{"use": "official", "text": worker.name}],
    )
    at = add_organisation(found, worker.institution) if worker.institution is not None else None
    return found.add("PractitionerRole", worker.code, practitioner=person, organization=at)


def _identifier(system: str, value: str) -> Resource:
    return {"use": "official", "system": system, "value": value}


def _id_number(number: str | Hidden | None) -> list[Resource]:
    if number is None:
        return []
    kind = {"coding": [{"system": f"{TERMINOLOGY}/v2-0203", "code": "NI"}], "text": "居民身份证"}
    shown: Resource = {"_value": _MASKED} if number is HIDDEN else {"value": number}
    return [{"use": "official", "type": kind, "system": ID_NUMBER, **shown}]


def _phone(number: str | Hidden | None) -> list[Resource]:
    if number is None:
        return []
    return [{"system": "phone", **({"_value": _MASKED} if number is HIDDEN else {"value": number})}]


def _address(person: Person) -> list[Resource]:
    text = "".join(part for part in (person.place, person.address) if part)
    return [kept(use="home", text=text, country="CN")] if text else []
