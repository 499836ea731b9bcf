"""How typed texts become values: each form people use, and the message for what is none."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tabular_examples import KINDS, Rows, known_network, read, read_rows, write_workbook

from wangdi.engine.model.fields import Field, FieldType, Option
from wangdi.engine.model.registers import PLACE_LEVELS, RESIDENT, WORKER
from wangdi.engine.model.text import Text
from wangdi.interchange.tabular import ReadResult
from wangdi.interchange.tabular.identity import check_character, read_identity_numbers
from wangdi.interchange.tabular.values import cleaned, parse

TITLE = Text("列", "Column")
FIRST_OF_MARCH = dt.date(2026, 3, 1)


def parsed(field: Field, text: str) -> tuple[Any, str | None]:
    """The value of one text and the code of its fault."""
    result = parse(field, cleaned(pa.array([text]), field))
    return result.values[0].as_py(), next((fault.code for fault in result.faults if fault.mask[0]), None)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01",
        "2026-3-1",
        "2026/3/1",
        "2026.3.1",
        "2026年3月1日",
        "2026 年 3 月 1 日",
        "20260301",
        "20260301.0",
        "２０２６年３月１日",
        "　2026－03－01 ",
        "2026-03-01 00:00:00",
        "2026/3/1 8:05",
    ],
)
def test_every_form_of_a_date_is_the_same_day(text: str) -> None:
    assert parsed(Field("on", TITLE, FieldType.DATE), text) == (FIRST_OF_MARCH, None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-02-29", "I303"),
        ("20261301", "I303"),
        ("2026-00-10", "I303"),
        ("46082", "I304"),
        ("26-3-1", "I302"),
        ("2026-03", "I302"),
        ("三月一日", "I302"),
    ],
)
def test_what_is_no_date_says_why(text: str, code: str) -> None:
    assert parsed(Field("on", TITLE, FieldType.DATE), text) == (None, code)


@given(st.dates(dt.date(1850, 1, 1), dt.date(2200, 12, 31)))
def test_any_day_survives_every_form(day: dt.date) -> None:
    field = Field("on", TITLE, FieldType.DATE)
    forms = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]
    assert {parsed(field, day.strftime(form)) for form in forms} == {(day, None)}


@pytest.mark.parametrize(
    ("kind", "text", "value", "code"),
    [
        (FieldType.INTEGER, "120", 120, None),
        (FieldType.INTEGER, "120.0", 120, None),
        (FieldType.INTEGER, "１２０　", 120, None),
        (FieldType.INTEGER, "1,200", 1200, None),
        (FieldType.INTEGER, "-3", -3, None),
        (FieldType.INTEGER, "12.5", None, "I305"),
        (FieldType.INTEGER, "约120", None, "I305"),
        (FieldType.DECIMAL, "6.8", 6.8, None),
        (FieldType.DECIMAL, "6．8", 6.8, None),
        (FieldType.DECIMAL, "6。8", 6.8, None),
        (FieldType.DECIMAL, "6，8", 6.8, None),
        (FieldType.DECIMAL, "1,234.5", 1234.5, None),
        (FieldType.DECIMAL, "6.8mmol", None, "I306"),
        (FieldType.TIME, "09:35", 575, None),
        (FieldType.TIME, "9：35", 575, None),
        (FieldType.TIME, "9时35分", 575, None),
        (FieldType.TIME, "9点35", 575, None),
        (FieldType.TIME, "09:35:00", 575, None),
        (FieldType.TIME, "0935", 575, None),
        (FieldType.TIME, "935", 575, None),
        (FieldType.TIME, "0.399305555555556", 575, None),
        (FieldType.TIME, "00:00", 0, None),
        (FieldType.TIME, "23:59", 1439, None),
        (FieldType.TIME, "24:00", None, "I315"),
        (FieldType.TIME, "9:60", None, "I315"),
        (FieldType.TIME, "960", None, "I315"),
        (FieldType.TIME, "9", None, "I315"),
        (FieldType.TIME, "1.5", None, "I315"),
        (FieldType.TIME, "0.99999", None, "I315"),
        (FieldType.TIME, "上午", None, "I315"),
        (FieldType.BOOLEAN, "是", True, None),
        (FieldType.BOOLEAN, "√", True, None),
        (FieldType.BOOLEAN, "YES", True, None),
        (FieldType.BOOLEAN, "1.0", True, None),
        (FieldType.BOOLEAN, "TRUE", True, None),
        (FieldType.BOOLEAN, "否", False, None),
        (FieldType.BOOLEAN, "×", False, None),
        (FieldType.BOOLEAN, "０", False, None),
        (FieldType.BOOLEAN, "也许", None, "I307"),
        (FieldType.TEXT, "　大冶 市　", "大冶 市", None),
        (FieldType.TEXT, "　", None, None),
    ],
)
def test_scalars_as_people_type_them(kind: FieldType, text: str, value: object, code: str | None) -> None:
    assert parsed(Field("x", TITLE, kind), text) == (value, code)


@pytest.mark.parametrize(("text", "code"), [("49", "I309"), ("50", None), ("300", None), ("301", "I310")])
def test_limits_are_inclusive(text: str, code: str | None) -> None:
    assert parsed(KINDS["htn_followup"].field("sbp"), text)[1] == code


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("county", "county"),
        ("县", "county"),
        ("County", "county"),
        ("乡 镇", "township"),
        ("街道", "township"),
        ("county县", "county"),
    ],
)
def test_choices_are_known_by_code_title_and_other_words(text: str, value: str) -> None:
    field = Field("level", TITLE, FieldType.CHOICE, PLACE_LEVELS)
    assert parsed(field, text) == (value, None)


@pytest.mark.parametrize(("text", "value"), [("男", "1"), ("女性", "2"), ("1.0", "1"), ("Female", "2")])
def test_sex_is_known_by_code_and_word(text: str, value: str) -> None:
    assert parsed(RESIDENT.field("sex"), text) == (value, None)


def test_titles_of_the_profession_are_read_as_their_level() -> None:
    assert parsed(WORKER.field("title_level"), "主治医师") == ("mid", None)


def test_a_wrong_choice_lists_the_right_ones(tmp_path: Path) -> None:
    result = read_rows(
        tmp_path, "htn_followup", [("subject", "occurred_on", "mode"), ("R1", "2026-03-01", "视频")]
    )
    assert "门诊（1）、家庭（2）、电话（3）" in result.problems[0].hint.zh


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", ["1"]),
        ("头痛头晕、恶心呕吐", ["2", "3"]),
        ("2,3", ["2", "3"]),
        ("2；3；", ["2", "3"]),
        ("2/3", ["2", "3"]),
    ],
)
def test_several_answers_may_stand_in_one_cell(text: str, value: list[str]) -> None:
    assert parsed(KINDS["htn_followup"].field("symptoms"), text) == (value, None)


PULSE = tuple(
    Option(code, Text(zh, zh))
    for code, zh in [("1", "触及正常"), ("2", "减弱（双侧）"), ("3", "减弱（左/右）"), ("4", "消失（双侧）")]
)


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ("减弱(双侧)", "2", None),
        ("减弱（左/右）", "3", None),
        ("3.减弱（左/右）", "3", None),
        ("消失", "4", None),
        ("触及正常（双足）", "1", None),
        ("减弱", None, "I308"),
    ],
)
def test_options_told_apart_by_brackets_are_not_mixed_up(
    text: str, value: str | None, code: str | None
) -> None:
    assert parsed(Field("pulse", TITLE, FieldType.CHOICE, PULSE), text) == (value, code)
    several = [value] if value else None
    assert parsed(Field("pulse", TITLE, FieldType.CHOICES, PULSE), text) == (several, code)


@pytest.mark.parametrize("text", ["1、2", "1.2", "1-2", "1 2"])
def test_two_codes_are_never_read_as_one_longer_code(text: str) -> None:
    options = tuple(Option(str(code), Text(f"第{code}", f"No {code}")) for code in range(1, 26))
    assert parsed(Field("symptom", TITLE, FieldType.CHOICE, options), text) == (None, "I308")


@pytest.mark.parametrize("text", ["①", "1.", "(1)", "1.门诊", "1 门诊"])
def test_numbered_answers_are_read_by_their_number(text: str) -> None:
    assert parsed(KINDS["htn_followup"].field("mode"), text) == ("1", None)


def test_one_unknown_answer_among_several_is_a_fault() -> None:
    assert parsed(KINDS["htn_followup"].field("symptoms"), "1、9") == (None, "I308")


@pytest.mark.parametrize("text", ["420281.0", " 420281 ", "４２０２８１", "'420281"])
def test_codes_that_excel_made_numbers_are_codes_again(text: str) -> None:
    assert parsed(RESIDENT.field("place"), text) == ("420281", None)


@pytest.mark.parametrize("text", ["4.20281E+17", "4.20281e+17"])
def test_scientific_notation_in_a_code_says_that_digits_are_lost(text: str) -> None:
    assert parsed(RESIDENT.field("id_number"), text) == (None, "I311")


def known_read(tmp_path: Path, rows: Rows) -> ReadResult:
    """Read residents from a workbook against the example network."""
    return read(write_workbook(tmp_path / "a.xlsx", {"residents": rows}), known_network(tmp_path))


def test_excel_cells_of_every_type_are_read(tmp_path: Path) -> None:
    rows = [
        ("code", "name", "birth_date", "place", "phone"),
        ("R7", "张三", dt.date(1950, 5, 2), 420281101201, 13900001111),
        (8, "李四", dt.datetime.combine(dt.date(1950, 5, 2), dt.time()), "420281101201", None),
        (9.0, "王五", 19500502, 420281101201.0, "139 0000 1111"),
    ]
    result = known_read(tmp_path, rows)
    assert result.ok, result.problems
    table = result.tables["residents"].to_pylist()
    assert [row["code"] for row in table] == ["R7", "8", "9"]
    assert {row["birth_date"] for row in table} == {dt.date(1950, 5, 2)}
    assert {row["place"] for row in table} == {"420281101201"}
    assert [row["phone"] for row in table] == ["13900001111", None, "13900001111"]


def test_a_number_cell_with_more_digits_than_excel_keeps_is_an_error(tmp_path: Path) -> None:
    rows = [("code", "name", "id_number"), ("R7", "张三", 420281195005021234), ("R8", "李四", None)]
    problem = known_read(tmp_path, rows).problems[0]
    assert (problem.code, problem.where.row, problem.where.letter) == ("I311", 2, "C")
    assert "文本" in problem.hint.zh and "重新粘贴" in problem.hint.zh


def test_a_formula_error_is_not_taken_for_an_empty_cell(tmp_path: Path) -> None:
    rows = [("code", "name", "address"), ("R7", "张三", "#N/A"), ("R8", "李四", "x")]
    problem = known_read(tmp_path, rows).problems[0]
    assert (problem.code, problem.where.row, problem.where.letter) == ("I313", 2, "C")


def id_number(first_17: str) -> str:
    return first_17 + check_character(first_17)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("11010519491231002X", None),
        ("11010519491231002x", None),
        ("110105194912310021", "I404"),
        (id_number("42028119900230123"), "I403"),
        (id_number("42028120270101123"), "I403"),
        ("420281900101123", "I402"),
        ("42028119900101", "I401"),
        ("4202811990010112345", "I401"),
        ("420281199001010000", "I311"),
    ],
)
def test_identity_numbers(number: str, code: str | None) -> None:
    result = read_identity_numbers(pa.array([number, None]), dt.date(2026, 6, 30))
    assert [fault.code for fault in result.faults if fault.mask[0]] == ([code] if code else [])
    assert not any(fault.mask[1] for fault in result.faults)
    assert result.values[0].as_py() == number.upper()


@given(st.from_regex(r"\A[1-6][0-9]{16}\Z"))
def test_the_check_character_is_that_of_iso_7064_mod_11_2(first_17: str) -> None:
    remainder = 0
    for digit in first_17:
        remainder = (remainder + int(digit)) * 2 % 11
    assert check_character(first_17) == "0123456789X"[(12 - remainder) % 11]


@given(st.from_regex(r"\A[1-6][0-9]{16}\Z"), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_never_passes_the_checksum(first_17: str, position: int, shift: int) -> None:
    right = id_number(first_17)
    digit = 10 if right[position] == "X" else int(right[position])
    wrong = right[:position] + str((digit + shift) % 10) + right[position + 1 :]
    if wrong != right:
        assert check_character(wrong[:17]) != wrong[17]
