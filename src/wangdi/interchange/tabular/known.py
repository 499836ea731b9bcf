"""What the store already holds, as far as checks need it."""

from collections.abc import Sequence
from typing import Any, Protocol

import pyarrow as pa

from wangdi.engine.model.registers import REGISTERS
from wangdi.interchange.tables import Tables, register_schema


class KnownCodes(Protocol):
    """Answers about registers from the store. Nothing is asked that the bundle does not need."""

    def codes(self, entity: str) -> Any:
        """The codes of a register (``pyarrow.Array`` of strings), in any order."""

    def attributes(self, entity: str, names: Sequence[str]) -> Any:
        """A ``pyarrow.Table`` with ``code`` and the named columns of a register, in their exchange types.

        Asked: level of places, parents, birth_date and death_date of residents and workers.
        """


class KnownTables:
    """Exchange tables as what is known; without tables, the empty store."""

    def __init__(self, tables: Tables | None = None) -> None:
        self._tables = tables or {}

    def codes(self, entity: str) -> Any:
        return self.attributes(entity, ())["code"].combine_chunks()

    def attributes(self, entity: str, names: Sequence[str]) -> Any:
        register = REGISTERS[entity]
        schema = pa.schema([register_schema(register).field(name) for name in ("code", *names)])
        table = self._tables.get(register.table)
        if table is None:
            return schema.empty_table()
        columns = [
            table[item.name] if item.name in table.column_names else pa.nulls(len(table), item.type)
            for item in schema
        ]
        return pa.table(columns, schema=schema)
