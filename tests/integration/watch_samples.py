"""Records of surveillance, loaded as an import does."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa

from wangdi.interchange.tables import record_schema
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.records.bulk import load_tables

Row = tuple[str, str, date, dict[str, Any]]
"""Kind, subject, day, values."""


def write(rows: Iterable[Row], **registers: Any) -> None:
    """Loads records as an import does; ids are made from what they say."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for kind, subject, day, values in rows:
        own = {"id": f"{kind}-{subject}-{day}", "subject": subject, "occurred_on": day, "status": "final"}
        tables.setdefault(kind, []).append(own | values)
    kinds = rulebook().kinds
    records = {
        f"records/{name}": pa.Table.from_pylist(found, record_schema(kinds[name]))
        for name, found in tables.items()
    }
    load_tables(registers | records, kinds=kinds, actor_name="import")
