"""Expressions: frozen nodes, each checked when it is built, each knowing its type.

Nulls follow SQL: a comparison with null is null, and/or are three-valued, and a null condition counts as false
wherever a condition decides something (a group, a where, a CASE branch).
A `TypeMismatch` says what is wrong in an author's words; the pack reader adds where.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING

from wangdi.engine.model.calendar import Duration
from wangdi.engine.model.functions import FUNCTIONS, HAS
from wangdi.engine.model.nodes import Hashed, node
from wangdi.engine.model.types import (
    BOOLEAN,
    DATE,
    NULL,
    NUMBER,
    TYPE_OF_VALUE,
    Base,
    Type,
    agree,
    common_unit,
    is_exact,
    units_fit,
)

if TYPE_CHECKING:
    from wangdi.engine.model.parameters import Parameter

Scalar = bool | int | float | str | date | Duration | None


class TypeMismatch(ValueError):
    """An operation was given values it cannot work on."""


class UnitMismatch(TypeMismatch):
    """Numbers in different units were compared, added, or offered as one another."""


class NoSuchOption(TypeMismatch):
    """A text was offered where only the options of a choice fit."""

    def __init__(self, text: str, options: tuple[str, ...]) -> None:
        super().__init__(f"'{text}' is none of the options {', '.join(options)}")
        self.text, self.options = text, options


class Expression(Hashed):
    """A node of the expression tree. Equal nodes mean the same, so equal sub-trees are computed once.

    No abstract base class: asking whether a node is an instance of one is ten times slower, and evaluators ask it of
    every node.
    """

    __slots__ = ()

    @property
    def type(self) -> Type:
        """What sort of value the expression comes to."""
        raise NotImplementedError

    @property
    def children(self) -> tuple["Expression", ...]:
        return ()

    def walk(self) -> Iterator["Expression"]:
        """This node and everything below it, children first."""
        for child in self.children:
            yield from child.walk()
        yield self


def _require(expression: Expression, base: Base, where: str) -> None:
    if expression.type.base not in (base, Base.NULL):
        raise TypeMismatch(f"{where} needs a {base.value}, but this is a {expression.type}")


def _require_units(left: Type, right: Type, doing: str) -> None:
    if not units_fit(left, right):
        raise UnitMismatch(f"a number in {left.unit} and one in {right.unit} cannot be {doing}")


@node
class Literal(Expression):
    """A constant. Its type is part of its identity: for Python, ``True == 1 == 1.0``."""

    value: Scalar
    literal_type: Type = field(init=False)

    def __post_init__(self) -> None:
        if isinstance(self.value, int | float) and not is_exact(self.value):
            raise TypeMismatch("the number is too large to be computed with exactly")
        object.__setattr__(self, "literal_type", TYPE_OF_VALUE[type(self.value)])

    @property
    def type(self) -> Type:
        return self.literal_type


@node
class ParameterValue(Expression):
    """The value of a dated parameter that is in force on the day of evaluation."""

    parameter: "Parameter"

    def __post_init__(self) -> None:
        if self.parameter.by_cohort:
            raise TypeMismatch(f"'{self.parameter.name}' applies by birth date, so no day gives it a value")

    @property
    def type(self) -> Type:
        return self.parameter.type


@node
class CohortValue(Expression):
    """The value of a dated parameter for those born on that day; null without a birth date."""

    parameter: "Parameter"
    birth_date: Expression

    def __post_init__(self) -> None:
        _require(self.birth_date, Base.DATE, "a parameter that applies by birth date")

    @property
    def type(self) -> Type:
        return self.parameter.type

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.birth_date,)


class Instant(Enum):
    """The days an evaluation is about."""

    AS_OF = "as_of"
    PERIOD_START = "period.start"
    PERIOD_END = "period.end"


@node
class Day(Expression):
    instant: Instant

    @property
    def type(self) -> Type:
        return DATE


@node
class Attribute(Expression):
    """A register column of the entity that is being evaluated."""

    entity: str
    name: str
    attribute_type: Type = field(compare=False)

    @property
    def type(self) -> Type:
        return self.attribute_type


@node
class RowValue(Expression):
    """A field of the record at hand, inside a fact's ``where``."""

    kind: str
    name: str
    field_type: Type = field(compare=False)

    @property
    def type(self) -> Type:
        return self.field_type


