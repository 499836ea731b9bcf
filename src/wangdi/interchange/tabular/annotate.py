"""Giving people their workbook back with every problem marked, or the problem rows of their csv as one."""

from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter

from wangdi.interchange.tabular.problems import PROBLEM_SHEET, Place, Problem
from wangdi.interchange.tabular.read import ReadResult, SheetExtract
from wangdi.interchange.tabular.spreadsheet import put_comment, put_link, put_text, sheet_title

_EDITABLE_SUFFIXES = frozenset({".xlsx", ".xlsm"})
_FILL = PatternFill("solid", start_color="FFFF9999", end_color="FFFF9999")
_BOLD = Font(bold=True)
_ROW_NUMBER_HEADING = "原行号 Row"
_LIST_COLUMNS = (
    ("单元格 Cell", 14),
    ("文件 File", 22),
    ("工作表 Sheet", 16),
    ("行 Row", 8),
    ("列 Column", 16),
    ("内容 Value", 24),
    ("问题", 44),
    ("怎样改", 44),
    ("Problem", 44),
    ("How to mend it", 44),
    ("代码 Code", 10),
)

Target = tuple[str, str]
"""Sheet title and cell coordinate in the workbook that is written."""

Locate = Callable[[Place], Target | None]


def annotate(path: Path, result: ReadResult, destination: Path) -> Path:
    """Write the problems of a bundle where its owner can mend them, and return the workbook's path.

    One .xlsx or .xlsm becomes a copy of itself with the problem cells red and commented. Anything else (csv,
    a folder, a zip, an old workbook format) becomes a workbook with the problem rows of each file under their
    original row numbers. Either way the first sheet lists every problem and leads to its cell. The input is
    not touched.
    """
    if path.suffix.lower() in _EDITABLE_SUFFIXES and path.is_file():
        book, locate = _copied_book(path, result)
    else:
        book, locate = _extracted_book(result)
    _mark(book, result.problems, locate)
    _list_problems(book, result, locate)
    destination.parent.mkdir(parents=True, exist_ok=True)
    book.save(destination)
    return destination


def _copied_book(path: Path, result: ReadResult) -> tuple[Any, Locate]:
    """The user's workbook, or an empty one when it is so broken that it cannot be opened."""
    if any(problem.code == "I101" for problem in result.problems):
        return _extracted_book(result)
    book = load_workbook(path, keep_vba=path.suffix.lower() == ".xlsm")
    if PROBLEM_SHEET in book.sheetnames:
        del book[PROBLEM_SHEET]

    def locate(where: Place) -> Target | None:
        if where.sheet is None or where.sheet not in book.sheetnames or where.row is None:
            return None
        return where.sheet, f"{where.letter or 'A'}{where.row}"

    return book, locate


def _extracted_book(result: ReadResult) -> tuple[Any, Locate]:
    """A new workbook with one sheet for each file or sheet that has problem rows."""
    book = Workbook()
    book.remove(book.active)
    placed: dict[tuple[str, str | None], tuple[str, Mapping[int, int]]] = {}
    for (file, sheet), extract in result.extracts.items():
        wanted = " ".join(part for part in (PurePosixPath(file).stem, sheet) if part)
        title = sheet_title(wanted, [PROBLEM_SHEET, *book.sheetnames])
        placed[file, sheet] = title, _write_extract(book.create_sheet(title), extract)

    def locate(where: Place) -> Target | None:
        title, rows = placed.get((where.file, where.sheet), ("", {}))
        if where.row is None or where.row not in rows:
            return None
        column = column_index_from_string(where.letter) + 1 if where.letter else 1
        return title, f"{get_column_letter(column)}{rows[where.row]}"

    return book, locate


def _write_extract(sheet: Any, extract: SheetExtract) -> Mapping[int, int]:
    """Write the problem rows; returns original row number to row in the new sheet."""
    for column, heading in enumerate((_ROW_NUMBER_HEADING, *extract.headings), 1):
        put_text(sheet.cell(1, column), heading)
        sheet.cell(1, column).font = _BOLD
    written = {}
    for row, (number, cells) in enumerate(extract.rows.items(), 2):
        sheet.cell(row, 1, number)
        for column, text in enumerate(cells, 2):
            if text:
                put_text(sheet.cell(row, column), text)
        written[number] = row
    sheet.freeze_panes = "B2"
    return written


def _mark(book: Any, problems: tuple[Problem, ...], locate: Locate) -> None:
    for problem in problems:
        target = locate(problem.where)
        if target is None:
            continue
        cell = book[target[0]][target[1]]
        cell.fill = _FILL
        texts = (problem.message.zh, problem.hint.zh, problem.message.en, problem.hint.en)
        put_comment(cell, "\n".join((f"[{problem.code}]", *texts)))


def _list_problems(book: Any, result: ReadResult, locate: Locate) -> None:
    sheet = book.create_sheet(PROBLEM_SHEET, 0)
    book.active = 0
    put_text(sheet["A1"], _summary(result))
    sheet["A1"].font = _BOLD
    for column, (heading, width) in enumerate(_LIST_COLUMNS, 1):
        put_text(sheet.cell(2, column), heading)
        sheet.cell(2, column).font = _BOLD
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, problem in enumerate(result.problems, 3):
        _list_problem(sheet, row, problem, locate(problem.where))
    sheet.freeze_panes = "A3"
    _list_totals(sheet, len(result.problems) + 4, result)


def _summary(result: ReadResult) -> str:
    total, listed = result.problem_count, len(result.problems)
    return f"共 {total} 个问题，下面逐条列出 {listed} 个 · {total} problems, {listed} of them listed below"


def _list_problem(sheet: Any, row: int, problem: Problem, target: Target | None) -> None:
    where = problem.where
    texts = (
        f"{where.letter or ''}{where.row or ''}",
        where.file,
        where.sheet or "",
        "",
        where.column or "",
        problem.value or "",
        problem.message.zh,
        problem.hint.zh,
        problem.message.en,
        problem.hint.en,
        problem.code,
    )
    for column, text in enumerate(texts, 1):
        put_text(sheet.cell(row, column), text)
    if where.row is not None:
        sheet.cell(row, 4, where.row)
    if target is not None:
        put_text(sheet.cell(row, 1), target[1])
        put_link(sheet.cell(row, 1), *target)


def _list_totals(sheet: Any, row: int, result: ReadResult) -> None:
    """Say for every code and column that is cut off how many there are in all."""
    for total in result.totals:
        if total.total > total.detailed:
            where = f"{total.table or ''} {total.field or ''}".strip()
            zh = f"{where} {total.code}：共 {total.total} 个，只列出前 {total.detailed} 个"
            en = f"{total.total} in all, the first {total.detailed} are listed"
            put_text(sheet.cell(row, 1), f"{zh} · {en}")
            row += 1
