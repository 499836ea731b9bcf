"""What the store already holds, as far as checks need it."""

from collections.abc import Sequence
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.model.registers import REGISTERS
from wangdi.interchange.tables import Tables, register_schema


class KnownCodes(Protocol):
    """Answers about registers from the store. Nothing is asked that the bundle does not need."""

    def present(self, entity: str, codes: Any) -> Any:
        """Those of some codes (``pyarrow.Array`` of distinct strings) that a register has, in any order."""

    def codes(self, entity: str, at_most: int) -> Any:
        """All codes of a register (``pyarrow.Array`` of strings), in any order; None where there are more."""

    def attributes(self, entity: str, names: Sequence[str], codes: Any = None) -> Any:
        """A ``pyarrow.Table`` with ``code`` and the named columns of a register, in their exchange types.

        Of those ``codes`` at least, where some are given. Asked: level of places, parents, birth_date and death_date of
        residents and workers.
        """


class KnownTables:
    """Exchange tables as what is known; without tables, the empty store."""

    def __init__(self, tables: Tables | None = None) -> None:
        self._tables = tables or {}

    def present(self, entity: str, codes: Any) -> Any:
        return codes.filter(pc.is_in(codes, self._codes(entity)))

    def codes(self, entity: str, at_most: int) -> Any:
        found = self._codes(entity)
        return found if len(found) <= at_most else None

    def _codes(self, entity: str) -> Any:
        return self.attributes(entity, ())["code"].combine_chunks()

    def attributes(self, entity: str, names: Sequence[str], codes: Any = None) -> Any:
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
