"""Workers, teams and assets on screen: listed by area, a page each, records about them by those who may."""

import re
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from integration.web_network import Cast, build_network
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.services import today
from wangdi.server.records.models import RecordVersion

ACCEPTANCE = "/registers/asset/E1/record/asset_acceptance/"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def director(cast: Cast, client: Client) -> Client:
    client.force_login(cast.director)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    return client


def text(response: HttpResponse) -> str:
    return response.content.decode()


def accepted(**values: str) -> dict[str, str]:
    """The form of an acceptance as it is sent."""
    sent = {f"v-{name}": value for name, value in values.items()}
    return {
        "id": str(uuid4()),
        "version": "0",
        "occurred_on": str(today()),
        "institution": "HA",
        "worker": "W3",
    } | sent


def test_a_list_shows_the_area_and_what_is_under_it_in_words(director: Client) -> None:
    assets = text(director.get("/registers/asset/"))
    assert "金湖救护车" in assets and "还地桥救护车" not in assets
    assert "救护车</td>" in assets and "金湖卫生院</td>" in assets
    workers = text(director.get("/registers/worker/"))
    assert all(name in workers for name in ("王医生", "李医生", "陈主任")) and "外院医生" not in workers
    assert "陈主任</td>" in text(director.get("/registers/team/"))


def test_a_list_is_searched_by_name_and_code(director: Client) -> None:
    found = text(director.get("/registers/worker/?f-name=王"))
    assert "王医生" in found and "李医生" not in found
    assert "李医生" in text(director.get("/registers/worker/?f-code=W2"))


def test_an_asset_is_accepted_on_screen_and_its_page_says_so(director: Client) -> None:
    page = text(director.get("/registers/asset/E1/"))
    assert "验收合格的资产设备" not in page.split("groups")[-1].split("</ul>")[0]
    assert f'href="{ACCEPTANCE}"' in page
    saved = director.post(ACCEPTANCE, accepted(result="passed", works="true"))
    assert (saved.status_code, saved["Location"]) == (302, "/registers/asset/E1/")
    record = RecordVersion.objects.get(kind__name="asset_acceptance")
    assert record.worker is not None and record.worker.code == "W3"
    after = text(director.get("/registers/asset/E1/"))
    assert re.search(r'class="groups".*验收合格的资产设备', after, re.S)
    assert "资产设备验收记录" in after and "合格" in after


def test_a_record_about_an_asset_is_amended_and_voided_like_any_other(director: Client) -> None:
    form = accepted(result="failed")
    director.post(ACCEPTANCE, form)
    address = f"/records/asset_acceptance/{form['id']}/"
    assert "金湖救护车" in text(director.get(address))
    amended = director.post(f"{address}edit/", form | {"version": "1", "v-result": "passed"})
    assert amended.status_code == 302
    assert director.post(f"{address}void/", {"reason": "录错"}).status_code == 302
    assert RecordVersion.objects.filter(record_id=form["id"]).count() == 3


def test_a_wrong_acceptance_is_not_saved(director: Client) -> None:
    assert director.post(ACCEPTANCE, accepted(works="true")).status_code == 422
    assert not RecordVersion.objects.filter(kind__name="asset_acceptance").exists()


@pytest.mark.parametrize(
    "address",
    [
        "/registers/nothing/",
        "/registers/asset/E9/",
        "/registers/resident/R1/",
        "/registers/asset/E1/record/htn_followup/",
        "/residents/R1/record/asset_acceptance/",
    ],
)
def test_what_does_not_fit_does_not_exist(director: Client, address: str) -> None:
    assert director.get(address).status_code == 404
