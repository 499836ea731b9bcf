"""Values of the columnar evaluator as plain Python values, to be compared with the reference evaluator's."""

from datetime import date

from wangdi.engine.evaluate.columnar.vectors import Vector, to_date
from wangdi.engine.model.types import Base

PlainValue = bool | int | float | str | date | None


def value_at(vector: Vector, base: Base, position: int) -> PlainValue:
    """The value at a position; a vector of length 1 holds it for every position."""
    data = vector.data[position if len(vector.data) > 1 else 0]
    validity = vector.validity
    if not validity[position if len(validity) > 1 else 0] or base is Base.NULL:
        return None
    if base is Base.DATE:
        return to_date(int(data))
    if base is Base.TEXT:
        return (vector.categories or ())[int(data)]
    return bool(data) if base is Base.BOOLEAN else float(data)
