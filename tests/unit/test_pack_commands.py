"""The commands for whoever writes rules, as typed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from wangdi.cli.packs import app


def wangdi_packs(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGDI_LANG", "en")


def test_a_new_pack_can_be_checked_and_tested_at_once(tmp_path: Path) -> None:
    assert wangdi_packs("new", "asthma", "--in", str(tmp_path)).exit_code == 0
    assert wangdi_packs("check", str(tmp_path)).exit_code == 0
    tested = wangdi_packs("test", str(tmp_path))
    assert (tested.exit_code, tested.stdout.split("\n")[0]) == (0, "2 passed, 0 failed")
    assert wangdi_packs("new", "asthma", "--in", str(tmp_path)).exit_code == 2
    assert wangdi_packs("new", "2nd", "--in", str(tmp_path)).exit_code == 2


def test_a_failing_test_shows_everything_the_pack_says_that_day(tmp_path: Path) -> None:
    wangdi_packs("new", "asthma", "--in", str(tmp_path))
    tests = tmp_path / "asthma" / "tests.yaml"
    tests.write_text(tests.read_text("utf-8").replace("[1, 1]", "[0, 1]"), encoding="utf-8")
    shown = wangdi_packs("test", "--alone", str(tmp_path))
    assert shown.exit_code == 1
    assert "indicator asthma_visited: expected [0, 1], found [1, 1]" in shown.stdout
    lines = [line.split() for line in shown.stdout.split("\n")]
    assert ["groups", "asthma_people", "true"] in lines
    assert ["due", "asthma_visit", "null"] in lines
    assert ["indicators", "asthma_visited", "[1,", "1]"] in lines


def test_only_the_tests_that_are_asked_for_run(tmp_path: Path) -> None:
    wangdi_packs("new", "asthma", "--in", str(tmp_path))
    assert wangdi_packs("test", "--alone", "--filter", "不再列出", str(tmp_path)).stdout.startswith(
        "1 passed"
    )
    assert wangdi_packs("test", "--alone", "--filter", "nothing like it", str(tmp_path)).exit_code == 1


def test_a_folder_without_packs_is_said_to_have_none(tmp_path: Path) -> None:
    checked = wangdi_packs("check", str(tmp_path))
    assert checked.exit_code == 1
    assert "W1010" in checked.stdout


def test_a_code_is_explained_with_its_example() -> None:
    page = wangdi_packs("explain", "w2104")
    assert page.exit_code == 0
    assert "did you mean 'visit'?" in page.stdout
    assert "<a id" not in page.stdout
    assert wangdi_packs("explain", "W9999").exit_code == 2


def test_the_schema_is_written_where_asked(tmp_path: Path) -> None:
    assert wangdi_packs("schema", "--out", str(tmp_path / "pack.schema.json")).exit_code == 0
    written = json.loads((tmp_path / "pack.schema.json").read_text("utf-8"))
    assert written["required"] == ["pack", "title", "version"]
    assert json.loads(wangdi_packs("schema", "--tests").stdout)["type"] == "array"


def test_handbooks_are_written_for_the_packs_that_are_named(tmp_path: Path) -> None:
    written = wangdi_packs("docs", "posting", "--out", str(tmp_path))
    assert written.exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        *("posting.zh.html", "posting.zh.md", "posting.en.html", "posting.en.md", "index.html")
    }
    assert wangdi_packs("docs", "postings", "--out", str(tmp_path)).exit_code == 2


def test_the_difference_of_two_versions_is_told_and_is_in_the_exit_code(tmp_path: Path) -> None:
    wangdi_packs("new", "asthma", "--in", str(tmp_path / "old"))
    wangdi_packs("new", "asthma", "--in", str(tmp_path / "new"))
    old, new = str(tmp_path / "old"), str(tmp_path / "new")
    assert wangdi_packs("diff", old, new).exit_code == 0
    pack = tmp_path / "new" / "asthma" / "pack.yaml"
    pack.write_text(pack.read_text("utf-8").replace("value: 65", "value: 60"), encoding="utf-8")
    different = wangdi_packs("diff", old, new)
    assert different.exit_code == 1
    assert "Group asthma_people" in different.stdout
    assert "− age ≥ 65 years" in different.stdout
    assert "+ age ≥ 60 years" in different.stdout
