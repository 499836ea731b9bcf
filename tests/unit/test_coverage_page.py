"""The page that says which packs carry which row of the mission, and the chapters of the yearly bulletin."""

import runpy
import sys
from pathlib import Path

import pytest
import yaml

from shipped import CONTENT, RULEBOOK

ROOT = Path(__file__).parents[2]


def test_the_page_of_what_carries_what_is_fresh(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "write_coverage.py"))
    monkeypatch.setattr(sys, "argv", ["write_coverage.py", "--check"])
    assert tool["main"]() == 0, capsys.readouterr().out


def test_the_bulletin_lists_figures_that_exist() -> None:
    chapters = yaml.safe_load((CONTENT / "bulletin" / "chapters.yaml").read_text("utf-8"))["chapters"]
    indicators = RULEBOOK.indicators
    lines = [line for chapter in chapters for line in chapter["figures"]]
    assert lines
    for line in lines:
        assert line["indicator"] in indicators
        dimensions = {dimension.name for dimension in indicators[line["indicator"]].by}
        assert line.get("by") is None or line["by"] in dimensions, line
