"""What the store already holds, for the checks of an import."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
from django.db.models import QuerySet

from wangdi.engine.model.fields import FieldType
from wangdi.engine.model.registers import REGISTERS
from wangdi.interchange.tables import register_schema
from wangdi.server.network.models import MODELS

FEW = 20_000
"""Up to so many codes are looked up; for more, reading the whole register is quicker."""

_AT_A_TIME = 5_000

Rows = Callable[[str], "QuerySet[Any]"]
"""The rows of a register that are known, by its entity."""


def everybody(entity: str) -> "QuerySet[Any]":
    """All rows of a register, files that were merged among them."""
    return MODELS[entity]._base_manager.all()


class StoreKnown:
    """The registers of the store, or some of their ``rows``, as the reader of files asks for them."""

    def __init__(self, rows: Rows = everybody) -> None:
        self._rows = rows

    def present(self, entity: str, codes: Any) -> Any:
        found = [code for (code,) in self._values(entity, ("code",), codes)]
        return pa.array(found, pa.string())

    def codes(self, entity: str, at_most: int) -> Any:
        found = list(self._rows(entity).values_list("code", flat=True)[: at_most + 1])
        return pa.array(found, pa.string()) if len(found) <= at_most else None

    def attributes(self, entity: str, names: Sequence[str], codes: Any = None) -> Any:
        register = REGISTERS[entity]
        schema = pa.schema([register_schema(register).field(name) for name in ("code", *names)])
        lookups = [
            f"{name}__code" if register.field(name).type is FieldType.REFERENCE else name
            for name in schema.names
        ]
        rows = list(self._values(entity, lookups, codes))
        arrays = [pa.array([row[i] for row in rows], field.type) for i, field in enumerate(schema)]
        return pa.table(arrays, schema=schema)

    def _values(self, entity: str, lookups: Sequence[str], codes: Any) -> Iterator[tuple[Any, ...]]:
        """Columns of those with some codes, or of all where there are too many to look up."""
        rows = self._rows(entity)
        if codes is None or len(codes) > FEW:
            yield from rows.values_list(*lookups).iterator(chunk_size=_AT_A_TIME)
            return
        wanted = codes.to_pylist()
        for start in range(0, len(wanted), _AT_A_TIME):
            few = rows.filter(code__in=wanted[start : start + _AT_A_TIME])
            yield from few.values_list(*lookups)
