"""A closed period keeps its figures whatever is written afterwards, and what they were made from."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from adopted_pack import PACK, adopted_rulebook
from store_samples import network, visits

from wangdi.server.adoption.services import adopt, set_target
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import verify_chain
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation import rules
from wangdi.server.evaluation.archive import ArchiveBroken
from wangdi.server.evaluation.models import Closure, Figure
from wangdi.server.evaluation.periods import (
    PeriodError,
    close_period,
    compare_period,
    reopen_period,
    reproduce_period,
)
from wangdi.server.evaluation.publishing import evaluate_and_publish
from wangdi.server.network.models import Place
from wangdi.server.records.bulk import load_tables

TODAY, OCTOBER = date(2026, 11, 22), date(2026, 10, 31)


def put_in_force(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str = PACK) -> None:
    adopted_rulebook(folder, text)
    monkeypatch.setattr(rules, "CONTENT", folder)


@pytest.fixture
def closed(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    """The installation with one visit of October; October is closed."""
    put_in_force(monkeypatch, tmp_path / "packs")
    write(**network())
    adopt(rules.rulebook(), "walking", Place.objects.get(code="42"), date(2026, 1, 1), actor_name="test")
    write(visit=visits({"id": "v1", "subject": "R1", "occurred_on": date(2026, 10, 2)}))
    close(installation)
    yield installation


def write(**tables: Any) -> None:
    named = {"records/visit" if name == "visit" else name: table for name, table in tables.items()}
    load_tables(named, kinds=rules.rulebook().kinds, actor_name="import", rulebook=rules.rulebook())


def close(installation: Installation, day: date = OCTOBER) -> Closure:
    return close_period(installation, day, TODAY, actor_name="test")


def evaluate(installation: Installation, months: int = 3) -> int:
    """How many month-ends were evaluated."""
    return evaluate_and_publish(installation, TODAY, trend=months).month_ends


def late_visit() -> None:
    write(visit=visits({"id": "late", "subject": "R2", "occurred_on": date(2026, 10, 30)}))


def shown(day: date = OCTOBER, code: str = "42") -> str:
    figure = Figure.objects.get(as_of=day, place__code=code)
    return f"{figure.numerator:g}/{figure.denominator:g}"


def test_late_records_change_what_is_open_and_nothing_that_is_closed(closed: Installation) -> None:
    late_visit()
    assert evaluate(closed) == 2  # August and September, not October
    assert shown(OCTOBER) == "1/3"
    assert shown(TODAY) == "2/3"
    evaluate_and_publish(closed, OCTOBER, trend=0)
    assert shown(OCTOBER) == "1/3"


def test_a_comparison_lists_what_would_come_out_otherwise(closed: Installation) -> None:
    assert compare_period(closed, OCTOBER).is_same
    late_visit()
    comparison = compare_period(closed, OCTOBER)
    assert (comparison.late_records, comparison.packs) == (1, ())
    rows = comparison.figures.to_pylist()
    assert {(row["place"], row["institution"]) for row in rows} == {
        ("42", None),
        ("420281", None),
        ("420281B", None),
        (None, "HB"),
    }
    assert {(r["numerator_before"], r["numerator_now"]) for r in rows} == {(0, 1), (1, 2)}


def test_the_figures_can_be_made_again_from_what_was_kept(
    closed: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After late records, another adoption, a changed pack, and the lake built anew."""
    late_visit()
    adopt(rules.rulebook(), "walking", Place.objects.get(code="420281B"), date(2026, 2, 1), edition="2026")
    put_in_force(monkeypatch, tmp_path / "changed", PACK.replace("visits > 0", "visits > 1"))
    shutil.rmtree(closed.lake)
    comparison = compare_period(closed, OCTOBER)
    assert comparison.packs == ("walking",)
    assert not comparison.is_same
    assert reproduce_period(closed, OCTOBER).num_rows == 0


def test_a_figure_that_was_altered_in_what_was_kept_is_found(closed: Installation) -> None:
    archive = closed.closed / Closure.objects.get().archive
    (archive / "figures.parquet").write_bytes(b"nothing")
    with pytest.raises(ArchiveBroken, match=r"figures\.parquet"):
        reproduce_period(closed, OCTOBER)


def test_a_pack_that_was_altered_in_what_was_kept_is_found(closed: Installation) -> None:
    [kept] = (closed.closed / "packs").iterdir()
    kept.write_text(PACK.replace("visits > 0", "visits > 1"), encoding="utf-8")
    with pytest.raises(ArchiveBroken, match=r"\.yaml"):
        reproduce_period(closed, OCTOBER)


def test_only_an_opening_with_a_reason_lets_a_closed_figure_change(closed: Installation) -> None:
    late_visit()
    with pytest.raises(PeriodError, match="closed already"):
        close(closed)
    with pytest.raises(PeriodError, match="reason"):
        reopen_period(OCTOBER, " ")
    reopen_period(OCTOBER, "还地桥补录", actor_name="test")
    close(closed)
    assert shown(OCTOBER) == "2/3"
    assert [closure.reason for closure in Closure.objects.order_by("id")] == ["还地桥补录", ""]
    actions = list(Change.objects.filter(action__startswith="period").values_list("action", flat=True))
    assert actions == ["period.close", "period.reopen", "period.close"]
    assert verify_chain() is None


def test_a_period_closes_when_it_is_over(closed: Installation) -> None:
    with pytest.raises(PeriodError, match="not over"):
        close(closed, date(2026, 11, 30))
    with pytest.raises(PeriodError, match="is not closed"):
        compare_period(closed, date(2026, 9, 30))


def test_a_month_end_is_evaluated_once_while_nothing_changes(closed: Installation) -> None:
    assert evaluate(closed, 24) == 23
    assert evaluate(closed, 24) == 0
    set_target(
        rules.rulebook(), "walked", Place.objects.get(code="42"), date(2026, 1, 1), 0.9, actor_name="test"
    )
    assert evaluate(closed, 24) == 0
    adopt(rules.rulebook(), "walking", None, date(2026, 3, 1), actor_name="test")
    assert evaluate(closed, 24) == 23
    late_visit()
    assert evaluate(closed, 2) == 1
