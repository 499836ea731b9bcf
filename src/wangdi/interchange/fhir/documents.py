"""What is known of somebody as a FHIR document: a section for each programme, to be read by people and by systems."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from wangdi.interchange.fhir.bundles import LOINC, URN, Collected, Resource, coded, kept, resource_id
from wangdi.interchange.fhir.messages import SOFTWARE, add_record
from wangdi.interchange.fhir.moments import instant
from wangdi.interchange.fhir.parties import add_organisation, add_patient
from wangdi.interchange.fhir.told import Person, ToldRecord
from wangdi.interchange.fhir.values import in_words

PATIENT_SUMMARY = "60591-5"
"""LOINC: Patient summary Document."""


@dataclass(frozen=True, slots=True)
class Section:
    """The records of one pack, in the order in which they are to be read."""

    pack: str
    title: str
    records: Sequence[ToldRecord]


def document(person: Person, sections: Sequence[Section], made_at: datetime) -> Resource:
    """A Bundle of type document. All records are about the person."""
    found = Collected()
    subject = add_patient(found, person)
    author = add_organisation(found, person.institution) if person.institution is not None else None
    at = instant(made_at)
    number, composition = resource_id("document", person.code, at), resource_id("Composition", person.code)
    head = kept(
        resourceType="Composition",
        id=composition,
        language="zh-CN",
        status="final",
        type_=coded(LOINC, PATIENT_SUMMARY, "健康档案摘要"),
        subject=subject,
        date=at,
        author=[author or {"display": SOFTWARE}],
        title=f"{person.name}的健康档案（共享）",
        section=[_section(found, section) for section in sections],
    )
    return {
        "resourceType": "Bundle",
        "id": number,
        "language": "zh-CN",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{number}"},
        "type": "document",
        "timestamp": at,
        "entry": [{"fullUrl": f"urn:uuid:{composition}", "resource": head}, *found.entries()],
    }


def _section(found: Collected, section: Section) -> Resource:
    entries = [reference for record in section.records for reference in add_record(found, record)]
    rows = "".join(_row(record) for record in section.records)
    table = (
        f"<table><thead><tr><th>日期</th><th>记录</th><th>内容</th></tr></thead><tbody>{rows}</tbody></table>"
    )
    return {
        "title": section.title,
        "code": coded(f"{URN}:pack", section.pack, section.title),
        "text": {
            "status": "generated",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="zh-CN">{table}</div>',
        },
        "entry": entries,
    }


def _row(record: ToldRecord) -> str:
    cells = (record.occurred_on.isoformat(), record.kind.title.zh, "；".join(_told(record)))
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _told(record: ToldRecord) -> Iterator[str]:
    for field in record.kind.form:
        if record.values.get(field.name) not in (None, "", []):
            yield f"{field.title.zh} {in_words(record, field)}"
