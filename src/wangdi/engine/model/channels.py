"""Channels of surveillance: what is watched over time, place by place."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from wangdi.engine.model.expressions import Expression, TypeMismatch
from wangdi.engine.model.facts import EVER, Fact, Operation
from wangdi.engine.model.registers import PLACE_LEVELS, REGISTERS
from wangdi.engine.model.seats import has_seat
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import Base

YEARS = 20
"""How many years before that of evaluation a channel goes back: one mistyped year must not make a series of centuries."""


CASES = "例"
"""What a channel counts where it does not say."""


def first_seen(as_of: date) -> date:
    """The first day that channels look at."""
    return date(max(as_of.year - YEARS, 1), 1, 1)


class Pace(Enum):
    """The periods of a channel. Weeks begin on Monday and are those of ISO 8601: some years have 53."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def first_day(self, day: date) -> date:
        """The first day of the period a day lies in."""
        if self is Pace.MONTH:
            return day.replace(day=1)
        return day if self is Pace.DAY else day - timedelta(days=day.weekday())

    def next(self, first: date) -> date | None:
        """The first day of the following period; None at the end of the calendar."""
        days = {Pace.DAY: 1, Pace.WEEK: 7, Pace.MONTH: monthrange(first.year, first.month)[1]}[self]
        return first + timedelta(days=days) if (date.max - first).days >= days else None


@dataclass(frozen=True, slots=True)
class Channel:
    """A count over time at every place of one level, everything under it included.

    ``amount`` is a fact that counts records, or adds up a number of theirs, without a window: each record counts on
    its ``day``, in the period it lies in, at the place of the entity whose fact it is. Records count whether or not
    that entity is still present; not on days after that of evaluation, nor on those before `first_seen`. ``unit``: what
    the numbers are numbers of, as the national forms print it.
    """

    pack: str
    name: str
    title: Text
    amount: Fact
    entity: str
    day: Expression
    pace: Pace
    level: str
    unit: str = CASES

    def __post_init__(self) -> None:
        if self.amount.operation not in (Operation.COUNT, Operation.SUM):
            raise TypeMismatch(
                f"a channel counts or adds up; '{self.amount.name}' is a {self.amount.operation.value}"
            )
        if self.amount.selection.window != EVER:
            raise TypeMismatch(
                f"'{self.amount.name}' has a window, but a channel has a count for each period"
            )
        if self.day.type.base is not Base.DATE:
            raise TypeMismatch(f"day needs a date, but this is a {self.day.type}")
        if self.level not in {level.code for level in PLACE_LEVELS}:
            raise ValueError(f"'{self.level}' is no level of places")
        if not has_seat(self.entity, "place"):
            raise TypeMismatch(f"{REGISTERS[self.entity].table} do not stand at places")
