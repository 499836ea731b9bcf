"""Long forms in a real browser: sections that tell what they lack, unusual numbers that are asked about once."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browser.test_village_morning import sign_in
from browser.test_village_offline import VISIT, newest, until, village_is_kept

pytestmark = pytest.mark.browser

FORM = "/residents/R1/record/htn_followup/"


def test_a_section_tells_what_it_lacks_and_leads_there(page: Page) -> None:
    sign_in(page)
    page.goto(FORM)
    signs = page.get_by_role("navigation", name="表单各段").get_by_role("link", name=re.compile("体征"))
    expect(signs).to_contain_text("0 / 8")
    signs.click()
    expect(page.get_by_role("heading", name="体征")).to_be_in_viewport()
    page.get_by_label("收缩压").fill("128")
    expect(signs).to_contain_text("1 / 8")
    page.get_by_label("舒张压").fill("400")
    page.get_by_label("舒张压").press("Tab")
    expect(signs).to_contain_text("1 处需更正")
    page.get_by_role("navigation", name="表单各段").get_by_role("link", name=re.compile("用药")).click()
    signs.click()
    expect(page.get_by_label("舒张压")).to_be_focused()
    expect(page.get_by_label("舒张压")).to_be_in_viewport()


def test_a_section_tells_what_is_required_and_not_there_yet(page: Page) -> None:
    sign_in(page)
    page.goto("/residents/R1/record/archive_record/")
    file = page.get_by_role("navigation", name="表单各段").get_by_role("link", name=re.compile("档案"))
    expect(file).to_contain_text("缺 2 项必填")
    page.get_by_role("group", name="已建电子健康档案").get_by_role("radio", name="是", exact=True).check()
    expect(file).to_contain_text("缺 1 项必填")


def test_an_unusual_number_is_asked_about_once_and_then_taken(page: Page) -> None:
    sign_in(page)
    page.goto(FORM)
    before = newest().seq
    page.get_by_label("收缩压").fill("210")
    expect(page.locator(".doubt")).to_contain_text("少见：多在 90–180 mmHg")
    page.get_by_label("收缩压").fill("128")
    expect(page.locator(".doubt")).to_have_text("")
    page.get_by_label("收缩压").fill("210")
    page.get_by_label("舒张压").fill("100")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("收缩压 210：不在常见范围，请核对")
    assert newest().seq == before
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    assert newest().values["sbp"] == 210
    page.goto(f"/records/htn_followup/{newest().record_id}/")
    expect(page.locator("dd", has_text="210")).to_contain_text("少见")


def test_without_the_net_an_unusual_number_is_asked_about_too(page: Page, context: BrowserContext) -> None:
    sign_in(page)
    village_is_kept(page)
    before = newest().seq
    context.set_offline(True)
    page.goto(VISIT)
    page.get_by_label("收缩压").fill("182")
    page.get_by_label("舒张压").fill("112")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("收缩压 182、舒张压 112")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#queue")).to_contain_text("张三")
    context.set_offline(False)
    until(page, lambda: newest().seq > before)
    assert newest().values["sbp"] == 182
