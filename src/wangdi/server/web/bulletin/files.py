"""The bulletin as a spreadsheet and as a PDF document."""

import json
from datetime import date
from importlib.resources import files
from io import BytesIO
from typing import Any

import typst
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from wangdi.interchange.tabular.spreadsheet import put_text, sheet_title
from wangdi.server.web.bulletin.issue import Issue, Line, Number, Section, standing_of
from wangdi.server.web.charts import svg_of
from wangdi.server.web.values import scale_of
from wangdi.server.web.words import day_in_words, say, wording

FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "SimHei")
"""Those with all Chinese characters, the one of Debian's fonts-noto-cjk first."""

MOST_BESIDE = 6
"""Indicators beside one another in a table of the places below, on paper."""


class NoChineseFont(Exception):
    """None of `FONTS` is installed, so that a document would hold empty boxes."""


def workbook(issue: Issue) -> bytes:
    """One sheet a chapter: the figures with those of a year before and of the places below; then the breakdowns."""
    book = Workbook()
    book.remove(book.active)
    for section in issue.sections:
        sheet = book.create_sheet(sheet_title(section.title, book.sheetnames))
        _write_lines(sheet, issue, section)
        _write_splits(sheet, section)
        sheet.column_dimensions["A"].width = 44
        for number in range(2, sheet.max_column + 1):
            sheet.column_dimensions[get_column_letter(number)].width = 14
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def _write_lines(sheet: Any, issue: Issue, section: Section) -> None:
    _row(
        sheet, [f"{issue.title} · {issue.area.node.name} · {day_in_words(issue.day)}（{standing_of(issue)}）"]
    )
    head = [
        say("指标", "Figure"),
        say("单位", "Unit"),
        issue.area.node.name,
        say("上年同期", "A year before"),
    ]
    _row(sheet, [*head, *(area.node.name for area in issue.below)], bold=True)
    sheet.freeze_panes = "C3"
    for line in section.lines:
        scale = scale_of(line.indicator)
        numbers = [_cell(line, number) for number in (line.now, line.before, *line.below)]
        _row(
            sheet,
            [wording(line.indicator.title), wording(scale.unit).strip() if scale.unit else "", *numbers],
        )


def _cell(line: Line, number: Number) -> float | str:
    """As a number in the unit of the second column; what is hidden or missing as its sign."""
    if number.value is None:
        return number.shown
    return round(number.value * scale_of(line.indicator).factor, 4)


def _write_splits(sheet: Any, section: Section) -> None:
    for split in section.splits:
        sheet.append([])
        title = say(
            "{name}，按{by}", "{name} by {by}", name=wording(split.indicator.title), by=split.dimension
        )
        _row(sheet, [title], bold=True)
        factor = scale_of(split.indicator).factor
        for name, number in split.parts:
            value = number.shown if number.value is None else round(number.value * factor, 4)
            _row(sheet, [name, "", value])


def _row(sheet: Any, values: list[float | str], *, bold: bool = False) -> None:
    row = sheet.max_row + 1 if sheet.max_row > 1 or sheet.cell(1, 1).value is not None else 1
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(row, column)
        if isinstance(value, str):
            put_text(cell, value)
        else:
            cell.value = value
        if bold:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def document(issue: Issue, made_on: date) -> bytes:
    """A PDF (A4), set by typst. `NoChineseFont` where the machine has none."""
    template = files("wangdi.server.web").joinpath("documents/bulletin.typ").read_bytes()
    data = json.dumps(_data(issue, made_on), ensure_ascii=False)
    made, warnings = typst.compile_with_warnings(template, format="pdf", sys_inputs={"data": data})
    unknown = [family for family in FONTS if any(family.lower() in str(one).lower() for one in warnings)]
    if len(unknown) == len(FONTS):
        raise NoChineseFont
    return bytes(made)


def _data(issue: Issue, made_on: date) -> dict[str, Any]:
    return {
        "fonts": list(FONTS),
        "language": say("zh", "en"),
        "title": issue.title,
        "area": issue.area.node.name,
        "day": day_in_words(issue.day),
        "standing": standing_of(issue),
        "words": {
            "as_of": say("数据截至", "Figures as of"),
            "made_on": say("编制日期", "Made on"),
            "made": day_in_words(made_on),
            "figure": say("指标", "Figure"),
            "now": say("本期", "Now"),
            "before": say("上年同期", "A year before"),
            "by": say("按{by}", "by {by}", by="%"),
            "below": say("各地情况", "Places"),
            "place": say("地区", "Place"),
            "contents": say("目录", "Contents"),
            "note": _note(),
        },
        "sections": [_section(issue, section) for section in issue.sections],
    }


def _note() -> str:
    return say(
        "“—”为没有数据，“…”为人数过少，按规定隐去。各数与系统页面和电子表格出自同一次评价。",
        "— none; … too few, hidden by rule. All numbers are those of the pages and of the spreadsheet.",
    )


def _section(issue: Issue, section: Section) -> dict[str, Any]:
    lines = [line for line in section.lines if any(number.value is not None for number in line.below)]
    return {
        "title": section.title,
        "lines": [
            [wording(line.indicator.title), line.now.shown, line.before.shown] for line in section.lines
        ],
        "splits": [
            {
                "title": wording(split.indicator.title),
                "by": split.dimension,
                "parts": [[name, number.shown] for name, number in split.parts],
                "chart": svg_of(split.chart) if split.chart else None,
            }
            for split in section.splits
        ],
        "compared": _compared(issue, section.compared),
        "below": [_beside(issue, lines[at : at + MOST_BESIDE]) for at in range(0, len(lines), MOST_BESIDE)]
        if issue.below
        else [],
    }


def _compared(issue: Issue, line: Line | None) -> dict[str, Any] | None:
    spec = issue.chart_below(line) if line is not None else None
    if line is None or spec is None:
        return None
    on_map = issue.map_below(line)
    return {
        "title": wording(line.indicator.title),
        "chart": svg_of(spec),
        "map": svg_of(on_map) if on_map else None,
    }


def _beside(issue: Issue, lines: list[Line]) -> dict[str, Any]:
    return {
        "head": [wording(line.indicator.title) for line in lines],
        "rows": [
            [area.node.name, *(line.below[at].shown for line in lines)] for at, area in enumerate(issue.below)
        ],
    }
