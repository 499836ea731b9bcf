"""The commands of adoption and of closed periods."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from adopted_pack import adopted_rulebook
from store_samples import network, visits
from typer.testing import CliRunner, Result

from wangdi.cli.main import app
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation import rules
from wangdi.server.records.bulk import load_tables


@pytest.fixture
def store(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    rulebook = adopted_rulebook(tmp_path / "packs")
    monkeypatch.setattr(rules, "CONTENT", tmp_path / "packs")
    load_tables(network(), kinds=rulebook.kinds, actor_name="import")
    yield installation


def run(*words: str) -> Result:
    return CliRunner().invoke(app, [*words], env={"WANGDI_LANG": "en"})


def rows(*words: str) -> Any:
    return json.loads(run(*words, "--format", "json").stdout)


def test_a_place_adopts_a_pack_and_the_list_shows_it_there_and_below(store: Installation) -> None:
    adopted = run(
        *("packs", "adopt", "walking", "--place", "420281", "--since", "2026-01-01", "--edition", "2026")
    )
    assert adopted.exit_code == 0, adopted.output
    [row] = rows("packs", "list", "--place", "420281A")
    assert (row["pack"], row["in_force"], row["edition"], row["decided_by"]) == (
        *("walking", True, "2026"),
        "420281",
    )
    [elsewhere] = rows("packs", "list", "--place", "420222")
    assert (elsewhere["in_force"], elsewhere["since"]) == (False, None)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("walking", "--place", "999"), "no place has the code 999"),
        (("running", "--place", "42"), "there is no pack 'running'"),
        (("walking", "--place", "42", "--edition", "1999"), "there is no edition '1999'"),
        (("walking",), "--everywhere"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_with_the_reason(
    store: Installation, words: tuple[str, ...], told: str
) -> None:
    refused = run("packs", "adopt", *words, "--since", "2026-01-01")
    assert refused.exit_code == 2
    assert told in refused.output


def test_a_month_is_closed_compared_reproduced_and_opened_again(store: Installation) -> None:
    run("packs", "adopt", "walking", "--everywhere", "--since", "2026-01-01")
    assert run("evaluate", "--close", "2025-13").exit_code == 2
    assert "is closed" in run("evaluate", "--close", "2026-02").output
    assert "identical" in run("figures", "reproduce", "--period", "2026-02").output
    late = visits({"id": "late", "occurred_on": date(2026, 2, 20)})
    load_tables({"records/visit": late}, kinds=rules.rulebook().kinds, actor_name="import")
    compared = run("figures", "compare", "--period", "2026-02", "--format", "csv")
    assert "1 records written since" in compared.stderr
    assert compared.stdout.splitlines()[1:] and "numerator_now" in compared.stdout.splitlines()[0]
    again = run("evaluate", "--close", "2026-02")
    assert again.exit_code == 1 and "wangdi figures reopen" in again.output
    assert run("figures", "reopen", "--period", "2026-02", "--reason", "late visits").exit_code == 0
    [row] = rows("figures", "list")
    assert (row["period"], row["reason"]) == ("2026-02", "late visits")
