"""Headings of a form, and values that are allowed but unusual."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest
from openpyxl import load_workbook

from wangdi.engine.handbook.blocks import Heading
from wangdi.engine.handbook.handbook import handbook
from wangdi.engine.handbook.sections import how_to_fill_in
from wangdi.engine.handbook.words import Words
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.packs.load import load_rulebook
from wangdi.interchange.tabular import KnownTables, read_tables, write_template
from wangdi.interchange.tabular.read import ReadResult
from wangdi.server.intake.describing import kind_as_json
from wangdi.server.records.validation import checked_values

PACK = """
    pack: sample
    title: {zh: 示例, en: Example}
    version: "1"
    sources:
      norm: {title: {zh: 规范, en: Norm}}
    kinds:
      visit:
        title: {zh: 随访, en: Visit}
        about: place
        fields:
          mode: {title: {zh: 方式, en: Mode}, type: text}
          sbp:
            title: {zh: 收缩压, en: Systolic pressure}
            type: integer
            section: {zh: 体征, en: Signs}
            min: 50
            max: 300
            usual: {min: 90, max: 180, source: norm, status: official}
          height: {title: {zh: 身高, en: Height}, type: decimal, usual: {max: 190}}
          smokes: {title: {zh: 吸烟, en: Smokes}, type: boolean, section: {zh: 生活方式, en: Way of living}}
"""


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    folder = tmp_path_factory.mktemp("sample")
    (folder / "pack.yaml").write_text(dedent(PACK), encoding="utf-8")
    return load_rulebook([folder])


@pytest.fixture
def kind(rulebook: Rulebook) -> Kind:
    return rulebook.kinds["visit"]


def read(folder: Path, kind: Kind, rows: str) -> ReadResult:
    (folder / "visit.csv").write_text(f"区划编码,日期,收缩压,身高,状态\n{rows}", encoding="utf-8")
    (folder / "places.csv").write_text("code,name,level\nA,甲,province\n", encoding="utf-8")
    return read_tables(folder, kinds={"visit": kind}, known=KnownTables())


def test_a_heading_holds_until_the_next(kind: Kind) -> None:
    told = [(heading and heading.zh, [field.name for field in fields]) for heading, fields in kind.sections]
    assert told == [(None, ["mode"]), ("体征", ["sbp", "height"]), ("生活方式", ["smokes"])]


def test_no_form_has_one_heading_twice(kind: Kind) -> None:
    mixed = (kind.fields[1], kind.fields[3], kind.fields[2])
    with pytest.raises(ValueError, match="do not follow one another"):
        replace(kind, fields=mixed)


@pytest.mark.parametrize(
    ("value", "unusual"), [(89, True), (90, False), (180, False), (181, True), (None, False)]
)
def test_what_is_usual_includes_its_bounds(kind: Kind, value: int | None, unusual: bool) -> None:
    assert kind.field("sbp").is_unusual(value) is unusual


def test_an_unusual_value_is_stored_and_one_beyond_the_limits_refused(kind: Kind) -> None:
    assert checked_values(kind, {"sbp": 250}) == ({"sbp": 250}, [])
    assert [problem.field for problem in checked_values(kind, {"sbp": 301})[1]] == ["sbp"]


def test_an_import_takes_unusual_values_and_names_their_rows(kind: Kind, tmp_path: Path) -> None:
    found = read(
        tmp_path,
        kind,
        "A,2026-01-05,130,170,\nA,2026-01-06,210,,\nA,2026-01-07,85,191,\nA,2026-01-08,220,,作废\n",
    )
    assert found.ok
    notes = {note.where.field: note for note in found.notes if note.code == "I910"}
    assert (notes["sbp"].count, notes["sbp"].rows) == (2, (3, 4))
    assert "2 条记录的收缩压不在常见范围（90–180）内，如“210”，已照收" in notes["sbp"].message.zh
    assert notes["height"].rows == (4,)


def test_a_value_that_is_refused_is_not_called_unusual_as_well(kind: Kind, tmp_path: Path) -> None:
    found = read(tmp_path, kind, "A,2026-01-05,999,,\n")
    assert not found.ok and not [note for note in found.notes if note.code == "I910"]


def test_the_handbook_the_template_and_the_interface_tell_both(
    kind: Kind, rulebook: Rulebook, tmp_path: Path
) -> None:
    words = Words(rulebook, "zh", date(2026, 1, 1))
    assert "常见 90–180，之外提醒核对（已核对）" in how_to_fill_in(words, kind.field("sbp"))
    assert "常见 ≤ 190，之外提醒核对（未核对）" in how_to_fill_in(words, kind.field("height"))
    headings = [
        b.text
        for b in handbook(rulebook, rulebook.packs[0], "zh", date(2026, 1, 1))
        if isinstance(b, Heading)
    ]
    assert headings.index("体征") < headings.index("生活方式")
    book = load_workbook(write_template(tmp_path / "template.xlsx", {"visit": kind}))
    comments = [cell.comment.text for cell in book["随访"][1]]
    assert any(text.startswith("体征；整数；不小于 50；不大于 300；常见 90–180") for text in comments)
    column = next(one for one in kind_as_json(kind)["columns"] if one["name"] == "sbp")
    assert column["usual"] == [90, 180] and column["section"]["en"] == "Signs"
