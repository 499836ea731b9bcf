"""From Arrow tables to the evaluator's columns.

Registers come with a key column (the lake's integer keys or the codes of exchange tables); references hold keys.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.evaluate.columnar.answers import answers_of, codes_in
from wangdi.engine.evaluate.columnar.tables import EntityTable, RecordTable, starts_of
from wangdi.engine.evaluate.columnar.vectors import Array, Vector, finite
from wangdi.engine.model.facts import Relation
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS

_PREVIOUS = "previous."
OWNER_COLUMN = {Relation.ABOUT: "subject", Relation.AT: "institution", Relation.BY: "worker"}


@dataclass(frozen=True)
class Positions:
    """Finds the position of keys in a register. Small integer keys are looked up in a table, others by hashing."""

    keys: Any
    table: Array | None

    @classmethod
    def of(cls, keys: Any) -> "Positions":
        """``keys``: the register's key column (Arrow), each key once."""
        if not pa.types.is_integer(keys.type):
            return cls(keys, None)
        numbers = keys.to_numpy()
        table = np.full(int(numbers.max(initial=0)) + 2, -1, dtype=np.int32)
        table[numbers] = np.arange(len(numbers), dtype=np.int32)
        return cls(keys, table)

    def find(self, column: Any) -> Vector:
        """The position of each key of a column; null where it is null or unknown."""
        if self.table is None:
            found = pc.index_in(column, value_set=pa.array(self.keys.to_pylist(), self.keys.type))
            position = _numbers(found, np.int32, -1)
        else:
            position = self._look_up(
                column.to_numpy() if not column.null_count else _numbers(column, np.int64, -1)
            )
        valid = position >= 0
        return Vector(position, None if valid.all() else valid)

    def _look_up(self, numbers: Array) -> Array:
        """Positions of integer keys. The table's last entry, which −1 reaches too, stands for unknown keys."""
        table = np.empty(0, np.int32) if self.table is None else self.table
        last = len(table) - 1
        if len(numbers) and (int(numbers.min()) < -1 or int(numbers.max()) > last):
            numbers = np.where((numbers < 0) | (numbers > last), last, numbers)
        return table[numbers]

    def __len__(self) -> int:
        return len(self.keys)


def _numbers(column: Any, dtype: Any, null: int) -> Array:
    if column.null_count:
        column = pc.fill_null(column, pa.scalar(null, column.type))
    return np.asarray(column.to_numpy(), dtype=dtype)


def vector_of(column: Any, field: Field) -> Vector:
    """A column of a register or record as a vector. Choices become positions in the field's options.

    Several answers are lists in exchange tables, and JSON texts in the lake.
    """
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if field.type is FieldType.CHOICES and pa.types.is_list(column.type):
        return answers_of(_text(pc.binary_join(column, "\n")), codes_in, field.option_codes)
    if field.type is FieldType.CHOICES:
        return answers_of(_text(column), json.loads, field.option_codes)
    if field.type is FieldType.CHOICE:
        return _choice(column, field.option_codes)
    if field.type in (FieldType.TEXT, FieldType.REFERENCE):
        return _text(column)
    if field.type is FieldType.TIME and pa.types.is_string(column.type):
        column = _minutes(column)
    valid = None if not column.null_count else ~np.asarray(pc.is_null(column).to_numpy(zero_copy_only=False))
    if field.type is FieldType.BOOLEAN:
        filled = pc.fill_null(column, False) if column.null_count else column
        return Vector(filled.to_numpy(zero_copy_only=False), valid)
    if field.type is FieldType.DATE:
        column = column.cast(pa.date32()).view(pa.int32())
    if field.type is FieldType.DECIMAL:
        return finite(_numbers(column, np.float64, 0), valid)
    return Vector(_numbers(column, _integer_type(column), 0), valid)


def _minutes(column: Any) -> Any:
    """Minutes since midnight of texts such as 09:35."""
    parts = pc.extract_regex(column, r"^(?P<h>\d\d):(?P<m>\d\d)$")
    hour, minute = (pc.struct_field(parts, name).cast(pa.int32()) for name in ("h", "m"))
    return pc.add(pc.multiply(hour, 60), minute)


def _integer_type(column: Any) -> Any:
    """int32 unless a value does not fit, then float64, as in the language's arithmetic."""
    if column.type == pa.int32() or not len(column):
        return np.int32
    extremes = pc.min_max(column)
    low, high = extremes["min"].as_py() or 0, extremes["max"].as_py() or 0
    return np.int32 if low > -(2**31) and high < 2**31 else np.float64


def _choice(column: Any, options: tuple[str, ...]) -> Vector:
    values = pa.array(options, pa.string())
    if pa.types.is_dictionary(column.type):
        known = pc.index_in(column.dictionary.cast(pa.string()), value_set=values)
        found = known.take(column.indices)
    else:
        found = pc.index_in(column, value_set=values)
    position = _numbers(found, np.int32, -1)
    valid = position >= 0
    return Vector(np.maximum(position, 0), None if valid.all() else valid, options)


