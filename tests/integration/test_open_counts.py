"""What is kept of how many items are open is what one counts, whatever came in between."""

import random
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection

from integration.test_publishing_in_steps import newest, published, replace
from integration.web_network import Cast, build_network, days_ago
from wangdi.server.common.bulk import bulk_connection, lease_store
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.models import DueItem, OpenChange, OpenCount
from wangdi.server.evaluation.open_counts import counted_by_seat, keep_counts, open_by_seat
from wangdi.server.evaluation.replacing import forget_changes
from wangdi.server.evaluation.services import rulebook, save_and_refresh, today, void_and_refresh
from wangdi.server.network.models import Institution, Place

AREAS = [("place", "420281"), ("place", "A1"), ("institution", "HA"), ("institution", "CB1")]


@pytest.fixture
def cast(installation: Installation) -> Cast:
    cast = build_network()
    count()
    return cast


def count() -> None:
    """As an evaluation does when it has published."""
    connection.close()
    with bulk_connection(lease_store()) as writer:
        forget_changes(writer, keep_counts(writer, today()))


def numbers(seats: list[tuple[str, int, int]]) -> dict[str, tuple[int, int]]:
    """By path; several rows of one path are added."""
    found: dict[str, tuple[int, int]] = {}
    for path, overdue, due in seats:
        late, timely = found.get(path, (0, 0))
        found[path] = (late + overdue, timely + due)
    return {path: pair for path, pair in found.items() if pair != (0, 0)}


def agree(*users: User) -> None:
    for user in users:
        for entity, code in AREAS:
            node = (Place if entity == "place" else Institution).objects.get(code=code)
            items = DueItem.objects.visible_to(user).filter(**{f"{entity}__path__startswith": node.path})
            for day in (today(), today() + timedelta(days=1)):
                kept = numbers(open_by_seat(user, entity, node.path, day))
                assert kept == numbers(counted_by_seat(items, entity, day)), (user.username, code, day)


def test_after_random_saves_voids_and_publications_what_is_kept_is_what_is_counted(cast: Cast) -> None:
    assert OpenCount.objects.exists()
    chance, saved = random.Random(7), []
    kind = rulebook().kinds["htn_followup"]
    for step in range(12):
        if saved and chance.random() < 0.3:
            record = saved.pop(chance.randrange(len(saved)))
            void_and_refresh(actor=cast.admin, kind=kind, record_id=record.record_id, reason="误录")
        else:
            saved.append(
                save_and_refresh(
                    actor=cast.admin,
                    kind=kind,
                    subject_code=chance.choice(["R1", "R2", "R3", "R4"]),
                    occurred_on=days_ago(chance.randrange(150)),
                    values={"sbp": chance.randrange(100, 180), "dbp": 80},
                )
            )
        agree(cast.county, cast.own)
        if step == 5:
            due = published()
            replace(due.slice(1), newest())
            agree(cast.county, cast.own, cast.director)
            count()
    assert OpenChange.objects.exists(), "what was saved since the last count was noted, not counted anew"
    agree(cast.county, cast.own, cast.beside, cast.outsider, cast.admin)


def test_what_was_saved_while_an_evaluation_counted_is_added_to_its_count(cast: Cast) -> None:
    save = {"kind": rulebook().kinds["htn_followup"], "values": {"sbp": 170, "dbp": 80}, "actor": cast.own}
    save_and_refresh(subject_code="R1", occurred_on=days_ago(0), **save)
    connection.close()
    with bulk_connection(lease_store()) as writer:
        last = keep_counts(writer, today())
    save_and_refresh(subject_code="R3", occurred_on=days_ago(0), **save)
    agree(cast.county, cast.own)
    connection.close()
    with bulk_connection(lease_store()) as writer:
        forget_changes(writer, last)
    assert OpenChange.objects.exists() and not OpenChange.objects.filter(pk__lte=last).exists()
    agree(cast.county, cast.own)


def test_on_days_for_which_nothing_is_kept_items_are_counted(cast: Cast) -> None:
    later, county = today() + timedelta(days=40), Place.objects.get(code="420281")
    items = DueItem.objects.visible_to(cast.county).filter(place__path__startswith=county.path)
    asked = open_by_seat(cast.county, "place", county.path, later)
    assert numbers(asked) == numbers(counted_by_seat(items, "place", later)) != {}
