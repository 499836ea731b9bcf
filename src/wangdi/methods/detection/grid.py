"""From rows of (series, day, count) to the table that detectors take."""

from dataclasses import dataclass

import numpy as np

from wangdi.methods.detection.arrays import Days, Floats, Ints
from wangdi.methods.detection.calendar import WEEKDAYS, Calendar, Unit

LEAST_MONTH = 28
LEAST_WEEK = 5
"""Days between two dates of a weekly series of which one slipped."""


@dataclass(frozen=True)
class Grid:
    """``counts`` (series, times) with NaN where there is no row. ``twice`` are pairs of rows of one series and time,
    (pairs, 2).

    ``absent`` counts the holes between the first and the last row of each series.
    """

    counts: Floats
    calendar: Calendar
    twice: Ints
    absent: Ints


def unit_of(days: Days) -> Unit | None:
    """How far apart the dates of all series together are; None where there is a single date."""
    different = np.unique(days.astype("M8[D]").astype(np.int64))
    if len(different) < 2:
        return None
    steps = np.diff(different)
    if (steps % WEEKDAYS == 0).all():
        return Unit.WEEK
    if steps.min() >= LEAST_MONTH:
        return Unit.MONTH
    return Unit.WEEK if steps.min() >= LEAST_WEEK else Unit.DAY


def grid_of(series: Ints, days: Days, counts: Floats, number: int, unit: Unit) -> Grid:
    """The rows, in any order, laid out by time. Months go by their first day; weeks by the date given where all are
    of one weekday, else by the Monday of their ISO week.

    Of two rows for one series and time the later one stands, and both are told in ``twice``.
    """
    starts = _starts(np.asarray(days, "M8[D]"), unit)
    first, last = starts.min(), starts.max()
    columns = _columns(first, last, unit)
    at = np.searchsorted(columns, starts)
    laid = np.full((number, len(columns)), np.nan)
    laid[series, at] = counts
    there = np.zeros(laid.shape, bool)
    there[series, at] = True
    return Grid(laid, Calendar.dated(columns, unit), _twice(series * len(columns) + at), _holes(there))


def _starts(days: Days, unit: Unit) -> Days:
    if unit is Unit.WEEK:
        since_monday = (days.astype(np.int64) + 3) % WEEKDAYS
        found: Days = days if np.ptp(since_monday) == 0 else days - since_monday.astype("m8[D]")
        return found
    return days.astype("M8[M]").astype("M8[D]") if unit is Unit.MONTH else days


def _columns(first: np.datetime64, last: np.datetime64, unit: Unit) -> Days:
    if unit is Unit.MONTH:
        return np.arange(first.astype("M8[M]"), last.astype("M8[M]") + 1).astype("M8[D]")
    return np.arange(first, last + np.timedelta64(1, "D"), WEEKDAYS if unit is Unit.WEEK else 1)


def _twice(cells: Ints) -> Ints:
    """Pairs of neighbours in the order of the rows that name the same cell."""
    order = np.argsort(cells, kind="stable")
    same = np.flatnonzero(cells[order][1:] == cells[order][:-1])
    return np.stack([order[same], order[same + 1]], axis=1)


def _holes(there: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Ints:
    ever = there.any(axis=1)
    first = there.argmax(axis=1)
    last = there.shape[1] - 1 - there[:, ::-1].argmax(axis=1)
    found: Ints = np.where(ever, last - first + 1 - there.sum(axis=1), 0)
    return found
