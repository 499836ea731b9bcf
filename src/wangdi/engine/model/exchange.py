"""How records of a kind are told to other systems in standard terms: which resource a field becomes, under which code."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from wangdi.engine.model.text import Text


class Becomes(Enum):
    """What a field is told as besides being an answer of its form; the value is the word that pack authors write."""

    OBSERVATION = "observation"
    CONDITION = "condition"
    PROCEDURE = "procedure"
    MEDICATION = "medication"
    REASON = "reason"
    """Why somebody was seen or sent."""
    PRIORITY = "priority"
    """How urgent a request is."""
    SETTING = "setting"
    """Where the service was given: its sort of encounter."""
    IDENTIFIER = "identifier"
    """The number that the event has in another system."""
    START = "start"
    END = "end"
    """When the service began and ended."""


ENCOUNTERS: Mapping[str, str] = {
    "ambulatory": "AMB",
    "emergency": "EMER",
    "field": "FLD",
    "home": "HH",
    "inpatient": "IMP",
    "virtual": "VR",
}
"""What authors write, and the code of HL7 v3 ActEncounterCode."""


CODES: Mapping[Becomes, tuple[str, ...]] = {
    Becomes.PRIORITY: ("routine", "urgent", "asap", "stat"),
    Becomes.SETTING: tuple(ENCOUNTERS),
}
"""What the options of a choice may stand for; priorities are of HL7 FHIR R4, request-priority."""


@dataclass(frozen=True, slots=True)
class FieldExchange:
    """How one field is told. Of ``day`` and ``after`` at most one stands, at a clock (a field of type time).

    ``loinc`` is the code of an observation, ``panel`` that of the panel which it is part of. ``certainty`` is of HL7 FHIR
    R4, condition-ver-status; ``codes`` say by option which of `CODES` a priority or a setting is. ``dosage`` names the
    fields that say how a medicine is taken, ``day`` the date that a clock belongs to, ``after`` the clock it follows, which
    may be before midnight.
    """

    becomes: Becomes | None = None
    certainty: str | None = None
    loinc: str | None = None
    panel: str | None = None
    codes: tuple[tuple[str, str], ...] = ()
    dosage: tuple[str, ...] = ()
    day: str | None = None
    after: str | None = None

    @property
    def is_clock(self) -> bool:
        return self.day is not None or self.after is not None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The disease that a record of the kind says somebody has, by ICD-10; ``since`` names the field with its first day."""

    icd10: str
    title: Text
    since: str | None = None


@dataclass(frozen=True, slots=True)
class KindExchange:
    """How a record of the kind is told as a whole.

    ``encounter`` is one of `ENCOUNTERS` where a service was given, ``request`` where one is asked for; ``to`` names the
    field with the institution on the other side.
    """

    encounter: str | None = None
    request: bool = False
    to: str | None = None
    diagnosis: Diagnosis | None = None
