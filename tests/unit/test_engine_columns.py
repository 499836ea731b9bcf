"""Columns as files and the lake hold them become what the rules mean."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from wangdi.engine.evaluate.columnar.arrow import Positions, record_table, vector_of
from wangdi.engine.evaluate.columnar.values import value_at
from wangdi.engine.evaluate.columnar.vectors import Vector
from wangdi.engine.model.facts import Relation
from wangdi.engine.model.fields import Field, FieldType, Option, type_of_field
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import Base

WORDS = Text("词", "word")
GRADE = Field("grade", WORDS, FieldType.CHOICE, (Option("low", WORDS), Option("high", WORDS)))


def values(vector: Vector, field: Field) -> list[Any]:
    found = type_of_field(field)
    assert found is not None
    return [value_at(vector, found.base, position) for position in range(len(vector))]


def encoded(*texts: str | None) -> Any:
    return pa.array(texts, pa.string()).dictionary_encode()


@pytest.mark.parametrize(
    ("field", "column", "expected"),
    [
        (GRADE, pa.array(["high", None, "gone"]), ["high", None, None]),
        (GRADE, encoded("gone", "high", None, "low"), [None, "high", None, "low"]),
        (GRADE, pa.array([], pa.string()), []),
        (Field("note", WORDS, FieldType.TEXT), encoded("b", None, "a"), ["b", None, "a"]),
        (Field("note", WORDS, FieldType.TEXT), pa.array([None], pa.string()), [None]),
        (Field("done", WORDS, FieldType.BOOLEAN), pa.array([True, None, False]), [True, None, False]),
        (Field("day", WORDS, FieldType.DATE), pa.array([date(1, 1, 1), None]), [date(1, 1, 1), None]),
        (Field("size", WORDS, FieldType.INTEGER), pa.array([2**31, None, -1]), [2**31, None, -1]),
        (Field("size", WORDS, FieldType.INTEGER), pa.array([-(2**31), 5]), [-(2**31), 5]),
        (Field("size", WORDS, FieldType.INTEGER), pa.array([None], pa.int64()), [None]),
        (Field("dose", WORDS, FieldType.DECIMAL), pa.array([0.5, None, float("nan")]), [0.5, None, None]),
        (Field("dose", WORDS, FieldType.DECIMAL), pa.array([float("-inf"), 1.0]), [None, 1.0]),
    ],
)
def test_a_column_holds_the_values_that_rules_see(field: Field, column: Any, expected: list[Any]) -> None:
    for stored in (column, pa.chunked_array([column.slice(0, 1), column.slice(1)])):
        assert values(vector_of(stored, field), field) == expected


def test_whole_numbers_are_wide_only_where_they_have_to_be() -> None:
    size = Field("size", WORDS, FieldType.INTEGER)
    assert vector_of(pa.array([2**31 - 1]), size).data.dtype == "int32"
    assert vector_of(pa.array([-(2**31)]), size).data.dtype == "float64"  # its absolute value is no int32


@pytest.mark.parametrize("keys", [pa.array(["a", "b", "c"]), pa.array([1, 7, 4])])
def test_keys_are_found_at_their_positions_and_unknown_ones_nowhere(keys: Any) -> None:
    column = pa.array([keys[2].as_py(), None, keys[0].as_py()], keys.type)
    found = Positions.of(keys).find(column)
    assert [value_at(found, Base.NUMBER, position) for position in range(3)] == [2, None, 0]
    unknown = Positions.of(keys).find(pa.array([pa.scalar("99").cast(keys.type).as_py()], keys.type))
    assert unknown.valid is not None
    assert not unknown.valid[0]


def test_records_are_put_in_the_order_of_their_owners_days_and_ids() -> None:
    kind = Kind("visit", WORDS, "resident", ())
    table = pa.table(
        {
            "id": ["9", "10", "a", "B", "x"],
            "subject": ["r2", "r2", "r1", "r1", "nobody"],
            "occurred_on": pa.array([date(2026, 3, 1)] * 5),
        }
    )
    positions = {"resident": Positions.of(pa.array(["r1", "r2", "r3"]))}
    with_id = table.append_column("institution", table["id"])
    institutions = positions | {"institution": Positions.of(pa.array(["B", "a", "10", "9", "x"]))}
    found = record_table(kind, Relation.ABOUT, with_id, ["institution"], institutions)
    assert found.starts.tolist() == [0, 2, 4, 4]
    assert found.owner.tolist() == [0, 0, 1, 1]
    assert found.columns["institution"].data.tolist() == [0, 1, 2, 3]  # B before a, 10 before 9
