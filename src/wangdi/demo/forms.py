"""From simulated values to the exchange table of the kind of record that a pack declares."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from wangdi.demo.arrays import Column, Ints, integers
from wangdi.demo.identifiers import record_ids
from wangdi.engine.model.kinds import Kind
from wangdi.interchange.tables import record_schema

VOID_SHARE = 0.003
STATUSES = ("final", "void")


@dataclass(frozen=True, slots=True)
class Rows:
    """Simulated records of one kind, by subject and day; ``values`` by field name."""

    kind: str
    subject: Column
    institution: Column
    worker: Column
    day: Ints
    values: Mapping[str, Column]
    sketch: str = ""
    """Which sketch they come from, where several describe records of the kind."""


def fill_form(rows: Rows, kind: Kind, generator: np.random.Generator) -> pa.Table:
    """The exchange table: the envelope and those declared fields that are simulated."""
    void = integers(generator.random(len(rows.day)) < VOID_SHARE)
    columns: dict[str, Column] = {
        "id": record_ids(rows.day, generator),
        "subject": rows.subject,
        "institution": rows.institution,
        "worker": rows.worker,
        "occurred_on": pa.array(rows.day).cast(pa.date32()),
        "status": pa.array(STATUSES).take(pa.array(void)),
    }
    columns |= {field.name: rows.values[field.name] for field in kind.fields if field.name in rows.values}
    schema = pa.schema([column for column in record_schema(kind) if column.name in columns])
    return pa.table([columns[name] for name in schema.names], schema=schema)
