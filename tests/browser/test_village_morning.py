"""The morning of a village doctor, in a real browser on a small phone."""

import re
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Locator, Page, expect

from integration.web_network import PASSWORD
from wangdi.server.records.models import RecordVersion

pytestmark = pytest.mark.browser


def sign_in(page: Page, user: str = "W1") -> None:
    page.goto("/sign-in/")
    enter(page, user)


def enter(page: Page, user: str) -> None:
    """On the page that asks who one is."""
    page.locator("#username").fill(user)
    page.locator("#password").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("#password").press("Enter")


def speak(page: Page, language: str) -> None:
    """From the next page on. A cookie set for the address of a page would hold for what lies under it alone."""
    cookie = {"name": "django_language", "value": language, "url": urljoin(page.url, "/")}
    page.context.add_cookies([cookie])  # type: ignore[list-item]


FOLLOW_UP = "htn_followup"


def follow_up_card(page: Page) -> Locator:
    """On a resident's page: what is due by the schedule of follow-ups, whatever else is due."""
    return page.locator(".due-card", has=page.locator(f'a[href$="/record/{FOLLOW_UP}/"]'))


def follow_ups() -> int:
    return RecordVersion.objects.filter(kind__name="htn_followup").count()


def test_from_signing_in_to_a_due_item_that_has_changed(page: Page) -> None:
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("栖儒村卫生室")
    page.get_by_role("link", name="全部事项和筛选").click()
    page.get_by_label("服务").select_option(FOLLOW_UP)
    expect(page.locator(".due-row")).to_have_count(2)
    first = page.locator(".due-row").first
    expect(first).to_contain_text("逾期 26 天")
    first.get_by_role("link", name="张三", exact=True).click()
    card = follow_up_card(page)
    expect(card).to_contain_text("血压 152/95，控制不满意")

    card.get_by_text("为什么？").click()
    expect(card.locator(".basis").first).to_contain_text("国卫基层发〔2017〕13号")

    card.get_by_role("link", name="记录", exact=True).click()
    page.get_by_role("radio", name="家庭").check()
    page.get_by_label("收缩压").fill("128")
    page.get_by_label("舒张压").fill("82")
    page.get_by_role("button", name="保存").click()

    expect(page.get_by_role("status").first).to_contain_text("已保存")
    expect(card).to_contain_text("未到期")
    expect(card).to_contain_text("血压 128/82，控制满意")
    page.get_by_role("link", name="应做清单").click()
    page.get_by_label("服务").select_option(FOLLOW_UP)
    expect(page.locator(".due-row")).to_have_count(1)
    expect(page.locator(".due-row")).to_contain_text("李四")


def test_filters_work_as_one_types_and_the_address_can_be_kept(page: Page) -> None:
    sign_in(page)
    page.goto(f"/due/?schedule={FOLLOW_UP}")
    expect(page.locator(".due-row")).to_have_count(2)
    page.get_by_label("姓名").press_sequentially("李")
    expect(page.locator(".due-row")).to_have_count(1)
    page.get_by_label("状态").select_option("upcoming")
    expect(page.locator(".total")).to_have_text("没有符合条件的事项")
    expect(page).to_have_url(re.compile("status=upcoming"))
    page.reload()
    expect(page.get_by_label("姓名")).to_have_value("李")


def test_a_wrong_number_is_named_as_it_is_typed_and_again_on_saving_with_nothing_lost(page: Page) -> None:
    sign_in(page)
    page.goto("/residents/R1/record/htn_followup/")
    page.get_by_label("收缩压").fill("400")
    expect(page.locator(".field", has=page.get_by_label("收缩压")).locator(".problem")).to_have_text(
        "应在 50–300 mmHg"
    )
    page.get_by_label("舒张压").fill("80")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#problems")).to_be_focused()
    expect(page.locator("#problems")).to_contain_text("有 1 处需要更正")
    expect(page.get_by_label("舒张压")).to_have_value("80")


def test_two_quick_taps_a_reload_and_the_back_button_save_one_record(page: Page) -> None:
    sign_in(page)
    before = follow_ups()
    page.goto("/residents/R1/record/htn_followup/")
    page.get_by_label("收缩压").fill("128")
    page.get_by_label("舒张压").fill("82")
    page.get_by_role("button", name="保存").dblclick()
    expect(page).to_have_url(re.compile("/residents/R1/$"))
    page.reload()
    page.go_back()
    page.go_forward()
    expect(page).to_have_url(re.compile("/residents/R1/$"))
    assert follow_ups() == before + 1


def test_the_whole_way_can_be_gone_with_the_keyboard(page: Page) -> None:
    page.goto("/sign-in/")
    page.keyboard.type("W1")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("栖儒村卫生室")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.goto("/residents/R1/record/htn_followup/")
    page.get_by_role("radio", name="门诊").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="家庭")).to_be_checked()
    page.get_by_label("收缩压").focus()
    page.keyboard.type("128")
    page.keyboard.press("Tab")
    page.keyboard.type("82")
    page.keyboard.press("Enter")
    expect(follow_up_card(page)).to_contain_text("血压 128/82")


def test_charts_arrive_after_the_page_and_speak_chinese(page: Page) -> None:
    sign_in(page)
    page.goto("/residents/R1/")
    expect(page.get_by_role("img", name="血压的历次读数")).to_be_visible()
    expect(page.locator("svg").get_by_text("收缩压应低于 140")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_is_wider_than_a_small_phone(page: Page, language: str) -> None:
    sign_in(page)
    speak(page, language)
    for address in (
        "/",
        "/today/",
        "/today/?by=service",
        "/phone/",
        "/residents/R1/visit/",
        "/due/",
        "/residents/R1/",
        "/residents/R1/record/htn_followup/",
        "/residents/R1/record/elderly_check/",
        "/records/htn_followup/f2/",
        "/indicators/contract_coverage_key/",
    ):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "en" if language == "en" else "zh-CN")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address


def test_the_language_switch_turns_every_part_of_the_page(page: Page) -> None:
    sign_in(page)
    page.goto("/due/")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Due list")
    expect(page.locator(".due-row").first).to_contain_text("26 days late")
    expect(page.locator(".due-row").first).to_contain_text("not controlled")
    page.locator(".due-row").first.get_by_role("link", name=re.compile("^Record")).click()
    expect(page.get_by_label("Systolic pressure")).to_be_visible()
    expect(page.get_by_text("/min").first).to_be_visible()


def test_nothing_is_loaded_from_another_host(page: Page, served_at: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page)
    for address in ("/", "/due/", "/residents/R1/"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
    assert asked and all(url.startswith(served_at) for url in asked)
