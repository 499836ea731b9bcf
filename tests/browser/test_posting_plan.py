"""From the coverage figure to postings on the screens of the centres, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from integration.web_network import PASSWORD, Cast
from wangdi.server.audit.services import record_change
from wangdi.server.evaluation.models import Figure, Publication
from wangdi.server.evaluation.services import today
from wangdi.server.network.models import Institution, Place, Worker
from wangdi.server.planning.models import KeptPlan
from wangdi.server.records.models import RecordVersion

pytestmark = pytest.mark.browser

SPECIALTIES = {"内科": 6, "中医": 4, "儿科": 4}


@pytest.fixture
def hospital(cast: Cast) -> Institution:
    """A hospital with doctors near both centres, none of which has anybody posted."""
    change = record_change("test")
    county = Place.objects.get(code="420281")
    made = Institution.objects.create(
        code="HO",
        name="大冶市人民医院",
        type="hospital",
        level="2",
        place=county,
        path="/HO/",
        lon=114.9,
        lat=30.15,
        change=change,
    )
    Institution.objects.filter(code="HA").update(lon=114.95, lat=30.1)
    Institution.objects.filter(code="HB").update(lon=114.8, lat=30.2)
    for specialty, count in SPECIALTIES.items():
        for at in range(count):
            Worker.objects.create(
                code=f"{specialty}{at}", name=f"{specialty}医师{at}", institution=made, specialty=specialty,
                title_level="mid", qualification="执业医师", change=change,
            )  # fmt: skip
    publication = Publication.objects.latest("pk")
    Figure.objects.create(
        indicator="posting_coverage",
        as_of=publication.as_of,
        place=county,
        numerator=0,
        denominator=2,
        publication=publication,
    )
    return made


def sign_in(page: Page, user: str) -> None:
    page.goto("/sign-in/")
    page.locator("#username").fill(user)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    expect(page.get_by_role("button", name="退出")).to_be_attached()


def send_somebody_else(page: Page) -> str:
    """Changes a posting the planner made to the last doctor who stays, reading what it costs; the name of that doctor."""
    planned = page.locator("#new li", has_not=page.get_by_text("手工指定"))
    planned.first.get_by_role("link", name="换人").click()
    other = page.get_by_label("改派").locator("option", has_text="现：不派").last
    name = (other.text_content() or "").split()[0]
    page.get_by_label("改派").select_option(value=other.get_attribute("value") or "")
    page.get_by_role("button", name="计算").click()
    expect(page.get_by_text("改后与原方案相比")).to_be_visible()
    expect(page.get_by_text("变动人员")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text(name)
    page.get_by_role("button", name="保存为新方案").click()
    expect(page.get_by_text("改自方案")).to_be_visible()
    return name


def test_from_the_coverage_figure_to_a_posting_that_the_director_accepts(
    page: Page, hospital: Institution
) -> None:
    sign_in(page, "county")
    page.goto("/places/420281/?indicator=posting_coverage")
    page.get_by_role("link", name="制定派驻方案").click()
    page.get_by_role("button", name="计算并保存方案").click()

    expect(page.get_by_text("0 → 2", exact=True)).to_be_visible()
    expect(page.locator("#centres")).to_contain_text("本机构没有儿科医师")
    expect(page.get_by_text("已证明：没有更好的方案")).to_be_visible()

    names = [send_somebody_else(page) for _ in range(2)]
    assert KeptPlan.objects.count() == 3
    for name in names:
        expect(page.locator("#new").get_by_role("link", name=name, exact=True)).to_be_visible()
    expect(page.get_by_text("手工指定")).to_have_count(2)

    page.get_by_role("button", name="采用").click()
    expect(page.get_by_text("已采用，写入派驻记录")).to_be_visible()
    first = RecordVersion.objects.filter(kind__name="posting", institution__code="HA").order_by("seq")[0]
    doctor = Worker.objects.get(pk=first.subject).name

    page.context.clear_cookies()
    sign_in(page, "director")
    page.goto("/institutions/HA/")
    card = page.locator("#postings")
    expect(card).to_contain_text(doctor)
    expect(card).to_contain_text("待接收")
    page.goto("/inbox/")
    page.get_by_role("link", name=doctor, exact=True).click()
    page.get_by_role("link", name="接收", exact=True).click()
    page.get_by_role("button", name="接收", exact=True).click()
    expect(page.get_by_text("已办理：接收")).to_be_visible()
    page.goto("/institutions/HA/postings/")
    expect(page.locator(".posting-centre")).to_contain_text("已接收")
    assert today().strftime("%Y-%m") in (page.locator("main").text_content() or "")
