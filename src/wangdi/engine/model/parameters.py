"""Dated parameters: every value that policy sets, with the day it came into force and where it is written."""

from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from wangdi.engine.model.calendar import Duration
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import NUMBER, TYPE_OF_VALUE, Type, is_exact

ParameterScalar = bool | int | float | str | date | Duration


class Trust(Enum):
    """Whether the value was read in the source itself. ``unverified`` is shown as such on screen."""

    OFFICIAL = "official"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Source:
    """A document that rules and values are taken from."""

    name: str
    title: Text
    number: str | None
    date: str | None
    address: str | None
    trust: Trust


class AppliesBy(Enum):
    """What chooses a parameter's entry: the day of evaluation, or the birth date of the person."""

    DAY = "day"
    BIRTH_DATE = "birth_date"


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value in force from ``since`` until the next one. ``value`` None ends the parameter's validity.

    ``checked_on`` is the day on which somebody last found it still valid in its source; None: not since it was written.
    """

    since: date
    value: ParameterScalar | None
    source: str
    trust: Trust
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named constant of policy with its history, newest last.

    Applied by birth date, an entry is for those born on ``since`` or later, until the next one's ``since``.
    """

    pack: str
    name: str
    title: Text
    unit: str | None
    values: tuple[DatedValue, ...]
    applies_by: AppliesBy = AppliesBy.DAY

    def __post_init__(self) -> None:
        days = [value.since for value in self.values]
        if not days or days != sorted(set(days)):
            raise ValueError(
                f"parameter {self.name!r}: one value or more, each from a later day than the one before"
            )
        numbers = [value.value for value in self.values if isinstance(value.value, int | float)]
        if not all(is_exact(number) for number in numbers):
            raise ValueError(f"parameter {self.name!r}: a value is too large to be computed with exactly")
        if len(self._types) != 1:
            found = ", ".join(sorted(str(found) for found in self._types)) or "none"
            raise ValueError(f"parameter {self.name!r}: its values are of one type, but here: {found}")

    @property
    def by_cohort(self) -> bool:
        """Whether it has a value only for those whose birth date is known."""
        return self.applies_by is AppliesBy.BIRTH_DATE

    @property
    def type(self) -> Type:
        (found,) = self._types
        return replace(found, unit=self.unit) if found == NUMBER else found

    @property
    def _types(self) -> set[Type]:
        return {TYPE_OF_VALUE[type(value.value)] for value in self.values if value.value is not None}

    def dated_value(self, on: date) -> DatedValue | None:
        """The entry for a day (of evaluation, or of birth); None before the first."""
        return next((value for value in reversed(self.values) if value.since <= on), None)

    def value_on(self, on: date) -> ParameterScalar | None:
        """The value for a day (of evaluation, or of birth); None before the first and after the validity ended."""
        entry = self.dated_value(on)
        return entry.value if entry else None
