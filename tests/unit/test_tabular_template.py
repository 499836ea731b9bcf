"""The empty workbook people start from can be filled in and read back."""

from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from tabular_examples import KINDS, read

from wangdi.interchange.tabular import write_template


def fill(sheet: Any, **values: object) -> None:
    """Write a row under the headings that begin with the given titles."""
    for cell in sheet[1]:
        title = cell.value.split("(")[0].rstrip("*")
        if title in values:
            sheet.cell(2, cell.column, values[title])


def test_there_is_a_sheet_for_each_register_decision_and_kind(tmp_path: Path) -> None:
    book = load_workbook(write_template(tmp_path / "模板.xlsx", KINDS))
    assert book.sheetnames == [
        "区划",
        "机构",
        "人员",
        "团队",
        "资产设备",
        "居民",
        "采用",
        "目标任务",
        "高血压登记",
        "高血压随访",
        "派驻",
        "_options",
    ]
    assert book["_options"].sheet_state == "hidden"
    assert [cell.value for cell in book["派驻"][1]] == [
        "记录编号",
        "人员编码*",
        "服务机构",
        "服务人员",
        "日期*",
        "状态",
        "开始日期*",
        "结束日期",
    ]


def test_a_filled_template_is_read_without_problems(tmp_path: Path) -> None:
    path = write_template(tmp_path / "模板.xlsx", KINDS)
    book = load_workbook(path)
    fill(book["区划"], 编码="420281", 名称="大冶市", 级别="县")
    fill(
        book["机构"], 编码="T1", 名称="金湖卫生院", 机构类别="乡镇卫生院", 所在区划="420281", 机构等级="一级"
    )
    fill(book["居民"], 编码="R1", 姓名="张三", 性别="男", 居住区划="420281", 管理机构="T1")
    fill(
        book["高血压随访"],
        居民编码="R1",
        服务机构="T1",
        日期="2026-03-01",
        收缩压=132,
        转诊="否",
        随访方式="门诊",
    )
    book.save(path)
    result = read(path)
    assert result.ok, result.problems
    record = result.tables["records/htn_followup"].to_pylist()[0]
    assert (record["sbp"], record["referred"], record["mode"]) == (132, False, "1")
    assert {note.code for note in result.notes} == {"I903"}


def test_choices_are_lists_and_codes_are_formatted_as_text(tmp_path: Path) -> None:
    book = load_workbook(write_template(tmp_path / "t.xlsx", KINDS))
    sheet = book["高血压随访"]
    columns = {cell.value.split("(")[0].rstrip("*"): cell.column_letter for cell in sheet[1]}
    rules = {
        str(rule.sqref).split(":")[0][:-1]: rule.formula1 for rule in sheet.data_validations.dataValidation
    }
    assert set(rules) == {columns[title] for title in ("状态", "随访方式", "转诊")}
    name, cells = rules[columns["随访方式"]].split("!")
    offered = [row[0].value for row in book[name.strip("'")][cells.replace("$", "")]]
    assert offered == ["门诊", "家庭", "电话"]
    assert sheet.column_dimensions[columns["居民编码"]].number_format == "@"


def test_every_heading_explains_itself_in_both_languages(tmp_path: Path) -> None:
    book = load_workbook(write_template(tmp_path / "t.xlsx", KINDS))
    headings = [cell for sheet in book.worksheets[:-1] for cell in sheet[1]]
    assert all(cell.comment for cell in headings)
    sbp = next(cell for cell in book["高血压随访"][1] if cell.value == "收缩压(mmHg)")
    assert (
        sbp.comment.text
        == "整数；不小于 50；不大于 300；可不填\nwhole number; at least 50; at most 300; optional"
    )
