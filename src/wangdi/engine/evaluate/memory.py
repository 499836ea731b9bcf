"""A source in memory: exchange tables as they are, for tests, pack tests and small files."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS


class MemorySource:
    """Registers by entity and records by kind, as Arrow tables with codes for keys, in one partition."""

    key = "code"

    def __init__(self, registers: Mapping[str, Any], records: Mapping[str, Any]) -> None:
        self._registers, self._records = registers, records

    def partitions(self) -> Sequence[str]:
        return ("all",)

    def register(self, entity: str, columns: Iterable[str], partition: str | None) -> Any:
        table = self._registers.get(entity)
        if table is None:
            return pa.table({name: pa.array([], pa.string()) for name in _key_and(columns)})
        return _with_columns(
            table, [field.name for field in REGISTERS[entity].fields if field.name in _key_and(columns)]
        )

    def records(self, kind: Kind, columns: Iterable[str], partition: str | None) -> Any:
        """Sorted by the position of the subject in its register, date and id."""
        table = self._records.get(kind.name)
        if table is None:
            return _empty_records(kind)
        table = table.filter(pc.not_equal(pc.fill_null(table["status"], "final"), "void"))
        subjects = self.register(kind.about, (), None)["code"].combine_chunks()
        position = pc.index_in(table["subject"], value_set=subjects)
        keyed = pa.table({"owner": position, "day": table["occurred_on"], "id": table["id"]})
        order = pc.sort_indices(keyed, sort_keys=[(name, "ascending") for name in ("owner", "day", "id")])
        return table.take(order)


def _key_and(columns: Iterable[str]) -> set[str]:
    return {"code", *columns}


def _with_columns(table: Any, names: list[str]) -> Any:
    """The named columns; ones the table lacks are all null."""
    missing = [name for name in names if name not in table.column_names]
    for name in missing:
        table = table.append_column(name, pa.nulls(len(table), pa.string()))
    return table.select(names)


def _empty_records(kind: Kind) -> Any:
    columns: dict[str, Any] = {
        name: pa.array([], pa.string()) for name in ("id", "subject", "institution", "worker")
    }
    columns["occurred_on"] = pa.array(np.empty(0, "datetime64[D]"))
    return pa.table(columns)
