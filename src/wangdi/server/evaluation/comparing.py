"""Two sets of figures side by side: which are not the same."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wangdi.interchange.quack import connect
from wangdi.server.common.bulk import quoted

COUNTS = ("numerator", "denominator")
"""The columns of a figure that say what was counted; the others say which figure it is."""
COMPARED_COUNTS = tuple(f"{name}_{when}" for name in COUNTS for when in ("before", "now"))


PARTS = ("dimension", "category")
"""Which part of an indicator a figure is about; archives from before figures were broken down have neither."""


def differing(before: Any, after: Any) -> Any:
    """The figures that are in one table only, or say something else in the other, in the order of their columns.

    Columns: what tells figures apart, then each count ``…_before`` and ``…_now``; empty where there is no such figure.
    """
    before, after = with_parts(before), with_parts(after)
    counts = [name for name in COUNTS if name in before.column_names and name in after.column_names]
    keys = [name for name in before.column_names if name in after.column_names and name not in counts]
    with connect() as quack:
        quack.register("before_", before.select([*keys, *counts]))
        quack.register("after_", after.select([*keys, *counts]))
        found: pa.Table = quack.sql(_query(keys, counts)).to_arrow_table()
    return found


def with_parts(figures: Any) -> Any:
    """With the columns of parts, empty where they had been left out."""
    for name in PARTS:
        if name not in figures.column_names:
            figures = figures.append_column(name, pa.array([""] * len(figures), pa.string()))
    return figures


def without_empty_parts(figures: Any) -> Any:
    """A listing of figures, without the columns of parts where none of them is of a part."""
    if all(pc.all(pc.equal(figures[name], "")).as_py() is not False for name in PARTS):
        return figures.drop_columns(list(PARTS))
    return figures


def _query(keys: list[str], counts: list[str]) -> str:
    told = ", ".join(f"coalesce(b.{quoted(key)}, a.{quoted(key)}) AS {quoted(key)}" for key in keys)
    shown = ", ".join(
        f"b.{quoted(n)} AS {quoted(n + '_before')}, a.{quoted(n)} AS {quoted(n + '_now')}" for n in counts
    )
    same = " AND ".join(f"b.{quoted(key)} IS NOT DISTINCT FROM a.{quoted(key)}" for key in keys)
    differs = " OR ".join(f"b.{quoted(name)} IS DISTINCT FROM a.{quoted(name)}" for name in counts)
    order = ", ".join(str(number) for number in range(1, len(keys) + 1))
    return (
        f"SELECT {told}, {shown} FROM before_ b FULL JOIN after_ a ON {same} WHERE {differs} ORDER BY {order}"
    )
