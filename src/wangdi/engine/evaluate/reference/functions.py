"""The functions of the language on single values; nulls never arrive here except where a function skips them."""

import math
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from wangdi.engine.evaluate.reference.drawing import number
from wangdi.engine.model.calendar import birthday, full_years, whole_months


def _least(*values: Any) -> Any:
    return min((value for value in values if value is not None), default=None)


def _greatest(*values: Any) -> Any:
    return max((value for value in values if value is not None), default=None)


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _birthday(birth: date, years: float) -> date | None:
    try:
        return birthday(birth, math.floor(years))
    except (OverflowError, ValueError):
        return None


def _mod(dividend: float, divisor: float) -> int | float | None:
    return number(float(dividend) % float(divisor)) if divisor else None


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _quarter(day: date) -> int:
    return (day.month + 2) // 3


def _start_of_quarter(day: date) -> date:
    return date(day.year, _quarter(day) * 3 - 2, 1)


def _end_of_quarter(day: date) -> date:
    return _end_of_month(date(day.year, _quarter(day) * 3, 1))


IMPLEMENTATIONS: Mapping[str, Callable[..., Any]] = {
    "full_years": full_years,
    "birthday": _birthday,
    "whole_months": whole_months,
    "whole_weeks": lambda start, end: (end - start).days // 7,
    "days_between": lambda start, end: (end - start).days,
    "start_of_year": lambda day: date(day.year, 1, 1),
    "end_of_year": lambda day: date(day.year, 12, 31),
    "year": lambda day: day.year,
    "month": lambda day: day.month,
    "start_of_quarter": _start_of_quarter,
    "end_of_quarter": _end_of_quarter,
    "quarter": _quarter,
    "start_of_month": lambda day: day.replace(day=1),
    "end_of_month": _end_of_month,
    "weekday": lambda day: day.isoweekday(),
    "mod": _mod,
    "has": lambda answers, option: option in answers,
    "number_of": len,
    "floor": math.floor,
    "abs": abs,
    "least": _least,
    "greatest": _greatest,
    "coalesce": _coalesce,
}
