"""Calendar arithmetic of the field: how months and ages are counted. Scalar; the columnar twin is in `evaluate`.

Two rules differ on purpose: a date moved by months or years keeps its day or takes the month's last day
(31 January + 1 month = 28 February), while a birthday on 29 February falls on 1 March in other years.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum


class Unit(Enum):
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


class CalendarUnit(Enum):
    """A stretch of the calendar year that schedules and periods go by."""

    YEAR = "year"
    HALF_YEAR = "half_year"
    QUARTER = "quarter"
    MONTH = "month"

    @property
    def months(self) -> int:
        return {"year": 12, "half_year": 6, "quarter": 3, "month": 1}[self.value]

    def first_day(self, day: date) -> date:
        """The first day of the unit that a day lies in."""
        return date(day.year, (day.month - 1) // self.months * self.months + 1, 1)


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole number of calendar units, such as 3 months."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.value}"

    @property
    def in_months(self) -> int | None:
        """The length in months, or None when it is counted in days."""
        if self.unit is Unit.YEARS:
            return self.amount * 12
        return self.amount if self.unit is Unit.MONTHS else None

    @property
    def in_days(self) -> int | None:
        """The length in days, or None when it is counted in months."""
        if self.unit is Unit.WEEKS:
            return self.amount * 7
        return self.amount if self.unit is Unit.DAYS else None


def shift(day: date, duration: Duration, sign: int = 1) -> date:
    """``day`` moved by the duration; the day of the month is kept or becomes the month's last day.

    OverflowError or ValueError when the result lies outside the years 1–9999.
    """
    if duration.in_days is not None:
        return day + timedelta(days=sign * duration.in_days)
    months = day.year * 12 + day.month - 1 + sign * (duration.in_months or 0)
    year, month0 = divmod(months, 12)
    last = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))


def whole_months(start: date, end: date) -> int:
    """The largest n for which ``start`` moved by n months is not after ``end``; negative when end is before start."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if shift(start, Duration(months, Unit.MONTHS)) <= end else months - 1


def full_years(birth: date, on: date) -> int:
    """Age in full years; somebody born on 29 February has the birthday on 1 March in other years."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def birthday(birth: date, years: int) -> date:
    """The day somebody becomes ``years`` old; 29 February becomes 1 March in other years.

    OverflowError or ValueError when the result lies outside the years 1–9999.
    """
    year = birth.year + years
    if (birth.month, birth.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return birth.replace(year=year)
