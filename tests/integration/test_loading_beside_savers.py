"""A load into a store that others work with: they save while it is prepared, and nothing of what they saved is lost."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from killing import killed_half_way
from store_samples import KINDS, RESIDENT, load, network, postings, register_table, visits

from wangdi.server.audit.models import Change
from wangdi.server.audit.services import verify_chain
from wangdi.server.common.loading import Counts
from wangdi.server.network.models import Resident
from wangdi.server.records import bulk
from wangdi.server.records.bulk import LoadSummary, load_pieces
from wangdi.server.records.models import RecordVersion

pytestmark = pytest.mark.usefixtures("installation")

BEGIN = """
import sys, django
django.setup()
from datetime import date
from django.db import connection
from store_samples import KINDS, VISIT
from wangdi.server.records.services import save_record, void_record
connection.ensure_connection()
connection.connection.execute("PRAGMA busy_timeout=0")  # whoever has to wait fails at once
def save(id, sbp=140, kind=VISIT, subject="R1"):
    values = {} if sbp is None else {"sbp": sbp}
    save_record(actor=None, actor_name="doctor", kind=kind, subject_code=subject,
                occurred_on=date(2026, 1, 1), values=values, record_id=id)
"""


def somebody(does: str) -> None:
    """In a process of its own, which has its own copy of SQLite. An error when it would have to wait."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "wangdi.server.config.settings",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path]),
    }
    subprocess.run([sys.executable, "-c", BEGIN + does], env=environment, check=True, timeout=120)


def load_while(happens: str, *tables: Any) -> LoadSummary:
    """Loads visits that are ready to be written when something happens."""

    def pieces() -> Iterator[tuple[str, Any]]:
        for table in tables:
            yield "records/visit", table
        somebody(happens)

    return load_pieces({}, pieces(), kinds=KINDS, actor_name="import")


def versions(record_id: str) -> list[tuple[Any, ...]]:
    rows = RecordVersion.objects.filter(record_id=record_id).order_by("version")
    return list(rows.values_list("version", "is_current", "values__sbp", "change__actor_name"))


@pytest.fixture(autouse=True)
def stored(installation: object) -> None:
    load(**network(), visit=visits({"id": "v1"}, {"id": "v2"}))


def test_others_save_while_a_load_is_prepared() -> None:
    summary = load_while("save('other')", visits({"id": "v2", "sbp": 150}, {"id": "v3"}))
    assert summary.tables["records/visit"] == Counts(created=1, amended=1)
    assert versions("other") == [(1, True, 140, "doctor")]
    assert versions("v2") == [(1, False, 130, "import"), (2, True, 150, "import")]
    assert [change.action for change in Change.objects.all()] == ["load", "record.save", "load"]
    assert verify_chain() is None


def test_a_record_that_was_saved_meanwhile_gets_the_version_after() -> None:
    summary = load_while("save('v1'); save('v3')", visits({"id": "v1", "sbp": 150}, {"id": "v3"}))
    assert summary.tables["records/visit"] == Counts(amended=2)
    assert versions("v1") == [(1, False, 130, "import"), (2, False, 140, "doctor"), (3, True, 150, "import")]
    assert versions("v3") == [(1, False, 140, "doctor"), (2, True, 130, "import")]


def test_what_somebody_saved_meanwhile_just_the_same_is_left_alone() -> None:
    summary = load_while("save('v1', 150)", visits({"id": "v1", "sbp": 150}))
    assert summary.tables["records/visit"] == Counts(unchanged=1)
    assert versions("v1") == [(1, False, 130, "import"), (2, True, 150, "doctor")]


def test_a_record_that_was_void_meanwhile_holds_again_as_the_file_says() -> None:
    from_the_void = "void_record(actor=None, kind=VISIT, record_id='v1', reason='x')"
    assert load_while(from_the_void, visits({"id": "v1"})).tables["records/visit"] == Counts(amended=1)
    assert RecordVersion.objects.valid().get(record_id="v1").version == 3


def test_records_about_a_file_that_was_merged_meanwhile_are_about_the_one_that_stands_for_it() -> None:
    merged = (
        "from wangdi.server.network.models import Resident\n"
        "one, other = Resident.objects.get(code='R1'), Resident.objects.get(code='R2')\n"
        "Resident.objects.filter(pk=one.pk).update(merged_into=other)"
    )
    load_while(merged, visits({"id": "v3"}))
    assert RecordVersion.objects.get(record_id="v3").subject == Resident.objects.get(code="R2").pk


def test_the_first_records_of_a_kind_come_from_two_sides() -> None:
    happens = "save('p1', None, KINDS['posting'], 'W1')"

    def pieces() -> Iterator[tuple[str, Any]]:
        yield "records/posting", postings({"id": "p1"}, {"id": "p2"})
        somebody(happens)

    summary = load_pieces({}, pieces(), kinds=KINDS, actor_name="import")
    assert summary.tables["records/posting"] == Counts(created=1, unchanged=1)


def test_records_may_be_about_people_who_come_with_them() -> None:
    people = register_table(RESIDENT, [{"code": "R9", "name": "新人", "place": "420281A"}])
    load(residents=people, visit=visits({"id": "v9", "subject": "R9"}, {"id": "v1", "sbp": 150}))
    assert RecordVersion.objects.get(record_id="v9").subject == Resident.objects.get(code="R9").pk
    assert versions("v1")[-1] == (2, True, 150, "import")


def test_who_saves_the_first_record_of_all_meanwhile_is_not_overwritten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A store without records is filled at once, so what it holds is looked at again before."""
    answers = iter([True, False])
    monkeypatch.setattr(bulk, "_has_no_records", lambda _writer: next(answers))
    summary = load(visit=visits({"id": "v1", "sbp": 150}, {"id": "v3"}))
    assert summary.tables["records/visit"] == Counts(created=1, amended=1)
    assert next(answers, None) is None


WRITE_AND_WAIT = """
import time, django
django.setup()
from store_samples import load, visits
from wangdi.server.records import bulk

def wait(*_):
    print("half-way", flush=True)
    time.sleep(600)

bulk.append_change = wait
load(visit=visits({"id": "v1", "sbp": 150}, *({"id": f"n{n}"} for n in range(1000))))
"""


def test_a_load_killed_while_it_writes_leaves_what_was_there() -> None:
    killed_half_way(WRITE_AND_WAIT)
    assert RecordVersion.objects.count() == 2
    assert versions("v1") == [(1, True, 130, "import")]
    assert Change.objects.count() == 1
    assert load(visit=visits({"id": "v1", "sbp": 150})).tables["records/visit"] == Counts(amended=1)
