"""What kinds of file can be read, and that they all say the same."""

import datetime as dt
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tabular_examples import (
    FOLLOWUPS,
    KINDS,
    NETWORK,
    RESIDENTS,
    codes_at,
    csv_bytes,
    known_network,
    read,
    read_rows,
    write_folder,
    write_workbook,
)

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.interchange.tables import record_schema
from wangdi.interchange.tabular.headings import Vocabulary, shapes_of

SCORES = {"eating": "评分（进餐）", "grooming": "评分（梳洗）", "height": "身高（厘米）"}


def test_a_folder_of_csv_files_becomes_exchange_tables(tmp_path: Path) -> None:
    result = read(write_folder(tmp_path, NETWORK))
    assert result.ok, result.problems
    assert result.row_counts == {"places": 3, "institutions": 2, "residents": 2, "records/htn_followup": 2}
    records = result.tables["records/htn_followup"]
    assert records.column_names == ["id", "subject", "institution", "occurred_on", "status", "sbp", "dbp"]
    assert records["sbp"].to_pylist() == [132, 150]
    assert records["status"].to_pylist() == ["final", "final"]
    assert records["occurred_on"].to_pylist() == [dt.date(2026, 3, 1), dt.date(2026, 4, 1)]
    schema = record_schema(KINDS["htn_followup"])
    assert all(records.schema.field(name).type == schema.field(name).type for name in records.column_names)


def test_records_may_lie_in_a_folder_of_their_own(tmp_path: Path) -> None:
    tables = {("records/" + name if name == "htn_followup" else name): rows for name, rows in NETWORK.items()}
    assert "records/htn_followup" in read(write_folder(tmp_path, tables)).tables


def test_zip_workbook_and_folder_hold_the_same_tables(tmp_path: Path) -> None:
    folder = read(write_folder(tmp_path / "folder", NETWORK)).tables
    archive = tmp_path / "bundle.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for name, rows in NETWORK.items():
            file.writestr(f"大冶/{name}.csv", csv_bytes(rows, "gb18030"))
    chinese = {
        "区划": "places",
        "机构台账": "institutions",
        "居民档案": "residents",
        "高血压随访": "htn_followup",
    }
    workbook = write_workbook(
        tmp_path / "book.xlsx", {title: NETWORK[name] for title, name in chinese.items()}
    )
    assert read(archive).tables == folder
    assert read(workbook).tables == folder


