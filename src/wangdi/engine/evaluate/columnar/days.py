"""Calendar arithmetic on arrays of days since 1970-01-01: the twin of `engine.model.calendar`.

Everyday dates are looked up in tables made once; a date outside of them takes the slow way through NumPy's calendar.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wangdi.engine.evaluate.columnar.vectors import Array, Flags

Ints = NDArray[np.int32]

_FIRST, _LAST = np.datetime64("1800-01-01"), np.datetime64("2300-01-01")
LOW, HIGH = int(_FIRST.astype(int)), int(_LAST.astype(int))
"""The tables hold days from LOW up to and not including HIGH."""
_EARLIEST, _LATEST = (int(np.datetime64(day).astype(int)) for day in ("0001-01-01", "9999-12-31"))
_MONTHS_1970 = 1970 * 12
_FIRST_MONTH_OF_ALL, _MONTHS_END = 1 * 12, 10_000 * 12
"""The months of the years 1–9999, counted since year 0."""
_FARTHEST_DAYS, _FARTHEST_MONTHS = _LATEST - _EARLIEST + 1, _MONTHS_END
"""Whatever is moved so far is no date any more; moving it farther would overflow."""


def _split(days: Array) -> tuple[Ints, Ints]:
    """Months since year 0 and the day in the month (from 0)."""
    whole = days.astype("datetime64[D]")
    month = whole.astype("datetime64[M]")
    in_month = (whole - month.astype("datetime64[D]")).astype(np.int32)
    return (month.astype(np.int64) + _MONTHS_1970).astype(np.int32), in_month


def _month_start(months: Array) -> Ints:
    """The first day of months counted since year 0."""
    since_1970 = (months.astype(np.int64) - _MONTHS_1970).astype("datetime64[M]")
    days: Ints = since_1970.astype("datetime64[D]").astype(np.int32)
    return days


_TABLE_DAYS = np.arange(LOW, HIGH, dtype=np.int32)
_MONTH, _IN_MONTH = _split(_TABLE_DAYS)
_FIRST_MONTH = int(_MONTH[0])
_MONTH_START = _month_start(np.arange(_FIRST_MONTH, int(_MONTH[-1]) + 2))


def _in_tables(days: Array) -> Array | None:
    """Where the days stand in the tables; None when one of them does not."""
    index = days - LOW
    if days.dtype != np.int32:
        return index if not days.size or (index.min() >= 0 and index.max() < HIGH - LOW) else None
    # One pass instead of two: days before the tables are very large as unsigned numbers.
    return index if np.maximum.reduce(index.view(np.uint32), initial=0) < HIGH - LOW else None


def split(days: Array) -> tuple[Ints, Ints]:
    """Months since year 0 and the day in the month (from 0), for any dates."""
    index = _in_tables(days)
    return _split(days) if index is None else (_MONTH.take(index), _IN_MONTH.take(index))


def month_start(months: Array) -> Ints:
    """The first day of months counted since year 0, for any months."""
    index = months - _FIRST_MONTH
    if index.size and (int(index.min()) < 0 or int(index.max()) >= len(_MONTH_START)):
        return _month_start(months)
    starts: Ints = _MONTH_START.take(index)
    return starts


def _shift_months(days: Array, months: int) -> Ints:
    month, in_month = _split(days)
    start, following = _month_start(month + months), _month_start(month + months + 1)
    moved: Ints = start + np.minimum(in_month, following - start - 1)
    return moved


@lru_cache(maxsize=64)
def _shift_table(months: int) -> tuple[Ints, Flags | None]:
    """Every day of the tables moved, and where the result is a date."""
    return _within(_shift_months(_TABLE_DAYS, months))


_SAFE_DAYS = min(LOW - _EARLIEST, _LATEST - HIGH)
"""By so many days the days of the tables can be moved without leaving the years 1–9999."""


def shift_days(days: Array, count: int) -> tuple[Ints, Flags | None]:
    """Days moved by a number of days; and where the result is a date (None: everywhere)."""
    if abs(count) <= _SAFE_DAYS and days.dtype == np.int32 and _in_tables(days) is not None:
        moved: Ints = days + np.int32(count)
        return moved, None
    return _within(days.astype(np.int64) + _at_most(_FARTHEST_DAYS, count))


def shift_months(days: Array, months: int) -> tuple[Ints, Flags | None]:
    """Days moved by months: the day of the month is kept, or becomes the month's last day."""
    months = _at_most(_FARTHEST_MONTHS, months)
    index = _in_tables(days)
    if index is None:
        return _within(_shift_months(days, months))
    moved, within = _shift_table(months)
    return moved.take(index), None if within is None else within.take(index)


def _at_most(limit: int, count: int) -> int:
    return max(-limit, min(limit, count))


def _within(days: Array) -> tuple[Ints, Flags | None]:
    if days.size == 0 or (int(days.min()) >= _EARLIEST and int(days.max()) <= _LATEST):
        return days.astype(np.int32, copy=False), None
    return days.astype(np.int32), (days >= _EARLIEST) & (days <= _LATEST)


def whole_months(start: Array, end: Array) -> Ints:
    """The largest n for which ``start`` moved by n months is not after ``end``."""
    start_month, start_day = split(start)
    end_month, end_day = split(end)
    last_of_end = month_start(end_month + 1) - month_start(end_month) - 1
    months: Ints = end_month - start_month - (np.minimum(start_day, last_of_end) > end_day)
    return months


def full_years(birth: Array, on: Array) -> Ints:
    """Age in full years; 29 February counts as 1 March in other years."""
    birth_month, birth_day = split(birth)
    on_month, on_day = split(on)
    return (on_month * 32 + on_day - birth_month * 32 - birth_day) // (12 * 32)


def birthday(birth: Array, years: Array) -> tuple[Ints, Flags | None]:
    """The day on which somebody becomes ``years`` (rounded down) old, and where that is a date (None: everywhere).

    29 February becomes 1 March in other years.
    """
    month, in_month = split(birth)
    whole = np.floor(np.clip(years, -10_000, 10_000)).astype(np.int32)
    target = month + whole * 12
    if target.size and (int(target.min()) < _FIRST_MONTH_OF_ALL or int(target.max()) >= _MONTHS_END):
        inside = (target >= _FIRST_MONTH_OF_ALL) & (target < _MONTHS_END)
        return month_start(np.where(inside, target, _FIRST_MONTH_OF_ALL)) + in_month, inside
    return month_start(target) + in_month, None


def year_start(days: Array) -> Ints:
    month, _ = split(days)
    return month_start(month // 12 * 12)


def year_end(days: Array) -> Ints:
    month, _ = split(days)
    return month_start(month // 12 * 12 + 12) - 1


def quarter_start(days: Array) -> Ints:
    month, _ = split(days)
    return month_start(month // 3 * 3)


def quarter_end(days: Array) -> Ints:
    month, _ = split(days)
    return month_start(month // 3 * 3 + 3) - 1


def start_of_month(days: Array) -> Ints:
    month, _ = split(days)
    return month_start(month)


def end_of_month(days: Array) -> Ints:
    month, _ = split(days)
    return month_start(month + 1) - 1


def year_of(days: Array) -> Ints:
    return split(days)[0] // 12


def month_of(days: Array) -> Ints:
    return split(days)[0] % 12 + 1


def quarter_of(days: Array) -> Ints:
    return split(days)[0] % 12 // 3 + 1


def weekday_of(days: Array) -> Ints:
    """1 for Monday to 7 for Sunday; 1970-01-01 was a Thursday."""
    weekday: Ints = (days + 3) % 7 + 1
    return weekday
