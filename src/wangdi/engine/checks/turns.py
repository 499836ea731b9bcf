"""Services of each year, half-year, quarter or month that count as done by records of another stretch of time."""

from collections.abc import Iterator

from wangdi.engine.checks.finding import Finding
from wangdi.engine.checks.windows import looks_at_days
from wangdi.engine.diagnostics.messages import Severity
from wangdi.engine.model.calendar import CalendarUnit
from wangdi.engine.model.contents import contents
from wangdi.engine.model.facts import EVER, Calendar, Fact, Window
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.schedules import OncePer, Schedule

_OF_THE_YEAR = {Calendar.PERIOD: CalendarUnit.YEAR}
"""The period in which due items are worked out."""


def done_by_others(rulebook: Rulebook) -> Iterator[Finding]:
    """The schedules of a unit of the calendar whose ``satisfied`` also sees records from before that unit.

    Facts without a window are meant: what was once done, or is complete, then needs no more turn.
    """
    for schedule in rulebook.schedules.values():
        shape = schedule.shape
        if isinstance(shape, OncePer) and not looks_at_days(shape.satisfied):
            facts = [part for part in contents(shape.satisfied) if isinstance(part, Fact)]
            if facts and all(_reaches_before(fact.selection.window, shape.calendar) for fact in facts):
                yield _finding(schedule, shape.calendar, facts[0])


def _reaches_before(window: Window, unit: CalendarUnit) -> bool:
    """Whether a window that ends may hold days from before the unit of the calendar that the day lies in."""
    if window.since is not None or window == EVER:
        return False
    if window.calendar is None or window.calendar is Calendar.PREVIOUS_PERIOD:
        return True
    stretch = _OF_THE_YEAR.get(window.calendar) or CalendarUnit(window.calendar.value)
    return stretch.months > unit.months


def _finding(schedule: Schedule, unit: CalendarUnit, fact: Fact) -> Finding:
    message = (
        f"'{schedule.name}' is due once in each {unit.value}, but '{fact.name}' also sees records from before it: "
        "what was done then counts again"
    )
    hint = f"write 'during: {unit.value}' at the fact '{fact.name}'"
    shape = "once_per_year" if unit is CalendarUnit.YEAR else "once_per"
    path = ("schedules", schedule.name, shape, "satisfied")
    return Finding("W4004", schedule.pack, path, message, hint, Severity.WARNING)
