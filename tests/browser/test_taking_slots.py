"""A referral takes a kept slot of the hospital's clinic, and the hospital sees who comes, in a real browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from browser.test_desk_mornings import sign_in
from integration.test_kept_slots import appointments, session
from integration.web_network import Cast
from wangdi.server.evaluation.services import today

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_a_village_doctor_refers_and_takes_a_slot_that_the_hospital_sees(cast: Cast, page: Page) -> None:
    session(in_days=2)
    sign_in(page, "W1")
    page.goto("/residents/R1/")
    page.get_by_role("link", name="转诊", exact=True).click()
    page.get_by_label("转入机构").select_option("HB")
    page.get_by_label("转诊原因").fill("血压控制不满意")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("预留号")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="08:10").click()
    expect(page.locator("main")).to_contain_text("2号 08:10")
    (made,) = appointments()
    assert made.values["reserved"] is True

    page.set_viewport_size({"width": 1280, "height": 800})
    sign_in(page, "hospital")
    page.get_by_role("link", name="今天的预约").click()
    page.get_by_role("link", name="后一天").click()
    page.wait_for_url(f"**day={(today() + timedelta(days=1)).isoformat()}**")
    page.get_by_role("link", name="后一天").click()
    expect(page.locator("main")).to_contain_text("张三")
    expect(page.locator("main")).to_contain_text("08:10")
