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
from wangdi.engine.model.pack import PRESENT, Rulebook
from wangdi.engine.model.parameters import ParameterScalar


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


def counted(indicator: Indicator, rulebook: Rulebook) -> tuple[Expression, Expression]:
    """Who counts in the denominator; and who of them in the numerator."""
    concerned = concerned_by(indicator.pack, indicator.entity, rulebook)
    return all_of(*concerned, indicator.denominator), indicator.numerator


def concerned_by(pack: str, entity: str, rulebook: Rulebook) -> tuple[Expression, Expression]:
    """The conditions under which a pack says anything of an entity: it is present, the pack in force there."""
    return rulebook.presence(entity), rulebook.adoption(pack, entity)
