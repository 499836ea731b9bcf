"""The operators of the language on vectors, with three-valued logic."""

from collections.abc import Callable, Sequence

import numpy as np

from wangdi.engine.evaluate.columnar import days
from wangdi.engine.evaluate.columnar.vectors import Array, Flags, Vector, boolean, both_valid, narrowed
from wangdi.engine.model.calendar import Duration
from wangdi.engine.model.expressions import Comparator, Connective, Operator

_COMPARE: dict[Comparator, Callable[[Array, Array], Array]] = {
    Comparator.EQ: np.equal,
    Comparator.NE: np.not_equal,
    Comparator.LT: np.less,
    Comparator.LE: np.less_equal,
    Comparator.GT: np.greater,
    Comparator.GE: np.greater_equal,
}


_ARITHMETIC: dict[Operator, Callable[[Array, Array], Array]] = {
    Operator.ADD: np.add,
    Operator.SUBTRACT: np.subtract,
    Operator.MULTIPLY: np.multiply,
    Operator.DIVIDE: np.divide,
}


def compare(comparator: Comparator, left: Vector, right: Vector, options: tuple[str, ...]) -> Vector:
    """A comparison; texts are equal when they read the same, ordered choices follow their options."""
    valid = both_valid(left, right)
    if left.categories is not None or right.categories is not None:
        left, right = _as_ranks(left, right, options if comparator.is_order else ())
        if comparator.is_order:
            known = (left.data >= 0) & (right.data >= 0)
            valid = known if valid is None else valid & known
    return boolean(_COMPARE[comparator](left.data, right.data), valid)


def _as_ranks(left: Vector, right: Vector, options: tuple[str, ...]) -> tuple[Vector, Vector]:
    """Both texts as numbers that compare alike: positions in the options, or in a common list of categories."""
    known = {text: rank for rank, text in enumerate(options)}
    if not options:
        texts = dict.fromkeys((*(left.categories or ()), *(right.categories or ())))
        known = {text: rank for rank, text in enumerate(texts)}
    return _ranked(left, known), _ranked(right, known)


def _ranked(vector: Vector, ranks: dict[str, int]) -> Vector:
    """A text vector's values replaced by ranks; −1 for texts without one."""
    categories = vector.categories or ("",)
    table = np.array([ranks.get(text, -1) for text in categories], dtype=np.int32)
    if len(table) and np.array_equal(table, np.arange(len(table))):
        return vector
    return Vector(table[vector.data], vector.valid)


def unify(vectors: Sequence[Vector]) -> tuple[Vector, ...]:
    """The vectors with one common list of categories, if they are texts."""
    if all(vector.categories is None for vector in vectors):
        return tuple(vectors)
    texts = tuple(dict.fromkeys(text for vector in vectors for text in vector.categories or ()))
    ranks = {text: rank for rank, text in enumerate(texts)}
    ranked = [_ranked(vector, ranks) for vector in vectors]
    return tuple(Vector(vector.data, vector.valid, texts) for vector in ranked)


def choose(condition: Flags, yes: Vector, no: Vector) -> Vector:
    """``yes`` where the condition holds, else ``no``; texts must have been unified."""
    data = np.where(condition, yes.data, no.data)
    if yes.valid is None and no.valid is None:
        return Vector(data, None, yes.categories)
    return Vector(data, np.where(condition, yes.validity, no.validity), yes.categories)


def case(conditions: Sequence[Vector], results: Sequence[Vector], *, is_condition: bool) -> Vector:
    """The result of the first condition that is true; the last result when there is none."""
    unified = unify(results)
    chosen = unified[-1]
    for condition, result in zip(reversed(conditions), reversed(unified[:-1]), strict=True):
        chosen = choose(condition.data, result, chosen)
    return boolean(chosen.data.astype(np.bool_, copy=False), chosen.valid) if is_condition else chosen


def negate(operand: Vector) -> Vector:
    return boolean(~operand.data.astype(np.bool_, copy=False), operand.valid)


def is_true(operand: Vector) -> Vector:
    """True where the condition is; a null condition is false already wherever only its data is looked at."""
    return Vector(_as_condition(operand).data)


def is_null(operand: Vector) -> Vector:
    if operand.valid is None:
        return Vector(np.zeros(1, dtype=np.bool_))
    return Vector(~operand.valid)


def join(connective: Connective, operands: Sequence[Vector], *, truth_only: bool = False) -> Vector:
    """AND: false as soon as one is false; OR: true as soon as one is true; else null if one is null.

    With ``truth_only`` the result is false instead of null, which takes a sixth of the work.
    """
    if truth_only:
        together = np.logical_and if connective is Connective.AND else np.logical_or
        data = _as_condition(operands[0]).data
        for operand in operands[1:]:
            data = together(data, _as_condition(operand).data)
        return Vector(data)
    result = _as_condition(operands[0])
    for operand in operands[1:]:
        pair = (result, _as_condition(operand))
        result = _and(*pair) if connective is Connective.AND else _or(*pair)
    return result


def _as_condition(vector: Vector) -> Vector:
    if vector.data.dtype == np.bool_:
        return vector
    return boolean(vector.data.astype(np.bool_), vector.valid)  # the constant null


def _and(left: Vector, right: Vector) -> Vector:
    data = left.data & right.data
    if left.valid is None and right.valid is None:
        return Vector(data)
    left_valid, right_valid = left.validity, right.validity
    false = (left_valid & ~left.data) | (right_valid & ~right.data)
    return boolean(data, (left_valid & right_valid) | false)


def _or(left: Vector, right: Vector) -> Vector:
    data = left.data | right.data
    if left.valid is None and right.valid is None:
        return Vector(data)
    return boolean(data, (left.validity & right.validity) | data)


def arithmetic(operator: Operator, left: Vector, right: Vector) -> Vector:
    """On float64, as the reference does; null where the result is no finite number, as in a division by zero."""
    valid = both_valid(left, right)
    a, b = left.data.astype(np.float64), right.data.astype(np.float64)
    with np.errstate(all="ignore"):
        result = _ARITHMETIC[operator](a, b)
    finite = np.isfinite(result)
    if finite.all():
        return Vector(result, valid)
    return narrowed(Vector(np.where(finite, result, 0.0), valid), finite)


def shift(day: Vector, duration: Duration, sign: int) -> Vector:
    """A date moved by a duration; null where the result would lie outside the years 1–9999."""
    if duration.in_days is not None:
        data, within = days.shift_days(day.data, sign * duration.in_days)
    else:
        data, within = days.shift_months(day.data, sign * (duration.in_months or 0))
    return narrowed(Vector(data, day.valid), within)
