"""What a field holds, as the values of FHIR: numbers with UCUM units, options under their pack's own codes."""

from collections.abc import Iterator, Mapping
from typing import Any

from wangdi.engine.model.fields import Field, FieldType
from wangdi.interchange.fhir.bundles import UCUM, URN, Collected, Resource, coded, kept
from wangdi.interchange.fhir.moments import moment_of_clock
from wangdi.interchange.fhir.parties import add_organisation, add_practitioner
from wangdi.interchange.fhir.told import ToldRecord

UNITS: Mapping[str, str] = {
    "%": "%",
    "cm": "cm",
    "g": "g",
    "g/L": "g/L",
    "h": "h",
    "kcal": "kcal",
    "kg": "kg",
    "kg/m2": "kg/m2",
    "km": "km",
    "m2": "m2",
    "mg/dL": "mg/dL",
    "mg/g": "mg/g",
    "min": "min",
    "mL": "mL",
    "mL/min/1.73m2": "mL/min/{1.73_m2}",
    "mmHg": "mm[Hg]",
    "mmol/L": "mmol/L",
    "s": "s",
    "U/L": "U/L",
    "×10^9/L": "10*9/L",
    "μmol/L": "umol/L",
    "℃": "Cel",
    "㎡": "m2",
    "次/分": "/min",
    "次/日": "/d",
    "次/周": "/wk",
    "分钟": "min",
    "小时": "h",
    "天": "d",
    "日": "d",
    "周": "wk",
    "月": "mo",
    "年": "a",
    "岁": "a",
    "克/天": "g/d",
}
"""By the unit as packs write it. Units that only say what is counted (人, 次) have none."""


def field_system(record: ToldRecord) -> str:
    """The system of codes ``kind.field`` of a pack."""
    return f"{URN}:pack:{record.pack}"


def own_code(record: ToldRecord, field: Field) -> Resource:
    return coded(field_system(record), f"{record.kind.name}.{field.name}", field.title.zh)


def option_codes(record: ToldRecord, field: Field) -> list[Resource]:
    """The options that were chosen; texts stand for themselves."""
    value = record.values[field.name]
    if field.type is FieldType.TEXT:
        return [{"text": value}]
    chosen = value if isinstance(value, list) else [value]
    return [coded(*_option(record, field, code)) for code in chosen]


def _option(record: ToldRecord, field: Field, code: str) -> tuple[str, str, str]:
    titles = {option.code: option.title.zh for option in field.options}
    return f"{field_system(record)}:{record.kind.name}.{field.name}", code, titles.get(code, code)


def quantity(field: Field, value: float) -> Resource:
    """A number with its unit, by UCUM where there is one."""
    ucum = UNITS.get(field.unit or "")
    return kept(unit=field.unit, system=UCUM if ucum else None, code=ucum) | {"value": value}


def observed(record: ToldRecord, field: Field) -> Resource:
    """The ``value[x]`` of an Observation; of several options, its components."""
    value = record.values[field.name]
    if field.type is FieldType.CHOICES:
        chosen = option_codes(record, field)
        return {"component": [{"code": one, "valueBoolean": True} for one in chosen]} if chosen else {}
    if field.type is FieldType.CHOICE:
        return {"valueCodeableConcept": option_codes(record, field)[0]}
    if field.type is FieldType.BOOLEAN:
        return {"valueBoolean": value}
    if field.type is FieldType.DATE:
        return {"valueDateTime": value}
    if field.type is FieldType.TEXT:
        return {"valueString": value}
    if field.type is FieldType.TIME:
        return _clock(record, field)
    return {"valueQuantity": quantity(field, value)}


def answers(found: Collected, record: ToldRecord, field: Field) -> Iterator[Resource]:
    """The answers of a QuestionnaireResponse."""
    value = record.values[field.name]
    if field.type in (FieldType.CHOICE, FieldType.CHOICES):
        for code in value if isinstance(value, list) else [value]:
            system, one, title = _option(record, field, code)
            yield {"valueCoding": {"system": system, "code": one, "display": title}}
    elif field.type is FieldType.REFERENCE:
        yield _referred(found, record, field, str(value))
    elif field.type is FieldType.BOOLEAN:
        yield {"valueBoolean": value}
    elif field.type is FieldType.DATE:
        yield {"valueDate": value}
    elif field.type is FieldType.TEXT:
        yield {"valueString": value}
    elif field.type is FieldType.TIME:
        yield _clock(record, field)
    else:
        yield _number(field, value)


def _clock(record: ToldRecord, field: Field) -> Resource:
    """A point in time where the day is known, else a time of day."""
    at = moment_of_clock(record, field)
    if at is not None:
        return {"valueDateTime": at.isoformat()}
    return {"valueTime": f"{record.values[field.name]}:00"}


def _number(field: Field, value: Any) -> Resource:
    if field.unit is not None:
        return {"valueQuantity": quantity(field, value)}
    return {"valueInteger" if field.type is FieldType.INTEGER else "valueDecimal": value}


def _referred(found: Collected, record: ToldRecord, field: Field, code: str) -> Resource:
    directory = record.directory
    if field.refers_to == "institution" and code in directory.institutions:
        return {"valueReference": add_organisation(found, directory.institutions[code])}
    if field.refers_to == "worker" and code in directory.workers:
        return {"valueReference": add_practitioner(found, directory.workers[code])}
    return {"valueString": directory.places.get(code, code)}


def in_words(record: ToldRecord, field: Field) -> str:
    """A value as people read it, in Chinese."""
    value = record.values[field.name]
    if field.type in (FieldType.CHOICE, FieldType.CHOICES):
        chosen = value if isinstance(value, list) else [value]
        return "、".join(_option(record, field, code)[2] for code in chosen)
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.type is FieldType.REFERENCE:
        return _name(record, field, str(value))
    at = moment_of_clock(record, field)
    return f"{at:%H:%M}" if at is not None else f"{value} {field.unit or ''}".strip()


def _name(record: ToldRecord, field: Field, code: str) -> str:
    directory = record.directory
    if field.refers_to == "place":
        return directory.places.get(code, code)
    known = directory.institutions if field.refers_to == "institution" else directory.workers
    return known[code].name if code in known else code
