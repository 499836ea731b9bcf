"""Workflow records in bulk: files carry states, and an evaluation of everybody publishes what is late."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from django.contrib.auth.models import User
from django.db import connection
from store_samples import network

from wangdi.engine.model.roles import ROLES
from wangdi.interchange.tables import record_schema
from wangdi.server.access.models import Assignment, Role
from wangdi.server.common.installation import Installation
from wangdi.server.common.loading import LoadError
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.publishing import evaluate_and_publish, fresh_lake
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import refresh_due_items
from wangdi.server.network.models import Institution, Resident
from wangdi.server.records.bulk import LoadSummary, load_tables
from wangdi.server.records.models import RecordVersion

SENT = {
    "id": "sent",
    "state": "sent",
    "state_since": date(2026, 3, 2),
    "sent_on": date(2026, 3, 2),
    "assigned_institution": "HB",
}


@pytest.fixture
def store(installation: Installation) -> Installation:
    load_tables(network(), kinds=rulebook().kinds, actor_name="import")
    return installation


def load(*rows: dict[str, Any], without: tuple[str, ...] = ()) -> LoadSummary:
    schema = record_schema(rulebook().kinds["referral"])
    usual = {"subject": "R1", "institution": "VA", "occurred_on": date(2026, 3, 1), "status": "final"}
    table = pa.Table.from_pylist([{**usual, "to_institution": "HB", **row} for row in rows], schema)
    tables = {"records/referral": table.drop_columns(list(without))}
    return load_tables(tables, kinds=rulebook().kinds, actor_name="import")


def test_a_file_without_states_brings_records_in_the_initial_state(store: Installation) -> None:
    load({"id": "new"}, without=("state", "state_since", "assigned_institution", "drafted_on"))
    record = RecordVersion.objects.get(record_id="new")
    found = {name: record.values.get(name) for name in ("state", "state_since", "drafted_on")}
    assert found == {"state": "drafted", "state_since": "2026-03-01", "drafted_on": "2026-03-01"}
    assert (record.state, record.assigned) == ("drafted", Institution.objects.get(code="VA"))


def test_a_file_may_carry_states_and_changes_nothing_the_second_time(store: Installation) -> None:
    assert load(SENT, {"id": "new"}).changed == 2
    assert load(SENT, {"id": "new"}).changed == 0
    record = RecordVersion.objects.get(record_id="sent")
    assert (record.state, record.assigned) == ("sent", Institution.objects.get(code="HB"))
    assert record.values["state_since"] == "2026-03-02"


def test_an_institution_that_no_register_has_is_a_problem_of_its_field(store: Installation) -> None:
    with pytest.raises(LoadError) as refused:
        load({**SENT, "assigned_institution": "NOWHERE"})
    assert [(p.column, p.values) for p in refused.value.problems] == [("assigned_institution", ("NOWHERE",))]
    assert not RecordVersion.objects.exists()


def test_the_lake_has_the_state_of_each_record(store: Installation) -> None:
    load(SENT)
    lake, _ = fresh_lake(store)
    [row] = lake.read("records_referral").to_pylist()
    assert (row["state"], row["sent_on"], row["assigned_institution"]) == ("sent", date(2026, 3, 2), "HB")


def test_an_evaluation_of_everybody_publishes_what_one_resident_gets_after_a_save(
    store: Installation,
) -> None:
    load(SENT, {"id": "new", "subject": "R3"}, {"id": "mine", "subject": "R2", "institution": None})
    day = date(2026, 3, 6)
    evaluate_and_publish(store, day, trend=0)
    published = _items()
    assert published == {
        ("R1", "referral_sent", "sent", "HB", date(2026, 3, 5)),
        ("R1", "referral_sent_escalated", "sent", "HB", date(2026, 3, 8)),
        ("R3", "referral_drafted", "new", "VA", date(2026, 3, 2)),
        ("R2", "referral_drafted", "mine", "HB", date(2026, 3, 2)),
    }
    for resident in Resident.objects.all():
        refresh_due_items(resident, day)
    assert _items() == published


def _items() -> set[tuple[str, str, str, str, date]]:
    rows = DueItem.objects.exclude(step="").values_list(
        "resident__code", "schedule", "step", "institution__code", "due_on"
    )
    return set(rows)


def test_an_inbox_is_found_by_its_index(store: Installation) -> None:
    waiting = RecordVersion.objects.valid().filter(
        assigned__in=Institution.objects.filter(path__under="/HA/"), state__in=("drafted", "sent")
    )
    with connection.cursor() as cursor:
        sql, parameters = waiting.query.sql_with_params()
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        plan = " ".join(str(row[3]) for row in cursor.fetchall())
    assert "recordversion_assigned" in plan


def test_roles_of_workflows_are_those_of_users(store: Installation) -> None:
    assert set(Role.values) == set(ROLES)
    user = User.objects.create_user("anybody")
    for role in set(Role.values) - {Role.ADMINISTRATOR}:
        Assignment.objects.create(user=user, role=role, institution=Institution.objects.get(code="HA"))
