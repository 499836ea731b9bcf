"""Lengths of time that schedules count with."""

from typing import TypeAlias

from wangdi.engine.model.expressions import CohortValue, Expression, Literal, ParameterValue, TypeMismatch
from wangdi.engine.model.types import Base

Length: TypeAlias = Literal | ParameterValue | CohortValue
"""A duration: written out, a parameter's, or a parameter's for those born on a day."""


def require(expression: Expression | None, base: Base, where: str) -> None:
    """`TypeMismatch` unless the expression, if there is one, is of that base."""
    if expression is not None and expression.type.base is not base:
        raise TypeMismatch(f"{where} needs a {base.value}, but this is a {expression.type}")
