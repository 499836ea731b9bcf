"""What the phone of a village doctor is given: the least that the list and the forms need, of those they may see."""

import json
import re

import pytest
from django.test import Client

from integration.web_network import ID_NUMBER, PHONE, Cast, build_network
from wangdi.server.common.installation import Installation
from wangdi.server.network.models import Resident
from wangdi.server.web.views.phone import ASSETS


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def doctor(cast: Cast, client: Client) -> Client:
    client.force_login(cast.own)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    return client


def people(client: Client) -> dict[str, object]:
    found: dict[str, object] = client.get("/phone/people/").json()
    return found


def test_the_phone_is_given_the_people_of_the_own_village_alone(doctor: Client, cast: Cast) -> None:
    names = {one["name"] for one in (*people(doctor)["people"], *people(doctor)["others"])}  # type: ignore[misc]
    assert names == {"张三", "李四"}
    doctor.force_login(cast.beside)
    assert "张三" not in json.dumps(people(doctor), ensure_ascii=False)


def test_numbers_of_persons_do_not_go_to_the_phone(doctor: Client) -> None:
    given = doctor.get("/phone/people/").content.decode()
    assert ID_NUMBER not in given and PHONE not in given
    assert set(people(doctor)["people"][0]) == {  # type: ignore[index]
        "code",
        "name",
        "who",
        "home",
        "address",
        "items",
        "last",
        "seen",
    }


def test_the_dead_are_on_no_list(doctor: Client) -> None:
    Resident.objects.filter(code="R2").update(death_date="2026-01-01")
    assert [one["code"] for one in people(doctor)["others"]] == ["R1"]  # type: ignore[attr-defined]


def test_open_items_come_with_their_reason_and_the_last_values_of_their_form(doctor: Client) -> None:
    (person,) = [one for one in people(doctor)["people"] if one["code"] == "R1"]  # type: ignore[attr-defined]
    (item,) = [one for one in person["items"] if one["kind"] == "htn_followup"]
    assert "血压 152/95，控制不满意" in item["because"]
    assert person["last"]["htn_followup"]["values"]["v-sbp"] == {"shown": "152 mmHg", "typed": ["152"]}
    assert person["seen"]["htn_followup"] > 0


def test_the_forms_are_those_the_pages_draw_for_what_is_open(doctor: Client) -> None:
    forms = {one["kind"]: one["html"] for one in doctor.get("/phone/forms/").json()["forms"]}
    assert 'name="v-sbp"' in forms["htn_followup"] and "50–300 mmHg" in forms["htn_followup"]
    assert 'name="htn_followup-do"' in forms["htn_followup"]


def test_who_looks_after_too_many_or_may_only_look_is_given_nobody(doctor: Client, cast: Cast) -> None:
    doctor.force_login(cast.county)
    assert people(doctor)["people"] == [] == people(doctor)["others"]


def test_the_session_tells_who_is_signed_in_and_gives_a_token(doctor: Client, cast: Cast) -> None:
    told = doctor.get("/phone/session/").json()
    assert told["user"] == cast.own.pk and told["token"]
    assert Client().get("/phone/session/").status_code == 401


def test_the_service_worker_keeps_what_pages_load_and_no_page_with_people(client: Client) -> None:
    script = client.get("/sw.js").content.decode().replace("\\u002D", "-")
    assert all(f"/static/{name}" in script for name in ASSETS)
    assert "/residents/" not in script
    page = client.get("/sign-in/").content.decode()
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"', page)
    assert loaded and all(one in script for one in loaded if "/web/" in one)


def test_the_pages_can_be_put_on_the_home_screen(client: Client) -> None:
    told = client.get("/manifest.webmanifest").json()
    assert told["display"] == "standalone"
    assert {icon["sizes"] for icon in told["icons"]} == {"192x192", "512x512"}
