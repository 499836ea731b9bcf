"""Fields that are asked only with certain answers above them."""

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from openpyxl import load_workbook

from form_conditions import samples
from wangdi.engine.evaluate.asking import asked_fields, asked_masks
from wangdi.engine.evaluate.reference.world import Record
from wangdi.engine.evaluate.rows import record_table_of
from wangdi.engine.handbook.sections import how_to_fill_in
from wangdi.engine.handbook.words import Words
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.packs.load import load_rulebook
from wangdi.interchange.tabular import KnownTables, read_tables, write_template
from wangdi.server.records.validation import checked_values

PACK = """
    pack: sample
    title: {zh: 示例, en: Example}
    version: "1"
    kinds:
      visit:
        title: {zh: 随访, en: Visit}
        about: place
        fields:
          referred: {title: {zh: 是否转诊, en: Referred}, type: boolean}
          reason:
            title: {zh: 转诊原因, en: Reason}
            type: choice
            options: {"1": {zh: 危急, en: Critical}, "9": {zh: 其他, en: Other}}
            required: true
            asked_if: referred
          other: {title: {zh: 其他原因, en: Other reason}, type: text, required: true, asked_if: reason = '9'}
"""


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    folder = tmp_path_factory.mktemp("sample")
    (folder / "pack.yaml").write_text(dedent(PACK), encoding="utf-8")
    return load_rulebook([folder])


@pytest.fixture
def kind(rulebook: Rulebook) -> Kind:
    return rulebook.kinds["visit"]


def problems(kind: Kind, values: Mapping[str, Any]) -> dict[str, str]:
    return {problem.field: problem.message.zh for problem in checked_values(kind, values)[1]}


def test_required_means_required_where_it_is_asked(kind: Kind) -> None:
    assert problems(kind, {}) == {}
    assert problems(kind, {"referred": False}) == {}
    assert problems(kind, {"referred": True}) == {"reason": "请填写转诊原因"}
    assert problems(kind, {"referred": True, "reason": "9"}) == {"other": "请填写其他原因"}
    assert problems(kind, {"referred": True, "reason": "1"}) == {}


def test_a_value_that_was_not_asked_for_is_refused_and_the_message_says_what_decides(kind: Kind) -> None:
    found = problems(kind, {"referred": False, "reason": "1"})
    assert found == {"reason": "按“是否转诊”的回答，此项不用填；请清空，或更正前面的回答"}


def test_what_is_not_asked_is_empty_for_the_conditions_below(kind: Kind) -> None:
    assert asked_fields(kind.form, {"referred": False, "reason": "9"}) == {"referred"}
    assert problems(kind, {"reason": "9", "other": "远"}).keys() == {"reason", "other"}


def test_nobody_is_told_off_for_an_answer_that_hangs_on_a_wrong_one(kind: Kind) -> None:
    assert problems(kind, {"referred": True, "reason": "7", "other": "远"}).keys() == {"reason"}


def test_what_stands_in_fields_of_earlier_steps_is_left_alone(kind: Kind) -> None:
    kept, found = checked_values(kind, {"referred": False, "reason": "1"}, standing={"reason"})
    assert (kept, found) == ({"referred": False, "reason": "1"}, [])


def test_a_table_is_asked_as_its_records_are() -> None:
    for kind, group in groupby(samples(1500), key=lambda pair: pair[0]):
        answers = [values for _, values in group]
        records = [
            Record(kind.name, str(i), "P", date(2026, 1, 1), values=one) for i, one in enumerate(answers)
        ]
        table = record_table_of(kind, records)
        columns = {field.name: table.column(field.name) for field in kind.form}
        masks = asked_masks(kind.form, columns, len(answers))
        for i, values in enumerate(answers):
            asked = asked_fields(kind.form, values)
            assert {name for name, mask in masks.items() if mask[i]} == {
                field.name for field in kind.form if field.asked_if is not None and field.name in asked
            }


def test_conditions_are_told_in_words(rulebook: Rulebook, kind: Kind) -> None:
    other = kind.field("other")
    assert how_to_fill_in(Words(rulebook, "zh", date(2026, 1, 1)), other) == (
        "文字；仅当转诊原因 = “其他”时填写"
    )
    assert how_to_fill_in(Words(rulebook, "en", date(2026, 1, 1)), other).endswith(
        "; asked if Reason = “Other”"
    )


# -- files --------------------------------------------------------------------------------------------

ROWS = """\
区划编码,日期,是否转诊,转诊原因,其他原因,状态
P1,2026-01-01,是,危急,,
P1,2026-01-02,是,,,
P1,2026-01-03,否,其他,,
P1,2026-01-04,否,,远,
P1,2026-01-05,也许,危急,,
P1,2026-01-06,是,,,作废
"""


def read(path: Path, text: str, kind: Kind) -> list[tuple[str, int | None, str | None]]:
    (path / "visit.csv").write_text(text, encoding="utf-8")
    (path / "places.csv").write_text("code,name,level\nP1,甲,province\n", encoding="utf-8")
    known = KnownTables()
    result = read_tables(path, kinds={kind.name: kind}, known=known, today=date(2026, 6, 30))
    return [(problem.code, problem.where.row, problem.where.field) for problem in result.problems]


def test_files_are_checked_cell_by_cell(tmp_path: Path, kind: Kind) -> None:
    assert read(tmp_path, ROWS, kind) == [
        ("I301", 3, "reason"),
        ("I314", 4, "reason"),
        ("I314", 5, "other"),
        ("I307", 6, "referred"),
    ]


def test_a_file_may_lack_a_column_that_no_row_is_asked_for(tmp_path: Path, kind: Kind) -> None:
    assert read(tmp_path, "区划编码,日期,是否转诊\nP1,2026-01-01,否\n", kind) == []
    assert read(tmp_path, "区划编码,日期,是否转诊\nP1,2026-01-01,是\n", kind) == [("I201", 2, None)]


def test_the_template_says_which_columns_decide(tmp_path: Path, kind: Kind) -> None:
    sheet = load_workbook(write_template(tmp_path / "t.xlsx", {kind.name: kind}))["随访"]
    notes = {cell.value: cell.comment.text for cell in sheet[1] if cell.comment}
    assert "是否填写取决于：转诊原因" in notes["其他原因*"]
