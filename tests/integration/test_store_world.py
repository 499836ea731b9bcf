"""The store as the reference evaluator sees it: at an institution only as far back as somebody asks."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from store_samples import KINDS, load, network, visits

from wangdi.engine.model.facts import Relation
from wangdi.server.evaluation.store_world import StoreWorld

pytestmark = pytest.mark.usefixtures("installation")


def test_records_at_an_institution_are_read_as_far_back_as_is_asked_for_and_once() -> None:
    days = [date(2023, 5, 1), date(2025, 2, 1), date(2026, 3, 1)]
    rows = [{"id": f"v{number}", "institution": "VA", "occurred_on": day} for number, day in enumerate(days)]
    load(**network(), visit=visits(*rows))
    world = StoreWorld(KINDS)

    def found(since: date | None) -> list[str]:
        return [record.id for record in world.records("visit", Relation.AT, "VA", since)]

    assert found(date(2026, 2, 1)) == ["v2"]
    with CaptureQueriesContext(connection) as queries:
        assert found(date(2026, 1, 5)) == ["v2"]
    assert len(queries) == 0
    assert found(date(2025, 6, 1)) == ["v1", "v2"]
    assert found(None) == ["v0", "v1", "v2"]
    with CaptureQueriesContext(connection) as queries:
        assert found(date(2026, 2, 1)) == ["v0", "v1", "v2"]
    assert len(queries) == 0


def test_times_of_day_are_minutes_for_rules() -> None:
    load(**network(), visit=visits({"id": "v1", "seen_at": 9 * 60 + 5}, {"id": "v2"}))
    at = [record.values.get("seen_at") for record in StoreWorld(KINDS).records("visit", Relation.ABOUT, "R1")]
    assert at == [9 * 60 + 5, None]
