"""The product against the independent referee, from files to figures, on networks made of edge cases."""

import csv
import io
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from acceptance import oracle, random_network
from acceptance.product import said_on
from wangdi.cli.main import app
from wangdi.server.common.installation import Installation

SCHEDULES = {"htn_followup", "dm_followup", "elderly_check"}
"""Those the referee knows; so it is with the indicators it names."""


def run(*arguments: object) -> str:
    """What the command prints, which has to succeed; in this process, as each start takes seconds."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def run_apart(*arguments: object) -> str:
    """What the command prints in a process of its own, as people run it."""
    command = [sys.executable, "-X", "utf8", "-m", "wangdi", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


COLUMNS = ["subject", "schedule", "step", "due_from", "due_on", "overdue_from", "status", "institution"]
"""What the contract says of a due list; where something can be missed, its day follows as a further column."""


def assert_agrees(folders: Sequence[Path], days: Sequence[date]) -> None:
    data = oracle.load(folders)
    said = said_on(days)
    for day in days:
        mine = sorted(tuple(row[: len(COLUMNS)]) for row in said[day]["due"] if row[1] in SCHEDULES)
        assert mine == sorted(map(tuple, oracle.due(data, day, include_upcoming=True))), day
        for level, rows in said[day]["figures"].items():
            expected = oracle.indicators(data, day, level)
            known = {name for name, _ in expected}
            figures = {
                (name, place): (numerator, denominator)
                for name, place, numerator, denominator in rows
                if name in known
            }
            assert figures == expected, (day, level)


def run_seed(tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "network"
    days = random_network.write_random_network(folder, seed)
    run("import", folder)
    assert_agrees([folder], days)
    later = random_network.amendments(folder, seed)
    run("import", later)
    assert_agrees([folder, later], days)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 10))
def test_agrees_with_the_referee_before_and_after_amendments(
    installation: Installation, tmp_path: Path, seed: int
) -> None:
    run_seed(tmp_path, seed)


def test_the_command_prints_what_the_referee_says_and_a_second_import_changes_nothing(
    installation: Installation, tmp_path: Path
) -> None:
    folder = tmp_path / "network"
    day = random_network.write_random_network(folder, 7)[5]
    run("import", folder)
    first = run_apart("due", "--as-of", day, "--format", "csv")
    run("import", folder)
    assert run("due", "--as-of", day, "--format", "csv") == first
    header, *rows = csv.reader(io.StringIO(first))
    assert header[: len(COLUMNS)] == COLUMNS
    data = oracle.load([folder])
    assert sorted(tuple(row[: len(COLUMNS)]) for row in rows if row[1] in SCHEDULES) == sorted(
        map(tuple, oracle.due(data, day))
    )
    shown = run("indicators", "--as-of", day, "--level", "township", "--format", "csv")
    table = list(csv.DictReader(io.StringIO(shown)))
    columns = [name for name in table[0] if name not in ("dimension", "category")]
    assert columns == ["indicator", "place", "period", "numerator", "denominator", "value", "target"]
    expected = oracle.indicators(data, day, "township")
    known = {name for name, _ in expected}
    table = [row for row in table if row["indicator"] in known and not row.get("dimension")]
    assert {
        (r["indicator"], r["place"]): (int(r["numerator"]), int(r["denominator"])) for r in table
    } == expected
    for row in table:
        exact = int(row["numerator"]) / int(row["denominator"]) if row["denominator"] != "0" else None
        assert (float(row["value"]) if row["value"] else None) == exact
