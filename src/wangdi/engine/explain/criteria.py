"""Evaluated criteria with the values found, for any number of institutions at once: ``beds 12 >= beds_b 20``."""

from collections.abc import Iterable, Iterator

from wangdi.engine.evaluate.columnar.standards import Assessed
from wangdi.engine.evaluate.columnar.values import value_at
from wangdi.engine.explain.wording import name_of, spell, value_text
from wangdi.engine.model.expressions import Attribute, Expression, Literal, ParameterValue
from wangdi.engine.model.facts import Fact, FactField
from wangdi.engine.model.indicators import FigureValue
from wangdi.engine.model.named import Named
from wangdi.engine.model.related import Related
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.standards import Standard
from wangdi.engine.model.types import Base

_NAMED = (Attribute, Fact, FactField, FigureValue, Named, Related, Rollup)
_SHOWN = (Base.BOOLEAN, Base.NUMBER, Base.DATE, Base.TEXT)


def values_looked_at(standards: Iterable[Standard]) -> tuple[Expression, ...]:
    """The named values that the criteria of the standards look at; to be asked for along with an assessment."""
    found = (part for standard in standards for e in standard.expressions() for part in _leaves(e))
    return tuple(dict.fromkeys(found))


def _leaves(node: Expression) -> Iterator[Expression]:
    if isinstance(node, _NAMED):
        if node.type.base in _SHOWN:
            yield node
        return
    for child in node.children:
        yield from _leaves(child)


def filled(condition: Expression, assessed: Assessed, number: int) -> str:
    """The condition with the values of the institution that stands at ``number`` of ``assessed.positions``.

    The assessment has to hold `values_looked_at`; a name whose value it does not hold is written without one.
    """
    position = int(assessed.positions[number])

    def leaf(node: Expression) -> str | None:
        if isinstance(node, Literal):
            return value_text(node.value)
        if isinstance(node, ParameterValue):
            return value_text(node.parameter.value_on(assessed.moment.as_of))
        name = name_of(node)
        if name is None or node not in assessed.values:
            return name
        return f"{name} {value_text(value_at(assessed.values[node], node.type.base, position))}"

    return spell(condition, leaf)
