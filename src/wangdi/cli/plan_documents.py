"""A plan as a document on the terminal, as csv or json for programs, as a workbook."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from wangdi.cli.output import Format, console, errors, write_rows
from wangdi.cli.wording import language, of, t
from wangdi.server.planning.sheets import Document, Note, Sheet, told, workbook_of


class PlanFormat(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


PlanOutput = Annotated[
    PlanFormat,
    typer.Option(
        "--format",
        help=t(
            "输出格式；csv 只含主表，xlsx 须用 --file 指定工作簿",
            "How to print; csv holds the main table alone, xlsx goes to the workbook that --file names",
        ),
    ),
]
PlanFile = Annotated[
    Path | None,
    typer.Option(
        "--file",
        dir_okay=False,
        metavar="FILE.xlsx",
        help=t("写入此工作簿", "The workbook to write; --format xlsx may then be left out"),
    ),
]


def check_form(form: PlanFormat, file: Path | None) -> PlanFormat:
    """The form that is meant: a file alone means xlsx. A usage error where the two do not fit; call it before solving."""
    if form is PlanFormat.XLSX and file is None:
        raise typer.BadParameter(
            t("--format xlsx 还须 --file 文件名.xlsx", "--format xlsx also needs --file NAME.xlsx")
        )
    if file is not None and form not in (PlanFormat.XLSX, PlanFormat.TABLE):
        raise typer.BadParameter(
            t(f"--file 写工作簿，不能与 --format {form} 同用", f"--file writes a workbook, not {form}")
        )
    if file is not None and not file.parent.is_dir():
        raise typer.BadParameter(t(f"没有文件夹 {file.parent}", f"there is no folder {file.parent}"))
    return PlanFormat.XLSX if file is not None else form


def write_document(document: Document, form: PlanFormat, file: Path | None = None) -> None:
    """Writes to standard output, or as a workbook to ``file``."""
    if form is PlanFormat.XLSX and file is not None:
        file.write_bytes(workbook_of(document, language()))
        console.print(str(file), highlight=False)
    elif form is PlanFormat.JSON:
        _write_json(document)
    elif form is PlanFormat.CSV:
        _print_notes(document, errors)
        write_rows(_rows(document.sheets[0]), Format.CSV)
    else:
        _print_notes(document, console)
        for sheet in document.sheets:
            console.print(f"\n{of(sheet.title)}", style="bold", markup=False, highlight=False)
            worded = [of(title) for title in sheet.columns.values()]
            write_rows(_rows(sheet).rename_columns(worded), Format.TABLE)


def _rows(sheet: Sheet) -> Any:
    """An Arrow table; programs get the columns' own names."""
    cells = sheet.cells(language())
    columns = {name: [row[at] for row in cells] for at, name in enumerate(sheet.columns)}
    return pa.table(columns)


def _write_json(document: Document) -> None:
    whole = {
        "title": of(document.title),
        "notes": {note.key: _plain(note) for note in document.notes},
        **{
            sheet.key: [dict(zip(sheet.columns, row, strict=True)) for row in sheet.cells(language())]
            for sheet in document.sheets
        },
    }
    sys.stdout.write(json.dumps(whole, ensure_ascii=False, indent=1, default=str) + "\n")


def _plain(note: Note) -> Any:
    return told(note.text, language()) if note.value is None else note.value


def _print_notes(document: Document, to: Console) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for note in document.notes:
        table.add_row(escape(of(note.label)), escape(of(note.text)))
    to.print(of(document.title), style="bold", markup=False, highlight=False)
    to.print(table, highlight=False)
