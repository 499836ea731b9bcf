"""A visit: several services on one form, nothing typed twice, all saved or none, nothing saved twice."""

import re
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from integration.web_network import Cast, build_network
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.services import rulebook, save_and_refresh, today
from wangdi.server.records.models import RecordVersion

PAIR = "/residents/R1/visit/?kind=htn_followup&kind=dm_followup"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def doctor(cast: Cast, client: Client) -> Client:
    client.force_login(cast.own)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    return client


def text(response: HttpResponse) -> str:
    return response.content.decode()


def served(page: str) -> dict[str, list[str]]:
    """What a browser would send if nothing were typed: hidden, ticked and filled fields."""
    found: dict[str, list[str]] = {}
    form = page[page.index('class="record-form"') :]
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.findall(r'name="([^"]*)"', tag), re.findall(r'value="([^"]*)"', tag)
        ticked = "checked" in tag or not re.search(r'type="(radio|checkbox)"', tag)
        if name and value and ticked and name[0] != "csrfmiddlewaretoken":
            found.setdefault(name[0], []).append(value[0])
    for name, options in re.findall(r'<select id="(worker|institution)".*?>(.*?)</select>', form, re.S):
        found[name] = re.findall(r'value="([^"]*)"\s*selected', options)[:1]
    return found


def filled(client: Client, address: str = PAIR, **typed: str) -> dict[str, list[str]]:
    fields = {name.replace("__", "-"): [value] for name, value in typed.items()}
    return served(text(client.get(address))) | {f"{name}": value for name, value in fields.items()}


def saved(form: dict[str, list[str]], kind: str) -> RecordVersion:
    return RecordVersion.objects.get(kind__name=kind, record_id=form[f"{kind}-id"][0], is_current=True)


def count() -> int:
    return RecordVersion.objects.count()


def test_a_value_that_two_services_share_is_typed_once_and_saved_in_both(doctor: Client) -> None:
    page = text(doctor.get(PAIR))
    assert page.count('name="v-sbp"') == 1 and page.count('name="v-weight"') == 1
    form = filled(doctor, v__sbp="126", v__dbp="80", dm_followup__v__fpg="6.1", v__fpg="6.1")
    assert doctor.post(PAIR, form).status_code == 302
    assert saved(form, "htn_followup").values == {"sbp": 126, "dbp": 80}
    assert saved(form, "dm_followup").values == {"sbp": 126, "dbp": 80, "fpg": 6.1}


def test_what_is_not_shared_stays_with_its_form(doctor: Client) -> None:
    form = filled(doctor, htn_followup__v__drug_1="氨氯地平", dm_followup__v__drug_1="二甲双胍")
    assert doctor.post(PAIR, form).status_code == 302
    assert saved(form, "htn_followup").values["drug_1"] == "氨氯地平"
    assert saved(form, "dm_followup").values["drug_1"] == "二甲双胍"


def test_without_a_choice_the_form_has_all_that_is_due(doctor: Client) -> None:
    page = text(doctor.get("/residents/R1/visit/"))
    assert 'data-kind="htn_followup"' in page
    assert doctor.get("/residents/R1/visit/?kind=posting").status_code == 404
    assert doctor.get("/residents/R1/visit/?kind=nothing").status_code == 404


def test_ids_are_ordered_by_time_as_those_of_uuid_version_7_are(doctor: Client) -> None:
    assert UUID(filled(doctor)["htn_followup-id"][0]).version == 7


def test_all_parts_are_saved_or_none_and_every_mistake_is_named(doctor: Client) -> None:
    before = count()
    form = filled(doctor, v__sbp="126", v__fpg="999", htn_followup__v__drug_1_times="many")
    response = doctor.post(PAIR, form)
    assert response.status_code == 422 and count() == before
    assert "有 2 处需要更正" in text(response)
    assert 'value="126"' in text(response), "nothing typed is lost"


def test_a_service_that_is_not_ticked_is_not_saved(doctor: Client) -> None:
    form, before = filled(doctor, v__sbp="126", v__dbp="80"), count()
    del form["dm_followup-do"]
    assert doctor.post(PAIR, form).status_code == 302
    assert count() == before + 1 and saved(form, "htn_followup")
    del form["htn_followup-do"]
    nothing = doctor.post(PAIR, form)
    assert nothing.status_code == 422 and "没有选择要保存的服务" in text(nothing)