def test_a_zip_made_by_chinese_windows_keeps_its_chinese_names(tmp_path: Path) -> None:
    archive = tmp_path / "bundle.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("XXXX.csv", csv_bytes(NETWORK["places"]))
    archive.write_bytes(archive.read_bytes().replace(b"XXXX", "区划".encode("gbk")))
    assert list(read(archive).tables) == ["places"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_the_encodings_and_separators_of_excel(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    file = tmp_path / "居民.csv"
    file.write_bytes(csv_bytes(RESIDENTS, encoding, delimiter))
    result = read(file, known_network(tmp_path))
    assert result.ok, result.problems
    assert result.tables["residents"]["name"].to_pylist() == ["张三", "李四"]


def test_a_file_that_is_no_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_bytes(b"code,name\n\xff\xff\xff\xff\n")
    (tmp_path / "residents.xlsx").write_bytes(b"PK no workbook")
    result = read(tmp_path)
    assert [(p.code, p.where.file) for p in result.problems] == [
        ("I101", "places.csv"),
        ("I101", "residents.xlsx"),
    ]


def test_a_path_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    assert codes_at(read(tmp_path / "nowhere")) == [("I101", None, None)]


def test_an_empty_folder_is_reported_with_the_tables_that_could_be_there(tmp_path: Path) -> None:
    (tmp_path / "readme.md").write_text("hello")
    result = read(tmp_path)
    assert codes_at(result) == [("I103", None, None)]
    assert "residents" in result.problems[0].hint.en
    assert [note.code for note in result.notes] == ["I906"]


def test_an_unknown_table_is_reported_with_the_nearest_name(tmp_path: Path) -> None:
    result = read(write_folder(tmp_path, {"htn_folowup": FOLLOWUPS}))
    assert codes_at(result) == [("I102", None, None)]
    assert "htn_followup" in result.problems[0].message.en


def test_the_heading_may_stand_below_a_title_row(tmp_path: Path) -> None:
    book = write_workbook(tmp_path / "a.xlsx", {"居民": [("大冶市居民台账",), (), *RESIDENTS, ("R3",)]})
    result = read(book, known_network(tmp_path))
    assert codes_at(result) == [("I301", 6, "name")]


def test_blank_rows_above_the_heading_do_not_hide_a_sheet(tmp_path: Path) -> None:
    blank = [() for _ in range(30)]
    book = write_workbook(tmp_path / "a.xlsx", {"places": [*blank, *NETWORK["places"]]})
    assert read(book).row_counts == {"places": 3}


def test_row_numbers_are_those_of_excel_with_line_breaks_and_blank_rows(tmp_path: Path) -> None:
    text = 'code,name,birth_date\nR1,"张\n三",1950-01-01\n\n,,\nR2,李四,错\n'
    (tmp_path / "residents.csv").write_text(text, encoding="utf-8")
    assert codes_at(read(tmp_path)) == [("I302", 5, "birth_date")]


@pytest.mark.parametrize("above", ["\n", "大冶市居民台账,,\n", "大冶市居民台账\n\n打印日期：2026-06-30\n"])
def test_a_csv_may_have_a_title_or_blank_lines_above_its_headings(tmp_path: Path, above: str) -> None:
    text = above + "code,name,birth_date\nR1,张三,1950-01-01\nR2,李四,错\n"
    (tmp_path / "residents.csv").write_text(text, encoding="utf-8")
    result = read(tmp_path)
    assert codes_at(result) == [("I302", above.count("\n") + 3, "birth_date")]
    assert result.row_counts["residents"] == 2


@pytest.mark.parametrize("text", ["", "code,name", "code,name\n", "code,name\r\n,\r\n"])
def test_a_csv_without_rows_is_no_problem(tmp_path: Path, text: str) -> None:
    (tmp_path / "residents.csv").write_text(text, encoding="utf-8")
    write_folder(tmp_path, {"places": NETWORK["places"]})
    result = read(tmp_path)
    assert result.ok, result.problems
    assert result.row_counts.get("residents", 0) == 0


@pytest.mark.parametrize("rest", ["R3,王五\n", "R3,王五,多\n"])
def test_a_quotation_mark_that_is_never_closed_does_not_swallow_rows(tmp_path: Path, rest: str) -> None:
    text = f'code,name\nR1,张三\nR2,"李四\n{rest}'
    (tmp_path / "residents.csv").write_text(text, encoding="utf-8")
    result = read(tmp_path)
    assert codes_at(result) == [("I101", None, None)]
    assert "引号" in result.problems[0].message.zh


def test_a_row_with_too_many_cells_is_reported_and_a_short_one_is_padded(tmp_path: Path) -> None:
    text = "code,name,address\nR1,张三,金湖,12号\nR2,李四\nR3,王五,大冶,,\n"
    (tmp_path / "residents.csv").write_text(text, encoding="utf-8")
    result = read(tmp_path)
    assert codes_at(result) == [("I104", 2, None)]
    assert result.row_counts["residents"] == 3


def test_columns_are_known_by_name_title_and_other_words_in_any_order(tmp_path: Path) -> None:
    rows = [
        ("随 访 日 期", "收缩压(mmHg)", "DBP", "档案编号", "机构", " 状态* "),
        ("2026-03-01", "132", "84", "R1", "T1", "作废"),
    ]
    result = read_rows(tmp_path, "htn_followup", rows)
    assert result.ok, result.problems
    row = result.tables["records/htn_followup"].to_pylist()[0]
    assert (row["subject"], row["institution"], row["sbp"], row["dbp"]) == ("R1", "T1", 132, 84)
    assert row["status"] == "void"


def test_columns_told_apart_by_brackets_are_not_mixed_up() -> None:
    fields = [Field(name, Text(zh, name), FieldType.INTEGER) for name, zh in SCORES.items()]
    shape = shapes_of({"check": Kind("check", Text("体检", "Check"), "resident", tuple(fields))})[-1]
    found = {
        heading: shape.field_of(heading) for heading in ("评分(梳洗)(分)*", "评分（进餐）", "评分", "身高")
    }
    assert {heading: field and field.name for heading, field in found.items()} == {
        "评分(梳洗)(分)*": "grooming",
        "评分（进餐）": "eating",
        "评分": None,
        "身高": "height",
    }


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("高血压随访", "htn_followup"),
        ("高血压患者随访服务记录表", "htn_followup"),
        ("糖尿病随访记录", "dm_followup"),
        ("居民台账", None),
        ("随访", None),
    ],
)
def test_a_shortened_table_name_is_understood_when_it_can_mean_one_table(
    name: str, table: str | None
) -> None:
    titles = {"htn_followup": "高血压患者随访服务记录表", "dm_followup": "2型糖尿病患者随访服务记录表"}
    vocabulary = Vocabulary(
        shapes_of({kind: Kind(kind, Text(zh, kind), "resident") for kind, zh in titles.items()})
    )
    shape = vocabulary.shape_of("x.xlsx", name, alone=False)
    assert (shape and shape.kind and shape.kind.name) == table
    assert (shape and shape.table) == ("residents" if name == "居民台账" else table and f"records/{table}")


