"""Lists of what is due begin with what the packs say comes first; what has waited for years comes after the others."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from integration.web_network import Cast, build_network, days_ago
from wangdi.engine.model.calendar import Duration, Unit
from wangdi.engine.model.schedules import Urgency
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation import models
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.network.models import Resident
from wangdi.server.web.today import by_service, homes


@pytest.fixture
def cast(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Four schedules of which only the order in lists differs."""
    cast, rules = build_network(), rulebook()
    usual = rules.schedules["htn_followup"]
    ranked = {
        "at_once": replace(usual, name="at_once", urgency=Urgency.FIRST),
        "usual": replace(usual, name="usual"),
        "catch_up": replace(usual, name="catch_up", fades=Duration(1, Unit.YEARS)),
        "some_day": replace(usual, name="some_day", urgency=Urgency.LATER),
    }
    packs = tuple(
        replace(pack, schedules=tuple(ranked.values()))
        if pack.name == usual.pack
        else replace(pack, schedules=())
        for pack in rules.packs
    )
    monkeypatch.setattr(models, "rulebook", lambda: replace(rules, packs=packs))
    DueItem.objects.all().delete()
    return cast


def item(schedule: str, overdue_from: date, resident: str = "R1", missed_from: date | None = None) -> None:
    one = Resident.objects.get(code=resident)
    due_on = overdue_from - timedelta(days=1)
    DueItem.objects.create(
        subject=one.pk,
        resident=one,
        schedule=schedule,
        due_from=due_on,
        due_on=due_on,
        overdue_from=overdue_from,
        missed_from=missed_from,
        institution=one.institution,
        place=one.place,
    )


def order() -> list[str]:
    return [one.schedule for one in DueItem.objects.all().by_urgency(today())]


def test_the_order_is_by_rank_and_then_by_how_long_it_is_overdue(cast: Cast) -> None:
    item("some_day", days_ago(900))
    item("usual", days_ago(10))
    item("catch_up", days_ago(300))
    item("usual", days_ago(500))
    item("at_once", today() + timedelta(days=2))
    item("at_once", days_ago(1), missed_from=days_ago(0))
    assert order() == ["at_once", "usual", "catch_up", "usual", "some_day", "at_once"]


@pytest.mark.parametrize(("since", "fades"), [("2025-03-01", False), ("2025-02-28", True)])
def test_an_item_fades_on_the_day_it_has_been_overdue_for_so_long(
    cast: Cast, since: str, fades: bool
) -> None:
    item("catch_up", date.fromisoformat(since))
    ranks = DueItem.objects.annotate(rank=models.rank_on(date(2026, 2, 28))).values_list("rank", flat=True)
    assert list(ranks) == [2 if fades else 1]


def test_a_household_and_a_service_stand_where_their_most_urgent_item_does(cast: Cast) -> None:
    item("catch_up", days_ago(2000), "R1")
    item("usual", days_ago(3), "R1")
    item("usual", days_ago(5), "R2")
    item("catch_up", days_ago(3000), "R3")
    item("at_once", today() + timedelta(days=1), "R4")
    listed = DueItem.objects.all()
    assert list(homes(listed, today())) == ["R4", "R2", "R1", "R3"]
    assert [one.name for one in by_service(listed, rulebook(), today())] == ["at_once", "usual", "catch_up"]
