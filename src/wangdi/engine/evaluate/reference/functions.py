"""The functions of the language on single values; nulls never arrive here except where a function skips them."""

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

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


IMPLEMENTATIONS: Mapping[str, Callable[..., Any]] = {
    "full_years": full_years,
    "birthday": _birthday,
    "whole_months": whole_months,
    "days_between": lambda start, end: (end - start).days,
    "start_of_year": lambda day: date(day.year, 1, 1),
    "end_of_year": lambda day: date(day.year, 12, 31),
    "year": lambda day: day.year,
    "month": lambda day: day.month,
    "floor": math.floor,
    "abs": abs,
    "least": _least,
    "greatest": _greatest,
    "coalesce": _coalesce,
}
