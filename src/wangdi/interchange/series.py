"""Reading series of counts from a file: one row per series and date, as people export them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.utils import get_column_letter

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.text import Text
from wangdi.interchange.tabular.problems import DETAIL_LIMIT, Place, Problem, wording
from wangdi.interchange.tabular.sheets import Sheet, UnreadableError, shown
from wangdi.interchange.tabular.sources import find_sources, read_sheets
from wangdi.interchange.tabular.values import cleaned, parse
from wangdi.interchange.tabular.words import folded, meaning_of, meanings

FIELDS = (
    Field("series", Text("序列", "Series"), FieldType.TEXT, required=True),
    Field("date", Text("日期", "Date"), FieldType.DATE, required=True),
    Field("count", Text("例数", "Count"), FieldType.INTEGER, minimum=0),
)
_HEADINGS: Mapping[str, Field] = meanings(
    (text, one)
    for one, texts in zip(
        FIELDS,
        (
            ("series", "序列", "名称", "地区", "机构", "name", "unit"),
            ("date", "日期", "周", "周次", "月份", "时间", "week", "month", "day"),
            ("count", "例数", "病例数", "计数", "数量", "人数", "cases", "observed"),
        ),
        strict=True,
    )
    for text in texts
)
_WEEK = re.compile(r"^(\d{4})\s*(?:[-/]?\s*[Ww]|年\s*第?)\s*(\d{1,2})\s*周?$")
_MONTH = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?$")


@dataclass(frozen=True, slots=True)
class SeriesRows:
    """The rows of a file: which series (position in ``names``), day, count (NaN where empty), row number as Excel
    shows it.

    Nothing of it may be used while there are ``problems``; ``problem_count`` counts also those not described.
    """

    file: str
    names: tuple[str, ...]
    series: npt.NDArray[np.int64]
    days: npt.NDArray[np.datetime64]
    counts: npt.NDArray[np.float64]
    rows: npt.NDArray[np.int64]
    problems: tuple[Problem, ...]
    problem_count: int


def read_series_rows(path: Path) -> SeriesRows:
    """The first visible sheet with the headings series, date, count (Chinese ones too), with all problems at once.

    Dates are days, ISO weeks (2026-W23, 2026年第23周) or months (2026-05); an empty count is a count that is missing.
    """
    reader = _Reader(path.name)
    try:
        sheet = _sheet(path)
    except UnreadableError as error:
        reader.report("I101", Place(path.name), reason_zh=error.reason.zh, reason_en=error.reason.en)
        return reader.nothing()
    columns = _columns(sheet)
    missing = [one for one in FIELDS if one.name not in columns]
    if missing:
        zh, en = "、".join(one.title.zh for one in missing), ", ".join(one.name for one in missing)
        found = "、".join(filter(None, sheet.headings)) or "–"
        reader.report("I201", Place(path.name, sheet.sheet), missing_zh=zh, missing_en=en, found=found)
        return reader.nothing()
    return reader.read(sheet, columns)


def duplicate_problem(rows: SeriesRows, first: int, second: int, unit: Text) -> Problem:
    """That two rows are about one series and one interval; positions of the rows."""
    name, day = rows.names[rows.series[second]], str(rows.days[second])
    parameters = {"value": name, "day": day, "other_row": int(rows.rows[first])}
    message, hint = wording("I801", {**parameters, "unit_zh": unit.zh, "unit_en": unit.en})
    return Problem("I801", None, Place(rows.file, row=int(rows.rows[second])), name, message, hint)


def one_date_problem(rows: SeriesRows) -> Problem:
    """That nothing tells how far apart the dates are."""
    message, hint = wording("I803", {})
    return Problem("I803", None, Place(rows.file), None, message, hint)


def _sheet(path: Path) -> Sheet:
    sources = [source for source in find_sources(path) if source.is_table]
    sheets = (
        sheet for source in sources for sheet in read_sheets(source, lambda text: folded(text) in _HEADINGS)
    )
    seen = [sheet for sheet in sheets if not sheet.hidden]
    if not seen:
        raise UnreadableError("不是 csv 或 Excel 工作簿", "it is neither csv nor a workbook")
    return max(seen, key=lambda sheet: len(_columns(sheet)))


def _columns(sheet: Sheet) -> dict[str, int]:
    """Which column holds each field; the first of those that could."""
    found: dict[str, int] = {}
    for position, heading in enumerate(sheet.headings):
        meant = meaning_of(heading, _HEADINGS)
        if meant is not None:
            found.setdefault(meant.name, position)
    return found


@dataclass(slots=True)
class _Reader:
    file: str
    problems: list[Problem] = field(default_factory=list)
    count: int = 0

    def report(self, code: str, where: Place, value: str | None = None, **parameters: object) -> None:
        self.count += 1
        if len(self.problems) < DETAIL_LIMIT:
            message = wording(code, {"value": value or "", **parameters})
            self.problems.append(Problem(code, None, where, value, *message))

    def nothing(self) -> SeriesRows:
        empty = np.empty(0, np.int64)
        days = np.empty(0, "M8[D]")
        return SeriesRows(self.file, (), empty, days, np.empty(0), empty, tuple(self.problems), self.count)

    def read(self, sheet: Sheet, columns: Mapping[str, int]) -> SeriesRows:
        texts = {one.name: cleaned(_flat(sheet.columns[columns[one.name]]), one) for one in FIELDS}
        filled = np.logical_or.reduce([_there(column) for column in texts.values()])
        texts = {name: column.filter(pa.array(filled)) for name, column in texts.items()}
        numbers = np.asarray(sheet.rows, np.int64)[filled]
        texts["date"] = self._plain_days(texts["date"], sheet, columns, numbers)
        values = {one.name: self._typed(one, texts[one.name], sheet, columns, numbers) for one in FIELDS}
        if not len(numbers):
            title = sheet.sheet or self.file
            self.report("I702", Place(self.file, sheet.sheet), sheet=title)
        if self.count:
            return self.nothing()
        names = pc.dictionary_encode(values["series"])
        days = values["date"].cast(pa.int32()).to_numpy(zero_copy_only=False).astype("M8[D]")
        counts = values["count"].cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
        series = names.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        return SeriesRows(
            self.file, tuple(names.dictionary.to_pylist()), series, days, counts, numbers, (), 0
        )

    def _typed(
        self, one: Field, texts: Any, sheet: Sheet, columns: Mapping[str, int], numbers: npt.NDArray[np.int64]
    ) -> Any:
        parsed = parse(one, texts)
        faults = [(fault.code, fault.mask, fault.parameters) for fault in parsed.faults]
        if one.required:
            faults.append(("I301", ~_there(texts), {}))
        for code, mask, parameters in faults:
            for at in np.flatnonzero(mask).tolist():
                self._cell(code, one, texts[at].as_py(), sheet, columns, int(numbers[at]), **parameters)
        return parsed.values

    def _plain_days(
        self, texts: Any, sheet: Sheet, columns: Mapping[str, int], numbers: npt.NDArray[np.int64]
    ) -> Any:
        """Weeks as their Monday and months as their first day, in the way of dates; the rest untouched."""
        encoded = pc.dictionary_encode(texts)
        plain = []
        for position, text in enumerate(encoded.dictionary.to_pylist()):
            day, last_week = _day_of(text)
            plain.append(day)
            if last_week:
                rows = _where(encoded.indices, position)
                for at in np.flatnonzero(rows).tolist():
                    year = text[:4]
                    known = {"year": year, "last": last_week}
                    self._cell("I802", FIELDS[1], text, sheet, columns, int(numbers[at]), **known)
        return pa.array(plain, pa.string()).take(encoded.indices)

    def _cell(
        self,
        code: str,
        one: Field,
        value: str | None,
        sheet: Sheet,
        columns: Mapping[str, int],
        row: int,
        **parameters: object,
    ) -> None:
        position = columns[one.name]
        place = Place(
            self.file, sheet.sheet, row, sheet.headings[position], get_column_letter(position + 1), one.name
        )
        told = None if value is None else shown(value)
        self.report(code, place, told, title_zh=one.title.zh, title_en=one.title.en, **parameters)


def _where(indices: Any, position: int) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = pc.fill_null(indices, -1).to_numpy(zero_copy_only=False) == position
    return found


def _day_of(text: str) -> tuple[str | None, int]:
    """A week or month as a day, any other text as it is; and how many weeks the year has where there is no such
    week.
    """
    if match := _WEEK.match(text):
        year, week = int(match[1]), int(match[2])
        try:
            return date.fromisocalendar(year, week, 1).isoformat(), 0
        except ValueError:
            return f"{year:04}-01-01", date(year, 12, 28).isocalendar().week
    if match := _MONTH.match(text):
        return f"{match[1]}-{match[2]}-1", 0
    return text, 0


def _flat(column: Any) -> Any:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return pc.fill_null(whole, "")


def _there(texts: Any) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = pc.is_valid(texts).to_numpy(zero_copy_only=False)
    return found
