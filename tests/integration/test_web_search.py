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
from wangdi.engine.model.text import Text
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.services import rulebook
from wangdi.server.network.models import Resident, Worker
from wangdi.server.web.areas import own_area
from wangdi.server.web.forms import Draft
from wangdi.server.web.named_pages import pages_for
from wangdi.server.web.naming import with_codes
from wangdi.server.web.search import _ways
from wangdi.server.web.titles import closeness


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


def test_whom_a_field_names_is_offered_by_name_and_understood_when_sent(cast: Cast) -> None:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(cast.county)
    offered = text(client.get("/search/names/worker/?field=leader&leader=wys"))
    assert '<option value="王医生（W1）">栖儒村卫生室 · W1</option>' in offered and "陈主任" not in offered
    assert client.get("/search/names/resident/?field=a&a=zs").status_code == 404
    kind = rulebook().kinds["supervision_link"]
    fields = [one for one in kind.form if one.name == "leader"]
    assert len(fields) == 1
    for typed, meant in (("王医生（W1）", "W1"), ("王医生", "W1"), ("W1", "W1"), ("王某", "王某")):
        draft = with_codes(cast.county, Draft("x", 0, "", "", "", {"leader": (typed,)}), kind)
        assert draft.typed["leader"] == (meant,)


def test_of_two_with_one_name_none_is_taken(cast: Cast) -> None:
    Worker.objects.filter(code="W2").update(name="王医生")
    draft = Draft("x", 0, "", "", "", {"leader": ("王医生",)})
    assert with_codes(cast.county, draft, rulebook().kinds["supervision_link"]).typed == draft.typed


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("村医工资", {"乡村医生待遇保障", "村医基本报酬发放（月）", "发放村医基本报酬"}),
        ("长处方", {"长期处方", "慢性病长期处方"}),
        ("高血压随访", {"高血压患者随访服务记录表", "高血压随访"}),
        ("15分钟", {"规划", "卫生资源布局（供需和余缺）"}),
        ("优质服务", {"标准评审"}),
        ("bulletin", {"公报"}),
    ],
)
def test_lists_services_programmes_and_pages_are_found_by_everyday_words(
    cast: Cast, words: str, titles: set[str]
) -> None:
    assert titles <= names(cast.county, words)


def test_pages_are_found_by_those_who_can_open_them(cast: Cast) -> None:
    assert "备份" in names(cast.admin, "备份") and "备份" not in names(cast.county, "备份")
    assert "规划" in names(cast.county, "选址") and "规划" not in names(cast.own, "选址")
    for user in (cast.own, cast.county, cast.admin):
        client = Client()
        client.force_login(user)
        area = own_area(user)
        assert area is not None
        for page in pages_for(user, area):
            assert client.get(page.address(area)).status_code == 200, page.name


def test_letters_far_apart_and_single_letters_find_no_title() -> None:
    title = Text("高血压患者随访服务记录表", "Follow-up")
    assert closeness(title, "高血压随访") == 1 and closeness(title, "血压") == 0
    assert closeness(title, "高表") is None and closeness(title, "随访高") is None
    assert closeness(Text("特色专科（科室）", "Specialty"), "特色专科(科室)") == 0
    assert closeness(Text("上转单", "Referral"), "转诊单", (("转诊", "上转"),)) == 2