@node
class RowRelated(Expression):
    """A register column of the record's subject, institution or worker (``role``), inside a fact's ``where``."""

    role: str
    entity: str
    name: str
    attribute_type: Type = field(compare=False)

    @property
    def type(self) -> Type:
        return self.attribute_type


@node
class Not(Expression):
    operand: Expression

    def __post_init__(self) -> None:
        _require(self.operand, Base.BOOLEAN, "NOT")

    @property
    def type(self) -> Type:
        return BOOLEAN

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.operand,)


class Connective(Enum):
    AND = "and"
    OR = "or"


@node
class Logic(Expression):
    """Two or more conditions joined by AND or by OR."""

    connective: Connective
    operands: tuple[Expression, ...]

    def __post_init__(self) -> None:
        for operand in self.operands:
            _require(operand, Base.BOOLEAN, self.connective.value.upper())

    @property
    def type(self) -> Type:
        return BOOLEAN

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.operands


class Comparator(Enum):
    EQ = "="
    NE = "<>"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="

    @property
    def is_order(self) -> bool:
        return self not in (Comparator.EQ, Comparator.NE)


def _texts(expression: Expression) -> tuple[str, ...]:
    """Every text that a constant or a parameter may come to; none for what differs between entities."""
    match expression:
        case Literal(value):
            values: tuple[Scalar, ...] = (value,)
        case ParameterValue(parameter) | CohortValue(parameter):
            values = tuple(dated.value for dated in parameter.values)
        case _:
            values = ()
    return tuple(value for value in values if isinstance(value, str))


def _check_options(choice: Expression, other: Expression) -> None:
    """Refuses a constant that is none of a choice's options."""
    options = choice.type.options
    strange = next((text for text in _texts(other) if options and text not in options), None)
    if strange is not None:
        raise NoSuchOption(strange, options)


def _refuse_several(*expressions: Expression) -> None:
    if any(expression.type.base is Base.CHOICES for expression in expressions):
        raise TypeMismatch(
            "several answers at once are no single value; ask has(field, 'option') or number_of(field)"
        )


@node
class Compare(Expression):
    comparator: Comparator
    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        left, right = self.left.type, self.right.type
        _refuse_several(self.left, self.right)
        if (
            not agree(left, right)
            or Base.RECORD in (left.base, right.base)
            or Base.DURATION in (left.base, right.base)
        ):
            raise TypeMismatch(f"a {left} cannot be compared with a {right}")
        _require_units(left, right, "compared")
        _check_options(self.left, self.right)
        _check_options(self.right, self.left)
        if self.comparator.is_order and left.base is Base.BOOLEAN:
            raise TypeMismatch("true/false values have no order")
        if self.comparator.is_order and left.base is Base.TEXT:
            self._check_order()

    def _check_order(self) -> None:
        if not (self.left.type.ordered or self.right.type.ordered):
            raise TypeMismatch(
                "texts have no order; only choices declared 'ordered' can be compared with < or >"
            )
        listed = {side.type.options for side in (self.left, self.right) if side.type.options}
        if len(listed) > 1:
            raise TypeMismatch("the two choices have different options, so they cannot be compared")

    @property
    def options(self) -> tuple[str, ...]:
        """The options both sides are taken from; empty when neither side is a choice."""
        return self.left.type.options or self.right.type.options

    @property
    def type(self) -> Type:
        return BOOLEAN

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.left, self.right)


@node
class IsNull(Expression):
    operand: Expression

    @property
    def type(self) -> Type:
        return BOOLEAN

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Branch:
    """One WHEN … THEN … of a CASE."""

    when: Expression
    then: Expression


