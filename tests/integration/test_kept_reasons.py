"""Reasons of due items are kept while nothing else is known, and worked out anew as soon as something is."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integration.web_network import Cast, build_network, days_ago
from wangdi.engine.model.text import Text
from wangdi.server.audit.services import record_change
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation import reasons
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.reasons import because_for
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import save_and_refresh, today
from wangdi.server.network.models import Resident


@pytest.fixture
def cast(installation: Installation) -> Iterator[Cast]:
    forget()
    yield build_network()
    forget()


def forget() -> None:
    rulebook().once("reasons kept", dict).clear()


def items() -> list[DueItem]:
    return list(DueItem.objects.filter(resident__isnull=False).select_related("resident").order_by("id"))


def asked() -> tuple[dict[tuple[str, str, str], Text], int]:
    """The reasons of everybody's items, and how many queries it took."""
    listed = items()
    with CaptureQueriesContext(connection) as queries:
        found = because_for(listed, today())
    said = {
        (one.resident.code, one.schedule, one.step): found[one.pk]
        for one in listed
        if one.pk in found and one.resident
    }
    return said, len(queries)


def test_who_asks_again_is_answered_alike_without_reading_records(cast: Cast) -> None:
    first, many = asked()
    again, few = asked()
    assert again == first != {}
    assert few == 2 < many


def test_after_a_save_the_reasons_are_those_of_the_new_record(cast: Cast) -> None:
    before, _ = asked()
    for sbp in (172, 124):
        save_and_refresh(
            actor=cast.own,
            kind=rulebook().kinds["htn_followup"],
            subject_code="R1",
            occurred_on=days_ago(0),
            values={"sbp": sbp, "dbp": 80},
        )
        kept, _ = asked()
        forget()
        assert kept == asked()[0]
        assert kept != before
        before = kept


def test_a_change_of_somebodys_entry_and_another_day_ask_anew(cast: Cast) -> None:
    asked()
    change = record_change("register.amend", actor=cast.own, summary={"resident": "R1"})
    Resident.objects.filter(code="R1").update(change=change)
    _, many = asked()
    _, few = asked()
    assert many > few == 2
    with CaptureQueriesContext(connection) as queries:
        because_for(items(), days_ago(-1))
    assert len(queries) > few


def test_what_looks_at_somebody_else_is_not_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    because = reasons.Explainer.because

    def looks(self: reasons.Explainer, *arguments: object) -> Text | None:
        self.world.attributes("institution", "CA1")
        return because(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(reasons.Explainer, "because", looks)
    _, first = asked()
    _, again = asked()
    assert again > 2 and abs(first - again) <= 2
