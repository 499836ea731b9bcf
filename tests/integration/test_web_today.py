"""Today's list: whom to see, what for, how much is left, what is done."""

import re
from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.html import strip_tags

from integration.web_network import Cast, build_network, days_ago
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.charging import charge
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.services import rulebook, save_and_refresh, today, void_and_refresh
from wangdi.server.network.models import Resident, Worker

FOLLOW_UPS = "/today/?schedule=htn_followup"


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


def homes(response: HttpResponse) -> list[str]:
    """What stands in each household, without markup."""
    found = re.findall(r'<li class="card home">.*?</ul></section></li>', text(response), re.S)
    return [re.sub(r"\s+", " ", strip_tags(one)) for one in found]


def tally(client: Client) -> tuple[int, int, int]:
    overdue, due, done = re.findall(r'<p class="count \w+">.*?<b>(\d+)</b>', text(client.get("/today/")))
    return int(overdue), int(due), int(done)


def record_follow_up(cast: Cast, resident: str, record_id: str, on: date) -> None:
    save_and_refresh(
        actor=cast.own,
        kind=rulebook().kinds["htn_followup"],
        record_id=record_id,
        subject_code=resident,
        occurred_on=on,
        institution_code="CA1",
        values={"sbp": 126, "dbp": 80},
    )


def test_the_day_of_a_village_doctor_begins_with_people_and_that_of_an_officer_with_figures(
    doctor: Client, cast: Cast
) -> None:
    assert doctor.get("/")["Location"] == "/today/"
    doctor.force_login(cast.county)
    assert doctor.get("/")["Location"].startswith("/places/")


def test_those_who_live_together_are_listed_together_and_the_longest_overdue_come_first(
    doctor: Client,
) -> None:
    assert [one.split()[0] for one in homes(doctor.get(FOLLOW_UPS))] == ["张三", "李四"]
    Resident.objects.filter(code__in=["R1", "R2"]).update(household="H1", address="栖儒村3组")
    (home,) = homes(doctor.get(FOLLOW_UPS))
    assert "张三一户 2人栖儒村3组" in home
    assert home.index("逾期 26 天") < home.index("最迟")
    assert "血压 152/95，控制不满意" in home


def test_one_tap_leads_to_the_form_the_pack_declares(doctor: Client) -> None:
    assert 'href="/residents/R1/visit/?kind=htn_followup"' in text(doctor.get(FOLLOW_UPS))
    assert doctor.get("/residents/R1/visit/?kind=htn_followup").status_code == 200


def test_services_are_counted_and_lead_to_the_households_that_need_them(doctor: Client) -> None:
    page = text(doctor.get("/today/?by=service"))
    (service,) = re.findall(r'<a href="\?institution=CA1&amp;schedule=htn_followup">.*?</a>', page, re.S)
    assert re.sub(r"\s+", " ", strip_tags(service)).endswith("! 逾期 1 ● 应做 1")


def test_a_name_finds_the_open_items_of_those_who_have_it(doctor: Client) -> None:
    found = homes(doctor.get("/today/?q=李"))
    assert found and all(one.split()[0] == "李四" for one in found)
    assert "没有姓名含“赵”的人" in text(doctor.get("/today/?q=赵")), "somebody of another village"


def test_what_is_recorded_leaves_the_list_and_is_counted_as_done(doctor: Client, cast: Cast) -> None:
    before = tally(doctor)
    record_follow_up(cast, "R1", "today-1", today())
    after = tally(doctor)
    assert after[2] == before[2] + 1
    assert after[0] < before[0]
    assert "张三" not in "".join(homes(doctor.get(FOLLOW_UPS)))
    page = text(doctor.get("/today/"))
    assert "/records/htn_followup/today-1/" in page[page.index('id="done"') :]


def test_what_was_done_yesterday_but_written_today_counts_and_what_was_voided_does_not(
    doctor: Client, cast: Cast
) -> None:
    record_follow_up(cast, "R1", "today-1", days_ago(1))
    assert tally(doctor)[2] == 1
    void_and_refresh(
        actor=cast.own, kind=rulebook().kinds["htn_followup"], record_id="today-1", reason="录错"
    )
    assert tally(doctor)[2] == 0


def test_what_a_colleague_wrote_is_not_mine(doctor: Client, cast: Cast) -> None:
    record_follow_up(cast, "R1", "today-1", today())
    doctor.force_login(cast.director)
    assert tally(doctor)[2] == 0


def test_who_may_only_look_is_led_to_people_but_to_no_form(doctor: Client, cast: Cast) -> None:
    doctor.force_login(cast.county)
    page = text(doctor.get("/today/?institution=CA1"))
    assert 'href="/residents/R1/"' in page and "/visit/" not in page


def test_a_list_is_made_by_the_same_number_of_queries_for_any_number_of_people(
    doctor: Client, cast: Cast, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(28):  # type: ignore[operator]
        doctor.get("/today/")


def test_what_was_given_to_the_reader_is_marked_and_can_be_seen_alone(doctor: Client, cast: Cast) -> None:
    assert "交给我" not in text(doctor.get("/today/"))
    given = DueItem.objects.get(resident__code="R2", schedule="htn_followup")
    charge(cast.director, [given], Worker.objects.get(code="W1"))
    page = doctor.get("/today/")
    assert "只看交给我的" in text(page)
    assert text(page).count('class="mine"') == 1
    (home,) = homes(doctor.get("/today/?mine"))
    assert home.split()[0] == "李四"
    assert "交给我的 1 项" in text(doctor.get("/today/?mine"))
    doctor.force_login(cast.centre)
    assert "交给我" not in text(doctor.get("/today/?institution=CA1&mine"))
