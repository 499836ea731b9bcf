"""One table on its way in: the sheets that make it up, its typed columns, and where each row came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.utils import get_column_letter

from wangdi.engine.model.fields import Field
from wangdi.interchange.tabular.headings import Shape
from wangdi.interchange.tabular.parsed import Mask, Parsed
from wangdi.interchange.tabular.problems import Place
from wangdi.interchange.tabular.sheets import Sheet, shown
from wangdi.interchange.tabular.values import cleaned

Rows = npt.NDArray[np.int64]
"""Positions of rows in a typed table, counted from 0."""


@dataclass(frozen=True, slots=True)
class Part:
    """One sheet of a table and which of its columns holds which field."""

    sheet: Sheet
    positions: dict[str, int]


@dataclass(slots=True)
class Column:
    """A column as distinct texts: ``indices`` (int32, null = empty cell) point into ``raw`` and ``clean``."""

    field: Field
    indices: Any
    raw: Any
    clean: Any
    values: Any = None
    bad: Mask = default(default_factory=lambda: np.empty(0, np.bool_))

    def spread(self, distinct: Any) -> Any:
        """An Arrow array over distinct texts as one over rows."""
        return distinct.take(self.indices)

    def where(self, distinct: Mask) -> Rows:
        """The rows whose distinct text is flagged."""
        if not distinct.any():
            return np.empty(0, np.int64)
        flags = np.append(distinct, False)
        return np.flatnonzero(flags[pc.fill_null(self.indices, len(distinct)).to_numpy()])

    def text_at(self, row: int) -> str | None:
        """The cell as typed; None when empty."""
        index = self.indices[row].as_py()
        return None if index is None else shown(self.raw[index].as_py())

    def clean_at(self, row: int) -> str | None:
        index = self.indices[row].as_py()
        return None if index is None else self.clean[index].as_py()

    def take_values(self, parsed: Parsed) -> None:
        self.values = self.spread(parsed.values)


@dataclass(slots=True)
class TypedTable:
    """The table of one shape. ``origin`` gives each row's position in the parts laid end to end."""

    shape: Shape
    parts: tuple[Part, ...]
    columns: dict[str, Column]
    origin: Rows
    starts: Rows = default(default_factory=lambda: np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self.origin)

    @property
    def name(self) -> str:
        return self.shape.table

    def source_of(self, row: int) -> tuple[Part, int]:
        """The part a row came from, and its position there."""
        at = int(self.origin[row])
        number = int(np.searchsorted(self.starts, at, side="right")) - 1
        return self.parts[number], at - int(self.starts[number])

    def row_number(self, row: int) -> int:
        part, position = self.source_of(row)
        return int(part.sheet.rows[position])

    def place_of(self, row: int, field: str | None) -> Place:
        """Where a cell stands in the user's file."""
        part, position = self.source_of(row)
        column = part.positions.get(field) if field is not None else None
        heading = part.sheet.headings[column].strip() if column is not None else None
        letter = get_column_letter(column + 1) if column is not None else None
        number = int(part.sheet.rows[position])
        return Place(part.sheet.file, part.sheet.sheet, number, heading, letter, field)

    def bad_rows(self) -> Mask:
        """Rows with a problem in any cell."""
        bad = np.zeros(len(self), np.bool_)
        for column in self.columns.values():
            bad |= column.bad
        return bad


def assemble(shape: Shape, parts: Sequence[Part]) -> TypedTable:
    """Lay the parts of a table end to end, by field; rows without any text are left out."""
    lengths = [len(part.sheet.rows) for part in parts]
    present = {name for part in parts for name in part.positions}
    columns = {field.name: _column(field, parts, lengths) for field in shape.fields if field.name in present}
    table = TypedTable(shape, tuple(parts), columns, np.arange(sum(lengths), dtype=np.int64))
    table.starts = np.cumsum([0, *lengths[:-1]], dtype=np.int64)
    _drop_blank_rows(table)
    for column in columns.values():
        column.bad = np.zeros(len(table), np.bool_)
    return table


def _column(field: Field, parts: Sequence[Part], lengths: Sequence[int]) -> Column:
    chunks: list[Any] = []
    for part, length in zip(parts, lengths, strict=True):
        position = part.positions.get(field.name)
        chunks += [pa.nulls(length, pa.string())] if position is None else part.sheet.columns[position].chunks
    encoded = pa.chunked_array(chunks, pa.string()).dictionary_encode().combine_chunks()
    clean = cleaned(encoded.dictionary, field)
    blank = pc.is_null(clean).to_numpy(zero_copy_only=False)
    indices = encoded.indices
    if blank.any():
        flags = np.append(blank, True)[pc.fill_null(indices, len(blank)).to_numpy()]
        indices = pc.if_else(pa.array(flags), None, indices)
    return Column(field, indices, encoded.dictionary, clean)


def _drop_blank_rows(table: TypedTable) -> None:
    blank = np.ones(len(table), np.bool_)
    for column in table.columns.values():
        if not blank.any():
            return
        blank &= pc.is_null(column.indices).to_numpy(zero_copy_only=False)
    if not blank.any():
        return
    kept = np.flatnonzero(~blank)
    table.origin = table.origin[kept]
    for column in table.columns.values():
        column.indices = column.indices.take(pa.array(kept))
