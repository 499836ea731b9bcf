"""The types of values in rules."""

import math
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from wangdi.engine.model.calendar import Duration


class Base(Enum):
    """What a value is made of; the word is used in messages to authors."""

    BOOLEAN = "true/false"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    CHOICES = "list of answers"
    DURATION = "duration"
    RECORD = "record"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Type:
    """A base with, for texts from a closed list, the list. ``ordered`` lists may be compared with < and >=.

    ``unit`` is that of a number where it is known; types that differ only in it are equal, because what can be done
    with a value does not depend on it. `units_fit` says where it matters.
    """

    base: Base
    options: tuple[str, ...] = ()
    ordered: bool = False
    unit: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        one = self.options and self.base is Base.TEXT
        return f"one of {', '.join(self.options)}" if one else self.base.value


BOOLEAN = Type(Base.BOOLEAN)
NUMBER = Type(Base.NUMBER)
DATE = Type(Base.DATE)
TEXT = Type(Base.TEXT)
DURATION = Type(Base.DURATION)
RECORD = Type(Base.RECORD)
NULL = Type(Base.NULL)

TYPE_OF_VALUE: dict[type, Type] = {
    bool: BOOLEAN,
    int: NUMBER,
    float: NUMBER,
    str: TEXT,
    date: DATE,
    Duration: DURATION,
    type(None): NULL,
}
"""The type of a constant, by its Python class."""

LARGEST_WHOLE = 2**53
"""Numbers are IEEE doubles for every evaluator: whole numbers are exact up to here."""


def is_exact(number: int | float) -> bool:
    """Whether a number that an author writes is what the evaluators compute with."""
    return abs(number) <= LARGEST_WHOLE if isinstance(number, int) else math.isfinite(number)


def agree(left: Type, right: Type) -> bool:
    """Whether values of both types may be compared or stand in one CASE: the same base, or one is null."""
    return left.base is right.base or Base.NULL in (left.base, right.base)


def units_fit(left: Type, right: Type) -> bool:
    """Whether numbers of both types may be compared, added or stand for one another.

    A number without a known unit – a constant, a count, what a function gives – fits every unit.
    """
    return None in (left.unit, right.unit) or left.unit == right.unit


def common_unit(*types: Type) -> str | None:
    """The first unit that is known."""
    return next((found.unit for found in types if found.unit is not None), None)
