"""A plan as a document: what was assumed and found, then its tables – for people, spreadsheets and programs."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from wangdi.cli.output import Format, console, errors, write_rows, write_workbook
from wangdi.cli.wording import t


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


@dataclass(frozen=True, slots=True)
class Note:
    """One line of what was assumed or found: ``key`` and ``value`` for programs, ``label`` and ``text`` for people."""

    key: str
    label: str
    text: str
    value: object = None

    @property
    def plain(self) -> object:
        return self.text if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the plan. ``headings`` say its columns in the language of the terminal; programs get their own names."""

    key: str
    title: str
    rows: Any
    headings: Mapping[str, str] = field(default_factory=dict)

    @property
    def worded(self) -> Any:
        names = self.rows.column_names
        return self.rows.rename_columns([self.headings.get(name, name) for name in names])


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """``sheets`` hold Arrow tables, the main one first."""

    title: str
    notes: Sequence[Note]
    sheets: Sequence[Sheet]


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


def write_document(document: PlanDocument, form: PlanFormat, file: Path | None = None) -> None:
    """Writes to standard output, or as a workbook to ``file``."""
    if form is PlanFormat.XLSX and file is not None:
        _write_workbook(document, file)
    elif form is PlanFormat.JSON:
        _write_json(document)
    elif form is PlanFormat.CSV:
        _print_notes(document, errors)
        write_rows(document.sheets[0].rows, Format.CSV)
    else:
        _print_notes(document, console)
        for sheet in document.sheets:
            console.print(f"\n{sheet.title}", style="bold", markup=False, highlight=False)
            write_rows(sheet.worded, Format.TABLE)


def _write_workbook(document: PlanDocument, file: Path) -> None:
    labels, texts = [note.label for note in document.notes], [note.text for note in document.notes]
    notes = pa.table({t("项目", "item"): labels, t("内容", "value"): texts})
    sheets = {sheet.title: sheet.worded for sheet in document.sheets}
    write_workbook(file, {t("说明", "about"): notes, **sheets})
    console.print(str(file), highlight=False)


def _write_json(document: PlanDocument) -> None:
    whole = {
        "title": document.title,
        "notes": {note.key: note.plain for note in document.notes},
        **{sheet.key: sheet.rows.to_pylist() for sheet in document.sheets},
    }
    sys.stdout.write(json.dumps(whole, ensure_ascii=False, indent=1, default=str) + "\n")


def _print_notes(document: PlanDocument, to: Console) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for note in document.notes:
        table.add_row(escape(note.label), escape(note.text))
    to.print(document.title, style="bold", markup=False, highlight=False)
    to.print(table, highlight=False)