@node
class Case(Expression):
    """The first branch whose condition is true; otherwise ``otherwise``."""

    branches: tuple[Branch, ...]
    otherwise: Expression

    def __post_init__(self) -> None:
        results = [branch.then for branch in self.branches] + [self.otherwise]
        for branch in self.branches:
            _require(branch.when, Base.BOOLEAN, "WHEN")
        _refuse_several(*results)
        for result in results:
            if not agree(result.type, self.type):
                raise TypeMismatch(f"the results of a CASE differ: a {self.type} and a {result.type}")
            _require_units(self.type, result.type, "results of one CASE")

    @property
    def type(self) -> Type:
        return _type_of_any([branch.then.type for branch in self.branches] + [self.otherwise.type])

    @property
    def children(self) -> tuple[Expression, ...]:
        return (*(e for branch in self.branches for e in (branch.when, branch.then)), self.otherwise)


def _type_of_any(types: Sequence[Type]) -> Type:
    """The type of a value that is one of several, which agree: the first that is not null, in the unit that is known."""
    found = next((result for result in types if result.base is not Base.NULL), NULL)
    unit = common_unit(*types)
    return found if unit == found.unit else replace(found, unit=unit)


class Operator(Enum):
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"


@node
class Arithmetic(Expression):
    """On numbers; a division by zero is null. A sum keeps the unit of its parts; a product has none."""

    operator: Operator
    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        for side in (self.left, self.right):
            _require(side, Base.NUMBER, f"'{self.operator.value}'")
        if self._keeps_unit:
            doing = "added" if self.operator is Operator.ADD else "subtracted"
            _require_units(self.left.type, self.right.type, doing)

    @property
    def _keeps_unit(self) -> bool:
        return self.operator in (Operator.ADD, Operator.SUBTRACT)

    @property
    def type(self) -> Type:
        return _type_of_any((NUMBER, self.left.type, self.right.type)) if self._keeps_unit else NUMBER

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.left, self.right)


@node
class Shift(Expression):
    """A date moved forward (+1) or back (−1) by a duration: a constant or a parameter's."""

    day: Expression
    duration: Expression
    sign: int = 1

    def __post_init__(self) -> None:
        _require(self.day, Base.DATE, "moving by a duration")
        _require(self.duration, Base.DURATION, "moving a date")
        if not isinstance(self.duration, Literal | ParameterValue | CohortValue):
            raise TypeMismatch("a duration is a constant or a parameter")

    @property
    def type(self) -> Type:
        return DATE

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.day, self.duration)


@node
class Call(Expression):
    """A call of one of `FUNCTIONS`."""

    function: str
    arguments: tuple[Expression, ...]

    def __post_init__(self) -> None:
        function = FUNCTIONS[self.function]
        if function.variadic:
            self._check_variadic()
            return
        if len(self.arguments) != len(function.arguments):
            raise TypeMismatch(
                f"{self.function}() takes {len(function.arguments)} values, not {len(self.arguments)}"
            )
        for base, argument in zip(function.arguments, self.arguments, strict=True):
            _require(argument, base, f"{self.function}()")
        if self.function == HAS:
            self._check_option(*self.arguments)

    @staticmethod
    def _check_option(answers: Expression, option: Expression) -> None:
        """The option is fixed, and one of those that can be given."""
        if not isinstance(option, Literal | ParameterValue | CohortValue):
            raise TypeMismatch("has() needs an option that is written out, or a parameter")
        _check_options(answers, option)

    def _check_variadic(self) -> None:
        if len(self.arguments) < 2:
            raise TypeMismatch(f"{self.function}() takes two or more values")
        _refuse_several(*self.arguments)
        for argument in self.arguments:
            if not agree(argument.type, self.type):
                raise TypeMismatch(f"{self.function}() mixes a {self.type} and a {argument.type}")
            _require_units(self.type, argument.type, f"values of one {self.function}()")
            if self.function != "coalesce" and argument.type.base not in (Base.NUMBER, Base.DATE, Base.NULL):
                raise TypeMismatch(f"{self.function}() works on numbers and dates, not on a {argument.type}")

    @property
    def type(self) -> Type:
        result = FUNCTIONS[self.function].result
        if result is not None:
            return result
        return _type_of_any([argument.type for argument in self.arguments])

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.arguments
