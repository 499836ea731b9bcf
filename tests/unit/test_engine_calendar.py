"""Calendar arithmetic on arrays says the same as the scalar calendar, for every date of the years 1–9999."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wangdi.engine.evaluate.columnar import days
from wangdi.engine.evaluate.columnar.vectors import to_date, to_days
from wangdi.engine.model import calendar
from wangdi.engine.model.calendar import Duration, Unit

PROPERTY = settings(max_examples=60, derandomize=True, deadline=None)
EDGES = st.sampled_from(
    [
        date.fromisoformat(day)
        for day in (
            *("0001-01-01", "0001-01-31", "0004-02-29", "1799-12-31", "1800-01-01", "1900-02-28"),
            *(
                "1970-01-01",
                "2000-02-29",
                "2024-02-29",
                "2299-12-31",
                "2300-01-01",
                "9996-02-29",
                "9999-12-31",
            ),
        )
    ]
)
DATES = st.lists(EDGES | st.dates() | st.dates(date(1920, 1, 1), date(2060, 1, 1)), min_size=1, max_size=30)
EVERYDAY = st.lists(st.dates(date(1920, 1, 1), date(2060, 1, 1)), min_size=1, max_size=30)
COUNTS = st.integers(-50, 50) | st.integers(-130_000, 130_000) | st.integers(-(10**25), 10**25)


def array(dates: list[date]) -> Any:
    return np.array([to_days(day) for day in dates], dtype=np.int32)


def scalar(function: Callable[..., date], *arguments: Any) -> date | None:
    """The scalar calendar's result; None where it is no date."""
    try:
        return function(*arguments)
    except (OverflowError, ValueError):
        return None


def dates_of(found: tuple[Any, Any]) -> list[date | None]:
    data, within = found
    known = np.ones(len(data), bool) if within is None else within
    return [to_date(int(day)) if inside else None for day, inside in zip(data, known, strict=True)]


@PROPERTY
@given(DATES | EVERYDAY, COUNTS, st.sampled_from(list(Unit)), st.sampled_from([1, -1]))
def test_moving_dates(dates: list[date], amount: int, unit: Unit, sign: int) -> None:
    duration = Duration(abs(amount), unit)
    if duration.in_days is not None:
        found = days.shift_days(array(dates), sign * duration.in_days)
    else:
        found = days.shift_months(array(dates), sign * (duration.in_months or 0))
    assert dates_of(found) == [scalar(calendar.shift, day, duration, sign) for day in dates]


@PROPERTY
@given(DATES | EVERYDAY, EDGES | st.dates())
def test_months_and_years_between_dates(starts: list[date], end: date) -> None:
    ends = np.full(len(starts), to_days(end), dtype=np.int32)
    months = [calendar.whole_months(start, end) for start in starts]
    assert days.whole_months(array(starts), ends).tolist() == months
    assert days.full_years(array(starts), ends).tolist() == [calendar.full_years(s, end) for s in starts]
    backwards = [calendar.whole_months(end, start) for start in starts]
    assert days.whole_months(ends, array(starts)).tolist() == backwards


@PROPERTY
@given(
    DATES | EVERYDAY, st.integers(-10, 130) | st.integers(-12_000, 12_000) | st.integers(-(2**31), 2**31 - 1)
)
def test_birthdays(births: list[date], years: int) -> None:
    found = days.birthday(array(births), np.array([years], dtype=np.int32))
    assert dates_of(found) == [scalar(calendar.birthday, birth, years) for birth in births]


@PROPERTY
@given(DATES | EVERYDAY)
def test_years_and_months_of_dates(dates: list[date]) -> None:
    given_days = array(dates)
    assert days.year_of(given_days).tolist() == [day.year for day in dates]
    assert days.month_of(given_days).tolist() == [day.month for day in dates]
    assert days.year_start(given_days).tolist() == [to_days(date(day.year, 1, 1)) for day in dates]
    assert days.year_end(given_days).tolist() == [to_days(date(day.year, 12, 31)) for day in dates]


@PROPERTY
@given(EDGES | st.dates(), st.integers(-200, 200))
def test_whole_months_count_what_moving_by_months_adds(start: date, months: int) -> None:
    end = scalar(calendar.shift, start, Duration(months, Unit.MONTHS))
    if end is not None:
        assert calendar.whole_months(start, end) == months


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        ("1960-02-29", "2025-02-28", 64),
        ("1960-02-29", "2025-03-01", 65),
        ("1961-06-30", "2026-06-29", 64),
        ("1961-06-30", "2026-06-30", 65),
    ],
)
def test_an_age_changes_on_the_birthday(birth: str, on: str, age: int) -> None:
    assert calendar.full_years(date.fromisoformat(birth), date.fromisoformat(on)) == age
    assert (calendar.birthday(date.fromisoformat(birth), 65) <= date.fromisoformat(on)) == (age == 65)


def test_no_dates_at_all_are_no_trouble() -> None:
    nothing = np.empty(0, dtype=np.int32)
    assert days.whole_months(nothing, nothing).size == 0
    assert days.birthday(nothing, np.array([65], dtype=np.int32))[0].size == 0
    assert days.shift_months(nothing, 3)[0].size == days.shift_days(nothing, 3)[0].size == 0