def test_an_extra_column_is_a_note_with_the_nearest_name(tmp_path: Path) -> None:
    rows = [(*FOLLOWUPS[0], "收缩压值", "天气"), (*FOLLOWUPS[1], "1", "晴")]
    result = read_rows(tmp_path, "htn_followup", rows)
    assert result.ok
    near, none = (note for note in result.notes if note.code == "I901")
    assert "收缩压" in near.message.zh and near.where.letter == "F"
    assert "是不是" not in none.message.zh


def test_missing_required_columns_are_one_problem_that_lists_what_was_found(tmp_path: Path) -> None:
    result = read_rows(tmp_path, "htn_followup", [("收缩压", "机构"), ("132", "T1")])
    assert codes_at(result) == [("I201", None, None)]
    message = result.problems[0].message.zh
    assert "居民编码（subject）、日期（occurred_on）" in message and "收缩压、机构" in message


def test_references_are_not_blamed_for_a_register_without_its_code_column(tmp_path: Path) -> None:
    tables = {**NETWORK, "places": [("name", "level"), ("大冶市", "county")]}
    assert codes_at(read(write_folder(tmp_path, tables))) == [("I201", None, None)]


def test_two_columns_that_mean_the_same_are_reported(tmp_path: Path) -> None:
    result = read_rows(
        tmp_path, "htn_followup", [(*FOLLOWUPS[0], "收缩压"), (*FOLLOWUPS[1], "1"), FOLLOWUPS[2]]
    )
    assert [p.code for p in result.problems] == ["I202"]


def test_empty_and_hidden_sheets_are_noted(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "a.xlsx",
        {"places": NETWORK["places"], "residents": [], "旧表": RESIDENTS, "_lists": RESIDENTS},
    )
    book = load_workbook(path)
    book["旧表"].sheet_state = book["_lists"].sheet_state = "hidden"
    book.save(path)
    result = read(path)
    assert result.ok
    assert [(note.code, note.where.sheet) for note in result.notes] == [
        ("I903", "residents"),
        ("I907", "旧表"),
    ]


def test_a_table_may_be_spread_over_several_files(tmp_path: Path) -> None:
    write_folder(tmp_path, NETWORK)
    more = [("姓名", "编码", "电话"), ("王五", "R3", "13900000000"), ("赵六", "R3", "")]
    write_workbook(tmp_path / "more.xlsx", {"居民": more})
    result = read(tmp_path)
    assert codes_at(result) == [("I501", 3, "code")]
    assert result.problems[0].where.file == "more.xlsx"
    assert result.row_counts["residents"] == 4
