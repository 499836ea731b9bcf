"""Whether the values of one record fit the kind's fields: all problems at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

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


def checked_values(kind: Kind, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[ValueProblem]]:
    """The values as they are stored (no empty ones, in declared order, dates as text) and all problems."""
    names = {field.name for field in kind.form}
    problems = [
        ValueProblem(name, Text("表单没有此项", f"unknown field; the form has {', '.join(sorted(names))}"))
        for name in values
        if name not in names
    ]
    kept: dict[str, Any] = {}
    for field in kind.form:
        try:
            value = _checked(field, values.get(field.name))
        except _WrongValue as wrong:
            problems.append(ValueProblem(field.name, wrong.message))
        else:
            if value is not None:
                kept[field.name] = value
    return kept, problems


def _checked(field: Field, value: Any) -> Any:
    if value is None or value == "" or value == []:
        if field.required:
            raise _WrongValue(f"请填写{field.title.zh}", f"{field.title.en} is required")
        return None
    stored = _CHECKS[field.type](field, value)
    if isinstance(stored, int | float) and not isinstance(stored, bool):
        _check_limits(field, stored)
    return stored


def _check_limits(field: Field, value: float) -> None:
    unit = field.unit or ""
    if field.minimum is not None and value < field.minimum:
        raise _WrongValue(
            f"不能小于 {field.minimum:g}{unit}", f"must be at least {field.minimum:g} {unit}".strip()
        )
    if field.maximum is not None and value > field.maximum:
        raise _WrongValue(
            f"不能大于 {field.maximum:g}{unit}", f"must be at most {field.maximum:g} {unit}".strip()
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
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.REFERENCE: _text,
}
