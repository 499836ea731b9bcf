"""Wording in the reader's language. Both wordings stand side by side in the source: neither can be missing.

So there is nothing to compile and no catalogue to keep in step: a text is a `Text`, as in packs.
"""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import get_language

from wangdi.engine.explain.answers import field_of
from wangdi.engine.explain.wording import day_text, number_text
from wangdi.engine.handbook.vocabulary import ENGLISH_UNITS
from wangdi.engine.handbook.words import Words
from wangdi.engine.model.calendar import full_years, whole_months
from wangdi.engine.model.expressions import Attribute, Expression
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.related import Related
from wangdi.engine.model.text import Text
from wangdi.server.common.once import once
from wangdi.server.evaluation.rules import rulebook

YES, NO = Text("是", "Yes"), Text("否", "No")
NOTHING = "—"


def language() -> str:
    """The code of the language of the request at hand; a page asks some hundred times."""
    return once("language", get_language) or "zh-hans"


def wording(text: Text) -> str:
    """The text in the language of the request at hand."""
    return text.in_language(language())


def say(zh: str, en: str, **values: object) -> str:
    """One of the two wordings, with ``{names}`` filled in."""
    return wording(Text(zh, en)).format(**values)


_DURATIONS = {"days": "天", "weeks": "周", "months": "个月", "years": "年"}


def measured(value: str) -> str:
    """A policy value with its unit or duration: ``14 天`` for ``14 days``, ``65 years`` for ``65 岁``."""
    number, _, written = value.partition(" ")
    if written in _DURATIONS:
        return f"{number} {say(_DURATIONS[written], written)}"
    return f"{number} {unit(written)}".strip()


def unit(written: str | None) -> str:
    """A field's unit in the reader's language; empty when it has none."""
    return say(written, ENGLISH_UNITS.get(written, written)) if written else ""


def day_in_words(day: date) -> str:
    """``2026年3月1日`` or ``1 Mar 2026``."""
    return wording(day_text(day))


def age_in_words(birth: date | None, on: date) -> str:
    """Full years; months below one year, as clinics write them."""
    if birth is None:
        return say("年龄不详", "age unknown")
    years = full_years(birth, on)
    if years >= 1:
        return say("{n}岁", "{n} y", n=years)
    return say("{n}月龄", "{n} mo", n=max(whole_months(birth, on), 0))


def sex_in_words(code: str | None) -> str:
    return say("男", "M") if code == "1" else say("女", "F") if code == "2" else NOTHING


def lateness_in_words(days: int) -> str:
    """``逾期 12 天``; months from three on, years from two on, since nobody reads thousands of days."""
    if days >= 730:
        return say("逾期 {n} 年", "{n} years late", n=days // 365)
    if days >= 92:
        return say("逾期 {n} 个月", "{n} months late", n=days // 30)
    return say("逾期 {n} 天", "{n} days late", n=days)


Names = Mapping[tuple[str, str], str]
"""The name of an entity by register and code, of a record that others belong to by kind and id."""


def value_in_words(field: Field, value: object, names: Names | None = None) -> str:
    """A stored value of a record as people read it: options by title, numbers with unit, entities by name."""
    if value is None or value == "" or value == []:
        return NOTHING
    if field.type is FieldType.CHOICES and isinstance(value, list):
        return say("、", ", ").join(_title_of(field, code) for code in value)
    if field.type is FieldType.CHOICE:
        return _title_of(field, value)
    if (named := field.refers_to or field.record_of) is not None:
        return (names or {}).get((named, str(value)), str(value))
    if isinstance(value, bool):
        return wording(YES if value else NO)
    if isinstance(value, float):
        value = number_text(value)
    return f"{value} {unit(field.unit)}".strip()


def result_in_words(expression: Expression, value: object) -> str:
    """What a rule came to: options by title, numbers with the rule's unit."""
    if value is None:
        return NOTHING
    if (title := option_in_words(expression, value)) is not None:
        return title
    if isinstance(value, bool):
        return wording(YES if value else NO)
    if isinstance(value, float):
        value = number_text(value)
    return f"{value} {unit(expression.type.unit)}".strip()


def option_in_words(expression: Expression, value: object) -> str | None:
    """The title of a value that is an option of a field or column; None for other values."""
    field = field_of(rulebook(), expression)
    options = field.options if field is not None else ()
    return next((wording(option.title) for option in options if option.code == value), None)


def _title_of(field: Field, code: object) -> str:
    """The title of an option; the code itself where there is no such option any more."""
    title = next((option.title for option in field.options if option.code == str(code)), None)
    return wording(title) if title is not None else str(code)


def column_of(expression: Expression) -> Field | None:
    """The register column that an expression is, of the entity itself or of whom one of its columns names."""
    if isinstance(expression, Attribute | Related):
        return REGISTERS[expression.entity].field(expression.name)
    return None


def column_in_words(expression: Expression) -> str | None:
    """The title of a register column, after that of the column that leads to it; None for other expressions."""
    column = column_of(expression)
    whose = column_in_words(expression.reference) if isinstance(expression, Related) else None
    if column is None or whose is None:
        return wording(column.title) if column is not None else None
    return say("{whose}的{title}", "{title} ({whose})", whose=whose, title=wording(column.title))


def rule_in_words(rule: Expression, on: date) -> str:
    """An expression of a rule as part of a sentence, with the values in force on a day."""
    return Words(rulebook(), "en" if language().startswith("en") else "zh", on).phrase(rule)
