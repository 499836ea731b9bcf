"""The guides of the mornings say what their source says, lead to pages that exist, and have their pictures."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_guides_are_fresh_and_their_pictures_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "write_guides.py"))
    assert tool["main"](["--check"]) == 0, capsys.readouterr().out


def test_every_picture_that_a_page_shows_exists() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    shown = [
        (page.name, page.parent / name)
        for page in pages
        for name in re.findall(r"!\[[^]]*\]\(([^)]+\.png)\)", page.read_text("utf-8"))
    ]
    assert shown
    assert [(page, path.name) for page, path in shown if not path.exists()] == []
