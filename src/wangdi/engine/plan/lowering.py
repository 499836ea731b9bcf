"""Indicators and values by birth cohort as plain expressions, so that the columnar evaluator knows nothing else."""

from collections.abc import Callable

from wangdi.engine.model.expressions import (
    Branch,
    Case,
    CohortValue,
    Comparator,
    Compare,
    Connective,
    Expression,
    Literal,
    Logic,
    Shift,
)
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.measures import Counted, Rate
from wangdi.engine.model.pack import PRESENT, Rulebook
from wangdi.engine.model.parameters import ParameterScalar
from wangdi.engine.model.types import Base


def in_cohorts(node: Expression) -> Expression:
    """A value that depends on the birth date, and a move by such a duration, as a choice by birth date."""
    match node:
        case CohortValue():
            return _by_cohort(node, Literal)
        case Shift(day, CohortValue() as length, sign):
            return _by_cohort(
                length,
                lambda value: Literal(None) if value is None else Shift(day, Literal(value), sign),
            )
        case _:
            return node


def _by_cohort(node: CohortValue, result: Callable[[ParameterScalar | None], Expression]) -> Case:
    """The result of the newest entry whose first day is not after the birth date."""
    entries = reversed(node.parameter.values)
    return Case(
        tuple(
            Branch(Compare(Comparator.GE, node.birth_date, Literal(entry.since)), result(entry.value))
            for entry in entries
        ),
        Literal(None),
    )


def all_of(*conditions: Expression) -> Expression:
    """The conditions joined by AND; ones that are always true are left out."""
    needed = tuple(condition for condition in conditions if condition != PRESENT)
    if not needed:
        return PRESENT
    return needed[0] if len(needed) == 1 else Logic(Connective.AND, needed)


def counted(indicator: Indicator, rulebook: Rulebook) -> tuple[Expression, ...]:
    """Who is looked at; what of them makes the numerator; and the denominator, where that is a number to add up.

    `TypeError` for an indicator put together from others, which counts nobody itself.
    """
    measure = indicator.measure
    if not isinstance(measure, Counted):
        raise TypeError(f"{indicator.name!r} counts nobody itself")
    members = all_of(*concerned_by(indicator.pack, indicator.entity, rulebook), measure.members)
    if isinstance(measure, Rate) and measure.denominator.type.base is Base.NUMBER:
        return members, measure.above, measure.denominator
    return members, measure.above


def concerned_by(pack: str, entity: str, rulebook: Rulebook) -> tuple[Expression, Expression]:
    """The conditions under which a pack says anything of an entity: it is present, the pack in force there."""
    return rulebook.presence(entity), rulebook.adoption(pack, entity)
