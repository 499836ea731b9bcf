"""Gathering what checks find: one problem for a cell, wording only where it will be read, totals always."""

from collections import Counter
from collections.abc import Callable, Mapping

from wangdi.interchange.tabular.problems import (
    DETAIL_LIMIT,
    Note,
    Place,
    Problem,
    ProblemTotal,
    masked,
    wording,
)
from wangdi.interchange.tabular.typed import Rows, TypedTable

NOTE_ROWS = 10
"""How many rows a note names."""

RowParameters = Callable[[int], Mapping[str, object]]
"""Message parameters that differ from row to row."""


class Findings:
    """Collects problems and notes of a whole bundle. The first problem of a cell is the one that is kept."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.notes: list[Note] = []
        self._totals: Counter[tuple[str, str | None, str | None]] = Counter()
        self._detailed: Counter[tuple[str, str | None, str | None]] = Counter()
        self.rows_in_problems: dict[tuple[str, str | None], set[int]] = {}

    def cells(
        self,
        table: TypedTable,
        field: str,
        code: str,
        rows: Rows,
        parameters: Mapping[str, object] | None = None,
        of_row: RowParameters | None = None,
    ) -> None:
        """Report one code for a column's cells in rows; cells with an earlier problem are passed over."""
        column = table.columns[field]
        fresh = rows[~column.bad[rows]]
        column.bad[fresh] = True
        key = (code, table.name, field)
        self._totals[key] += len(fresh)
        for row in fresh[: max(0, DETAIL_LIMIT - self._detailed[key])].tolist():
            self._detailed[key] += 1
            extra = of_row(row) if of_row else {}
            self._describe(table, field, code, row, {**(parameters or {}), **extra})

    def whole(self, code: str, table: str | None, where: Place, parameters: Mapping[str, object]) -> None:
        """Report a problem of a file, a sheet, a row or a heading."""
        key = (code, table, where.field)
        self._totals[key] += 1
        if self._detailed[key] < DETAIL_LIMIT:
            self._detailed[key] += 1
            self.problems.append(Problem(code, table, where, None, *wording(code, parameters)))
            self._remember(where)

    def note(self, code: str, table: str | None, where: Place, parameters: Mapping[str, object]) -> None:
        self.notes.append(Note(code, table, where, wording(code, parameters)[0]))

    def note_rows(
        self,
        table: TypedTable,
        field: str,
        code: str,
        rows: Rows,
        parameters: Mapping[str, object] | None = None,
    ) -> None:
        """Note something about rows of a table; nothing when there are none."""
        if not len(rows):
            return
        first = int(rows[0])
        numbers = tuple(table.row_number(int(row)) for row in rows[:NOTE_ROWS])
        message = wording(code, {"count": len(rows), **(parameters or {})})[0]
        self.notes.append(Note(code, table.name, table.place_of(first, field), message, len(rows), numbers))

    def totals(self) -> tuple[ProblemTotal, ...]:
        """How often each code occurs in each column, exactly."""
        return tuple(
            ProblemTotal(*key, total=total, detailed=self._detailed[key])
            for key, total in self._totals.items()
            if total
        )

    def _describe(
        self, table: TypedTable, field: str, code: str, row: int, parameters: Mapping[str, object]
    ) -> None:
        column = table.columns[field]
        text = column.text_at(row)
        value = masked(text) if text is not None and column.field.sensitive else text
        title = column.field.title
        named = {"title_zh": title.zh, "title_en": title.en, "length": len(column.clean_at(row) or "")}
        where = table.place_of(row, field)
        message, hint = wording(code, {"value": value or "", **named, **parameters})
        self.problems.append(Problem(code, table.name, where, value, message, hint))
        self._remember(where)

    def _remember(self, where: Place) -> None:
        if where.row is not None:
            self.rows_in_problems.setdefault((where.file, where.sheet), set()).add(where.row)
