"""Answers of a file that are no option: refused, or taken as the option that stands for others and noted."""

from dataclasses import replace
from pathlib import Path

from shipped import RULEBOOK
from wangdi.engine.model.kinds import Kind
from wangdi.interchange.tabular.known import KnownTables
from wangdi.interchange.tabular.read import ReadResult, read_tables

ARCHIVE = RULEBOOK.kinds["archive_record"]


def read(folder: Path, kind: Kind, *nations: str) -> ReadResult:
    rows = "".join(f"R{number},2026-01-05,是,1,{text}\n" for number, text in enumerate(nations))
    (folder / "archive_record.csv").write_text(
        f"居民编码,日期,已建电子健康档案,常住类型,民族（GB/T 3304代码）\n{rows}", encoding="utf-8"
    )
    people = "".join(f"R{number},甲\n" for number in range(len(nations)))
    (folder / "residents.csv").write_text(f"编码,姓名\n{people}", encoding="utf-8")
    return read_tables(folder, kinds={"archive_record": kind}, known=KnownTables())


def test_a_nation_is_written_as_code_name_or_without_its_last_word(tmp_path: Path) -> None:
    found = read(tmp_path, ARCHIVE, "01", "汉族", "汉", "维吾尔", "土家族", "Zhuang", "97")
    assert found.ok, found.problems
    assert found.tables["records/archive_record"]["nation"].to_pylist() == [
        "01",
        "01",
        "01",
        "05",
        "15",
        "08",
        "97",
    ]
    assert not [note for note in found.notes if note.code == "I911"]


def test_what_is_no_option_is_taken_as_other_and_noted_with_its_text(tmp_path: Path) -> None:
    found = read(tmp_path, ARCHIVE, "汉族", "穿青人", "", "亻革家人", "穿青人")
    assert found.tables["records/archive_record"]["nation"].to_pylist() == ["01", "97", None, "97", "97"]
    [note] = [note for note in found.notes if note.code == "I911"]
    assert (note.count, note.rows) == (3, (3, 5, 6))
    assert "3 行的民族不在选项内（穿青人、亻革家人），已记作“其他（未识别民族）”" in note.message.zh


def test_without_an_option_for_others_such_an_answer_is_refused(tmp_path: Path) -> None:
    strict = tuple(replace(field, others=None) for field in ARCHIVE.fields)
    found = read(tmp_path, replace(ARCHIVE, fields=strict), "穿青人")
    assert not found.ok and [problem.code for problem in found.problems] == ["I308"]
