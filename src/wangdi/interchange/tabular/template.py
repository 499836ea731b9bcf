"""The empty workbook people start from: a sheet for each table, Chinese headings, lists to choose from."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from wangdi.engine.model.asking import depends_on
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS
from wangdi.interchange.tabular.headings import Shape, shapes_of
from wangdi.interchange.tabular.spreadsheet import put_comment, put_text, sheet_title
from wangdi.interchange.tabular.values import is_code

_OPTIONS_SHEET = "_options"
_LAST_ROW = 1_048_576
_HEADING_FILL = PatternFill("solid", start_color="FFDDEBF7", end_color="FFDDEBF7")
_REQUIRED_FILL = PatternFill("solid", start_color="FFFCE4D6", end_color="FFFCE4D6")
_WIDTHS = {FieldType.TEXT: 20, FieldType.CHOICES: 24, FieldType.REFERENCE: 18}
_DEFAULT_WIDTH = 14
_EXPLANATIONS = {
    FieldType.TEXT: ("文字", "text"),
    FieldType.INTEGER: ("整数", "whole number"),
    FieldType.DECIMAL: ("数", "number"),
    FieldType.BOOLEAN: ("是 或 否", "yes or no"),
    FieldType.DATE: ("日期，例如 2026-03-01", "date, such as 2026-03-01"),
    FieldType.TIME: ("时刻，例如 09:35", "time of day, such as 09:35"),
    FieldType.CHOICE: ("从列表中选一个", "choose one from the list"),
    FieldType.CHOICES: ("可选几个，用“、”隔开", "choose several, separated by commas"),
    FieldType.REFERENCE: ("编码", "code"),
}
_EXPLAINED_FIELDS = {
    "id": (
        "可不填；填了才能在以后更正或作废这条记录",
        "may be empty; needed to amend or void the record later",
    ),
    "id_number": ("18 位，本列已设为文本格式", "18 characters; the column is formatted as text"),
    "status": ("不填即为有效", "empty means final"),
}


def write_template(path: Path, kinds: Mapping[str, Kind]) -> Path:
    """Write the workbook for all registers and the given kinds, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_template_of(path, shapes_of(kinds))
    return path


def write_template_of(path: Path | BinaryIO, shapes: Iterable[Shape]) -> None:
    """Write a workbook with a sheet for each table.

    Required columns are marked with * and colour; what a column takes is in its heading's comment. Columns of
    codes are formatted as text, so that Excel leaves their digits alone.
    """
    book = Workbook()
    book.remove(book.active)
    options = book.create_sheet(_OPTIONS_SHEET)
    for shape in shapes:
        sheet = book.create_sheet(_title(shape, book.sheetnames), len(book.sheetnames) - 1)
        for number, field in enumerate(shape.fields, 1):
            _write_column(sheet, number, field, options, shape)
        sheet.freeze_panes = "A2"
    options.sheet_state = "hidden"
    book.active = 0
    book.save(path)


def _title(shape: Shape, taken: list[str]) -> str:
    """The Chinese title; the kind's own name where Excel or another sheet stands in its way."""
    title = sheet_title(shape.title.zh, taken)
    fallback = shape.kind.name if shape.kind else shape.table
    return title if title == shape.title.zh else sheet_title(fallback, taken)


def _write_column(sheet: Any, number: int, field: Field, options: Any, shape: Shape) -> None:
    heading, letter = sheet.cell(1, number), get_column_letter(number)
    put_text(heading, _heading(field))
    put_comment(heading, _explanation(field, shape))
    heading.font = Font(bold=True)
    heading.alignment = Alignment(horizontal="center")
    heading.fill = _REQUIRED_FILL if field.required else _HEADING_FILL
    dimension = sheet.column_dimensions[letter]
    dimension.width = _WIDTHS.get(field.type, _DEFAULT_WIDTH)
    if is_code(field) or field.type is FieldType.TIME:
        dimension.number_format = "@"
    elif field.type is FieldType.DATE:
        dimension.number_format = "yyyy-mm-dd"
    answers = _answers(field)
    if answers:
        _offer(sheet, letter, answers, options)


def _heading(field: Field) -> str:
    unit = f"({field.unit})" if field.unit else ""
    return f"{field.title.zh}{unit}{'*' if field.required else ''}"


def _answers(field: Field) -> list[str]:
    if field.type is FieldType.BOOLEAN:
        return ["是", "否"]
    return [option.title.zh for option in field.options] if field.type is FieldType.CHOICE else []


def _offer(sheet: Any, letter: str, answers: list[str], options: Any) -> None:
    """A drop-down over a range of the hidden sheet: a list inside the rule may not exceed 255 characters."""
    column = options.max_column + 1
    for row, answer in enumerate(answers, 1):
        put_text(options.cell(row, column), answer)
    source = f"${get_column_letter(column)}$1:${get_column_letter(column)}${len(answers)}"
    rule = DataValidation("list", f"{quote_sheetname(options.title)}!{source}", allow_blank=True)
    rule.error = "请从列表中选择 · choose from the list"
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{_LAST_ROW}")


def _explanation(field: Field, shape: Shape) -> str:
    lines_zh, lines_en = (list(pair) for pair in zip(*_facts(field), *_asked(field, shape), strict=True))
    return "；".join(lines_zh) + "\n" + "; ".join(lines_en)


def _facts(field: Field) -> list[tuple[str, str]]:
    """What a person should know of a column, in both languages."""
    facts = [(field.section.zh, field.section.en)] if field.section is not None else []
    facts.append(_what_it_takes(field))
    if field.options:
        shown_zh = "、".join(option.title.zh for option in field.options)
        facts.append((shown_zh, ", ".join(option.title.en for option in field.options)))
    if field.minimum is not None:
        facts.append((f"不小于 {field.minimum:g}", f"at least {field.minimum:g}"))
    if field.maximum is not None:
        facts.append((f"不大于 {field.maximum:g}", f"at most {field.maximum:g}"))
    if field.usual is not None:
        facts.append((f"常见 {field.usual.in_words}", f"usually {field.usual.in_words}"))
    if field.name in _EXPLAINED_FIELDS:
        facts.append(_EXPLAINED_FIELDS[field.name])
    facts.append(("必填", "required") if field.required else ("可不填", "optional"))
    return facts


def _what_it_takes(field: Field) -> tuple[str, str]:
    if field.refers_to is not None:
        return f"{REGISTERS[field.refers_to].title.zh}表中的编码", f"code of the {field.refers_to}"
    return _EXPLANATIONS[field.type]


def _asked(field: Field, shape: Shape) -> list[tuple[str, str]]:
    """On which other columns it depends whether a field is to be filled in."""
    if field.asked_if is None:
        return []
    titles = {one.name: one.title for one in shape.fields}
    deciding = [titles[name] for name in depends_on(field.asked_if)]
    zh, en = "、".join(title.zh for title in deciding), ", ".join(title.en for title in deciding)
    return [(f"是否填写取决于：{zh}", f"whether it is asked depends on: {en}")]
