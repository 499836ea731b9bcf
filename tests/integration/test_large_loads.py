"""A large load is written in steps: others save in between, and who is killed in between is finished by the next."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from killing import killed_half_way
from store_samples import KINDS, VISIT, load, network, postings, visits
from typer.testing import CliRunner

from wangdi.cli import serving
from wangdi.cli.main import app
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import verify_chain
from wangdi.server.common.installation import Installation
from wangdi.server.common.loading import Counts, LoadError
from wangdi.server.evaluation.basis import basis_of
from wangdi.server.evaluation.publishing import fresh_lake
from wangdi.server.records import staged
from wangdi.server.records.bulk import load_pieces
from wangdi.server.records.models import Loading, RecordVersion
from wangdi.server.records.services import save_record
from wangdi.server.records.unfinished import finish_loads

ROWS = 6_000

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture(autouse=True)
def stored(installation: object) -> None:
    load(**network(), visit=visits({"id": "n1"}, {"id": "n2", "sbp": 150}, {"id": "other"}))


def many(first: int = 0) -> Any:
    """Visits with a blood pressure of 150."""
    return visits(*({"id": f"n{number}", "sbp": 150} for number in range(first, ROWS)))


def content() -> list[tuple[Any, ...]]:
    columns = ("record_id", "version", "is_current", "subject", "occurred_on", "status", "values")
    return list(RecordVersion.objects.order_by("record_id", "version").values_list(*columns))


def test_a_large_load_is_what_a_load_at_once_is(
    monkeypatch: pytest.MonkeyPatch, installation: Installation
) -> None:
    summary = load(visit=many(), posting=postings({"id": "p1"}))
    assert summary.tables["records/visit"] == Counts(created=ROWS - 2, amended=1, unchanged=1)
    assert not Loading.objects.exists()
    first, second, third = Change.objects.all()
    assert (second.action, second.summary["tables"]["records/visit"]) == (
        "load",
        {"created": ROWS - 2, "amended": 1},
    )
    assert (third.action, third.summary, third.actor_name) == ("load.end", {"load": second.pk}, "import")
    assert set(RecordVersion.objects.values_list("change_id", flat=True)) == {first.pk, second.pk}
    assert verify_chain() is None
    in_steps = content()
    RecordVersion.objects.filter(change_id=second.pk).delete()
    RecordVersion.objects.update(is_current=True)
    monkeypatch.setattr(staged, "AT_ONCE", 10 * ROWS)
    load(visit=many(), posting=postings({"id": "p1"}))
    assert content() == in_steps


def test_the_same_again_changes_nothing() -> None:
    load(visit=many())
    assert load(visit=many()).change_id is None
    assert Change.objects.count() == 3
    assert not Loading.objects.exists()


LOAD_SLOWLY = """
import sys, time, django
django.setup()
from store_samples import load, visits
from wangdi.server.records import staged

write = staged.StagedRecords._write_slice
steps = []
def write_slice(self, piece, first, last, change):
    if len(steps) == 1:
        print("half-way", flush=True)
        time.sleep(600)  # the transaction of the second step has begun
    steps.append(first)
    return write(self, piece, first, last, change)
