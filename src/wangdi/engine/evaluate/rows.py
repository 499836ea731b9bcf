"""Plain Python rows as exchange tables: for tests, pack tests and one resident after a saved record."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from wangdi.engine.evaluate.reference.world import Record
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS

_TYPES = {
    FieldType.INTEGER: pa.int64(),
    FieldType.DECIMAL: pa.float64(),
    FieldType.BOOLEAN: pa.bool_(),
    FieldType.DATE: pa.date32(),
    FieldType.TIME: pa.int64(),
    FieldType.CHOICES: pa.list_(pa.string()),
}


def _column(field: Field, values: Sequence[Any]) -> Any:
    return pa.array(values, _TYPES.get(field.type, pa.string()))


def register_table(entity: str, rows: Mapping[str, Mapping[str, Any]]) -> Any:
    """A register from attributes by code."""
    register = REGISTERS[entity]
    columns = {
        field.name: _column(field, [row.get(field.name) for row in rows.values()])
        for field in register.fields
    }
    return pa.table(columns | {"code": pa.array(list(rows), pa.string())})


def record_table_of(kind: Kind, records: Sequence[Record]) -> Any:
    """Records of one kind, none of them void."""
    envelope = {
        "id": pa.array([record.id for record in records], pa.string()),
        "subject": pa.array([record.subject for record in records], pa.string()),
        "institution": pa.array([record.institution for record in records], pa.string()),
        "worker": pa.array([record.worker for record in records], pa.string()),
        "occurred_on": pa.array([record.occurred_on for record in records], pa.date32()),
        "status": pa.array(["final"] * len(records), pa.string()),
    }
    own = {field.name: _column(field, [r.values.get(field.name) for r in records]) for field in kind.fields}
    return pa.table(envelope | own)
