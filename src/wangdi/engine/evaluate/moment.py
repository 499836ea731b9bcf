"""The days an evaluation is about."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from wangdi.engine.model.calendar import CalendarUnit, Duration, Unit, shift
from wangdi.engine.model.expressions import Instant
from wangdi.engine.model.facts import Calendar, Window

_ONE_DAY = timedelta(days=1)
_WHOLE_MONTHS = (12, 3, 1)
"""The lengths of years, quarters and months, which begin in a month that their length divides (counted from 0)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The day on which everything is judged, and the period around it (first and last day, both included)."""

    as_of: date
    period_start: date
    period_end: date

    def __post_init__(self) -> None:
        if not self.period_start <= self.as_of <= self.period_end:
            raise ValueError("the day of evaluation lies outside its period")

    @classmethod
    def in_year(cls, as_of: date) -> "Moment":
        """A day seen within its calendar year."""
        return cls._in_months(as_of, 12)

    @classmethod
    def in_quarter(cls, as_of: date) -> "Moment":
        """A day seen within its calendar quarter."""
        return cls._in_months(as_of, 3)

    @classmethod
    def in_month(cls, as_of: date) -> "Moment":
        """A day seen within its calendar month."""
        return cls._in_months(as_of, 1)

    @classmethod
    def _in_months(cls, as_of: date, length: int) -> "Moment":
        first = (as_of.month - 1) // length * length + 1
        return cls(as_of, date(as_of.year, first, 1), _last_of_month(as_of.year, first + length - 1))

    def day(self, instant: Instant) -> date:
        return {
            Instant.AS_OF: self.as_of,
            Instant.PERIOD_START: self.period_start,
            Instant.PERIOD_END: self.period_end,
        }[instant]

    @property
    def previous_end(self) -> date | None:
        """The last day of the period before: the day before this one begins; None when that is no date."""
        return None if self.period_start == date.min else self.period_start - _ONE_DAY

    @property
    def previous_start(self) -> date | None:
        """The first day of the period before; None when that is no date.

        The calendar year, quarter or month before when the period is exactly one; else as many days as the period has.
        """
        try:
            months = self._calendar_months
            if months is not None:
                return shift(self.period_start, Duration(months, Unit.MONTHS), -1)
            return self.period_start - (self.period_end - self.period_start) - _ONE_DAY
        except (OverflowError, ValueError):
            return None

    @property
    def _calendar_months(self) -> int | None:
        """How many months the period has when it is a calendar year, quarter or month."""
        start = self.period_start
        for months in _WHOLE_MONTHS:
            fits = start.day == 1 and (start.month - 1) % months == 0
            if fits and self.period_end == _last_of_month(start.year, start.month + months - 1):
                return months
        return None

    def days_in(self, window: Window) -> tuple[date | None, date] | None:
        """A window's first day (None: no beginning) and last day; None when it has no day.

        A window since a day of the entity's own has that day as its beginning, which is not known here.
        """
        match window.calendar:
            case None:
                return self._first_of_last(window.length), self.as_of
            case Calendar.PERIOD:
                return self.period_start, self.as_of
            case Calendar.PREVIOUS_PERIOD:
                return (self.previous_start, self.previous_end) if self.previous_end is not None else None
        return CalendarUnit(window.calendar.value).first_day(self.as_of), self.as_of

    def _first_of_last(self, length: Duration | None) -> date | None:
        if length is None:
            return None
        try:
            return shift(self.as_of, length, -1) + _ONE_DAY
        except (OverflowError, ValueError):
            return None


def _last_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
