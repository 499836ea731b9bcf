"""Recording from the form the pack declares: nothing wrong gets in, nothing typed gets lost, nothing is saved twice."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from integration.web_network import Cast, build_network, days_ago
from wangdi.engine.model.calendar import Duration, Unit, shift
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.services import rulebook, save_and_refresh, today, void_and_refresh
from wangdi.server.records.models import RecordVersion

NEW = "/residents/R1/record/htn_followup/"
EDIT = "/records/htn_followup/f2/edit/"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def doctor(cast: Cast, client: Client) -> Client:
    client.force_login(cast.own)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    return client


def filled(client: Client, address: str = NEW, **typed: str) -> dict[str, str]:
    """The form as the browser would send it: hidden and usual values as served, and what was typed."""
    page = client.get(address).content.decode()
    served = {name: _input(page, name) for name in ("id", "version", "occurred_on")}
    chosen = {name: _selected(page, name) for name in ("worker", "institution")}
    return {**served, **chosen, **{f"v-{name}": value for name, value in typed.items()}}


def _input(page: str, name: str) -> str:
    (tag,) = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    return re.findall(r'value="([^"]*)"', tag)[0]


def _selected(page: str, name: str) -> str:
    (options,) = re.findall(rf'<select id="{name}".*?</select>', page, re.S)
    return next(iter(re.findall(r'value="([^"]*)"\s*selected', options)), "")


def text(response: HttpResponse) -> str:
    return response.content.decode()


def versions() -> int:
    return RecordVersion.objects.count()


def follow_up_due_on() -> date:
    return DueItem.objects.get(resident__code="R1", schedule="htn_followup").due_on


def test_the_form_has_every_declared_field_with_unit_limits_options_and_the_last_value(
    doctor: Client,
) -> None:
    page = text(doctor.get(NEW))
    for field in rulebook().kinds["htn_followup"].fields:
        assert f'name="v-{field.name}"' in page
    assert "50–300 mmHg" in page and "上次 152 mmHg" in page
    assert re.search(r'type="radio"\s+name="v-visit_mode"\s+value="2"', page)
    assert re.search(r'type="checkbox"\s+name="v-symptoms"', page)


def test_day_institution_and_worker_are_filled_in_already(doctor: Client) -> None:
    form = filled(doctor)
    assert (form["occurred_on"], form["institution"], form["worker"]) == (str(today()), "CA1", "W1")


def test_who_is_linked_to_a_worker_records_in_that_name_and_institution(cast: Cast, client: Client) -> None:
    client.force_login(cast.director)
    form = filled(client, sbp="128", dbp="78", visit_mode="1", visit_class="1")
    assert (form["institution"], form["worker"]) == ("HA", "W3")
    assert client.post(NEW, form).status_code == 302
    saved = RecordVersion.objects.get(record_id=form["id"])
    assert saved.institution is not None and saved.institution.code == "HA"
    assert saved.worker is not None and saved.worker.code == "W3"


@pytest.mark.parametrize("address", [NEW, EDIT, "/records/htn_followup/f2/void/"])
def test_who_may_only_look_can_neither_record_nor_amend_nor_void(
    cast: Cast, client: Client, address: str
) -> None:
    client.force_login(cast.county)
    before = versions()
    assert client.get(address).status_code == 403
    refused = client.post(address, {"reason": "x", "id": str(uuid4()), "version": "0"})
    assert refused.status_code == 403
    assert "没有权限" in text(client.get(address, headers={"accept-language": "zh-CN"}))
    assert versions() == before


def test_who_may_only_look_is_offered_nothing_to_record(cast: Cast, client: Client) -> None:
    client.force_login(cast.county)
    pages = ("/residents/R1/", "/due/?institution=CA1", "/records/htn_followup/f2/")
    for address in pages:
        page = text(client.get(address))
        assert "/record/" not in page and "/edit/" not in page, address
    client.force_login(cast.own)
    assert all("/record/" in (page := text(client.get(a))) or "/edit/" in page for a in pages)


def test_after_saving_the_due_item_has_changed_on_the_very_next_page(doctor: Client) -> None:
    response = doctor.post(NEW, filled(doctor, sbp="126", dbp="80"))
    assert response.status_code == 302
    page = text(doctor.get(response["Location"]))
    assert "已保存：高血压患者随访服务记录表" in page
    (card,) = [card for card in re.findall(r"<article.*?</article>", page, re.S) if f'href="{NEW}"' in card]
    assert "血压 126/80，控制满意" in card and "未到期" in card and "逾期" not in card
    assert follow_up_due_on() > today()


def test_the_same_form_sent_twice_is_one_record(doctor: Client) -> None:
    form, before = filled(doctor, sbp="126", dbp="80"), versions()
    assert doctor.post(NEW, form).status_code == 302
    assert doctor.post(NEW, form).status_code == 302
    assert versions() == before + 1


def test_going_back_and_changing_the_form_shows_both_and_amends_only_when_sent_again(doctor: Client) -> None:
    form, before = filled(doctor, sbp="126", dbp="80"), versions()
    doctor.post(NEW, form)
    response = doctor.post(NEW, form | {"v-sbp": "136"})
    assert response.status_code == 409
    assert versions() == before + 1
    assert "126 mmHg" in text(response) and "136 mmHg" in text(response)
    shown = {"merging": _input(text(response), "merging")}
    undecided = doctor.post(NEW, form | {"v-sbp": "136"} | shown)
    assert undecided.status_code == 409 and "请选择一个" in text(undecided)
    assert doctor.post(NEW, form | {"v-sbp": "136", "keep-sbp": "mine"} | shown).status_code == 302
    assert RecordVersion.objects.get(record_id=form["id"], is_current=True).values["sbp"] == 136


def test_all_mistakes_are_named_at_once_and_nothing_typed_is_lost(doctor: Client) -> None:
    tomorrow = str(days_ago(-1))
    form = filled(doctor, sbp="400", dbp="eighty", visit_mode="9", drugs="氨氯地平 5mg")
    before = versions()
    response = doctor.post(NEW, form | {"occurred_on": tomorrow, "worker": "W9"})
    page = text(response)
    assert response.status_code == 422 and versions() == before
    assert "有 5 处需要更正" in page
    for message in ("日期不能晚于今天", "不能大于 300mmHg", "应为整数", "应为其中之一", "请从列表中选择人员"):
        assert message in page
    assert 'value="eighty"' in page and 'value="氨氯地平 5mg"' in page and f'value="{tomorrow}"' in page


def test_full_width_digits_and_stray_spaces_are_understood(doctor: Client) -> None:
    form = filled(doctor, sbp="１３２", dbp=" 84 ", weight="６６．５")
    doctor.post(NEW, form)
    assert RecordVersion.objects.get(record_id=form["id"]).values == {"sbp": 132, "dbp": 84, "weight": 66.5}


def test_several_options_one_option_and_yes_or_no_are_stored_as_the_pack_codes_them(doctor: Client) -> None:
    form = filled(doctor)
    doctor.post(NEW, form | {"v-symptoms": ["2", "6"], "v-visit_mode": "2", "v-referral": "true"})
    stored = RecordVersion.objects.get(record_id=form["id"]).values
    assert stored == {"visit_mode": "2", "symptoms": ["2", "6"], "referral": True}


def test_an_amendment_starts_from_what_is_stored_and_makes_a_new_version(doctor: Client) -> None:
    page = text(doctor.get(EDIT))
    assert re.search(r'name="v-sbp"\s+value="152"', page)
    form = filled(doctor, EDIT, sbp="142", dbp="95")
    assert doctor.post(EDIT, form).status_code == 302
    newest = RecordVersion.objects.get(record_id="f2", is_current=True)
    assert (newest.version, newest.values) == (2, {"sbp": 142, "dbp": 95})


def test_two_people_amending_one_record_see_the_difference_and_the_second_chooses(
    doctor: Client, cast: Cast
) -> None:
    mine = filled(doctor, EDIT, sbp="142", dbp="95")
    theirs = {"sbp": 148, "dbp": 92}
    _amend(cast, theirs)
    response = doctor.post(EDIT, mine)
    page = text(response)
    assert response.status_code == 409
    assert "已有更新的版本" in page and "148 mmHg" in page and "142 mmHg" in page
    assert RecordVersion.objects.get(record_id="f2", is_current=True).values == theirs
    assert _chosen(page, "keep-dbp") == "stored", "only the other writer changed it"
    assert _chosen(page, "keep-sbp") == "", "both changed it, so somebody has to choose"
    choice = {"merging": _input(page, "merging"), "keep-sbp": "mine", "keep-dbp": "stored"}
    assert doctor.post(EDIT, mine | choice).status_code == 302
    newest = RecordVersion.objects.get(record_id="f2", is_current=True)
    assert newest.values == {"sbp": 142, "dbp": 92}


def test_a_third_version_during_the_choice_is_shown_in_its_turn(doctor: Client, cast: Cast) -> None:
    mine = filled(doctor, EDIT, sbp="142", dbp="95")
    _amend(cast, {"sbp": 148, "dbp": 95})
    page = text(doctor.post(EDIT, mine))
    _amend(cast, {"sbp": 149, "dbp": 95})
    choice = {"merging": _input(page, "merging"), "keep-sbp": "mine", "keep-institution": "mine"}
    again = doctor.post(EDIT, mine | choice)
    assert again.status_code == 409 and "149 mmHg" in text(again)
    assert RecordVersion.objects.get(record_id="f2", is_current=True).values["sbp"] == 149


def _chosen(page: str, name: str) -> str:
    return next(iter(re.findall(rf'name="{name}"\s+value="(\w+)"\s+checked', page)), "")


def _amend(cast: Cast, values: dict[str, int]) -> None:
    save_and_refresh(
        actor=cast.director,
        kind=rulebook().kinds["htn_followup"],
        record_id="f2",
        subject_code="R1",
        occurred_on=days_ago(40),
        values=values,
    )


def test_a_record_is_declared_void_only_with_a_reason_which_its_history_keeps(doctor: Client) -> None:
    address = "/records/htn_followup/f2/void/"
    refused = doctor.post(address, {"reason": "  "})
    assert refused.status_code == 422 and "请写明作废原因" in text(refused)
    assert doctor.post(address, {"reason": "录错了人"}).status_code == 302
    history = text(doctor.get("/records/htn_followup/f2/"))
    assert "录错了人" in history and "这条记录已作废" in history
    assert follow_up_due_on() == shift(days_ago(200), Duration(3, Unit.MONTHS))


def test_a_record_declared_void_by_somebody_else_is_not_brought_back_unknowingly(
    doctor: Client, cast: Cast
) -> None:
    mine = filled(doctor, EDIT, sbp="142", dbp="95")
    void_and_refresh(
        actor=cast.director, kind=rulebook().kinds["htn_followup"], record_id="f2", reason="重复"
    )
    response = doctor.post(EDIT, mine)
    assert response.status_code == 409 and "已被作废" in text(response)
    assert doctor.get(EDIT)["Location"] == "/records/htn_followup/f2/"


def test_an_id_that_belongs_to_somebody_elses_record_is_refused_without_showing_it(doctor: Client) -> None:
    taken = str(uuid4())
    RecordVersion.objects.filter(record_id="f5").update(record_id=taken)
    assert doctor.post(NEW, filled(doctor, sbp="120", dbp="70") | {"id": taken}).status_code == 404


def test_an_id_or_version_that_no_form_of_ours_has_is_refused(doctor: Client) -> None:
    form = filled(doctor, sbp="120", dbp="70")
    assert doctor.post(NEW, form | {"id": "nonsense"}).status_code == 404
    assert doctor.post(NEW, form | {"version": "-1"}).status_code == 404


def test_only_kinds_about_residents_have_a_form_here(doctor: Client) -> None:
    assert doctor.get("/residents/R1/record/posting/").status_code == 404
    assert doctor.get("/residents/R1/record/no_such/").status_code == 404


def test_every_kind_about_residents_has_a_form_and_can_be_saved_with_its_date_alone(doctor: Client) -> None:
    for kind in rulebook().kinds.values():
        if kind.about == "resident":
            address = f"/residents/R1/record/{kind.name}/"
            response = doctor.post(address, filled(doctor, address))
            required = any(field.required for field in kind.fields)
            assert response.status_code == (422 if required else 302), kind.name
