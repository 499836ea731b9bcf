"""The command line tells what it can do without reading the program, and reads what is called."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from wangdi.cli.commands import COMMANDS
from wangdi.cli.later import Later
from wangdi.cli.main import app
from wangdi.cli.planning import PLANS

HEAVY = ("numpy", "pyarrow", "duckdb", "django.conf", "django.db", "openpyxl", "sqlglot", "pydantic", "scipy")

ASK_FOR_HELP = """
import sys
from wangdi.cli.main import run
sys.argv = ["wangdi", "--help"]
try:
    run()
finally:
    print("read:", *sys.modules)
"""


def test_help_is_given_without_reading_what_the_commands_need() -> None:
    ran = subprocess.run([sys.executable, "-c", ASK_FOR_HELP], capture_output=True, text=True, check=True)
    shown, _, read = ran.stdout.rpartition("read:")
    assert all(f" {one.name} " in shown for one in COMMANDS)
    assert [name for name in HEAVY if name in read.split()] == []


@pytest.mark.parametrize(
    ("words", "entry"),
    [([one.name], one) for one in COMMANDS] + [(["plan", one.name], one) for one in PLANS],
    ids=lambda one: one.name if isinstance(one, Later) else None,
)
def test_every_command_is_where_it_is_said_to_be(words: list[str], entry: Later) -> None:
    told = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "400"})
    assert told.exit_code == 0
    assert f"Usage: wangdi {' '.join(words)}" in told.stdout
    assert entry.summary.partition("\n")[0][:60] in told.stdout


def test_the_help_of_a_command_goes_on_after_what_the_list_of_commands_shows() -> None:
    told = CliRunner().invoke(app, ["import", "--help"]).stdout
    assert "records/<kind>" in told or "records/<记录类别>" in told


def test_a_group_shows_its_commands_and_a_word_that_is_none_is_refused() -> None:
    assert set(_names("plan")) == {one.name for one in PLANS}
    assert {"check", "test", "docs", "diff"} <= set(_names("packs"))
    refused = CliRunner().invoke(app, ["evaluat"])
    assert refused.exit_code == 2
    assert "evaluate" in refused.stderr


def _names(group: str) -> Iterator[str]:
    yield from typer.main.get_command(app).commands[group].commands  # type: ignore[attr-defined]
