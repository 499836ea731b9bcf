"""Whether the values of one record fit the kind's fields: all problems at once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

from wangdi.engine.evaluate.asking import asked_fields
from wangdi.engine.model.asking import depends_on
from wangdi.engine.model.clocks import clock_of, minutes_of
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.server.records.shaping import LARGEST_INTEGER, SMALLEST_INTEGER


@dataclass(frozen=True, slots=True)
class ValueProblem:
    """What is wrong with one field of a record, and how to mend it."""

    field: str
    message: Text


class _WrongValue(Exception):
    def __init__(self, zh: str, en: str) -> None:
        self.message = Text(zh, en)


def checked_values(
    kind: Kind, values: Mapping[str, Any], standing: Collection[str] = ()
) -> tuple[dict[str, Any], list[ValueProblem]]:
    """The values as they are stored (no empty ones, in declared order, dates as text) and all problems.

    A value of a field that is not asked is a problem, but in the fields ``standing``: what stands there is not for this
    writer to change.
    """
    return checked_fields(kind.form, values, standing)


def checked_fields(
    fields: Sequence[Field], values: Mapping[str, Any], standing: Collection[str] = ()
) -> tuple[dict[str, Any], list[ValueProblem]]:
    """As `checked_values`, for the fields of anything that is asked in a form."""
    names = {field.name for field in fields}
    problems = [
        ValueProblem(name, Text("表单没有此项", f"unknown field; the form has {', '.join(sorted(names))}"))
        for name in values
        if name not in names
    ]
    kept: dict[str, Any] = {}
    for field in fields:
        try:
            value = _checked(field, values.get(field.name))
        except _WrongValue as wrong:
            problems.append(ValueProblem(field.name, wrong.message))
        else:
            if value is not None:
                kept[field.name] = value
    in_doubt = frozenset(problem.field for problem in problems)
    problems += _problems_of_asking(fields, kept, in_doubt, standing)
    order = {field.name: number for number, field in enumerate(fields)}
    return kept, sorted(problems, key=lambda problem: order.get(problem.field, -1))


def _problems_of_asking(
    fields: Sequence[Field], kept: Mapping[str, Any], wrong: frozenset[str], standing: Collection[str]
) -> list[ValueProblem]:
    """What is missing though it is asked, and what is there though it is not. Where the answers that decide are wrong
    themselves, nobody can tell."""
    asked = asked_fields(fields, kept)
    found = []
    for field in fields:
        deciding = depends_on(field.asked_if) if field.asked_if is not None else ()
        if field.name in wrong or not wrong.isdisjoint(deciding):
            continue
        if field.required and field.name in asked and field.name not in kept:
            message = Text(f"请填写{field.title.zh}", f"{field.title.en} is required")
            found.append(ValueProblem(field.name, message))
        elif field.name in kept and field.name not in asked and field.name not in standing:
            found.append(ValueProblem(field.name, _not_asked(fields, deciding)))
    return found


def _not_asked(fields: Sequence[Field], deciding: Collection[str]) -> Text:
    by_name = {field.name: field.title for field in fields}
    titles = [by_name[name] for name in deciding]
    zh, en = "”“".join(title.zh for title in titles), ", ".join(f"'{title.en}'" for title in titles)
    return Text(
        f"按“{zh}”的回答，此项不用填；请清空，或更正前面的回答",
        f"not asked with this answer to {en}; clear it, or correct that answer",
    )


def _checked(field: Field, value: Any) -> Any:
    if value is None or value == "" or value == []:
        return None
    stored = _CHECKS[field.type](field, value)
    if isinstance(stored, int | float) and not isinstance(stored, bool):
        _check_limits(field, stored)
    return stored


def _check_limits(field: Field, value: float) -> None:
    unit = field.unit or ""
    if field.minimum is not None and value < field.minimum:
        raise _WrongValue(
            f"不能小于 {field.minimum:.12g}{unit}", f"must be at least {field.minimum:.12g} {unit}".strip()
        )
    if field.maximum is not None and value > field.maximum:
        raise _WrongValue(
            f"不能大于 {field.maximum:.12g}{unit}", f"must be at most {field.maximum:.12g} {unit}".strip()
        )


def _text(_field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise _WrongValue("应为文字", "must be text")
    return value


def _integer(_field: Field, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _WrongValue("应为整数", "must be a whole number")
    if not SMALLEST_INTEGER <= value <= LARGEST_INTEGER:
        raise _WrongValue("数值过大，请检查单位", "the number is too large; check its unit")
    return value


def _decimal(_field: Field, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise _WrongValue("应为数字", "must be a number")
    return float(value)


def _boolean(_field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _WrongValue("应为是或否", "must be true or false")
    return value


def _date(_field: Field, value: Any) -> str:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = None
    if type(value) is not date:
        raise _WrongValue("应为日期，如 2026-03-01", "must be a date such as 2026-03-01")
    return value.isoformat()


def _time(_field: Field, value: Any) -> str:
    minutes = minutes_of(value) if isinstance(value, str) else None
    if minutes is None:
        raise _WrongValue("应为时刻，如 09:35", "must be a time of day such as 09:35")
    return clock_of(minutes)


def _choice(field: Field, value: Any) -> str:
    if value not in field.option_codes:
        zh = "、".join(f"{option.code} {option.title.zh}" for option in field.options)
        en = ", ".join(f"{option.code} ({option.title.en})" for option in field.options)
        raise _WrongValue(f"应为其中之一：{zh}", f"must be one of {en}")
    return str(value)


def _choices(field: Field, value: Any) -> list[str]:
    if not isinstance(value, list | tuple):
        raise _WrongValue("应为一组选项", "must be a list of options")
    return [_choice(field, code) for code in value]


_CHECKS: dict[FieldType, Callable[[Field, Any], Any]] = {
    FieldType.TEXT: _text,
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.TIME: _time,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.REFERENCE: _text,
}
