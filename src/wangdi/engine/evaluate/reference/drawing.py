"""What a fact draws from its records, in plain Python."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from wangdi.engine.evaluate.reference.world import Record
from wangdi.engine.model.facts import Fact, Operation
from wangdi.engine.model.types import LARGEST_WHOLE


def number(value: float) -> int | float | None:
    """A double as rules see it: null when it is not finite; whole numbers without a fraction to show."""
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) <= LARGEST_WHOLE else value


def draw(fact: Fact, records: Sequence[Record], values: Sequence[Any]) -> Any:
    """A fact's value from its selected records in order, and from what ``of`` comes to at them, nulls left out."""
    match fact.operation:
        case Operation.COUNT:
            return len(records)
        case Operation.ANY:
            return bool(records)
        case Operation.LATEST:
            return records[-1] if records else None
        case Operation.FIRST:
            return records[0] if records else None
        case Operation.NTH:
            return _nth(records, fact.number or 0)
        case Operation.MOST_PER_DAY:
            return max(Counter(record.occurred_on for record in records).values(), default=0)
        case _:
            return _draw_of(fact.operation, values)


def _draw_of(operation: Operation, values: Sequence[Any]) -> Any:
    match operation:
        case Operation.COUNT_DISTINCT:
            return len(set(values))
        case Operation.SUM:
            return number(_sum(values)) if values else None
        case Operation.MEAN:
            return number(_sum(values) / len(values)) if values else None
        case Operation.MIN:
            return min(values, default=None)
        case Operation.MAX:
            return max(values, default=None)
        case _:
            raise TypeError(f"a {operation.value} takes no 'of'")


def _nth(records: Sequence[Record], position: int) -> Record | None:
    """The record numbered from 1, or from the last one (-1); None when there are not so many."""
    if abs(position) > len(records):
        return None
    return records[position - 1 if position > 0 else position]


def _sum(values: Sequence[float]) -> float:
    """Added one after another, because doubles added in another order may come to another number.

    ``sum()`` would not do: it makes up for the rounding.
    """
    total = 0.0
    for value in values:
        total += value
    return total
