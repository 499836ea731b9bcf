"""From simulated values to the exchange table of the kind of record that a pack declares."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wangdi.demo.arrays import NEVER, Column, Ints, integers
from wangdi.demo.identifiers import record_ids
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.interchange.tables import arrow_type, record_schema

VOID_SHARE = 0.003
STATUSES = ("final", "void")


@dataclass(frozen=True, slots=True)
class Words:
    """One answer per record: an index into ``words``, in the order in which the national form lists them."""

    index: Ints
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Days:
    """One date per record, in days since 1970; NEVER stands for an empty date."""

    day: Ints


Values = npt.NDArray[np.float64] | npt.NDArray[np.bool_] | Words | Days | Column
"""Numbers (NaN is empty), truth values, answers, dates, or an Arrow array of text."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Simulated records of one kind, by subject and day; ``values`` by field name."""

    kind: str
    subject: Column
    institution: Column
    worker: Column
    day: Ints
    values: Mapping[str, Values]
    sketch: str = ""
    """Which sketch they come from, where several describe records of the kind."""


def fill_form(rows: Rows, kind: Kind, generator: np.random.Generator) -> pa.Table:
    """The exchange table: the envelope and those declared fields that are simulated.

    ValueError when a declared choice has fewer options than the national form that is simulated.
    """
    void = integers(generator.random(len(rows.day)) < VOID_SHARE)
    columns: dict[str, Column] = {
        "id": record_ids(rows.day, generator),
        "subject": rows.subject,
        "institution": rows.institution,
        "worker": rows.worker,
        "occurred_on": pa.array(rows.day).cast(pa.date32()),
        "status": pa.array(STATUSES).take(pa.array(void)),
    }
    for field in kind.fields:
        if field.name in rows.values:
            columns[field.name] = _column(rows.values[field.name], field)
    schema = pa.schema([column for column in record_schema(kind) if column.name in columns])
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _column(values: Values, field: Field) -> Column:
    if isinstance(values, Words):
        return _answers(values, field)
    if isinstance(values, Days):
        return pa.array(values.day, mask=values.day == NEVER).cast(pa.date32())
    if isinstance(values, np.ndarray):
        return pa.array(values, from_pandas=True).cast(arrow_type(field))
    return values


def _answers(answers: Words, field: Field) -> Column:
    """The code the pack gives the answer in that position; as text its wording, as a number the position."""
    if field.type is FieldType.TEXT:
        return pa.array(answers.words).take(pa.array(answers.index))
    if field.type is FieldType.INTEGER:
        return pa.array(answers.index + 1).cast(pa.int64())
    if len(field.option_codes) < len(answers.words):
        raise ValueError(
            f"field {field.name!r} declares {len(field.option_codes)} options, but the simulated form has "
            f"{len(answers.words)} ({'、'.join(answers.words)}): declare the missing ones at the end"
        )
    codes = pa.array(field.option_codes).take(pa.array(answers.index))
    if field.type is FieldType.CHOICES:
        return pa.ListArray.from_arrays(pa.array(np.arange(len(codes) + 1, dtype=np.int32)), codes)
    return codes
