"""The functions of the language on vectors. Invalid entries hold any value and stay invalid."""

from collections.abc import Callable, Mapping

import numpy as np

from wangdi.engine.evaluate.columnar import days
from wangdi.engine.evaluate.columnar.answers import has, number_of
from wangdi.engine.evaluate.columnar.operations import choose, unify
from wangdi.engine.evaluate.columnar.vectors import Array, Vector, boolean, both_valid, narrowed, spread
from wangdi.engine.model.functions import FUNCTIONS


def _floor(values: Array) -> Array:
    return values if values.dtype.kind == "i" else np.floor(values)


_STRICT: Mapping[str, Callable[..., Array]] = {
    "full_years": days.full_years,
    "whole_months": days.whole_months,
    "days_between": lambda start, end: end - start,
    "start_of_year": days.year_start,
    "end_of_year": days.year_end,
    "whole_weeks": lambda start, end: (end - start) // 7,
    "start_of_quarter": days.quarter_start,
    "end_of_quarter": days.quarter_end,
    "start_of_month": days.start_of_month,
    "end_of_month": days.end_of_month,
    "year": days.year_of,
    "quarter": days.quarter_of,
    "month": days.month_of,
    "weekday": days.weekday_of,
    "floor": _floor,
    "abs": np.abs,
}
"""Functions that are null as soon as one argument is."""


def _extreme(better: Callable[[Array, Array], Array], vectors: tuple[Vector, ...]) -> Vector:
    result = vectors[0]
    for vector in vectors[1:]:
        left, right = result, vector
        take_right = better(right.data, left.data) & right.validity
        take_right = take_right | ~left.validity
        data = np.where(take_right, right.data, left.data)
        valid = None if left.valid is None or right.valid is None else left.valid | right.valid
        result = Vector(data, valid)
    return result


def _birthday(birth: Vector, years: Vector) -> Vector:
    data, within = days.birthday(birth.data, years.data)
    return narrowed(Vector(data, both_valid(birth, years)), within)


def _mod(dividend: Vector, divisor: Vector) -> Vector:
    """The remainder with the sign of the divisor, on float64; null where the divisor is 0."""
    a, b = dividend.data.astype(np.float64), divisor.data.astype(np.float64)
    nonzero = b != 0
    with np.errstate(all="ignore"):
        data = np.where(nonzero, np.mod(a, b), 0.0)
    within = None if nonzero.all() else spread(nonzero, len(data))
    return narrowed(Vector(data, both_valid(dividend, divisor)), within)


def _coalesce(vectors: tuple[Vector, ...]) -> Vector:
    unified = unify(vectors)
    result = unified[-1]
    for vector in reversed(unified[:-1]):
        result = vector if vector.valid is None else choose(vector.valid, vector, result)
    if any(vector.data.dtype == np.bool_ for vector in vectors):
        return boolean(result.data.astype(np.bool_, copy=False), result.valid)
    return result


_NULL_SKIPPING: Mapping[str, Callable[[tuple[Vector, ...]], Vector]] = {
    "least": lambda vectors: _extreme(np.less, vectors),
    "greatest": lambda vectors: _extreme(np.greater, vectors),
    "coalesce": _coalesce,
}


_ON_VECTORS: Mapping[str, Callable[..., Vector]] = {
    "birthday": _birthday,
    "mod": _mod,
    "has": has,
    "number_of": number_of,
}
"""Strict functions that may be null although no argument is, or that work on texts."""


def call(function: str, arguments: tuple[Vector, ...]) -> Vector:
    """The result of a function of the language."""
    if FUNCTIONS[function].skips_nulls:
        return _NULL_SKIPPING[function](arguments)
    if function in _ON_VECTORS:
        return _ON_VECTORS[function](*arguments)
    data = _STRICT[function](*(argument.data for argument in arguments))
    return Vector(data, both_valid(*arguments))
