"""The workbook that goes back to its owner: the ten mistakes, marked where they are."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from tabular_examples import (
    FOLLOWUPS,
    NETWORK,
    RESIDENTS,
    Rows,
    codes_at,
    csv_bytes,
    known_network,
    read,
    write_folder,
    write_workbook,
)

from wangdi.interchange.tabular import annotate
from wangdi.interchange.tabular.identity import check_character
from wangdi.interchange.tabular.problems import DETAIL_LIMIT, PROBLEM_SHEET

NUMBER = "42028119500502123" + check_character("42028119500502123")
OTHER_NUMBER = "42028119600229124" + check_character("42028119600229124")
WRONG_CHECK = NUMBER[:17] + ("1" if NUMBER[17] != "1" else "2")

PEOPLE: Rows = (
    ("居民编码", "姓名", "性别", "出生日期", "居住区划", "管理机构", "身份证号", "联系电话"),
    ("R1", "张三", "男", dt.date(1950, 5, 2), 420281101201, "T1", NUMBER, "13900001111"),
    ("R2", "李四", "女", "1960年2月29日", "420281101201", "T1", OTHER_NUMBER, None),
    ("R3", "王五", "男", "1950-02-30", "420281101201", "T1", None, None),
    ("R4", None, "女", "1951/1/1", "420281101201", "T1", None, None),
    ("R5", "孙七", "南", "1951/1/1", "420281101201", "T1", None, None),
    ("R6", "周八", "男", "1950.5.2", "420281101201", "T1", 420281195005021234, None),
    ("R7", "吴九", "男", "1950-05-02", "420281101299", "T1", WRONG_CHECK, None),
    ("R1", "郑十", "女", None, "420281101201", "T1", None, None),
)
VISITS: Rows = (
    ("居民编码", "服务机构", "日期", "收缩压", "舒张压", "状态"),
    ("R1", "T1", "２０２６年３月１日", "１３２", 84.0, "有效"),
    ("R2", "T1", 20260401, "一百五", 95, None),
    ("R2", "T1", "2027-04-01", 150, 95, None),
    ("R9", "T1", "2026-04-01", 150, 950, None),
)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    sheets: dict[str, Rows] = {
        "区划": NETWORK["places"],
        "机构": NETWORK["institutions"],
        "居民": PEOPLE,
        "高血压随访": VISITS,
    }
    return write_workbook(tmp_path / "大冶.xlsx", sheets)


def marked(book: Workbook) -> dict[str, str]:
    """The comments of red cells by 'sheet!cell'."""
    return {
        f"{sheet.title}!{cell.coordinate}": cell.comment.text
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment is not None and cell.fill.start_color.rgb == "FFFF9999"
    }


def test_ten_mistakes_typed_by_hand_are_all_found_in_one_pass(workbook: Path) -> None:
    result = read(workbook)
    found = {
        (p.where.sheet, f"{p.where.letter}{p.where.row}", p.code, p.where.column) for p in result.problems
    }
    assert found == {
        ("居民", "D4", "I303", "出生日期"),
        ("居民", "B5", "I301", "姓名"),
        ("居民", "C6", "I308", "性别"),
        ("居民", "G7", "I311", "身份证号"),
        ("居民", "G8", "I404", "身份证号"),
        ("居民", "E8", "I601", "居住区划"),
        ("居民", "A9", "I501", "居民编码"),
        ("高血压随访", "D3", "I305", "收缩压"),
        ("高血压随访", "C4", "I312", "日期"),
        ("高血压随访", "E5", "I310", "舒张压"),
        ("高血压随访", "A5", "I601", "居民编码"),
    }
    assert not result.tables
    assert result.row_counts == {"places": 3, "institutions": 2, "residents": 8, "records/htn_followup": 4}


def test_the_copy_has_every_problem_cell_red_with_a_comment(workbook: Path, tmp_path: Path) -> None:
    result = read(workbook)
    before = workbook.read_bytes()
    copy = load_workbook(annotate(workbook, result, tmp_path / "out" / "大冶-问题.xlsx"))
    assert workbook.read_bytes() == before
    comments = marked(copy)
    assert set(comments) == {f"{p.where.sheet}!{p.where.letter}{p.where.row}" for p in result.problems}
    lines = comments["居民!G7"].splitlines()
    assert lines[0] == "[I311]" and "丢失" in lines[1] and "文本" in lines[2] and "Excel" in lines[3]
    assert copy["居民"]["B2"].value == "张三"


def test_the_first_sheet_lists_the_problems_and_leads_to_them(workbook: Path, tmp_path: Path) -> None:
    result = read(workbook)
    copy = load_workbook(annotate(workbook, result, tmp_path / "out.xlsx"))
    sheet = copy.worksheets[0]
    assert sheet.title == PROBLEM_SHEET
    rows = [row for row in sheet.iter_rows(min_row=3) if row[0].value]
    assert len(rows) == len(result.problems) == 11
    assert {row[0].hyperlink.location for row in rows} == {
        f"'{p.where.sheet}'!{p.where.letter}{p.where.row}" for p in result.problems
    }
    assert NUMBER not in {cell.value for row in rows for cell in row}


def test_the_mended_copy_can_be_imported_as_it_is(workbook: Path, tmp_path: Path) -> None:
    copy = annotate(workbook, read(workbook), tmp_path / "copy.xlsx")
    book: Any = load_workbook(copy)
    people, visits = book["居民"], book["高血压随访"]
    mended = {"D4": "1950-02-28", "B5": "赵六", "C6": "男", "E8": "420281101201", "A9": "R8"}
    for cell, value in mended.items():
        people[cell] = value
    people["G7"] = people["G8"] = None
    visits["D3"], visits["C4"], visits["E5"], visits["A5"] = 150, "2026-04-11", 95, "R3"
    book.save(copy)
    result = read(copy)
    assert result.ok, result.problems
    assert len(result.tables["residents"]) == 8
    assert annotate(copy, result, tmp_path / "again.xlsx").exists()
    assert load_workbook(tmp_path / "again.xlsx").sheetnames.count(PROBLEM_SHEET) == 1


def test_problem_rows_of_csv_files_come_with_their_original_row_numbers(tmp_path: Path) -> None:
    visits: Rows = (*FOLLOWUPS, ("R1", "T1", "昨天", "=1+1", "84"), ("R2", "T1", "2026-05-01", "140", "85"))
    folder = write_folder(
        tmp_path / "in", {**NETWORK, "records/htn_followup": visits, "htn_followup": FOLLOWUPS}
    )
    result = read(folder)
    assert codes_at(result) == [("I302", 4, "occurred_on"), ("I305", 4, "sbp")]
    book = load_workbook(annotate(folder, result, tmp_path / "out.xlsx"))
    assert book.sheetnames == [PROBLEM_SHEET, "htn_followup"]
    sheet = book["htn_followup"]
    assert [cell.value for cell in sheet[1]] == ["原行号 Row", *FOLLOWUPS[0]]
    assert [cell.value for cell in sheet[2]] == [4, "R1", "T1", "昨天", "=1+1", "84"]
    assert sheet["E2"].data_type == "s", "a typed text must not become a formula"
    assert set(marked(book)) == {"htn_followup!D2", "htn_followup!E2"}
    assert book.worksheets[0]["A3"].hyperlink.location == "'htn_followup'!D2"


def test_rows_with_too_many_cells_are_marked_at_their_beginning(tmp_path: Path) -> None:
    file = tmp_path / "residents.csv"
    file.write_bytes(csv_bytes(RESIDENTS) + "R3,王五,1,1950-01-01,420281101201,T1,多,余\r\n".encode())
    result = read(file, known_network(tmp_path))
    book = load_workbook(annotate(file, result, tmp_path / "out.xlsx"))
    assert set(marked(book)) == {"residents!A2"}
    assert "8 格" in marked(book)["residents!A2"]


def test_a_list_that_is_cut_off_says_how_many_there_are(tmp_path: Path) -> None:
    visits = [FOLLOWUPS[0], *(("R1", "T1", "2026-01-01", "高", "84") for _ in range(DETAIL_LIMIT + 7))]
    folder = write_folder(tmp_path / "in", {**NETWORK, "htn_followup": visits})
    sheet = load_workbook(annotate(folder, read(folder), tmp_path / "out.xlsx")).worksheets[0]
    assert f"共 {DETAIL_LIMIT + 7} 个问题" in sheet["A1"].value
    assert f"共 {DETAIL_LIMIT + 7} 个，只列出前 {DETAIL_LIMIT} 个" in sheet.cell(sheet.max_row, 1).value


def test_a_broken_workbook_still_gets_its_list(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK")
    sheet = load_workbook(annotate(broken, read(broken), tmp_path / "out.xlsx")).worksheets[0]
    assert sheet["K3"].value == "I101"
