"""Behind a figure on the pages: those not counted, what they lack, and only for readers who may see them."""

import re

import pytest
from django.test import Client

from integration.web_network import Cast, build_network
from wangdi.server.common.installation import Installation

ADDRESS = "/indicators/htn_controlled/behind/"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


def page(client: Client, query: str, language: str = "zh-CN") -> str:
    shown = client.get(f"{ADDRESS}{query}", headers={"accept-language": language}).content.decode()
    return re.sub(r"\s+", " ", shown)


def people(shown: str) -> list[str]:
    return re.findall(r'<a class="person" href="/residents/(\w+)/', shown)


def test_a_township_director_sees_who_is_not_counted_and_what_they_lack(cast: Cast, client: Client) -> None:
    client.force_login(cast.director)
    shown = page(client, "?institution=HA")
    assert people(shown) == ["R1", "R2"]
    assert "应有 3，已计入 1，未计入 2" in shown
    assert "最近一次随访血压达标" in shown


def test_the_list_can_be_cut_down_to_those_who_lack_one_condition(cast: Cast, client: Client) -> None:
    client.force_login(cast.county)
    everybody = page(client, "?place=420281")
    counts = [int(n) for n in re.findall(r'</th> <td class="number">(\d+)</td>', everybody)]
    for number, count in enumerate(counts):
        assert len(people(page(client, f"?place=420281&lacks={number}"))) == count


def test_it_is_said_in_english_too(cast: Cast, client: Client) -> None:
    client.force_login(cast.county)
    assert "4 concerned, 1 counted, 3 not counted" in page(client, "?place=420281", "en")


def test_nobody_outside_the_readers_area_is_shown(cast: Cast, client: Client) -> None:
    client.force_login(cast.outsider)
    assert client.get(f"{ADDRESS}?place=420281").status_code == 404
    client.force_login(cast.beside)
    assert client.get(f"{ADDRESS}?institution=CA1").status_code == 404


def test_an_unknown_indicator_or_no_area_is_not_found(cast: Cast, client: Client) -> None:
    client.force_login(cast.county)
    assert client.get("/indicators/nothing/behind/?place=420281").status_code == 404
    assert client.get(ADDRESS).status_code == 404
