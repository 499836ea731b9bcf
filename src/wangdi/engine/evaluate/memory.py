"""A source in memory: exchange tables as they are, for tests, pack tests and small files."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.evaluate.rows import record_table_of, register_table
from wangdi.engine.model.adoption import Adoption
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS


class MemorySource:
    """Registers by entity and records by kind, as Arrow tables with codes for keys, in one partition."""

    key = "code"

    def __init__(
        self, registers: Mapping[str, Any], records: Mapping[str, Any], adoptions: Sequence[Adoption] = ()
    ) -> None:
        self._registers, self._records, self._adoptions = registers, records, adoptions

    def adoptions(self) -> Sequence[Adoption]:
        return self._adoptions

    def partitions(self) -> Sequence[str]:
        return ("all",)

    def register(self, entity: str, columns: Iterable[str], partition: str | None) -> Any:
        table = self._registers.get(entity)
        if table is None:
            return register_table(entity, {}).select(_ordered(entity, columns))
        return _with_columns(table, entity, _ordered(entity, columns))

    def records(self, kind: Kind, columns: Iterable[str], partition: str | None) -> Any:
        """Sorted by the position of the subject in its register (those of unknown subjects by its code), date and id."""
        table = self._records.get(kind.name)
        if table is None:
            return record_table_of(kind, ())
        table = table.filter(pc.not_equal(pc.fill_null(table["status"], "final"), "void"))
        subjects = self.register(kind.about, (), None)["code"].combine_chunks()
        position = pc.index_in(table["subject"], value_set=subjects)
        keyed = pa.table(
            {
                "owner": position,
                "subject": table["subject"],
                "day": table["occurred_on"],
                "id": table["id"],
            }
        )
        order = pc.sort_indices(keyed, sort_keys=[(name, "ascending") for name in keyed.column_names])
        return table.take(order)


def _ordered(entity: str, columns: Iterable[str]) -> list[str]:
    """The key and the named columns, in the order of the register."""
    wanted = {"code", *columns}
    return [field.name for field in REGISTERS[entity].fields if field.name in wanted]


def _with_columns(table: Any, entity: str, names: list[str]) -> Any:
    """The named columns; ones the table lacks are all null."""
    empty = register_table(entity, {})
    for name in names:
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(len(table), empty[name].type))
    return table.select(names)
