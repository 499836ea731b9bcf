"""The days an evaluation is about."""

from dataclasses import dataclass
from datetime import date

from wangdi.engine.model.expressions import Instant


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
        return cls(as_of, date(as_of.year, 1, 1), date(as_of.year, 12, 31))

    def day(self, instant: Instant) -> date:
        return {
            Instant.AS_OF: self.as_of,
            Instant.PERIOD_START: self.period_start,
            Instant.PERIOD_END: self.period_end,
        }[instant]
