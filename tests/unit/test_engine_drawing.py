"""Different values are counted alike whether they are ticked off or sorted; records are numbered within their owner."""

import numpy as np
import pytest

from wangdi.engine.evaluate.columnar.drawing import draw
from wangdi.engine.evaluate.columnar.records import RecordRange, Selected
from wangdi.engine.evaluate.columnar.tables import RecordTable, starts_of
from wangdi.engine.evaluate.columnar.vectors import Vector
from wangdi.engine.model.expressions import RowValue
from wangdi.engine.model.facts import EVER, Fact, Operation, Relation, Selection
from wangdi.engine.model.types import NUMBER

OWNERS = 50
DISTINCT = Fact(
    Operation.COUNT_DISTINCT,
    Selection("visit", Relation.ABOUT, EVER, None),
    "sample",
    "values",
    RowValue("visit", "sbp", NUMBER),
)


@pytest.mark.parametrize("scale", [1, 10_000_000, 0.37], ids=["narrow", "wide", "fractions"])
@pytest.mark.parametrize("records", [0, 1, 700])
def test_different_values_of_each_owner_are_counted(scale: float, records: int) -> None:
    generator = np.random.default_rng(records)
    owner = np.sort(generator.integers(0, OWNERS, records)).astype(np.int32)
    values = generator.integers(-9, 9, records) * scale
    day = Vector(np.zeros(records, dtype=np.int32))
    table = RecordTable(owner, starts_of(owner, OWNERS), {"occurred_on": day})
    found = draw(DISTINCT, Selected(RecordRange(table, 0, OWNERS)), Vector(values))
    assert isinstance(found, Vector)
    assert list(found.data) == [len(set(values[owner == one])) for one in range(OWNERS)]


@pytest.mark.parametrize("number", [1, -1, 2, -3, 2**40, -(2**40)])
@pytest.mark.parametrize("share", [None, 0.0, 0.4, 1.0], ids=["all", "none", "some", "each"])
@pytest.mark.parametrize("records", [0, 1, 700])
def test_records_are_numbered_from_the_first_or_the_last_of_their_owner(
    records: int, share: float | None, number: int
) -> None:
    generator = np.random.default_rng(records)
    owner = np.sort(generator.integers(0, OWNERS, records)).astype(np.int32)
    table = RecordTable(owner, starts_of(owner, OWNERS), {"occurred_on": Vector(np.zeros(records, np.int32))})
    rows = None if share is None else np.flatnonzero(generator.random(records) < share)
    low, high = 7, 43
    here = RecordRange(table, low, high)
    inside = rows if rows is None else rows[(owner[rows] >= low) & (owner[rows] < high)] - here.rows.start
    found = Selected(here, inside).numbered(number)
    for one in range(low, high):
        own = [row for row in range(*here.rows.indices(records)) if owner[row] == one]
        own = own if rows is None else [row for row in own if row in rows]
        wanted = own[number - 1 if number > 0 else number] if abs(number) <= len(own) else None
        assert (found.row[one - low] + here.rows.start if found.found[one - low] else None) == wanted
