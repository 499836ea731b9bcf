"""Changed packs are tried on everybody before anyone is told to work differently."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from web_network import build_network

from wangdi.engine.packs.load import load_rulebook, pack_folders
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.lake_source import LakeAsFarAsItGoes
from wangdi.server.evaluation.publishing import fresh_lake, network_of
from wangdi.server.evaluation.rules import CONTENT, overlaid
from wangdi.server.evaluation.services import today
from wangdi.server.evaluation.simulation import Simulation

Simulate = Callable[..., Simulation]

SLOWER = ("value: 14 days", "value: 6 months")
"""Who is not controlled is visited after six months: R1, R2 and R4, due now, no longer are."""
QUICKER = ("value: 3 months", "value: 14 days")
"""Who is controlled is visited after two weeks: R3 becomes due."""
NEW_KIND = (
    (
        "  htn_registration:\n",
        "  htn_note: {title: {zh: 记事, en: Note}, about: resident}\n  htn_registration:\n",
    ),
    ("      drugs: {title", "      mood: {title: {zh: 情绪, en: Mood}, type: integer}\n      drugs: {title"),
    (
        "indicators:\n",
        "indicators:\n  noted:\n    title: {zh: 有记事, en: Noted}\n    numerator: notes >= 1 or last_visit.mood > 0\n"
        "    denominator: hypertension\n    span: on_the_day\n",
    ),
    ("  last_visit: {latest", "  notes: {count: htn_note}\n  last_visit: {latest"),
)


@pytest.fixture
def simulate(installation: Installation, tmp_path: Path) -> Simulate:
    """The simulation after some texts of the hypertension pack were replaced."""
    build_network()
    lake, _ = fresh_lake(installation)

    def run(*pairs: tuple[str, str]) -> Simulation:
        text = (CONTENT / "hypertension" / "pack.yaml").read_text("utf-8")
        for before, after in pairs:
            assert before in text
            text = text.replace(before, after)
        (tmp_path / "changed").mkdir()
        (tmp_path / "changed" / "pack.yaml").write_text(text, encoding="utf-8")
        changed = load_rulebook(overlaid(pack_folders(tmp_path / "changed")))
        return Simulation.of(network_of(lake), LakeAsFarAsItGoes(lake), changed, today())

    return run


def follow_ups(items: pa.Table) -> set[str]:
    return {row["subject"] for row in items.to_pylist() if row["schedule"] == "htn_followup"}


def test_nothing_changes_when_nothing_was_changed(simulate: Simulate) -> None:
    simulation = simulate()
    assert len(simulation.people()) == 0
    due = simulation.due()
    assert due["before"].to_pylist() == due["after"].to_pylist()
    assert sum(due["before"].to_pylist()) > 0
    assert set(simulation.figures("county")["change"].to_pylist()) <= {0.0, None}


def test_who_becomes_due_and_who_no_longer_is_are_listed_by_code(simulate: Simulate) -> None:
    simulation = simulate(SLOWER, QUICKER)
    assert follow_ups(simulation.becomes_due) == {"R3"}
    assert follow_ups(simulation.no_longer_due) == {"R1", "R2", "R4"}
    assert {row["change"] for row in simulation.people().to_pylist()} == {"becomes_due", "no_longer_due"}
    for row in simulation.due().to_pylist():
        assert row["after"] - row["before"] == row["becomes_due"] - row["no_longer_due"]


def test_the_workload_of_an_institution_moves_to_the_months_in_which_it_falls(simulate: Simulate) -> None:
    workload = simulate(SLOWER).workload().to_pylist()
    first = today().replace(day=1)
    of_r4 = [row for row in workload if row["institution"] == "CB1" and row["before"] != row["after"]]
    assert (of_r4[0]["month"], of_r4[0]["after"] - of_r4[0]["before"]) == (first, -1)
    assert sum(row["after"] - row["before"] for row in of_r4) == 0
    assert {row["workers"] for row in workload if row["institution"] == "CA1"} == {2}


def test_kinds_and_fields_that_the_lake_lacks_are_empty(simulate: Simulate) -> None:
    figures = simulate(*NEW_KIND).figures("county").to_pylist()
    noted = [row for row in figures if row["indicator"] == "noted"]
    assert noted
    assert {row["numerator_after"] for row in noted} == {0}
    assert {row["numerator_before"] for row in noted} == {None}
