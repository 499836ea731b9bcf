"""An outbreak that nobody told the detectors of, from its alert to closed, in a real browser."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from browser.test_village_morning import sign_in, speak
from integration.watch_samples import Row, write
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.services import today
from wangdi.server.records.models import RecordVersion
from wangdi.server.watch.alerts import watch

pytestmark = pytest.mark.browser

WEEKS = 70


def usual_weeks_and_an_outbreak(seed: int) -> Iterator[Row]:
    """Chance decides the weeks; in the last two, respiratory illness doubles and more in one of two townships."""
    random = np.random.default_rng(seed)
    sunday = today() - timedelta(days=today().weekday() + 1)
    for week in range(WEEKS):
        day = sunday - timedelta(days=7 * (WEEKS - 1 - week))
        season = 1 + 0.3 * np.cos((day.timetuple().tm_yday - 16) / 365 * 2 * np.pi)
        for centre, town in (("HA", "A"), ("HB", "B")):
            more = 3.0 if town == "A" and week >= WEEKS - 2 else 1.0
            fever, boxes, absent = (int(random.poisson(mean * season * more)) for mean in (20, 40, 30))
            yield "syndrome_day", centre, day, {"visits": 300, "fever": fever}
            yield "pharmacy_day", town, day, {"fever_medicine": boxes}
            yield "school_absence", town, day, {"pupils": 900, "absent_ill": absent}


@pytest.fixture
def struck(served_at: str, installation: Installation) -> None:
    write(usual_weeks_and_an_outbreak(seed=11))
    watch(installation, today())


def step(page: Page, button: str, **typed: str) -> None:
    """Takes a step of the workflow on the page of the case, and comes back to it."""
    page.get_by_role("link", name=button, exact=True).click()
    for label, text in typed.items():
        field = page.get_by_label(label.replace("_", " "))
        (field.first.check if field.first.get_attribute("type") == "radio" else field.first.fill)(
            **({} if field.first.get_attribute("type") == "radio" else {"value": text})
        )
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已办理")


@pytest.mark.usefixtures("struck")
def test_an_outbreak_raises_one_alert_that_a_county_officer_walks_to_closed(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, "county")
    page.get_by_role("link", name="预警", exact=True).click()
    expect(page.locator(".alert-row")).to_have_count(1)
    expect(page.locator(".alert-row")).to_contain_text("金湖街道")
    expect(page.locator(".alert-row")).to_contain_text("还剩")
    page.get_by_role("link", name="呼吸道症候群升高").first.click()
    expect(page.get_by_role("img", name="发热就诊 · 金湖街道")).to_be_visible()
    expect(page.get_by_role("img", name="发热就诊逐日曲线")).to_be_visible()
    expect(page.get_by_text("已超过上限").first).to_be_visible()

    step(page, "核实", 确有异常="", 核实方式="电话询问卫生院")
    expect(page.locator(".workflow")).to_contain_text("已核实")
    expect(page.locator(".workflow")).to_contain_text("还剩 23 小时")
    step(page, "现场调查", 首例发病日期=(today() - timedelta(days=9)).isoformat(), 调查病例数="27")
    step(page, "采取措施", 调查结论="流感暴发", 控制措施="停课三天，晨检，通风")
    step(page, "结案", 暴发="")

    expect(page.locator(".workflow")).to_contain_text("已结案")
    expect(page.locator(".workflow")).not_to_contain_text("还剩")
    page.get_by_role("link", name="今日预警").click()
    expect(page.get_by_text("没有未办结的预警")).to_be_visible()
    page.get_by_role("link", name="已办结").click()
    expect(page.locator(".alert-row")).to_have_count(1)
    assert RecordVersion.objects.valid().get(kind__name="alert").values["outcome"] == "outbreak"


@pytest.mark.usefixtures("struck")
def test_a_township_doctor_reads_the_alert_on_a_small_phone(page: Page) -> None:
    sign_in(page, "centre")
    for language in ("zh-hans", "en"):
        speak(page, language)
        for address in ("/watch/", "/watch/channels/", "/watch/channels/fever/?place=A"):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
        page.goto("/watch/")
        page.locator(".alert-row a.person").first.click()
        expect(page.locator("svg[viewBox]").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.get_by_text("Respiratory illness rises").first).to_be_visible()
    expect(page.get_by_text("The next step is somebody else's")).to_be_visible()


@pytest.mark.long
@pytest.mark.usefixtures("struck")
def test_a_contact_of_the_case_is_found_by_name_registered_and_observed_on_a_phone(page: Page) -> None:
    sign_in(page, "centre")
    page.goto("/watch/")
    page.locator(".alert-row a.person").first.click()
    contacts = page.locator(".contacts")
    expect(contacts).to_contain_text("还没有登记密切接触者")
    contacts.get_by_label("登记密切接触者").fill("张三")
    contacts.get_by_role("button", name="查找居民").click()
    contacts.get_by_role("link", name="登记为密切接触者：张三").click()
    page.wait_for_url("**/record/close_contact/**")
    page.get_by_role("radio", name="同住").check()
    page.get_by_label("最后接触").fill(today().isoformat())
    page.get_by_role("button", name="保存").click()
    expect(contacts).to_contain_text("今天应观察")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    contacts.locator('a[href*="/record/contact_day/"]').first.click()
    page.wait_for_url("**/record/contact_day/**")
    expect(page.locator("main")).to_contain_text("张三")
