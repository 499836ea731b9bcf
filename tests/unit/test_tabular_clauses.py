"""Official clauses typed into a workbook become a pack that can be checked, or a list of what to mend."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner, Result

from wangdi.cli.main import app
from wangdi.engine.checks.check import check
from wangdi.engine.model.standards import Judged, Level
from wangdi.engine.packs.load import load_rulebook
from wangdi.interchange.clauses.columns import CLAUSES, SHEETS, TIERS
from wangdi.interchange.clauses.read import read_clause_workbook
from wangdi.interchange.clauses.template import write_clause_template
from wangdi.server.evaluation.rules import CONTENT, rulebook

SHIPPED = "township_centre_illustrative"
C1 = {
    "chapter": "功能",
    "number": "1.10",
    "title": "床位",
    "level": "C",
    "criterion": "有",
    "evidence": "照片；清单",
}
BASIC = {"title": "基本", "share_C": "90%", "required_C": "1.10"}


def typed(path: Path, clauses: list[dict[str, str]], tiers: list[dict[str, str]]) -> Path:
    """The template with rows typed in."""
    write_clause_template(path, None, date(2026, 1, 1))
    book = load_workbook(path)
    for title, rows in ((CLAUSES, clauses), (TIERS, tiers)):
        names = [column.name for column in SHEETS[title]]
        for at, row in enumerate(rows, 2):
            for name, text in row.items():
                book[title].cell(at, names.index(name) + 1, text)
    book.save(path)
    return path


def run(file: Path, out: Path, **more: str) -> Result:
    options = {
        "--name": "clinics_2022",
        "--title": "标准",
        "--edition": "2022",
        "--group": "township_centres",
    }
    words = [word for pair in (options | more).items() for word in pair]
    return CliRunner().invoke(
        app, ["standards", "import-clauses", str(file), *words, "--out", str(out)], env={"WANGDI_LANG": "en"}
    )


def test_typed_clauses_become_a_pack_of_judged_criteria(tmp_path: Path) -> None:
    more = {"level": "C", "criterion": "整洁", "evidence": "照片", "cost": "2.5"}  # as the row above
    better = {"level": "B档", "criterion": "二十张", "evidence": "清单", "criterion_en": "Twenty"}
    file = typed(tmp_path / "a.xlsx", [C1, more, better], [BASIC])
    made = run(file, tmp_path / "pack")
    assert made.exit_code == 0, made.output
    read, diagnostics = check([CONTENT, tmp_path / "pack"])
    assert not diagnostics.found
    standard = read.standards["clinics_2022"]
    [clause] = standard.clauses
    assert (clause.number, clause.title.zh, clause.levels) == ("1.10", "床位", (Level.C, Level.B))
    first, second = clause.criteria[Level.C]
    assert isinstance(first, Judged)
    assert [text.zh for text in first.evidence] == ["照片", "清单"]
    assert clause.cost_of(second, date(2026, 1, 1)) == 2500
    assert clause.criteria[Level.B][0].title.en == "Twenty"
    [tier] = standard.tiers
    assert (tier.share_on(Level.C, date(2026, 1, 1)), tier.required) == (0.9, {Level.C: ("1.10",)})


def test_the_template_of_a_standard_holds_all_of_it_and_can_be_imported(tmp_path: Path) -> None:
    file = tmp_path / "shipped.xlsx"
    written = CliRunner().invoke(app, ["standards", "template", str(file), "--standard", SHIPPED])
    assert written.exit_code == 0, written.output
    assert run(file, tmp_path / "pack").exit_code == 0
    again = load_rulebook([CONTENT, tmp_path / "pack"]).standards["clinics_2022"]
    shipped = rulebook().standards[SHIPPED]
    assert [(c.number, c.title, c.levels) for c in again.clauses] == [
        (c.number, c.title, c.levels) for c in shipped.clauses
    ]
    titles = [[criterion.title for *_, criterion in s.criteria] for s in (again, shipped)]
    assert titles[0] == titles[1]
    assert [c.title for c in again.chapters] == [c.title for c in shipped.chapters]


@pytest.mark.parametrize(
    ("clauses", "tiers", "expected"),
    [
        ([C1 | {"level": "D"}], [BASIC | {"required_C": ""}], {("I308", "条款", "D2")}),
        ([C1 | {"evidence": ""}], [BASIC], {("I301", "条款", "F2")}),
        (
            [{"level": "C", "criterion": "有", "evidence": "照片"}],
            [{"title": "基本", "share_C": "1"}],
            {("I301", "条款", "B2")},
        ),
        ([], [{"title": "基本", "share_C": "1"}], {("I702", "条款", "")}),
        ([C1, C1 | {"title": "病床"}], [BASIC], {("I703", "条款", "C3")}),
        ([C1, C1 | {"number": "2", "title": "x", "level": "A"}], [BASIC], {("I704", "条款", "D3")}),
        ([C1], [BASIC | {"required_B": "1.1、1.10"}], {("I705", "等次", "G2")}),
        ([C1], [{"title": "基本"}], {("I706", "等次", "A2")}),
        (
            [C1 | {"cost": "0.0001"}, C1 | {"cost": "many"}],
            [BASIC],
            {("I707", "条款", "G2"), ("I707", "条款", "G3")},
        ),
        ([C1], [BASIC | {"share_C": "90", "share_B": "x"}], {("I708", "等次", "C2"), ("I708", "等次", "D2")}),
        ([C1 | {"evidence_en": "photograph"}], [BASIC], {("I709", "条款", "K2")}),
        (
            [C1 | {"level": "D", "criterion": ""}],
            [{"title": "", "share_C": "2"}],
            {("I308", "条款", "D2"), ("I301", "条款", "E2"), ("I301", "等次", "A2"), ("I708", "等次", "C2")},
        ),
    ],
)
def test_every_problem_is_located_and_nothing_is_written(
    tmp_path: Path, clauses: list[Any], tiers: list[Any], expected: set[tuple[str, str, str]]
) -> None:
    file = typed(tmp_path / "a.xlsx", clauses, tiers)
    problems = read_clause_workbook(file).problems
    cells = {(p.code, p.where.sheet, f"{p.where.letter or ''}{p.where.row or ''}") for p in problems}
    assert cells == expected
    refused = run(file, tmp_path / "pack")
    assert refused.exit_code == 1
    assert all(code in refused.output for code, *_ in expected)
    assert not (tmp_path / "pack").exists()


def test_sheets_and_columns_that_are_missing_are_named(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = CLAUSES
    book.active.append(["章", "条款编号"])
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "b.xlsx").write_bytes(b"no workbook")
    codes = [p.code for p in read_clause_workbook(tmp_path / "a.xlsx").problems]
    assert sorted(codes) == ["I201", "I701"]
    assert [p.code for p in read_clause_workbook(tmp_path / "b.xlsx").problems] == ["I101"]


def test_a_pack_is_neither_replaced_nor_made_with_mistakes(tmp_path: Path) -> None:
    file = typed(tmp_path / "a.xlsx", [C1], [BASIC])
    assert run(file, tmp_path / "pack").exit_code == 0
    assert run(file, tmp_path / "pack").exit_code == 2
    unknown = run(file, tmp_path / "other", **{"--group": "township_centers"})
    assert unknown.exit_code == 1
    assert not (tmp_path / "other").exists()
    assert run(file, tmp_path / "other", **{"--name": "2022"}).exit_code == 2
