"""What centres lack, and what says so: staff, figures, patients, overdue services."""

from datetime import timedelta
from typing import Any

import pytest
import yaml
from planning_network import build, wish

from wangdi.server.audit.services import record_change
from wangdi.server.common.problems import DeclarationError
from wangdi.server.evaluation.models import DueItem, Figure, Publication
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import today
from wangdi.server.network.models import Institution, Place, Worker
from wangdi.server.planning.declaration import DISPATCH, declaration
from wangdi.server.planning.documents import document_of, solve_wish
from wangdi.server.planning.needs import Asked, Lack, lacks_of


@pytest.fixture(autouse=True)
def stored(installation: object) -> None:
    build()


def figures(indicator: str, **values: tuple[int, int | None]) -> None:
    """Figures of today, by code of the institution, ``county`` for the whole."""
    publication = Publication.objects.create(as_of=today(), watermark=1, packs={})
    for code, (numerator, denominator) in values.items():
        where: dict[str, Any] = (
            {"place": Place.objects.get(code="420222")}
            if code == "county"
            else {"institution": Institution.objects.get(code=code)}
        )
        Figure.objects.create(
            indicator=indicator,
            as_of=today(),
            numerator=numerator,
            denominator=denominator,
            publication=publication,
            **where,
        )


def lacks(code: str, **numbers: float) -> dict[str, Lack]:
    asked = wish(**numbers)
    centres = list(Institution.objects.filter(type="township_centre").order_by("code"))
    found = lacks_of(declaration(), Asked(asked.place, asked.as_of, asked.numbers, centres))
    return {lack.specialty: lack for lack in found[Institution.objects.get(code=code).pk]}


def signs(code: str, specialty: str, **numbers: float) -> list[str]:
    found = lacks(code, **numbers)
    return [sign.text.zh for sign in found[specialty].signs] if specialty in found else []


def test_a_figure_that_is_worse_than_the_place_by_the_points_asked_for_is_a_sign() -> None:
    figures("htn_controlled", county=(600, 1000), C1=(50, 100), C2=(56, 100), C3=(80, 100))
    assert signs("C1", "内科") == ["管理人群血压控制率 50.0%，本地平均 60.0%"]
    assert signs("C2", "内科") == []
    assert signs("C2", "内科", behind_points=4) == ["管理人群血压控制率 56.0%，本地平均 60.0%"]
    assert signs("C3", "内科", behind_points=0) == []


def test_more_patients_than_the_centres_own_doctors_look_after_ask_for_so_many_more() -> None:
    figures("htn_registered", county=(5000, None), C1=(3100, None), C2=(900, None))
    lack = lacks("C1")["内科"]
    assert lack.wanted == 3
    assert "3,100，每 1,000 人需1名内科医师，现有 0 名" in lack.signs[0].text.zh
    assert signs("C2", "内科") == []
    change = record_change("test")
    Worker.objects.create(
        code="N1",
        name="甲",
        institution=Institution.objects.get(code="C1"),
        specialty="心血管内科",
        change=change,
    )
    assert lacks("C1")["内科"].wanted == 2
    assert signs("C1", "内科", patients_per_doctor=0) == []


def due(code: str, late: int, others: int) -> None:
    for at in range(late + others):
        day = today() - timedelta(days=10)
        DueItem.objects.create(
            subject=at,
            schedule="htn_followup",
            due_from=day,
            due_on=day,
            overdue_from=day if at < late else today() + timedelta(days=9),
            institution=Institution.objects.get(code=code),
        )


def test_where_more_of_a_service_is_overdue_than_in_the_place_its_specialty_is_lacking() -> None:
    due("C1", 6, 4)
    due("C2", 1, 9)
    assert signs("C1", "内科") == ["高血压随访应做 10 项中逾期 6 项（60%），本地平均 35%"]
    assert signs("C2", "内科") == []


def test_a_plan_meets_the_need_with_the_most_signs_first() -> None:
    """One doctor of internal medicine may go; C2 is nearer, C1 has two signs."""
    figures("htn_controlled", county=(600, 1000), C1=(50, 100), C2=(50, 100))
    due("C1", 6, 4)
    due("C2", 1, 9)
    Worker.objects.filter(code="D2").update(title_level="junior")
    Institution.objects.filter(code="C1").update(lon=115.3)
    document = document_of(solve_wish(wish(most_per_centre=1)))
    goes = {row["doctor"]: row["centre"] for row in document["postings"]}
    assert goes["D1"] == "C1"
    row = next(one for one in document["postings"] if one["doctor"] == "D1")
    assert "本地平均 60.0%" in row["because"]["zh"]
    assert "逾期 6 项" in row["because"]["zh"]
    centre = next(one for one in document["centres"] if one["code"] == "C1")
    (lack,) = [one for one in centre["lacks"] if one["specialty"] == "内科"]
    assert (lack["wanted"], lack["come"]) == (1, 1)
    assert [sign["by"] for sign in lack["signs"]] == ["figure", "service"]


def test_a_sign_that_names_what_nobody_declares_is_refused_with_all_of_them() -> None:
    kept = declaration().model_dump(mode="json", by_alias=True)
    kept["needs"] = [
        {"specialty": "内科", "signs": [{"behind": "htn_controled"}, {"overdue": "htn_folowup"}]},
        {"specialty": "外科", "signs": [{"clause": "9.9.9"}, {"patients": "htn_registered", "one_for": "x"}]},
    ]
    kept["figures"] = ["posting_covrage"]
    with pytest.raises(DeclarationError) as caught:
        DISPATCH.read(yaml.safe_dump(kept), "dispatch.yaml", rulebook())
    for name in ("htn_controled", "htn_folowup", "9.9.9", "number x", "posting_covrage"):
        assert name in str(caught.value)


def test_a_sign_says_exactly_one_thing() -> None:
    kept = declaration().model_dump(mode="json", by_alias=True)
    for sign in ({}, {"lacks_staff": True, "behind": "htn_controlled"}, {"patients": "htn_registered"}):
        kept["needs"] = [{"specialty": "内科", "signs": [sign]}]
        with pytest.raises(DeclarationError, match="one of lacks_staff"):
            DISPATCH.read(yaml.safe_dump(kept), "dispatch.yaml", rulebook())
