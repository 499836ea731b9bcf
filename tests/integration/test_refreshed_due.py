"""After a save the due items are right, although only what the record bears on is worked out anew."""

from datetime import timedelta

import pytest

from integration.web_network import Cast, build_network, days_ago
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.models import DueItem, Publication
from wangdi.server.evaluation.rules import due_plan, due_plan_after
from wangdi.server.evaluation.services import refresh_due_items, rulebook, save_and_refresh, today
from wangdi.server.network.models import Resident

UNTOUCHED = "elderly_repeat"
"""A schedule that no follow-up of hypertension bears on."""


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


def items_of(resident: Resident) -> list[tuple[object, ...]]:
    columns = (
        "schedule",
        "step",
        "due_from",
        "due_on",
        "overdue_from",
        "missed_from",
        "institution",
        "place",
    )
    return sorted(DueItem.objects.filter(resident=resident).values_list(*columns), key=str)


def follow_up(cast: Cast, code: str) -> None:
    save_and_refresh(
        actor=cast.own,
        kind=rulebook().kinds["htn_followup"],
        subject_code=code,
        occurred_on=days_ago(0),
        values={"sbp": 165, "dbp": 84},
    )


@pytest.mark.parametrize("code", ("R1", "R3"))
def test_the_items_are_those_of_an_evaluation_of_everything(cast: Cast, code: str) -> None:
    resident = Resident.objects.get(code=code)
    before = items_of(resident)
    follow_up(cast, code)
    refreshed = items_of(resident)
    refresh_due_items(resident, today())
    assert refreshed == items_of(resident) != before


def odd_item(resident: Resident) -> DueItem:
    """An item that no evaluation of today would make."""
    day = days_ago(3)
    return DueItem.objects.create(
        subject=resident.pk,
        resident=resident,
        schedule=UNTOUCHED,
        due_from=day,
        due_on=day,
        overdue_from=day,
    )


def test_what_a_record_does_not_bear_on_stays_as_published_today(cast: Cast) -> None:
    resident = Resident.objects.get(code="R1")
    odd = odd_item(resident)
    follow_up(cast, "R1")
    assert DueItem.objects.filter(pk=odd.pk).exists()


def test_where_nothing_was_published_today_everything_is_worked_out_anew(cast: Cast) -> None:
    Publication.objects.update(as_of=today() - timedelta(days=1))
    resident = Resident.objects.get(code="R1")
    odd = odd_item(resident)
    follow_up(cast, "R1")
    assert not DueItem.objects.filter(pk=odd.pk).exists()


def test_a_kind_bears_on_a_part_of_the_schedules_that_leaves_the_others_out() -> None:
    names = due_plan_after("resident", frozenset({"htn_followup"})).schedule_names
    assert "htn_followup" in names and UNTOUCHED not in names
    assert names < due_plan("resident").schedule_names


def test_kinds_behind_figures_and_roll_ups_count_as_read() -> None:
    """A round of recruitment is measured by posts that institutions below the place report."""
    below = {
        kind
        for name in ("recruitment_round", "graduate_village_plan")
        for kind in rulebook().kinds
        if name in due_plan_after("place", frozenset({kind})).schedule_names
    }
    assert {rulebook().kinds[kind].about for kind in below} > {"place"}
