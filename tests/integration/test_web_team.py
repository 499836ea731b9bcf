"""The director's morning: who below has what to do, who falls behind, and giving due items to workers."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from integration.web_network import Cast, build_network
from wangdi.server.audit.models import Change
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.charging import charge
from wangdi.server.evaluation.models import Charge, DueItem, Figure, Publication
from wangdi.server.evaluation.services import refresh_due_items, today
from wangdi.server.network.models import Institution, Resident, Worker
from wangdi.server.web.areas import find_area
from wangdi.server.web.due import Wanted as WantedItems
from wangdi.server.web.due import due_items


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


def of(user: User) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(user)
    return client


def text(response: HttpResponse) -> str:
    return response.content.decode()


def row(page: str, name: str) -> str:
    """The row of a table that begins with a name, without its tags' attributes."""
    return next(part for part in page.split("<tr>") if name in part.split("</th>")[0])


def follow_up(code: str) -> DueItem:
    return DueItem.objects.get(resident__code=code, schedule="htn_followup")


def give(client: Client, worker: str, *codes: str, **more: str) -> HttpResponse:
    items = [follow_up(code).pk for code in codes]
    return client.post("/due/", {"item": items, "worker": worker, "which": "picked", **more})


def test_clinics_are_rows_with_their_work(cast: Cast) -> None:
    page = text(of(cast.director).get("/institutions/HA/team/"))
    own = DueItem.objects.filter(institution__code="CA1").open_on(today())
    overdue = own.filter(overdue_from__lte=today()).count()
    assert overdue and f">{overdue}</a>" in row(page, "栖儒村卫生室")
    assert "/due/?institution=CA1&amp;status=overdue" in page
    assert "还地桥" not in page


def test_who_reaches_fewer_targets_than_most_is_marked(cast: Cast) -> None:
    publication, parent = Publication.objects.latest(), Institution.objects.get(code="HA")
    for number in (3, 4):
        Institution.objects.create(
            code=f"CA{number}",
            name=f"第{number}卫生室",
            type="village_clinic",
            parent=parent,
            place=parent.place,
            path=f"{parent.path}CA{number}/",
            change=parent.change,
        )
    for code, value in (("CA1", 90), ("CA2", 90), ("CA3", 90), ("CA4", 10)):
        Figure.objects.create(
            indicator="contract_coverage_key",
            as_of=today(),
            institution=Institution.objects.get(code=code),
            numerator=value,
            denominator=100,
            publication=publication,
        )
    page = text(of(cast.director).get("/institutions/HA/team/"))
    assert page.count('aria-hidden="true">▼</span> 落后') == 1
    behind = row(page, "第4卫生室")
    assert "落后" in behind and "0 / 1" in behind and "10.0%" in behind and "77.0%" in behind


def test_items_ticked_are_given_to_a_worker_and_stand_in_the_workers_list(cast: Cast) -> None:
    director = of(cast.director)
    given = director.post(
        "/due/?status=all",
        {"item": [follow_up("R1").pk, follow_up("R3").pk], "worker": "W1", "which": "picked"},
    )
    assert given.status_code == 302 and given["Location"] == "/due/?status=all"
    assert "已交给王医生 2 项" in text(director.get("/due/?status=all"))
    mine = text(of(cast.own).get("/due/?charged=W1"))
    assert "张三" in mine and "李四" not in mine and "交给我" in mine
    team = text(director.get("/institutions/HA/team/"))
    assert "charged=W1" in team.split("已交办到人")[1]
    change = Change.objects.get(action="due.charge")
    assert change.summary == {"worker": "W1", "items": 2} and change.actor == cast.director


def test_given_items_change_hands_and_are_taken_back(cast: Cast) -> None:
    director = of(cast.director)
    give(director, "W1", "R1")
    give(director, "W2", "R1")
    assert Charge.objects.get().worker.code == "W2"
    give(director, "W2", "R1")
    assert Change.objects.filter(action="due.charge").count() == 2, "nothing changed hands the third time"
    give(director, "-", "R1")
    assert not Charge.objects.exists()


def test_all_that_is_wanted_is_given_at_once_and_nobody_elses(cast: Cast) -> None:
    director = of(cast.director)
    address = "/due/?status=all&schedule=htn_followup"
    director.post(address, {"which": "all", "worker": "W3"})
    assert {one.subject for one in Charge.objects.all()} == set(
        Resident.objects.filter(code__in=("R1", "R2", "R3")).values_list("pk", flat=True)
    )


def test_only_those_who_answer_for_the_work_give_it_and_only_to_their_own_workers(cast: Cast) -> None:
    assert give(of(cast.own), "W1", "R1").status_code == 403
    assert "交给…" not in text(of(cast.own).get("/due/"))
    give(of(cast.director), "W9", "R1")
    give(of(cast.director), "W1", "R4")
    assert not Charge.objects.exists()


def test_a_charge_lasts_while_the_item_is_published_anew_and_ends_with_its_turn(cast: Cast) -> None:
    charge(cast.director, [follow_up("R1")], Worker.objects.get(code="W1"))
    resident = Resident.objects.get(code="R1")
    refresh_due_items(resident, today())
    area, wanted = find_area(cast.own, "institution", "CA1"), WantedItems(status="all", charged="W1")

    def held() -> list[str]:
        return [item.schedule for item in due_items(cast.own, area, wanted, today())]

    assert held() == ["htn_followup"]
    item = follow_up("R1")
    DueItem.objects.filter(pk=item.pk).update(
        due_from=item.due_on + timedelta(days=60), due_on=item.due_on + timedelta(days=90)
    )
    assert held() == [], "the next turn is nobody's yet"
    assert charge(cast.director, [follow_up("R1")], Worker.objects.get(code="W1")) == 1
    assert held() == ["htn_followup"]


def test_nothing_ticked_and_nobody_chosen_is_said(cast: Cast) -> None:
    director = of(cast.director)
    director.post("/due/", {"which": "picked", "worker": "W1"})
    assert "请先勾选" in text(director.get("/due/"))
    give(director, "", "R1")
    assert "请从列表中选择人员" in text(director.get("/due/"))


def test_items_about_others_than_residents_lead_to_their_pages_and_to_forms_for_those_who_record(
    cast: Cast,
) -> None:
    worker = Worker.objects.select_related("institution__place").get(code="W1")
    DueItem.objects.create(
        entity="worker",
        subject=worker.pk,
        schedule="village_doctor_contract",
        due_from=today(),
        due_on=today(),
        overdue_from=today() + timedelta(days=1),
        institution=worker.institution,
        place=worker.institution.place if worker.institution else None,
    )
    page = text(of(cast.director).get("/due/"))
    assert 'href="/registers/worker/W1/"' in page
    assert 'href="/registers/worker/W1/record/village_doctor_contract/"' in page
    assert "/registers/worker/W1/record/" not in text(of(cast.own).get("/due/"))
