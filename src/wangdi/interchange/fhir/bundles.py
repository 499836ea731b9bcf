"""The frame of all that is sent: names of resources that stay the same, and resources that stand in it once."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

Resource = dict[str, Any]

URN = "urn:wangdi"
"""Codes of the product's own begin with this: of packs, registers, records."""

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"

_NAMESPACE = uuid5(NAMESPACE_URL, URN)


def resource_id(*parts: object) -> str:
    """The same for the same parts, at all times and everywhere."""
    return str(uuid5(_NAMESPACE, "\n".join(str(part) for part in parts)))


def kept(**elements: Any) -> Resource:
    """The elements that hold something: FHIR knows neither nulls nor empty lists. A trailing underscore is dropped."""
    return {name.rstrip("_"): value for name, value in elements.items() if value not in (None, "", [], {})}


def coded(system: str, code: str, text: str) -> Resource:
    """A CodeableConcept. The words are ours: those of LOINC and ICD-10 belong to whoever keeps them."""
    coding = {"system": system, "code": code}
    return {"coding": [coding | {"display": text}] if system.startswith(URN) else [coding], "text": text}


def in_terminology(name: str, code: str, display: str = "") -> Resource:
    """A CodeableConcept of HL7's own."""
    return {"coding": [kept(system=f"{TERMINOLOGY}/{name}", code=code, display=display)]}


class Collected:
    """Resources in the order in which they came, each under a name by which the others refer to it."""

    def __init__(self) -> None:
        self._found: dict[str, Resource] = {}

    def add(self, sort: str, *parts: object, **elements: Any) -> Resource:
        """Puts a resource in, unless it is there; a reference to it. ``parts`` tell it from all others of its sort."""
        number = resource_id(sort, *parts)
        if number not in self._found:
            self._found[number] = {"resourceType": sort, "id": number, **kept(**elements)}
        return {"reference": f"urn:uuid:{number}"}

    def knows(self, sort: str, *parts: object) -> bool:
        return resource_id(sort, *parts) in self._found

    def entries(self) -> list[Resource]:
        return [{"fullUrl": f"urn:uuid:{number}", "resource": found} for number, found in self._found.items()]
