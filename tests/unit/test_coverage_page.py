"""The page that says which packs carry which row of the mission, and the chapters of the yearly bulletin."""

import subprocess
import sys
from pathlib import Path

import yaml

from wangdi.engine.packs.load import load_rulebook
from wangdi.server.evaluation.rules import CONTENT

ROOT = Path(__file__).parents[2]


def test_the_page_of_what_carries_what_is_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "tools/write_coverage.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_bulletin_lists_figures_that_exist() -> None:
    chapters = yaml.safe_load((CONTENT / "bulletin" / "chapters.yaml").read_text("utf-8"))["chapters"]
    indicators = load_rulebook([CONTENT]).indicators
    lines = [line for chapter in chapters for line in chapter["figures"]]
    assert lines
    for line in lines:
        assert line["indicator"] in indicators
        dimensions = {dimension.name for dimension in indicators[line["indicator"]].by}
        assert line.get("by") is None or line["by"] in dimensions, line
