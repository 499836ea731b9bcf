"""What was seen: the service that was given, and the observations made in it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from wangdi.engine.model.exchange import ENCOUNTERS, Becomes, FieldExchange
from wangdi.engine.model.fields import Field
from wangdi.engine.model.workflows import STATE
from wangdi.interchange.fhir.answers import meta, record_system
from wangdi.interchange.fhir.bundles import (
    LOINC,
    TERMINOLOGY,
    Collected,
    Resource,
    coded,
    in_terminology,
    kept,
)
from wangdi.interchange.fhir.moments import instant, moment_of_day
from wangdi.interchange.fhir.told import ToldRecord
from wangdi.interchange.fhir.values import observed, option_codes, own_code

VITAL_SIGNS = frozenset(
    (
        *("85353-1", "9279-1", "8867-4", "2708-6", "8310-5", "8302-2"),
        *("9843-4", "29463-7", "39156-5", "85354-9", "8480-6", "8462-4"),
    )
)
"""The codes of the vital-signs profiles of FHIR R4."""


@dataclass(frozen=True, slots=True)
class Links:
    """References that nearly every resource of a record has; what is not there is None."""

    subject: Resource
    institution: Resource | None
    author: Resource | None
    """The worker, or else the institution."""
    other: Resource | None = None
    """The institution on the other side."""
    encounter: Resource | None = None


def told_as(record: ToldRecord, becomes: Becomes) -> Iterator[tuple[Field, FieldExchange]]:
    """The fields that hold something and are told as this."""
    for field in record.kind.form:
        exchange = field.exchange
        if exchange is not None and exchange.becomes is becomes and record.values.get(field.name) is not None:
            yield field, exchange


def add_encounter(found: Collected, record: ToldRecord, links: Links) -> Resource | None:
    """The service that was given; None for kinds that say nothing of one."""
    sort = _sort(record)
    if sort is None:
        return None
    numbers = [
        {"system": f"{record_system(record)}.{field.name}", "value": record.values[field.name]}
        for field, _ in told_as(record, Becomes.IDENTIFIER)
    ]
    is_open = (
        record.kind.workflow is not None and record.values.get(STATE) in record.kind.workflow.open_states
    )
    status = "entered-in-error" if record.is_void else "in-progress" if is_open else "finished"
    return found.add(
        "Encounter",
        record.kind.name,
        record.record_id,
        meta=meta(record),
        identifier=[{"system": record_system(record), "value": record.record_id}, *numbers],
        status=status,
        class_={"system": f"{TERMINOLOGY}/v3-ActCode", "code": ENCOUNTERS[sort]},
        type_=[{"text": record.kind.title.zh}],
        subject=links.subject,
        participant=[{"individual": links.author}] if links.author != links.institution else None,
        period=_period(record),
        reasonCode=codes_of(record, Becomes.REASON),
        hospitalization={"destination": links.other} if links.other is not None else None,
        serviceProvider=links.institution,
    )


def _sort(record: ToldRecord) -> str | None:
    """One of `ENCOUNTERS`: as the form says, or else as its kind does."""
    for field, exchange in told_as(record, Becomes.SETTING):
        return dict(exchange.codes)[record.values[field.name]]
    return record.kind.exchange.encounter if record.kind.exchange is not None else None


def _period(record: ToldRecord) -> Resource:
    start = [moment_of_day(record, field.name) for field, _ in told_as(record, Becomes.START)]
    end = [moment_of_day(record, field.name) for field, _ in told_as(record, Becomes.END)]
    return kept(start=start[0] if start else record.occurred_on.isoformat(), end=end[0] if end else None)


def codes_of(record: ToldRecord, becomes: Becomes) -> list[Resource]:
    return [code for field, _ in told_as(record, becomes) for code in option_codes(record, field)]


def add_observations(found: Collected, record: ToldRecord, links: Links) -> list[Resource]:
    """One for each field, and one for all fields of a panel."""
    told = list(told_as(record, Becomes.OBSERVATION))
    single = [_add_observation(found, record, links, field) for field, one in told if one.panel is None]
    in_panels = sorted(((one.panel, field) for field, one in told if one.panel), key=lambda pair: pair[0])
    panels = [
        _add_panel(found, record, links, panel, [field for _, field in fields])
        for panel, fields in groupby(in_panels, key=lambda pair: pair[0])
    ]
    return [*single, *panels]


def _add_observation(found: Collected, record: ToldRecord, links: Links, field: Field) -> Resource:
    loinc = field.exchange.loinc if field.exchange is not None else None
    return found.add(
        "Observation",
        *(record.kind.name, record.record_id, field.name),
        **_observation(record, links, loinc),
        code=_code(record, field),
        **observed(record, field),
    )


def _add_panel(
    found: Collected, record: ToldRecord, links: Links, panel: str, fields: Iterable[Field]
) -> Resource:
    listed = list(fields)
    parts = [{"code": _code(record, field), **observed(record, field)} for field in listed]
    return found.add(
        "Observation",
        *(record.kind.name, record.record_id, panel),
        **_observation(record, links, panel),
        code=coded(LOINC, panel, "、".join(field.title.zh for field in listed)),
        component=parts,
    )


def _code(record: ToldRecord, field: Field) -> Resource:
    loinc = field.exchange.loinc if field.exchange is not None else None
    return coded(LOINC, loinc, field.title.zh) if loinc is not None else own_code(record, field)


def _observation(record: ToldRecord, links: Links, loinc: str | None) -> Resource:
    status = "entered-in-error" if record.is_void else "amended" if record.is_amended else "final"
    vital = in_terminology("observation-category", "vital-signs") if loinc in VITAL_SIGNS else None
    return {
        "meta": meta(record),
        "status": status,
        "category": [vital] if vital is not None else None,
        "subject": links.subject,
        "encounter": links.encounter,
        "effectiveDateTime": record.occurred_on.isoformat(),
        "issued": instant(record.saved_at),
        "performer": [links.author] if links.author is not None else None,
    }
