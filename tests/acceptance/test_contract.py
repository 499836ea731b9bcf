"""The product against the independent referee, from files to figures, on networks made of edge cases."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from acceptance import oracle, random_network

HERE = Path(__file__).parent
SCHEDULES = {"htn_followup", "dm_followup", "elderly_check"}
"""Those the referee knows; so it is with the indicators it names."""


@dataclass(frozen=True)
class Product:
    """An installation in a folder of its own, used through the command."""

    data: Path

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return self._run([sys.executable, "-m", "wangdi", *map(str, arguments)])

    def says(self, days: Sequence[date]) -> dict[str, Any]:
        """Due items and figures on each day."""
        done = self._run([sys.executable, str(HERE / "product.py"), *(day.isoformat() for day in days)])
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"WANGDI_DATA": str(self.data), "PYTHONUTF8": "1", "LANG": "C.UTF-8"}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


COLUMNS = ["subject", "schedule", "step", "due_from", "due_on", "overdue_from", "status", "institution"]
"""What the contract says of a due list; where something can be missed, its day follows as a further column."""


@pytest.fixture
def product(tmp_path: Path) -> Product:
    made = Product(tmp_path / "data")
    done = made.run("init")
    assert done.returncode == 0, done.stderr
    return made


def assert_agrees(product: Product, folders: Sequence[Path], days: Sequence[date]) -> None:
    data = oracle.load(folders)
    said = product.says(days)
    for day in days:
        mine = sorted(
            tuple(row[: len(COLUMNS)]) for row in said[day.isoformat()]["due"] if row[1] in SCHEDULES
        )
        assert mine == sorted(map(tuple, oracle.due(data, day, include_upcoming=True))), day
        for level, rows in said[day.isoformat()]["figures"].items():
            expected = oracle.indicators(data, day, level)
            known = {name for name, _ in expected}
            figures = {
                (name, place): (numerator, denominator)
                for name, place, numerator, denominator in rows
                if name in known
            }
            assert figures == expected, (day, level)


def run_seed(product: Product, tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "network"
    days = random_network.write_random_network(folder, seed)
    done = product.run("import", folder)
    assert done.returncode == 0, done.stderr
    assert_agrees(product, [folder], days)
    later = random_network.amendments(folder, seed)
    done = product.run("import", later)
    assert done.returncode == 0, done.stderr
    assert_agrees(product, [folder, later], days)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 10))
def test_agrees_with_the_referee_before_and_after_amendments(
    product: Product, tmp_path: Path, seed: int
) -> None:
    run_seed(product, tmp_path, seed)


def test_the_command_prints_what_the_referee_says_and_a_second_import_changes_nothing(
    product: Product, tmp_path: Path
) -> None:
    folder = tmp_path / "network"
    day = random_network.write_random_network(folder, 7)[5]
    product.run("import", folder)
    first = product.run("due", "--as-of", day, "--format", "csv")
    again = product.run("import", folder)
    assert again.returncode == 0, again.stderr
    second = product.run("due", "--as-of", day, "--format", "csv")
    assert first.stdout == second.stdout
    header, *rows = csv.reader(io.StringIO(first.stdout))
    assert header[: len(COLUMNS)] == COLUMNS
    data = oracle.load([folder])
    assert sorted(tuple(row[: len(COLUMNS)]) for row in rows if row[1] in SCHEDULES) == sorted(
        map(tuple, oracle.due(data, day))
    )
    shown = product.run("indicators", "--as-of", day, "--level", "township", "--format", "csv")
    table = list(csv.DictReader(io.StringIO(shown.stdout)))
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
