"""What the store already holds, for the checks of an import."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from wangdi.engine.model.fields import FieldType
from wangdi.engine.model.registers import REGISTERS
from wangdi.interchange.tables import register_schema
from wangdi.server.network.models import MODELS


class StoreKnown:
    """The registers of the store as the reader of files asks for them."""

    def codes(self, entity: str) -> Any:
        codes = MODELS[entity]._default_manager.values_list("code", flat=True)
        return pa.array(list(codes.iterator(chunk_size=20_000)), pa.string())

    def attributes(self, entity: str, names: Sequence[str]) -> Any:
        register = REGISTERS[entity]
        schema = pa.schema([register_schema(register).field(name) for name in ("code", *names)])
        lookups = [
            f"{name}__code" if register.field(name).type is FieldType.REFERENCE else name
            for name in schema.names
        ]
        rows = list(MODELS[entity]._default_manager.values_list(*lookups).iterator(chunk_size=20_000))
        arrays = [pa.array([row[i] for row in rows], field.type) for i, field in enumerate(schema)]
        return pa.table(arrays, schema=schema)
