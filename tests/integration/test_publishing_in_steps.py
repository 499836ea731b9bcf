"""What is published is replaced in small steps: who saves a record meanwhile waits for one of them, and loses nothing."""

import json
import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection
from django.db.models import Max

from integration.web_network import Cast, build_network, days_ago
from wangdi.server.common.bulk import bulk_connection, lease_store
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.models import DueItem, Figure, Publication
from wangdi.server.evaluation.replacing import next_publication, replace_due, write_figures
from wangdi.server.evaluation.services import rulebook, save_and_refresh
from wangdi.server.records.models import RecordVersion

TEXTS = ("entity", "schedule", "step", "due_from", "due_on", "overdue_from", "missed_from")
NUMBERS = ("subject", "resident_id", "institution_id", "place_id")
DUE = pa.schema([(name, pa.string()) for name in TEXTS] + [(name, pa.int64()) for name in NUMBERS])


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


def newest() -> int:
    return RecordVersion.objects.aggregate(newest=Max("seq"))["newest"] or 0


def published() -> Any:
    """The due items as an evaluation would give them."""
    rows = list(DueItem.objects.values(*DUE.names))
    texts = [
        {name: str(v) if name in TEXTS and v is not None else v for name, v in row.items()} for row in rows
    ]
    return pa.Table.from_pylist(texts, DUE)


def replace(due: Any, seq: int) -> None:
    connection.close()
    with bulk_connection(lease_store()) as writer:
        replace_due(writer, due, seq)


def items() -> list[tuple[Any, ...]]:
    return sorted(DueItem.objects.values_list("id", "entity", "subject", "schedule", "due_on"))


def test_items_that_are_the_same_again_are_left_alone(cast: Cast) -> None:
    before = items()
    replace(published(), newest())
    assert items() == before != []


def test_items_that_are_gone_go_and_new_ones_come(cast: Cast) -> None:
    due = published()
    first, others = due.slice(0, 1), due.slice(1)
    later = first.set_column(first.column_names.index("due_on"), "due_on", pa.array(["2099-01-01"]))
    replace(pa.concat_tables([later, others.slice(1)]), newest())
    assert DueItem.objects.count() == len(due) - 1
    assert DueItem.objects.filter(due_on="2099-01-01").count() == 1


def test_who_was_saved_since_the_evaluation_began_keeps_the_items_worked_out_with_the_save(
    cast: Cast,
) -> None:
    seq = newest()
    kind, values = rulebook().kinds["htn_followup"], {"sbp": 165, "dbp": 84}
    saved = save_and_refresh(
        actor=cast.own, kind=kind, subject_code="R1", occurred_on=days_ago(0), values=values
    )
    own = [one for one in items() if one[2] == saved.subject]
    replace(DUE.empty_table(), seq)
    assert items() == own != []


def figures(count: int) -> Any:
    return pa.table(
        {
            "indicator": ["x"] * count,
            "as_of": ["2026-01-31"] * count,
            "place_id": list(range(count)),
            "institution_id": pa.nulls(count, pa.int64()),
            "dimension": [""] * count,
            "category": [""] * count,
            "numerator": [1.0] * count,
            "denominator": [2.0] * count,
        }
    )


def test_what_an_unfinished_publication_left_is_removed_by_the_next(cast: Cast) -> None:
    connection.close()
    with bulk_connection(lease_store()) as writer:
        number = next_publication(writer)
        write_figures(writer, number, [figures(100)])
    assert Figure.objects.filter(publication_id=number).count() == 100
    assert not Publication.objects.filter(pk=number).exists()
    connection.close()
    with bulk_connection(lease_store()) as writer:
        assert next_publication(writer) == number
    assert not Figure.objects.filter(publication_id=number).exists()


def test_figures_are_written_in_the_order_of_their_indexes_whatever_order_they_come_in(cast: Cast) -> None:
    """Neighbours of an index stand on one page, which is then written once: five times as fast with 340,000."""
    Publication.objects.all().delete()
    for _ in ("at once, while nothing is published", "in steps"):
        connection.close()
        with bulk_connection(lease_store()) as writer:
            number = next_publication(writer)
            one = figures(6)
            places = pa.array([3, 1, 2, 1, 3, 2], pa.int64())
            names = pa.array(["b", "b", "a", "a", "a", "b"])
            at = one.column_names.index
            shuffled = one.set_column(at("place_id"), "place_id", places)
            write_figures(writer, number, [shuffled.set_column(at("indicator"), "indicator", names)])
        written = Figure.objects.filter(publication_id=number).order_by("id")
        found = [(one.place_id, one.indicator) for one in written]
        assert found == sorted(found) and len(found) == 6
        Figure.objects.filter(publication_id=number).delete()
        Publication.objects.create(as_of=days_ago(0), watermark=0, packs={}, basis="", only_figures=False)


SAVING = """
import json, sqlite3, sys, time
store = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
waits = []
print("ready", flush=True)
while not sys.stdin.closed and len(waits) < 400:
    began = time.monotonic()
    store.execute("BEGIN IMMEDIATE")
    store.execute("UPDATE evaluation_dueitem SET step = step WHERE id = 1")
    store.execute("COMMIT")
    waits.append(time.monotonic() - began)
    time.sleep(0.02)
    if store.execute("SELECT count(*) FROM evaluation_figure WHERE indicator = 'end'").fetchone()[0]:
        break
print(json.dumps(waits))
"""


def test_who_saves_meanwhile_waits_less_than_half_a_second(cast: Cast, installation: Installation) -> None:
    """Another process, since two copies of SQLite in one do not see each other's locks."""
    connection.close()
    command = [sys.executable, "-c", SAVING, str(installation.store)]
    saving = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert saving.stdout is not None and saving.stdout.readline() == "ready\n"
    with bulk_connection(lease_store()) as writer:
        write_figures(writer, 77, [figures(30_000), figures(30_000)])
        last = figures(1).set_column(0, "indicator", pa.array(["end"]))
        write_figures(writer, 78, [last])
    waits = sorted(json.loads(saving.communicate()[0]))
    assert len(waits) >= 5
    assert waits[int(len(waits) * 0.95) - 1] < 0.5
