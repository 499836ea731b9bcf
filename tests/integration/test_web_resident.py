"""The page of a resident: who it is, what is due and why, what was done."""

import re

import pytest
from django.test import Client

from integration.web_network import ID_NUMBER, PHONE, Cast, build_network, days_ago
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.services import rulebook, save_and_refresh, void_and_refresh
from wangdi.server.network.models import Resident
from wangdi.server.web.residents import limit_on


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def page(cast: Cast, client: Client) -> str:
    client.force_login(cast.own)
    return client.get("/residents/R1/", headers={"accept-language": "zh-CN"}).content.decode()


def test_identity_number_and_phone_are_masked(page: str) -> None:
    assert ID_NUMBER not in page and PHONE not in page
    assert "420281********1234" in page and "138****5678" in page


def test_age_place_and_who_looks_after_are_shown(page: str) -> None:
    assert "50岁" in page and "栖儒村" in page and "栖儒村卫生室" in page


def test_a_due_item_says_when_how_late_and_why(page: str) -> None:
    assert "逾期 26 天" in page
    assert "血压 152/95，控制不满意" in page


WHY = "/residents/R1/why/"


def test_why_leads_to_the_record_and_to_the_policy_value_with_its_source_marked_unverified(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.own)
    address = f"{WHY}?schedule=htn_followup"
    assert f'href="{address}' in client.get("/residents/R1/").content.decode()
    why = client.get(address, headers={"accept-language": "zh-CN"}).content.decode()
    assert 'href="/records/htn_followup/f2/"' in why
    assert "收缩压 152 mmHg" in why
    assert "90 mmHg" in why and "国卫基层发〔2017〕13号" in why and "未核实" in why
    assert "14 天" in why
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "收缩压" in part and "<html" not in part


def test_why_a_figure_does_not_count_somebody_is_told_when_asked(cast: Cast, client: Client) -> None:
    client.force_login(cast.own)
    page = client.get("/residents/R1/", headers={"accept-language": "zh-CN"}).content.decode()
    address = f"{WHY}?indicator=htn_controlled"
    counted = page[page.index('id="counted"') :]
    assert f'hx-get="{address}"' in counted and "未计入" in counted
    assert "在册居民数" not in counted, "whoever is not in a count is missing nothing"
    assert "收缩压" in client.get(address, headers={"accept-language": "zh-CN"}).content.decode()


@pytest.mark.parametrize(
    "asked", ("", "schedule=no_such", "schedule=htn_followup&step=no_such", "indicator=no_such")
)
def test_why_of_what_there_is_not_is_not_found(cast: Cast, client: Client, asked: str) -> None:
    client.force_login(cast.own)
    assert client.get(f"{WHY}?{asked}").status_code == 404


def test_blood_pressure_is_drawn_with_the_limits_in_force(cast: Cast, client: Client) -> None:
    client.force_login(cast.own)
    page = client.get("/residents/R1/charts/", headers={"accept-language": "zh-CN"}).content.decode()
    chart = re.findall(r"<svg.*?</svg>", page, re.S)[0]
    assert "收缩压应低于 140" in chart and "舒张压应低于 90" in chart


def test_the_limit_of_the_chart_follows_age_as_the_pack_says(cast: Cast) -> None:
    older = Resident(birth_date=days_ago(66 * 366))
    assert limit_on(rulebook(), "sbp_limit", older, days_ago(0)) == 150
    assert limit_on(rulebook(), "sbp_limit", Resident(birth_date=days_ago(64 * 365)), days_ago(0)) == 140


def test_the_groups_a_person_belongs_to_are_named(page: str) -> None:
    groups = re.findall(r"<li>([^<]+)</li>", page[page.index('class="groups"') :].split("</ul>")[0])
    patients = {rulebook().groups[name].title.zh for name in ("hypertension", "diabetes")}
    assert patients == {"高血压患者", "2型糖尿病患者"}
    assert patients & set(groups) == {"高血压患者"}


def test_the_newest_record_stands_first_in_the_timeline(page: str) -> None:
    days = re.findall(r'<time datetime="([\d-]+)">', page[page.index('class="timeline"') :])
    assert days == [str(days_ago(40)), str(days_ago(200)), str(days_ago(400))]


def test_a_void_record_stays_in_the_timeline_marked_and_leaves_the_chart(cast: Cast, client: Client) -> None:
    void_and_refresh(actor=cast.own, kind=rulebook().kinds["htn_followup"], record_id="f2", reason="录错了人")
    client.force_login(cast.own)
    page = client.get("/residents/R1/", headers={"accept-language": "zh-CN"}).content.decode()
    assert "已作废" in page
    charts = client.get("/residents/R1/charts/").content.decode()
    assert "<svg" not in charts  # one reading is left, which is no line


def test_the_page_of_somebody_with_nothing_due_and_nothing_recorded_says_so(
    cast: Cast, client: Client
) -> None:
    nobody = Resident.objects.get(code="R1")
    new = Resident.objects.create(
        code="R7", name="新来", institution_id=nobody.institution_id, change_id=nobody.change_id
    )
    client.force_login(cast.own)
    page = client.get(f"/residents/{new.code}/", headers={"accept-language": "zh-CN"}).content.decode()
    assert "目前没有应做事项" in page and "还没有记录" in page and "年龄不详" in page


def test_names_are_shown_as_text_whatever_they_contain(cast: Cast, client: Client) -> None:
    Resident.objects.filter(code="R1").update(name="<b>张</b>{n}")
    client.force_login(cast.own)
    for address in ("/residents/R1/", "/due/", "/residents/R1/record/htn_followup/"):
        page = client.get(address).content.decode()
        assert "<b>张</b>" not in page and "&lt;b&gt;张&lt;/b&gt;{n}" in page


def test_buttons_lead_straight_to_the_forms_that_packs_offer_this_person(cast: Cast, client: Client) -> None:
    client.force_login(cast.own)

    def offered() -> dict[str, str]:
        page = client.get("/residents/R1/", headers={"accept-language": "zh-CN"}).content.decode()
        part = re.search(r'<p class="parts quick">(.*?)</p>', page)
        return dict(re.findall(r'href="/residents/R1/record/(\w+)/">([^<]+)', part[1] if part else ""))

    assert offered()["contract"] == "签约"
    assert offered()["referral"] == "转诊"
    assert "long_rx" not in offered()
    save_and_refresh(
        actor=cast.own,
        kind=rulebook().kinds["contract"],
        record_id="c1",
        subject_code="R1",
        occurred_on=days_ago(1),
        institution_code="CA1",
        values={},
    )
    assert "contract" not in offered()
