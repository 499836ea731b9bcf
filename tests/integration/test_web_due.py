"""The due list: order, filters, pages, and its cost."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from integration.web_network import Cast, build_network, days_ago
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.models import DueItem
from wangdi.server.network.models import Place, Resident
from wangdi.server.web import due


@pytest.fixture
def cast(installation: Installation) -> Cast:
    """With the items of follow-ups alone, whatever else the shipped packs ask for."""
    built = build_network()
    DueItem.objects.exclude(schedule="htn_followup").delete()
    return built


@pytest.fixture
def doctor(cast: Cast, client: Client) -> Client:
    client.force_login(cast.own)
    return client


@pytest.fixture
def county(cast: Cast, client: Client) -> Client:
    client.force_login(cast.county)
    return client


def names_on(client: Client, address: str) -> list[str]:
    page = client.get(address, headers={"accept-language": "zh-CN"}).content.decode()
    return re.findall(r'class="person" href="[^"]+">([^<]+)<', page)


def many_items(count: int) -> None:
    resident = Resident.objects.get(code="R1")
    DueItem.objects.bulk_create(
        DueItem(
            resident=resident,
            subject=resident.pk,
            schedule="htn_followup",
            due_from=days_ago(4),
            due_on=days_ago(-3),
            overdue_from=days_ago(-4),
            institution_id=resident.institution_id,
            place_id=resident.place_id,
        )
        for _ in range(count)
    )


def test_what_is_longest_overdue_comes_first_and_what_is_not_yet_due_is_left_out(county: Client) -> None:
    assert names_on(county, "/due/?place=420281") == ["赵六", "张三", "李四"]


def test_each_status_can_be_chosen(county: Client) -> None:
    chosen = {status: names_on(county, f"/due/?place=420281&status={status}") for status in due.STATUSES}
    assert chosen == {
        "open": ["赵六", "张三", "李四"],
        "overdue": ["赵六", "张三"],
        "due": ["李四"],
        "upcoming": ["王五"],
        "missed": [],
        "all": ["赵六", "张三", "李四", "王五"],
    }


def test_what_is_missed_stands_last_and_is_no_open_work(county: Client) -> None:
    DueItem.objects.filter(resident__name="赵六").update(missed_from=days_ago(0))
    assert names_on(county, "/due/?place=420281&status=missed") == ["赵六"]
    assert names_on(county, "/due/?place=420281") == ["张三", "李四"]
    assert names_on(county, "/due/?place=420281&status=all") == ["张三", "李四", "王五", "赵六"]
    page = county.get("/due/?place=420281&status=missed", headers={"accept-language": "zh-CN"})
    assert f"{days_ago(0)} 起不能再做" in page.content.decode()


def test_filters_by_name_village_and_service_narrow_the_list(county: Client) -> None:
    assert names_on(county, "/due/?place=420281&q=张") == ["张三"]
    assert names_on(county, "/due/?place=A&village=A2&status=all") == ["王五"]
    DueItem.objects.filter(resident__name="李四").update(schedule="htn_exam")
    assert names_on(county, "/due/?place=420281&schedule=htn_exam") == ["李四"]
    assert names_on(county, "/due/?place=420281&schedule=htn_followup") == ["赵六", "张三"]


def test_a_row_says_in_one_sentence_why_and_since_when(doctor: Client) -> None:
    page = doctor.get("/due/", headers={"accept-language": "zh-CN"}).content.decode()
    assert f"应于 {days_ago(26)}，逾期 26 天" in page
    assert "血压 152/95，控制不满意" in page


def test_an_empty_result_says_so(doctor: Client) -> None:
    page = doctor.get("/due/?q=没有这个人", headers={"accept-language": "zh-CN"}).content.decode()
    assert "没有符合条件的事项" in page


def test_a_long_list_has_pages_and_tells_its_length(doctor: Client) -> None:
    many_items(due.PAGE_SIZE)
    first = doctor.get("/due/", headers={"accept-language": "zh-CN"}).content.decode()
    assert f"共 {due.PAGE_SIZE + 2} 项，第 1–{due.PAGE_SIZE} 项" in first
    assert len(names_on(doctor, "/due/?page=2")) == 2
    assert "?page=2" in first


def test_the_list_alone_is_sent_when_only_the_list_is_asked_for(doctor: Client) -> None:
    part = doctor.get("/due/?q=张", headers={"HX-Target": "due-list", "HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<section id="due-list"')
    assert "<html" not in part


def test_an_area_too_wide_for_a_list_offers_its_parts_instead(
    county: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "MOST_PLACES", 3)
    page = county.get("/due/?place=420281").content.decode()
    assert "/due/?place=A" in page and "/due/?place=B" in page
    assert names_on(county, "/due/?place=A") == ["张三", "李四"]


def test_the_list_asks_no_more_of_the_store_when_it_is_longer(
    doctor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    doctor.get("/due/")
    with django_assert_num_queries(QUERIES):
        doctor.get("/due/")
    many_items(100)
    doctor.get("/due/")
    with django_assert_num_queries(QUERIES):
        doctor.get("/due/")


REASONS = 2
"""Whether they are still what is known: the newest records of all residents on the page, the newest adoption."""

QUERIES = 13 + REASONS
"""Session, user; scope of the roles, own area, worker; width; villages, ancestors, publication; count, page;
width and services to choose from."""


def test_county_and_city_lists_stay_closed_at_the_size_of_a_real_county(county: Client) -> None:
    parent = Place.objects.get(code="A")
    Place.objects.bulk_create(
        Place(
            code=f"V{n}",
            name=f"村{n}",
            level="village",
            parent=parent,
            path=f"{parent.path}V{n}/",
            change_id=parent.change_id,
        )
        for n in range(due.MOST_PLACES)
    )
    assert names_on(county, "/due/?place=420281") == []
