"""What a form or a register would say of the values in a test."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from wangdi.engine.diagnostics.messages import did_you_mean
from wangdi.engine.evaluate.asking import asked_fields
from wangdi.engine.model.clocks import DAY, minutes_of
from wangdi.engine.model.fields import Field, FieldType

Answer = tuple[str, str, str]
"""The name of a field, what is wrong with its value, and a hint."""

_SORTS: Mapping[FieldType, tuple[tuple[type, ...], str]] = {
    FieldType.TEXT: ((str,), "a text in quotes"),
    FieldType.REFERENCE: ((str,), "a code, as a text"),
    FieldType.INTEGER: ((int,), "a whole number"),
    FieldType.DECIMAL: ((int, float), "a number"),
    FieldType.BOOLEAN: ((bool,), "true or false"),
    FieldType.DATE: ((date,), "a date such as 2026-01-31"),
    FieldType.TIME: ((int,), 'a time of day such as "09:35"'),
}


def wrong_answers(fields: Sequence[Field], values: Mapping[str, Any]) -> Iterator[Answer]:
    """The values that no form would take: of another type, no option, outside of the limits, or not asked for."""
    known = {field.name: field for field in fields}
    wrong = set()
    for name, value in values.items():
        for message, hint in _problems(known[name], value) if name in known else ():
            wrong.add(name)
            yield name, message, hint
    told = [name for name, value in values.items() if name in known and value is not None]
    if wrong or all(known[name].asked_if is None for name in told):
        return
    asked = asked_fields(fields, values)
    for name in told:
        if name not in asked:
            yield (
                name,
                f"a form does not ask for '{name}' with these answers",
                "leave it out, or see asked_if",
            )


def _problems(field: Field, value: Any) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if field.type is FieldType.CHOICES:
        if not isinstance(value, list):
            yield f"'{field.name}' takes a list of options", f"write ['{field.option_codes[0]}']"
            return
        for one in value:
            yield from _option(field, one)
    elif field.type is FieldType.CHOICE:
        yield from _option(field, value)
    else:
        yield from _sort(field, value)


def _option(field: Field, value: Any) -> Iterator[tuple[str, str]]:
    codes = field.option_codes
    if value not in codes and str(value) in codes:
        yield f"the options of '{field.name}' are codes, which stand in quotes", f"write '{value}'"
    elif value not in codes:
        message = f"'{value}' is none of the options {', '.join(codes)} of '{field.name}'"
        yield message, did_you_mean(str(value), codes)


def _sort(field: Field, value: Any) -> Iterator[tuple[str, str]]:
    if field.type is FieldType.TIME and isinstance(value, str):
        value = minutes_of(value)
    types, wanted = _SORTS[field.type]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        yield f"'{field.name}' takes {wanted}", ""
        return
    if field.type is FieldType.TIME and isinstance(value, int) and not 0 <= value < DAY:
        yield f"'{field.name}' takes {wanted}", ""
    elif isinstance(value, int | float) and not _within(field, value):
        limits = "–".join("" if limit is None else f"{limit:g}" for limit in (field.minimum, field.maximum))
        yield (
            f"{value} lies outside of the limits {limits} of '{field.name}'",
            "no form and no import takes it",
        )


def _within(field: Field, value: float) -> bool:
    low, high = field.minimum, field.maximum
    return (low is None or value >= low) and (high is None or value <= high)