def _text(column: Any) -> Vector:
    encoded = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
    position = _numbers(encoded.indices, np.int32, -1)
    valid = position >= 0
    categories = tuple(encoded.dictionary.cast(pa.string()).to_pylist())
    return Vector(np.maximum(position, 0), None if valid.all() else valid, categories)


def entity_table(
    entity: str, table: Any, names: Iterable[str], references: Mapping[str, Vector]
) -> EntityTable:
    """A register's named columns. References stay texts here; ``references`` are the positions they stand for."""
    register = REGISTERS[entity]
    columns = {}
    for name in names:
        field = register.field(name)
        columns[name] = (
            vector_of(table[name], field) if name in table.column_names else _missing(field, len(table))
        )
    return EntityTable(entity, len(table), columns, references)


def _missing(field: Field, size: int) -> Vector:
    categories = field.option_codes if field.type is FieldType.CHOICE else None
    if field.type in (FieldType.TEXT, FieldType.REFERENCE, FieldType.CHOICES):
        categories = ("",)
    dtype = np.bool_ if field.type is FieldType.BOOLEAN else np.int32
    return Vector(np.zeros(size, dtype), np.zeros(size, np.bool_), categories)


def record_table(
    kind: Kind,
    relation: Relation,
    table: Any,
    names: Iterable[str],
    positions: Mapping[str, Positions],
    previous: Iterable[str] = (),
    named: Mapping[str, Positions] = {},
) -> RecordTable:
    """Records ordered for one relation, with their named columns, and with those of the record before each one.

    ``named``: fields that hold codes, with where these are found.

    The table lies in the order of its subjects, dates and ids. It is taken as it stands when it is in order for the
    relation, too; otherwise it is sorted by owner, date and ``id`` (needed then). Records that belong to nobody in that
    way are left out.
    """
    registers = {"subject": kind.about, "institution": "institution", "worker": "worker"}
    column = OWNER_COLUMN[relation]
    size = len(positions[registers[column]])
    table = _with_previous(table, previous)
    owner = positions[registers[column]].find(table[column])
    if owner.valid is not None:
        kept = np.flatnonzero(owner.valid)
        table, owner = table.take(pa.array(kept)), Vector(owner.data[kept])
    if relation is not Relation.ABOUT or (owner.data[1:] < owner.data[:-1]).any():
        order = _order(owner.data, table)
        table, owner = table.take(pa.array(order)), Vector(owner.data[order])
    columns = {}
    for name in {*names, "occurred_on"} - {"id"}:
        if name in registers:
            columns[name] = positions[registers[name]].find(table[name])
        else:
            columns[name] = _field_vector(kind, name, table)
    before = {name: _field_vector(kind, name, table, _PREVIOUS) for name in previous}
    ids = table["id"].combine_chunks().cast(pa.string()) if "id" in names else None
    found = {name: _found_codes(_field_vector(kind, name, table), codes) for name, codes in named.items()}
    return RecordTable(owner.data, starts_of(owner.data, size), columns, before, ids, found)


def _found_codes(texts: Vector, codes: Positions) -> Vector:
    """The positions of those whose codes the texts are; null where there is none. Each code is looked up once."""
    of_category = codes.find(pa.array(texts.categories or (), pa.string())).data
    position = np.append(of_category, np.int32(-1))[np.where(texts.validity, texts.data, -1)]
    return Vector(position, position >= 0)


def _with_previous(table: Any, names: Iterable[str]) -> Any:
    """The table with further columns: what the record before says. It lies right above, if it has the same subject."""
    wanted = sorted(set(names) & set(table.column_names))
    if not wanted or not len(table):
        return table
    subject = table["subject"].combine_chunks()
    other = np.ones(len(table), dtype=np.bool_)
    other[1:] = pc.not_equal(subject[1:], subject[:-1]).to_numpy(zero_copy_only=False)
    above = pa.array(np.arange(-1, len(table) - 1), mask=other)
    for name in wanted:
        table = table.append_column(_PREVIOUS + name, table[name].combine_chunks().take(above))
    return table


def _order(owner: Array, table: Any) -> Array:
    keyed = pa.table({"owner": owner, "day": table["occurred_on"], "id": table["id"].cast(pa.string())})
    keys = [(name, "ascending") for name in ("owner", "day", "id")]
    order: Array = pc.sort_indices(keyed, sort_keys=keys).to_numpy()
    return order


def _field_vector(kind: Kind, name: str, table: Any, prefix: str = "") -> Vector:
    field = next(f for f in kind.columns if f.name == name)
    column = prefix + name
    return vector_of(table[column], field) if column in table.column_names else _missing(field, len(table))
