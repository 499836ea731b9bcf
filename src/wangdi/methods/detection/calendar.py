"""When the columns of a table of counts are: days, weeks, months, or mere numbers."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from wangdi.methods.detection.arrays import Days, Floats, Ints

WEEKDAYS = 7
DAYS_OF_A_MONTH = 365.2425 / 12


class Unit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    NUMBER = "number"
    """Times without dates: a year is ``per_year`` of them."""


PER_YEAR = {Unit.DAY: 365, Unit.WEEK: 52, Unit.MONTH: 12}


@dataclass(frozen=True)
class Calendar:
    """Evenly spaced times without holes. ``days`` has the date of each (any weekday, any day of the month); empty
    for `Unit.NUMBER`.
    """

    unit: Unit
    length: int
    per_year: int
    days: Days

    @classmethod
    def numbers(cls, length: int, per_year: int = 52) -> "Calendar":
        """Times without dates: last year is ``per_year`` times back, so years of 53 weeks are not known."""
        return cls(Unit.NUMBER, length, per_year, np.empty(0, "M8[D]"))

    @classmethod
    def dated(cls, days: Days, unit: Unit) -> "Calendar":
        """By date. ValueError where a day, week or month is left out or comes twice: such columns have to be there,
        filled with NaN.
        """
        days = np.asarray(days, "M8[D]")
        steps = np.diff(
            days.astype("M8[M]").astype(np.int64) if unit is Unit.MONTH else days.astype(np.int64)
        )
        wanted = WEEKDAYS if unit is Unit.WEEK else 1
        wrong = np.flatnonzero(steps != wanted)
        if len(wrong):
            at = int(wrong[0])
            raise ValueError(
                f"{days[at + 1]} does not follow {days[at]} by one {unit.value}; fill gaps with NaN"
            )
        return cls(unit, len(days), PER_YEAR[unit], days)

    def until(self, length: int) -> "Calendar":
        """The first ``length`` times."""
        return Calendar(self.unit, length, self.per_year, self.days[:length])

    def years_before(self, time: int, years: int) -> Ints:
        """The position of the same time 1, 2, … years before, the latest first; those before the first column are
        negative or missing.

        By date it is the same date of an earlier year (1 March for 29 February), for weeks the column nearest to
        that date. So a year of 53 weeks shifts nothing.
        """
        back = np.arange(1, years + 1)
        if self.unit in (Unit.NUMBER, Unit.MONTH):
            return time - self.per_year * back
        apart = (_same_date(self.days[time], back) - self.days[0]).astype(np.int64)
        found: Ints = (apart + WEEKDAYS // 2) // WEEKDAYS if self.unit is Unit.WEEK else apart
        return found

    def since(self, time: int, rows: Ints, by_date: bool) -> Floats:
        """How far the positions ``rows`` lie from a time, in units of the calendar; with ``by_date`` months have
        their lengths.
        """
        if self.unit is Unit.MONTH and by_date:
            found: Floats = (self.days[rows] - self.days[time]).astype(np.float64) / DAYS_OF_A_MONTH
            return found
        return (rows - time).astype(np.float64)


def _same_date(day: np.datetime64, back: Ints) -> Days:
    month = day.astype("M8[M]")
    offset = day - month.astype("M8[D]")
    found: Days = (month - 12 * back.astype("m8[M]")).astype("M8[D]") + offset
    return found