staged.StagedRecords._write_slice = write_slice
load(visit=visits(*({"id": f"n{number}", "sbp": 150} for number in range(6000))))
"""


def test_what_was_killed_in_between_is_finished_by_the_next_load() -> None:
    killed_half_way(LOAD_SLOWLY)
    assert 3 < RecordVersion.objects.count() < ROWS
    assert Loading.objects.count() == 1
    load(posting=postings({"id": "p1"}))
    assert not Loading.objects.exists()
    assert RecordVersion.objects.current().filter(kind__name="visit", values__sbp=150).count() == ROWS
    assert [one.action for one in Change.objects.all()] == ["load", "load", "load.end", "load"]
    assert RecordVersion.objects.filter(record_id="n1").count() == 2
    assert verify_chain() is None


def test_who_saves_between_the_cut_and_the_finish_is_treated_as_between_the_steps() -> None:
    """Who amends what was written keeps the last word; what was not, is a version after the doctor's."""
    killed_half_way(LOAD_SLOWLY)
    ids = set(RecordVersion.objects.values_list("record_id", flat=True))
    written = next(f"n{n}" for n in range(3, ROWS) if f"n{n}" in ids)
    missing = next(f"n{n}" for n in range(ROWS) if f"n{n}" not in ids)
    for record_id in (written, missing, "later"):
        save_record(
            actor=None,
            actor_name="doctor",
            kind=VISIT,
            subject_code="R1",
            occurred_on=date(2026, 1, 1),
            values={"sbp": 141},
            record_id=record_id,
        )
    connection.close()
    assert finish_loads(KINDS) == 1

    def pressures(record_id: str) -> list[int]:
        versions = RecordVersion.objects.filter(record_id=record_id).order_by("version")
        return [one.values["sbp"] for one in versions]

    assert [pressures(one) for one in (written, missing, "later")] == [[150, 141], [141, 150], [141]]
    assert RecordVersion.objects.current().count() == len({one[0] for one in content()})


def test_a_load_that_was_cut_off_is_finished_without_its_kind_in_the_packs() -> None:
    killed_half_way(LOAD_SLOWLY)
    connection.close()
    assert finish_loads({}) == 1
    assert RecordVersion.objects.current().filter(values__sbp=150).count() == ROWS
    assert finish_loads({}) == 0


def test_the_start_of_the_server_finishes_what_was_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    killed_half_way(LOAD_SLOWLY)
    served: list[int] = []
    monkeypatch.setattr(serving, "warm_application", object)
    monkeypatch.setattr(serving, "serve_wsgi", lambda *_, **__: served.append(Loading.objects.count()))
    connection.close()
    assert CliRunner().invoke(app, ["serve"]).exception is None
    assert served == [0]
    assert RecordVersion.objects.current().filter(values__sbp=150).count() == ROWS


def test_figures_made_in_between_are_not_taken_for_those_after(installation: Installation) -> None:
    killed_half_way(LOAD_SLOWLY)
    _, state = fresh_lake(installation)
    between = basis_of(state)
    finish_loads(KINDS)
    _, state = fresh_lake(installation)
    assert basis_of(state) != between


def test_an_id_in_two_pieces_is_refused_before_anything_is_written() -> None:
    def pieces() -> Iterator[tuple[str, Any]]:
        yield "records/visit", many()
        yield "records/visit", visits({"id": "n77", "sbp": 99})

    with pytest.raises(LoadError, match="n77"):
        load_pieces({}, pieces(), kinds=KINDS, actor_name="import")
    assert RecordVersion.objects.count() == 3
    assert not Loading.objects.exists()


SAVING = """
import json, sqlite3, sys, time
store = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
waits = []
print("ready", flush=True)
while True:
    began = time.monotonic()
    store.execute("BEGIN IMMEDIATE")
    store.execute("UPDATE records_recordversion SET version = version WHERE record_id = 'other'")
    store.execute("COMMIT")
    waits.append(time.monotonic() - began)
    if store.execute("SELECT count(*) FROM audit_change WHERE action = 'load.end'").fetchone()[0]:
        break
    time.sleep(0.02)
print(json.dumps(waits))
"""


def test_who_saves_meanwhile_gets_in_between_the_steps(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the whole takes: here each step waits, as it would in a large store."""
    write, steps = staged.StagedRecords._write_slice, []

    def slowly(self: staged.StagedRecords, *told: Any) -> Counts:
        steps.append(told)
        return write(self, *told)

    monkeypatch.setattr(staged.StagedRecords, "_write_slice", slowly)
    monkeypatch.setattr(staged, "LONG_STEP_SECONDS", 0.005)
    connection.close()
    command = [sys.executable, "-c", SAVING, str(installation.store)]
    saving = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert saving.stdout is not None and saving.stdout.readline() == "ready\n"
    load(visit=many())
    waits = sorted(json.loads(saving.communicate()[0]))
    assert len(steps) > 2
    assert len(waits) > len(steps)
