"""Two sets of figures side by side: which are not the same."""

from typing import Any

import pyarrow as pa

from wangdi.interchange.quack import connect
from wangdi.server.common.bulk import quoted

COUNTS = ("numerator", "denominator")
"""The columns of a figure that say what was counted; the others say which figure it is."""
COMPARED_COUNTS = tuple(f"{name}_{when}" for name in COUNTS for when in ("before", "now"))


def differing(before: Any, after: Any) -> Any:
    """The figures that are in one table only, or say something else in the other, in the order of their columns.

    Columns: what tells figures apart, then each count ``…_before`` and ``…_now``; empty where there is no such figure.
    """
    counts = [name for name in COUNTS if name in before.column_names and name in after.column_names]
    keys = [name for name in before.column_names if name in after.column_names and name not in counts]
    with connect() as quack:
        quack.register("before_", before.select([*keys, *counts]))
        quack.register("after_", after.select([*keys, *counts]))
        found: pa.Table = quack.sql(_query(keys, counts)).to_arrow_table()
    return found


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
