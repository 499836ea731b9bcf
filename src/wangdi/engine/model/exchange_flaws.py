"""What is wrong with how a kind of record is told to other systems."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wangdi.engine.model.exchange import CODES, Becomes, FieldExchange, KindExchange
from wangdi.engine.model.fields import Field, FieldType


@dataclass(frozen=True, slots=True)
class Flaw:
    """What keeps a kind from being told so: at a field (None: the kind), under a dotted key, in words with a hint.

    ``unknown`` is a name that is no field of the form.
    """

    field: str | None
    key: str
    message: str
    hint: str
    unknown: str | None = None


_CODED = (FieldType.TEXT, FieldType.CHOICE, FieldType.CHOICES)

_FITS: Mapping[Becomes, tuple[FieldType, ...]] = {
    Becomes.OBSERVATION: tuple(one for one in FieldType if one is not FieldType.REFERENCE),
    Becomes.CONDITION: _CODED,
    Becomes.PROCEDURE: _CODED,
    Becomes.MEDICATION: _CODED,
    Becomes.REASON: _CODED,
    Becomes.PRIORITY: (FieldType.CHOICE,),
    Becomes.SETTING: (FieldType.CHOICE,),
    Becomes.IDENTIFIER: (FieldType.TEXT,),
    Becomes.START: (FieldType.DATE,),
    Becomes.END: (FieldType.DATE,),
}

_ONCE = (Becomes.PRIORITY, Becomes.SETTING, Becomes.START, Becomes.END)


def flaws_of(about: str, exchange: KindExchange | None, form: Sequence[Field]) -> Iterator[Flaw]:
    """Everything that is wrong with how a kind is told; nothing for one that says nothing of it."""
    fields = {field.name: field for field in form}
    told = [field for field in form if field.exchange is not None]
    if about != "resident" and (exchange is not None or told):
        yield Flaw(
            None if exchange is not None else told[0].name,
            "",
            f"records about a {about} are not told to other systems",
            "only kinds about residents have an exchange",
        )
        return
    if exchange is not None:
        yield from _flaws_of_kind(exchange, fields)
    for field in told:
        yield from _flaws_of_field(field, fields)
    yield from _repeated(told)


def _flaws_of_kind(exchange: KindExchange, fields: Mapping[str, Field]) -> Iterator[Flaw]:
    if exchange.to is not None:
        fits = exchange.to not in fields or fields[exchange.to].refers_to == "institution"
        yield from _named(None, "to", exchange.to, fields, fits, "a field of type institution")
    if exchange.diagnosis is None:
        return
    if not _ICD10.fullmatch(exchange.diagnosis.icd10):
        message = f"'{exchange.diagnosis.icd10}' is no code of ICD-10"
        yield Flaw(
            None, "diagnosis.icd10", message, "a letter, two digits, perhaps a point and more: I10, E11.9"
        )
    since = exchange.diagnosis.since
    if since is not None:
        fits = since not in fields or fields[since].type is FieldType.DATE
        yield from _named(None, "diagnosis.since", since, fields, fits, "a field of type date")


def _flaws_of_field(field: Field, fields: Mapping[str, Field]) -> Iterator[Flaw]:
    exchange = field.exchange
    if exchange is None:
        return
    if exchange.becomes is not None and field.type not in _FITS[exchange.becomes]:
        word, fitting = exchange.becomes.value, _FITS[exchange.becomes]
        hint = f"fitting types: {', '.join(one.value for one in fitting)}"
        yield Flaw(field.name, "as", f"a field of type {_type_of(field)} is no {word}", hint)
    yield from _flaws_of_codes(field.name, exchange)
    yield from _flaws_of_options(field, exchange)
    for name in exchange.dosage:
        fits = exchange.becomes is Becomes.MEDICATION
        yield from _named(
            field.name, "dosage", name, fields, fits, "fields of a medication: write as: medication"
        )
    if exchange.is_clock:
        yield from _flaws_of_clock(field, exchange, fields)


def _flaws_of_codes(name: str, exchange: FieldExchange) -> Iterator[Flaw]:
    for key, code in (("loinc", exchange.loinc), ("panel", exchange.panel)):
        if code is None:
            continue
        if exchange.becomes is not Becomes.OBSERVATION:
            yield Flaw(name, key, f"{key} is for observations", "write as: observation, or remove the code")
        if not is_loinc(code):
            hint = "the digit after the hyphen is a check digit: compare the code with loinc.org"
            yield Flaw(name, key, f"'{code}' is no code of LOINC", hint)
    if exchange.certainty is not None and exchange.becomes is not Becomes.CONDITION:
        yield Flaw(name, "certainty", "certainty is for conditions", "write as: condition, or remove it")


def _flaws_of_options(field: Field, exchange: FieldExchange) -> Iterator[Flaw]:
    given = dict(exchange.codes)
    allowed = CODES.get(exchange.becomes) if exchange.becomes is not None else None
    if allowed is None:
        if given:
            yield Flaw(field.name, "codes", "codes belong to a priority or a setting", "remove them")
        return
    if given.keys() != set(field.option_codes):
        listed = ", ".join(f'"{code}"' for code in field.option_codes)
        yield Flaw(field.name, "codes", "each option has its code, and nothing else", f"options: {listed}")
    for word in sorted(set(given.values()) - set(allowed)):
        message = f"'{word}' is no {exchange.becomes.value if exchange.becomes else ''}"
        yield Flaw(field.name, "codes", message, f"allowed: {', '.join(allowed)}")


def _flaws_of_clock(field: Field, exchange: FieldExchange, fields: Mapping[str, Field]) -> Iterator[Flaw]:
    if field.type is not FieldType.TIME:
        message = f"a field of type {_type_of(field)} is no clock"
        yield Flaw(field.name, "", message, "write type: time")
    if exchange.day is not None and exchange.after is not None:
        yield Flaw(field.name, "after", "a clock has a day or follows another clock", "remove one of the two")
    if exchange.day is not None:
        fits = exchange.day not in fields or fields[exchange.day].type is FieldType.DATE
        yield from _named(field.name, "day", exchange.day, fields, fits, "a field of type date")
    if exchange.after is not None:
        fits = exchange.after not in fields or _leads_to_a_day(exchange.after, fields)
        yield from _named(field.name, "after", exchange.after, fields, fits, "a clock that has a day")


def _leads_to_a_day(name: str, fields: Mapping[str, Field]) -> bool:
    seen: set[str] = set()
    while name in fields and name not in seen:
        seen.add(name)
        exchange = fields[name].exchange
        if exchange is None or not exchange.is_clock:
            return False
        if exchange.after is None:
            return True
        name = exchange.after
    return False


def _named(
    at: str | None, key: str, name: str, fields: Mapping[str, Field], fits: bool, wanted: str
) -> Iterator[Flaw]:
    """What is wrong with naming a field: that there is none, or that it is of another sort."""
    if name not in fields:
        yield Flaw(at, key, f"the form has no field '{name}'", "name a field of this form", unknown=name)
    elif not fits:
        yield Flaw(at, key, f"'{name}' does not fit", f"name {wanted}")


def _repeated(told: Sequence[Field]) -> Iterator[Flaw]:
    seen: dict[Becomes, str] = {}
    for field in told:
        becomes = field.exchange.becomes if field.exchange is not None else None
        if becomes in _ONCE and becomes in seen:
            message = f"'{seen[becomes]}' is the {becomes.value} already"
            yield Flaw(field.name, "as", message, f"keep one {becomes.value}")
        elif becomes is not None:
            seen[becomes] = field.name


def _type_of(field: Field) -> str:
    return field.refers_to or field.type.value


_ICD10 = re.compile(r"[A-Z][0-9]{2}(\.[0-9A-Z]{1,4})?")
_LOINC = re.compile(r"[1-9][0-9]{0,6}-[0-9]")


def is_loinc(code: str) -> bool:
    """Whether a code has the shape and the check digit (mod 10, Luhn) of LOINC (LOINC Users' Guide, appendix C)."""
    if not _LOINC.fullmatch(code):
        return False
    number, _, check = code.partition("-")
    doubled = [int(digit) * (2 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(number))]
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return (10 - total % 10) % 10 == int(check)