def test_the_same_visit_sent_again_changes_nothing(doctor: Client) -> None:
    form, before = filled(doctor, v__sbp="126", v__dbp="80"), count()
    for _ in range(3):
        assert doctor.post(PAIR, form).status_code == 302
    assert count() == before + 2


def test_one_more_service_comes_without_the_fields_that_are_there_already(doctor: Client) -> None:
    part = text(doctor.get("/residents/R1/visit/?kind=htn_followup&part=dm_followup"))
    assert 'data-kind="dm_followup"' in part and 'data-kind="htn_followup"' not in part
    assert 'name="dm_followup-id"' in part and 'name="v-fpg"' in part and 'name="v-sbp"' not in part


def test_a_script_gets_the_answer_as_data_with_problems_at_their_fields(doctor: Client) -> None:
    form = filled(doctor, v__sbp="999", v__dbp="80")
    answer = doctor.post(PAIR, form, headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["status"] == "refused" and list(answer.json()["problems"]) == ["v-sbp"]
    form["v-sbp"] = ["126"]
    answer = doctor.post(PAIR, form, headers={"accept": "application/json"})
    assert answer.json() == {"status": "saved", "next": "/residents/R1/"}


def test_who_may_not_record_has_no_visit(cast: Cast, client: Client) -> None:
    for user, status in ((cast.county, 403), (cast.beside, 404), (cast.outsider, 404)):
        client.force_login(user)
        assert client.get(PAIR).status_code == status
        assert client.post(PAIR, {}).status_code == status


# -- somebody else was there meanwhile -----------------------------------------------------------------


def follow_up_of_a_colleague(cast: Cast) -> RecordVersion:
    return save_and_refresh(
        actor=cast.director,
        kind=rulebook().kinds["htn_followup"],
        subject_code="R1",
        institution_code="HA",
        occurred_on=today(),
        values={"sbp": 138, "heart_rate": 72},
    )


def clash(doctor: Client, cast: Cast) -> tuple[RecordVersion, dict[str, list[str]], str]:
    form = filled(doctor, v__sbp="126", v__dbp="80")
    del form["dm_followup-do"]
    theirs = follow_up_of_a_colleague(cast)
    response = doctor.post(PAIR, form)
    assert response.status_code == 409
    return theirs, form, text(response)


def test_a_service_that_somebody_recorded_meanwhile_is_shown_beside_mine(doctor: Client, cast: Cast) -> None:
    before = count()
    theirs, _, page = clash(doctor, cast)
    assert "刚刚有人为同一人记录了这项服务" in page and "138 mmHg" in page and "126 mmHg" in page
    assert f'name="htn_followup-merging" value="{theirs.seq}"' in page
    assert count() == before + 1


def test_theirs_alone_is_kept(doctor: Client, cast: Cast) -> None:
    _, _, page = clash(doctor, cast)
    before = count()
    response = doctor.post(PAIR, served(page) | {"htn_followup-clash": ["stored"]}, follow=True)
    assert "保留了已有的记录" in text(response) and count() == before


def test_both_are_kept(doctor: Client, cast: Cast) -> None:
    _, form, page = clash(doctor, cast)
    before = count()
    assert doctor.post(PAIR, served(page) | {"htn_followup-clash": ["both"]}).status_code == 302
    assert count() == before + 1 and saved(form, "htn_followup").values["sbp"] == 126


def test_mine_is_put_into_theirs_field_by_field(doctor: Client, cast: Cast) -> None:
    theirs, _, page = clash(doctor, cast)
    choice = {name: ["stored"] for name in re.findall(r'id="(htn_followup-keep-\w+)"', page)}
    choice |= {"htn_followup-clash": ["merge"], "htn_followup-keep-sbp": ["mine"]}
    choice |= {"htn_followup-keep-dbp": ["mine"]}
    for _ in range(2):
        assert doctor.post(PAIR, served(page) | choice).status_code == 302
    newest = RecordVersion.objects.get(record_id=theirs.record_id, is_current=True)
    assert newest.version == 2
    assert newest.values == {"sbp": 126, "dbp": 80, "heart_rate": 72}


def test_what_i_recorded_myself_meanwhile_is_no_clash(doctor: Client, cast: Cast) -> None:
    form = filled(doctor, v__sbp="126", v__dbp="80")
    other = filled(doctor, v__sbp="130", v__dbp="82")
    assert doctor.post(PAIR, other).status_code == 302
    assert doctor.post(PAIR, form).status_code == 302
