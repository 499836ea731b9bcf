"""Figures that can only rise, because nothing in their numerator ever falls out of a window."""

from collections.abc import Iterator

from wangdi.engine.checks.finding import Finding
from wangdi.engine.diagnostics.messages import Severity
from wangdi.engine.model.contents import contents
from wangdi.engine.model.expressions import Arithmetic, Call, Compare, Expression, RowValue, Shift
from wangdi.engine.model.facts import EVER, Fact, FactField, Operation, PreviousValue
from wangdi.engine.model.indicators import Indicator, Span
from wangdi.engine.model.measures import Count, Counted, Mean, Sum
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.types import Base

_LASTING = (Operation.FIRST,)
"""Operations by which somebody enters a programme: that is meant to last."""


def figures_without_window(rulebook: Rulebook) -> Iterator[Finding]:
    """The figures of a year whose numerator rests on all records ever, with no day to limit them."""
    for indicator in rulebook.indicators.values():
        measure = indicator.measure
        if not isinstance(measure, Counted) or indicator.cumulative is not None:
            continue
        if indicator.span is Span.YEAR_TO_DATE:
            key, numerator = _numerator(measure)
            facts = list(_facts(numerator))
            if facts and not _is_bounded(numerator):
                yield _finding(indicator, key, facts[0])


def _numerator(measure: Counted) -> tuple[str, Expression]:
    """What makes the numerator, and the key that authors write it at."""
    match measure:
        case Count(of):
            return "count", of
        case Sum(number):
            return "sum", number
        case Mean(number):
            return "mean", number
        case _:
            return "numerator", measure.above


def _facts(numerator: Expression) -> Iterator[Fact]:
    for part in contents(numerator):
        if isinstance(part, Fact) and part.operation not in _LASTING:
            yield part


def _is_bounded(numerator: Expression) -> bool:
    """Whether any fact has a window, or any day of a record is compared or counted from."""
    windows = any(isinstance(part, Fact) and part.selection.window != EVER for part in contents(numerator))
    return windows or looks_at_days(numerator)


def looks_at_days(expression: Expression) -> bool:
    """Whether any day of a record is compared or counted from."""
    return any(
        isinstance(part, Compare | Call | Arithmetic | Shift) and _looks_at_a_day(part)
        for part in contents(expression)
    )


def _looks_at_a_day(expression: Expression) -> bool:
    """Whether an operation works on a date of a record; whether it was written down at all does not count."""
    return any(
        isinstance(child, FactField | RowValue | PreviousValue) and child.type.base is Base.DATE
        for child in expression.children
    )


def _finding(indicator: Indicator, key: str, fact: Fact) -> Finding:
    message = (
        f"'{indicator.name}' tells about a year, but counts records of all years ('{fact.name}' has no window): "
        "it only ever rises"
    )
    hint = "add 'during: year' to the fact, or say why the figure adds up: cumulative: {zh: …, en: …}"
    path = ("indicators", indicator.name, key)
    return Finding("W4002", indicator.pack, path, message, hint, Severity.WARNING)
