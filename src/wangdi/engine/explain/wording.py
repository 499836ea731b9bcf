"""Expressions as text: as the author named things, and with the values filled in."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from wangdi.engine.model.adoption import Adopted, Edition
from wangdi.engine.model.calendar import Duration, Unit
from wangdi.engine.model.expressions import (
    Arithmetic,
    Attribute,
    Call,
    Case,
    CohortValue,
    Compare,
    Day,
    Expression,
    IsNull,
    Literal,
    Logic,
    Not,
    ParameterValue,
    RowRelated,
    RowValue,
    Shift,
)
from wangdi.engine.model.facts import Fact, FactField, OwnerValue, PreviousValue
from wangdi.engine.model.indicators import FigureValue, Measure, Ratio, Scorecard
from wangdi.engine.model.measures import Count, Mean, Proportion, Rate, Sum
from wangdi.engine.model.named import Named
from wangdi.engine.model.overdue import Overdue
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.related import Related
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.text import Text

DURATION_UNITS: Mapping[Unit, tuple[Text, Text]] = {
    Unit.DAYS: (Text("天", "day"), Text("天", "days")),
    Unit.WEEKS: (Text("周", "week"), Text("周", "weeks")),
    Unit.MONTHS: (Text("个月", "month"), Text("个月", "months")),
    Unit.YEARS: (Text("年", "year"), Text("年", "years")),
}
"""One, and several."""

Leaf = Callable[[Expression], str | None]
"""Words for a node, or None to spell it out."""

_INSIDE = (Logic, Compare, Case, Arithmetic, Shift)


def duration_text(duration: Duration) -> Text:
    """``14 天`` or ``14 days``."""
    one, several = DURATION_UNITS[duration.unit]
    unit = one if duration.amount == 1 else several
    return Text(f"{duration.amount} {unit.zh}", f"{duration.amount} {unit.en}")


def day_text(day: date) -> Text:
    """``2026年3月1日`` or ``1 Mar 2026``."""
    return Text(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%b} {day.year}")


def number_text(value: float) -> str:
    """A number as people write it: ``1800`` for 1800.0, ``1234567.5`` in full; six decimals at most."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def value_text(value: Any) -> str:
    """A value as rules write it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(value_text, value))}]"
    if isinstance(value, date | int | Duration):
        return str(value)
    return f"'{value}'"


def name_of(node: Expression) -> str | None:
    """What an author calls a node; None for operators."""
    match node:
        case Named() | Fact() | Rollup():
            return node.name
        case FigureValue(_, indicator):
            return f"figure.{indicator.name}"
        case Overdue(schedule):
            return f"overdue.{schedule.name}"
        case FactField(fact, field_name):
            return f"{fact.name}.{field_name}"
        case ParameterValue(parameter) | CohortValue(parameter):
            return parameter.name
        case Attribute() | RowValue():
            return node.name
        case Adopted():
            return "adopted"
        case Edition():
            return "edition"
        case RowRelated():
            return f"{node.role}.{node.name}"
        case Related(reference):
            return f"{name_of(reference)}.{node.name}"
        case PreviousValue():
            return f"previous.{node.name}"
        case Day(instant):
            return instant.value
        case Literal(value):
            return value_text(value)
        case _:
            return None


def spell(node: Expression, leaf: Leaf = name_of) -> str:
    """The expression as SQL text, with ``leaf``'s words where it has some."""
    words = leaf(node)
    if words is not None:
        return words
    match node:
        case OwnerValue(expression):
            return spell(expression, leaf)
        case Not(operand) if isinstance(operand, IsNull):
            return f"{_part(operand.operand, leaf)} is not null"
        case Not(operand):
            return f"not {_part(operand, leaf)}"
        case IsNull(operand):
            return f"{_part(operand, leaf)} is null"
        case Logic(connective, operands):
            return f" {connective.value} ".join(_part(operand, leaf) for operand in operands)
        case Compare(comparator, left, right):
            return f"{_part(left, leaf)} {comparator.value} {_part(right, leaf)}"
        case Arithmetic(operator, left, right):
            return f"{_part(left, leaf)} {operator.value} {_part(right, leaf)}"
        case Shift(day, duration, sign):
            return f"{_part(day, leaf)} {'+' if sign > 0 else '-'} {spell(duration, leaf)}"
        case Call(function, arguments):
            return f"{function}({', '.join(spell(argument, leaf) for argument in arguments)})"
        case Case():
            return _spell_case(node, leaf)
        case _:
            raise TypeError(f"no words for {node!r}")


def spell_definition(node: Expression) -> str:
    """What a named expression, a roll-up or a figure is made of, one level deep."""
    match node:
        case Named():
            return spell(node.expression)
        case Rollup():
            return f"{node.operation.value} {spell(node.of)} over {REGISTERS[node.over].table}"
        case FigureValue(_, indicator):
            return spell_measure(indicator.measure)
        case _:
            return spell(node)


def spell_measure(measure: Measure) -> str:
    """What an indicator measures, one level deep."""
    match measure:
        case Proportion(numerator, denominator):
            return f"{_part(numerator, name_of)} / {_part(denominator, name_of)}"
        case Rate(numerator, denominator, per):
            return f"{_part(numerator, name_of)} / {_part(denominator, name_of)} per {per}"
        case Count(of):
            return f"count {spell(of)}"
        case Sum(number, of):
            return f"sum {spell(number)} of {spell(of)}"
        case Mean(number, of):
            return f"mean {spell(number)} of {spell(of)}"
        case Ratio(above, below, per):
            told = f" per {per}" if per > 1 else ""
            return f"figure.{above.name} / figure.{below.name}{told}"
        case Scorecard():
            return f"scorecard of {', '.join(f'figure.{part.name}' for part in measure.parts)}"
        case _:
            raise TypeError(f"no words for {measure!r}")


def _spell_case(node: Case, leaf: Leaf) -> str:
    branches = " ".join(f"when {spell(b.when, leaf)} then {spell(b.then, leaf)}" for b in node.branches)
    return f"case {branches} else {spell(node.otherwise, leaf)} end"


def _part(node: Expression, leaf: Leaf) -> str:
    node = node.expression if isinstance(node, OwnerValue) else node
    text = spell(node, leaf)
    return f"({text})" if isinstance(node, _INSIDE) and leaf(node) is None else text
