"""The home of a place or an institution shows the published figures, and nothing else."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from integration.web_network import Cast, build_network
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.models import DueItem, Figure, Publication
from wangdi.server.network.models import Place


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def officer(cast: Cast, client: Client) -> Client:
    client.force_login(cast.county)
    return client


def page(client: Client, address: str, language: str = "zh-CN") -> str:
    return client.get(address, headers={"accept-language": language}).content.decode()


def test_a_figure_is_shown_with_its_counts_and_its_distance_to_the_target(officer: Client) -> None:
    shown = page(officer, "/places/420281/")
    assert re.search(r'重点人群签约覆盖率</span>\s*<span class="value">70.0%', shown)
    assert "70 / 100" in shown
    assert "差 7.0 个百分点" in shown
    assert "已达标，目标 77.0%" in re.sub(r"\s+", " ", page(officer, "/places/A/"))


def test_an_indicator_without_a_target_says_so(officer: Client) -> None:
    assert "未设目标" in page(officer, "/places/420281/?indicator=htn_managed")


def test_the_league_table_has_the_best_first_and_leads_one_level_down(officer: Client) -> None:
    shown = page(officer, "/places/420281/?indicator=contract_coverage_key")
    links = re.findall(r'<th scope="row">\s*<a href="([^"]+)">([^<]+)<', shown)
    assert links == [
        ("/places/A/?indicator=contract_coverage_key", "金湖街道"),
        ("/places/B/?indicator=contract_coverage_key", "还地桥镇"),
    ]


def test_equal_values_share_a_rank(officer: Client) -> None:
    Figure.objects.filter(place__code__in="AB").update(numerator=50)
    shown = page(officer, "/places/420281/?indicator=contract_coverage_key")
    league = shown[shown.index('class="league"') :]
    assert re.findall(r'<td class="number">(\d+)</td>', league) == ["1", "1"]


def test_the_map_draws_a_circle_for_each_township_with_a_position_and_leads_there(officer: Client) -> None:
    shown = page(officer, "/places/420281/")
    drawn = shown[shown.index("分布图") :]
    assert '<a href="/places/A/">' in drawn and '<a href="/places/B/">' in drawn
    assert "位置可能为估计" in drawn


def test_the_chart_of_the_last_months_speaks_chinese_and_names_its_target(officer: Client) -> None:
    shown = page(officer, "/places/420281/?indicator=contract_coverage_key")
    assert "目标 77.0%" in re.findall(r"<svg.*?</svg>", shown, re.S)[-2]


def test_the_newest_publication_of_a_day_counts(officer: Client) -> None:
    newest = Publication.objects.create(as_of=Publication.objects.get().as_of, watermark=2, packs={})
    county = Place.objects.get(code="420281")
    Figure.objects.create(
        indicator="htn_managed",
        as_of=newest.as_of,
        place=county,
        numerator=99,
        denominator=100,
        publication=newest,
    )
    assert "99 / 100" in page(officer, "/places/420281/?indicator=htn_managed")


def test_before_the_first_evaluation_the_page_says_what_to_do(officer: Client) -> None:
    Figure.objects.all().delete()
    Publication.objects.all().delete()
    assert "后台任务" in page(officer, "/places/420281/")


def test_an_institution_has_its_own_figures(cast: Cast, client: Client) -> None:
    client.force_login(cast.own)
    shown = page(client, "/institutions/CA1/")
    assert "1 / 2" in shown and "50.0%" in shown


def test_the_home_of_a_clinic_counts_what_waits_there(cast: Cast, client: Client) -> None:
    DueItem.objects.exclude(schedule="htn_followup").delete()
    client.force_login(cast.own)
    shown = re.sub(r"<[^>]+>|\s+", "", page(client, "/institutions/CA1/"))
    assert re.findall(r"(\d+)项(逾期|应做)", shown) == [("1", "逾期"), ("1", "应做")]


def test_the_whole_page_can_be_read_in_english(officer: Client) -> None:
    shown = page(officer, "/places/420281/", "en")
    assert '<html lang="en">' in shown
    assert "Key groups with a contract" in shown and "7.0 points to go" in shown


def test_the_language_switch_stays_on_the_page_and_is_remembered(officer: Client) -> None:
    response = officer.post("/language/", {"language": "en", "next": "/places/A/"})
    assert response["Location"] == "/places/A/"
    assert '<html lang="en">' in page(officer, "/places/A/", "zh-CN")


def test_a_definition_names_its_target_its_source_and_that_it_is_unverified(officer: Client) -> None:
    shown = page(officer, "/indicators/contract_coverage_key/")
    assert "一人属于多类只计一次" in shown
    assert "自 2023年1月1日" in shown and "77.0%" in shown
    assert "未核实" in shown
    assert officer.get("/indicators/no_such/").status_code == 404


def test_simulated_data_is_labelled_on_every_page(installation: Installation, client: Client) -> None:
    assert "均为模拟" not in page(client, "/sign-in/")
    installation.simulated_mark.touch()
    assert "均为模拟" in page(client, "/sign-in/")


def test_more_parts_cost_no_more_queries(
    officer: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    officer.get("/places/420281/")
    with django_assert_num_queries(QUERIES):
        officer.get("/places/420281/")
    parent = Place.objects.get(code="420281")
    Place.objects.bulk_create(
        Place(
            code=f"T{n}",
            name=f"镇{n}",
            level="township",
            parent=parent,
            path=f"{parent.path}T{n}/",
            change_id=parent.change_id,
        )
        for n in range(20)
    )
    with django_assert_num_queries(QUERIES):
        officer.get("/places/420281/")


QUERIES = 16
"""Session, user; roles, place; publication, decides, ancestors; targets, newest figures, children, league, map; task;
width, due. The figures of the area are in memory by then."""
