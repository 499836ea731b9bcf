"""Different values are counted alike whether they are ticked off or sorted."""

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
