"""One box finds people, workers, institutions, places and pages – only what the reader may see, and quickly."""

import sqlite3
from contextlib import closing
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from integration.web_network import ID_NUMBER, PHONE, Cast, build_network
from wangdi.server.common.installation import Installation
from wangdi.server.network.models import Resident
from wangdi.server.web.search import _ways


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


def names(user: object, words: str) -> set[str]:
    client = Client(headers={"accept-language": "zh-CN", "HX-Target": "found"})
    client.force_login(user)
    page = text(client.get("/search/", {"q": words}))
    return {part.split("</b>")[0] for part in page.split("<b>")[1:]}


def text(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.mark.parametrize(
    "words",
    [
        "张三",
        "张",
        "zs",
        "zhang",
        "ZhangSan",
        "zhang san",
        ID_NUMBER,
        PHONE,
        "138 1234 5678",
        "R1",
        "４２０２８１１９６００１０１１２３４",
    ],
)
def test_a_resident_is_found_by_name_letters_numbers_and_code(cast: Cast, words: str) -> None:
    assert "张三" in names(cast.own, words)


@pytest.mark.parametrize("words", ["三三", "z", "4202811960", "1381234", "张四", "", "%", "张_"])
def test_what_does_not_fit_finds_nobody(cast: Cast, words: str) -> None:
    assert names(cast.own, words) == set()


def test_nobody_is_found_beyond_what_the_reader_may_see(cast: Cast) -> None:
    for words in ("张三", "zs", ID_NUMBER, PHONE, "R1"):
        assert names(cast.beside, words) == set() and names(cast.outsider, words) == set()
        assert names(cast.director, words) == {"张三"}
    assert names(cast.director, "赵六") == set()
    assert names(cast.county, "赵六") == {"赵六"}


def test_workers_institutions_and_places_are_found_by_any_part(cast: Cast) -> None:
    assert "王医生" in names(cast.director, "wys")
    assert {"金湖卫生院", "还地桥卫生院"} <= names(cast.county, "卫生院")
    assert "金湖卫生院" in names(cast.county, "jhwsy")
    assert "金湖街道" in names(cast.county, "金湖街")
    assert "还地桥卫生院" not in names(cast.director, "卫生院")


def test_a_place_is_found_only_by_those_who_may_open_it(cast: Cast) -> None:
    assert "栖儒村" in names(cast.county, "栖儒村")
    assert "栖儒村" not in names(cast.own, "栖儒村")


def test_forms_and_figures_are_found_by_their_titles(cast: Cast) -> None:
    found = names(cast.own, "高血压患者")
    assert "高血压患者随访服务记录表" in found
    assert any("高血压患者" in one and "率" in one for one in found)


def test_hits_are_masked_and_lead_to_their_pages(cast: Cast, client: Client) -> None:
    client.force_login(cast.own)
    page = text(client.get("/search/?q=zs"))
    assert 'href="/residents/R1/"' in page
    assert ID_NUMBER not in page and "420281********1234" in page and PHONE not in page


def test_more_than_are_shown_is_said(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wangdi.server.web.search.MOST", 1)
    client.force_login(cast.county)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    assert "还有更多" in text(client.get("/search/?q=卫生院"))


@pytest.mark.parametrize("words", ["张", "zs", ID_NUMBER, PHONE, "R1"])
def test_every_way_to_find_a_resident_goes_through_an_index(cast: Cast, words: str) -> None:
    for condition, order in _ways(words):
        for user in (cast.own, cast.county):
            plan = Resident.objects.visible_to(user).filter(condition).order_by(order)[:13].explain()
            first = plan.splitlines()[0]
            assert "SEARCH network_resident USING" in plan and "INDEX" in plan, first
            assert "SCAN network_resident" not in plan


def test_names_of_before_are_spelled_when_the_store_is_brought_up_to_date(
    cast: Cast, installation: Installation
) -> None:
    migration = import_module("wangdi.server.network.migrations.0004_names_in_letters")
    Resident.objects.update(pinyin="", initials="")
    with connection.schema_editor() as editor:
        migration.write_names_in_letters(apps, editor)
    connection.close()
    with closing(sqlite3.connect(installation.store)) as store:
        found = store.execute("SELECT pinyin, initials FROM network_resident WHERE code = 'R1'").fetchone()
    assert found == ("zhangsan", "zs")
