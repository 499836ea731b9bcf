"""Due items: what every evaluator says of a schedule and a member of its group."""

from dataclasses import dataclass
from datetime import date
from enum import Enum


class Status(Enum):
    UPCOMING = "upcoming"
    DUE = "due"
    OVERDUE = "overdue"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class DueItem:
    """One service for one subject. Due from ``due_from``, at the latest on ``due_on``, overdue from ``overdue_from``.

    ``step`` tells the steps of a series apart; an item of a record has the record's id there; other shapes have one step,
    named by the empty text. ``responsible`` is the institution that has to act on an item of a record, or of a schedule
    that names one (None: no known one); other items are for the institution of the subject. From ``missed_from`` on an
    item can no longer be done (None: it always can).
    """

    subject: str
    schedule: str
    due_from: date
    due_on: date
    overdue_from: date
    step: str = ""
    responsible: str | None = None
    missed_from: date | None = None

    def status_on(self, day: date) -> Status:
        if self.missed_from is not None and day >= self.missed_from:
            return Status.MISSED
        if day >= self.overdue_from:
            return Status.OVERDUE
        return Status.DUE if day >= self.due_from else Status.UPCOMING
