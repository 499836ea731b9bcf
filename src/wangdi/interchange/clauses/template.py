"""Writes the workbook that official clauses are typed into, empty or with a standard to begin from."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from wangdi.engine.explain.wording import spell
from wangdi.engine.model.standards import COST_STEPS, LEVELS, Criterion, Evaluated, Standard
from wangdi.interchange.clauses.columns import CLAUSES, SHEETS, TIERS, Column
from wangdi.interchange.tabular.spreadsheet import put_comment, put_text

_FILL = PatternFill("solid", start_color="FFDDEBF7", end_color="FFDDEBF7")
_REQUIRED_FILL = PatternFill("solid", start_color="FFFCE4D6", end_color="FFFCE4D6")
_LAST_ROW = 5000

Row = dict[str, str]


def write_clause_template(path: Path, standard: Standard | None, on: date) -> Path:
    """Writes the workbook and returns its path; costs and shares are those of the day ``on``.

    Criteria that are computed are written with their condition as the evidence, for a person to judge.
    """
    book = Workbook()
    book.remove(book.active)
    rows = {CLAUSES: _clause_rows(standard, on), TIERS: _tier_rows(standard, on)} if standard else {}
    for title, columns in SHEETS.items():
        _write_sheet(book.create_sheet(title), columns, rows.get(title, ()))
    levels = DataValidation("list", '"C,B,A"', allow_blank=True)
    book[CLAUSES].add_data_validation(levels)
    letter = get_column_letter([column.name for column in SHEETS[CLAUSES]].index("level") + 1)
    levels.add(f"{letter}2:{letter}{_LAST_ROW}")
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _write_sheet(sheet: Any, columns: Iterable[Column], rows: Iterable[Row]) -> None:
    listed = tuple(columns)
    for number, column in enumerate(listed, 1):
        heading = sheet.cell(1, number)
        put_text(heading, column.title.zh)
        put_comment(heading, f"{column.title.en}\n{column.help.zh}\n{column.help.en}")
        heading.font, heading.fill = Font(bold=True), _REQUIRED_FILL if column.required else _FILL
        dimension = sheet.column_dimensions[get_column_letter(number)]
        # Text, so that Excel leaves clause numbers such as 1.10 alone.
        dimension.width, dimension.number_format = column.width, "@"
    for at, row in enumerate(rows, 2):
        for number, column in enumerate(listed, 1):
            cell = sheet.cell(at, number)
            put_text(cell, row.get(column.name, ""))
            cell.number_format, cell.alignment = "@", Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


def _clause_rows(standard: Standard, on: date) -> Iterable[Row]:
    for chapter in standard.chapters:
        for clause in chapter.clauses:
            for level in clause.levels:
                for criterion in clause.criteria[level]:
                    yield {
                        "chapter": chapter.title.zh,
                        "chapter_en": chapter.title.en,
                        "number": clause.number,
                        "title": clause.title.zh,
                        "title_en": clause.title.en,
                        "level": level.value,
                        "cost": f"{clause.cost_of(criterion, on) / COST_STEPS:g}",
                        **_criterion(criterion),
                    }


def _criterion(criterion: Criterion) -> Row:
    if isinstance(criterion, Evaluated):
        condition = spell(criterion.when)
        evidence, evidence_en = f"系统数据：{condition}", f"data of the system: {condition}"
    else:
        evidence = "；".join(text.zh for text in criterion.evidence)
        evidence_en = "; ".join(text.en for text in criterion.evidence)
    title = criterion.title
    return {
        "criterion": title.zh,
        "criterion_en": title.en,
        "evidence": evidence,
        "evidence_en": evidence_en,
    }


def _tier_rows(standard: Standard, on: date) -> Iterable[Row]:
    for tier in standard.tiers:
        shares = {level: tier.share_on(level, on) for level in LEVELS if level in tier.shares}
        yield {
            "title": tier.title.zh,
            "title_en": tier.title.en,
            **{f"share_{level.value}": f"{share:g}" for level, share in shares.items() if share is not None},
            **{f"required_{level.value}": "；".join(numbers) for level, numbers in tier.required.items()},
        }
