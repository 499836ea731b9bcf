"""A store that is built where there is none: whole or not there at all, and the same as one that grew."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection
from killing import killed_half_way
from store_samples import load, network, postings, visits

from wangdi.server.common.building import store_being_built
from wangdi.server.common.bulk import bulk_connection, lease_store
from wangdi.server.common.installation import Installation, initialise
from wangdi.server.common.loading import LoadError
from wangdi.server.evaluation.models import DueItem, Figure
from wangdi.server.evaluation.replacing import replace_due, write_figures
from wangdi.server.records.models import RecordVersion

ALL_FIELDS: dict[str, Any] = {
    "id": "v1",
    "institution": "VA",
    "worker": "W1",
    "fpg": 6.1,
    "complete": False,
    "seen_on": date(2026, 1, 2),
    "seen_at": 23 * 60 + 59,
    "mode": "2",
    "symptoms": ["1", "2"],
    "note": 'a "note"\n',
}
COLUMNS = (
    "kind__name",
    "record_id",
    "version",
    "is_current",
    "subject",
    "institution_id",
    "worker_id",
    "occurred_on",
    "status",
    "values",
    "state",
    "assigned_id",
)


@pytest.fixture
def folder(installation: Installation) -> Installation:
    """A data folder without a store."""
    connection.close()
    installation.store.unlink()
    return installation


@pytest.fixture
def begin(empty_installation: Path) -> Callable[[], None]:
    """Puts an empty store where the settings name one, as `initialise` would in some seconds."""

    def copy() -> None:
        connection.close()
        shutil.copy(empty_installation / "store.sqlite3", connection.settings_dict["NAME"])

    return copy


def left_in(folder: Installation) -> list[str]:
    return sorted(file.name for file in folder.data.glob("store.sqlite3*"))


def test_a_store_takes_its_place_when_all_is_in_it(folder: Installation) -> None:
    with store_being_built():
        initialise()
        load(**network(), visit=visits(ALL_FIELDS))
        assert RecordVersion.objects.count() == 1
        assert not folder.store.exists()
    assert left_in(folder) == ["store.sqlite3"]
    with closing(sqlite3.connect(folder.store)) as store:
        assert store.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert RecordVersion.objects.get().values["note"] == ALL_FIELDS["note"]


def test_nothing_is_left_after_an_error_and_the_settings_name_the_store_again(
    folder: Installation, begin: Callable[[], None]
) -> None:
    with pytest.raises(LoadError), store_being_built():
        begin()
        load(**network(), visit=visits({"id": "v1", "subject": "nobody"}))
    assert left_in(folder) == []
    begin()
    load(**network())
    assert left_in(folder)[0] == "store.sqlite3"


def test_a_store_that_is_there_is_not_built_over(installation: Installation) -> None:
    with pytest.raises(FileExistsError), store_being_built():
        pass
    assert installation.store.exists()


BUILD_AND_WAIT = """
import shutil, sys, time, django
django.setup()
from django.db import connection
from store_samples import load, network
from wangdi.server.common.building import store_being_built
with store_being_built():
    shutil.copy(sys.argv[1], connection.settings_dict["NAME"])
    load(**network())
    print("half-way", flush=True)
    time.sleep(600)
"""


def test_a_killed_build_leaves_no_installation_and_the_next_one_succeeds(
    folder: Installation, empty_installation: Path, begin: Callable[[], None]
) -> None:
    killed_half_way(BUILD_AND_WAIT, empty_installation / "store.sqlite3")
    assert not folder.exists
    with store_being_built():
        begin()
        load(**network())
    assert left_in(folder) == ["store.sqlite3"]


def rows() -> list[tuple[Any, ...]]:
    chosen = RecordVersion.objects.exclude(record_id="earlier").order_by("kind__name", "record_id")
    return list(chosen.values_list(*COLUMNS))


def test_records_are_the_same_in_an_empty_store_as_beside_others(
    folder: Installation, begin: Callable[[], None]
) -> None:
    others = ({"id": "v2", "status": "void"}, {"id": "v3", "subject": "R3", "institution": "HX"})
    records = {"visit": visits(ALL_FIELDS, *others), "posting": postings({"id": "p1", "subject": "W2"})}
    begin()
    load(**network(), **records)
    fresh = rows()
    connection.close()
    folder.store.unlink()
    begin()
    load(**network(), visit=visits({"id": "earlier"}))
    load(**records)
    assert rows() == fresh
    assert len(fresh) == 4


def figures(count: int) -> Any:
    """At places and institutions in turn."""
    at_place = [number % 2 == 0 for number in range(count)]
    return pa.table(
        {
            "indicator": ["x"] * count,
            "as_of": ["2026-01-31"] * count,
            "place_id": pa.array([n if here else None for n, here in enumerate(at_place)], pa.int64()),
            "institution_id": pa.array([None if here else n for n, here in enumerate(at_place)], pa.int64()),
            "dimension": [""] * count,
            "category": [""] * count,
            "numerator": [1.0] * count,
            "denominator": [2.0] * count,
        }
    )


def test_what_is_published_first_is_found_by_its_indexes(installation: Installation) -> None:
    connection.close()
    with bulk_connection(lease_store()) as writer:
        assert write_figures(writer, 1, (figures(count) for count in (10, 4))) == 14
    assert Figure.objects.filter(publication_id=1, place=2).count() == 2
    for seat in ("place", "institution"):
        for asked in ({seat: 3}, {f"{seat}__in": [2, 3]}):
            plan = Figure.objects.filter(**asked, dimension="", indicator="x").explain()
            assert f"figure_of_{seat}" in plan


def test_first_due_items_give_way_to_those_of_records_saved_since(installation: Installation) -> None:
    load(**network(), visit=visits({"id": "v1"}))
    item = {"entity": "resident", "subject": 1, "resident_id": 1, "schedule": "s", "step": ""}
    days = {"due_from": "2026-01-01", "due_on": "2026-01-02", "overdue_from": "2026-01-03"}
    seats = {"missed_from": pa.array([None], pa.string()), "institution_id": [1], "place_id": [1]}
    due = pa.table({**{name: [value] for name, value in {**item, **days}.items()}, **seats})
    seq = RecordVersion.objects.get().seq
    connection.close()
    with bulk_connection(lease_store()) as writer:
        replace_due(writer, due, seq - 1)
    assert not DueItem.objects.exists()
    connection.close()
    with bulk_connection(lease_store()) as writer:
        replace_due(writer, due, seq)
    assert list(DueItem.objects.values_list("schedule", "resident_id")) == [("s", 1)]
