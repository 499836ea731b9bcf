"""The exchange form of registers and records: one Arrow table each, with fixed column types.

Readers (`tabular`), makers (`wangdi.demo`) and the store all speak it, so bulk data never becomes Python objects.
A bundle of tables is a dict from table name to Arrow table. Table names are those of the registers
(``places``, ``institutions``, …) and ``records/<kind>``. References hold codes, times of day the minutes since midnight.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS, Register

RECORDS_PREFIX = "records/"

Tables = Mapping[str, Any]
"""Table name to ``pyarrow.Table``; a column that a file lacks is absent from its table."""

_ARROW_TYPES = {
    FieldType.TEXT: pa.string(),
    FieldType.INTEGER: pa.int64(),
    FieldType.DECIMAL: pa.float64(),
    FieldType.BOOLEAN: pa.bool_(),
    FieldType.DATE: pa.date32(),
    FieldType.TIME: pa.int64(),
    FieldType.CHOICE: pa.string(),
    FieldType.CHOICES: pa.list_(pa.string()),
    FieldType.REFERENCE: pa.string(),
}


def arrow_type(field: Field) -> Any:
    """The Arrow type a field's values have in an exchange table."""
    return _ARROW_TYPES[field.type]


def register_schema(register: Register) -> Any:
    """The Arrow schema of a register with all its columns, in declared order."""
    return pa.schema([(field.name, arrow_type(field)) for field in register.fields])


def record_schema(kind: Kind) -> Any:
    """The Arrow schema of a kind of record: id, subject, institution, worker, occurred_on, status, own fields."""
    return pa.schema([(field.name, arrow_type(field)) for field in kind.columns])


def record_table_name(kind: str) -> str:
    return RECORDS_PREFIX + kind


def register_of_table(name: str) -> Register | None:
    """The register whose table has that name; None for record tables and unknown names."""
    return next((register for register in REGISTERS.values() if register.table == name), None)
