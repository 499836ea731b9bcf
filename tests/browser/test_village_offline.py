"""A village doctor's phone: the list, several services at once, no net, a phone that dies, a session that ends."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Route, expect

from browser.test_village_morning import enter, follow_ups, sign_in
from wangdi.server.records.models import RecordVersion

pytestmark = pytest.mark.browser

VISIT = "/residents/R1/visit/?kind=htn_followup"

KEPT = """name => new Promise(resolve => {
  const opened = indexedDB.open("wangdi");
  opened.onsuccess = () => {
    const all = opened.result.transaction(name).objectStore(name).getAll();
    all.onsuccess = () => resolve(all.result);
  };
})"""
"""What a store of the phone holds."""


def kept(page: Page, store: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = page.evaluate(KEPT, store)
    return rows


def village_is_kept(page: Page, title: str = "今日清单") -> None:
    """Today's list was opened, and the phone has it, its people, its forms and the page that shows them."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    until(page, lambda: any(one["name"] == "fetched" and one["value"] for one in kept(page, "meta")))
    until(page, lambda: bool(page.evaluate("caches.match('/phone/').then(Boolean)")))
    until(page, lambda: bool(page.evaluate("Boolean(navigator.serviceWorker.controller)")))


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Waits for what happens on the phone behind the page."""
    for _ in range(300):
        with suppress(Error):  # a page that is just being left
            if holds():
                return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come to hold within half a minute")


def type_pressure(page: Page, high: str = "128", low: str = "82") -> None:
    page.get_by_label("收缩压").fill(high)
    page.get_by_label("舒张压").fill(low)


def newest() -> RecordVersion:
    found = RecordVersion.objects.filter(kind__name="htn_followup", subject__gt=0).order_by("-seq").first()
    assert found is not None
    return found


def test_the_morning_of_a_small_phone(page: Page) -> None:
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("今日清单")
    person = page.locator(".of-person", has=page.get_by_role("link", name="张三", exact=True))
    service = person.locator('a[href$="kind=htn_followup"]')
    expect(service).to_contain_text("血压 152/95，控制不满意")
    done = int(page.locator(".count.done b").inner_text())

    service.click()
    page.get_by_label("收缩压").fill("400")
    page.get_by_label("舒张压").focus()
    field = page.locator(".field", has=page.get_by_label("收缩压"))
    expect(field.locator(".problem")).to_have_text("应在 50–300 mmHg")
    field.get_by_role("button", name="上次 152").click()
    expect(page.get_by_label("收缩压")).to_have_value("152")
    expect(field.locator(".problem")).to_have_text("")
    type_pressure(page)
    page.get_by_role("button", name="保存").click()

    expect(page.get_by_role("status").first).to_contain_text("已保存")
    page.get_by_role("link", name="‹ 今日清单").click()
    expect(page.locator('.of-person a[href="/residents/R1/visit/?kind=htn_followup"]')).to_have_count(0)
    expect(page.locator(".count.done b")).to_have_text(str(done + 1))


def test_one_more_service_joins_the_form_and_nothing_is_typed_twice(page: Page) -> None:
    sign_in(page)
    page.goto(VISIT)
    type_pressure(page)
    page.get_by_text("其他服务").click()
    page.locator("summary", has_text="糖尿病").click()
    page.locator('a[data-part="dm_followup"]').click()
    expect(page.locator('.part[data-kind="dm_followup"]')).to_be_visible()
    expect(page.get_by_label("收缩压")).to_have_count(1)
    expect(page.get_by_label("收缩压")).to_have_value("128")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    saved = RecordVersion.objects.filter(kind__name__in=["htn_followup", "dm_followup"]).order_by("-seq")[:2]
    assert [one.values["sbp"] for one in saved] == [128, 128]


def test_what_is_recorded_without_the_net_is_saved_once_when_it_returns(
    page: Page, context: BrowserContext
) -> None:
    sign_in(page)
    village_is_kept(page)
    before = follow_ups()
    context.set_offline(True)
    page.goto("/today/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("本机清单")
    page.locator('.of-person a[href="/residents/R1/visit/?kind=htn_followup"]').click()
    expect(page.get_by_role("button", name="上次 152 mmHg")).to_be_visible()
    type_pressure(page)
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#queue li")).to_contain_text("张三")
    expect(page.locator("#waiting")).to_have_text("待上传 1")
    assert follow_ups() == before

    context.set_offline(False)
    page.goto("/today/")
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    expect(page.locator("#waiting")).to_be_hidden()
    page.reload()
    assert follow_ups() == before + 1
    assert newest().values == {"sbp": 128, "dbp": 82}
    assert kept(page, "queue") == []


def test_what_the_server_refuses_is_shown_at_its_field_and_not_lost(
    page: Page, context: BrowserContext
) -> None:
    sign_in(page)
    village_is_kept(page)
    context.set_offline(True)
    page.goto(VISIT)
    type_pressure(page, high="400")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#queue li")).to_contain_text("待上传")
    context.set_offline(False)
    page.get_by_role("button", name="现在上传").click()
    expect(page.locator("#queue li")).to_contain_text("需要更正")
    page.get_by_role("button", name="处理").click()
    expect(page.locator("#problems")).to_contain_text("收缩压")
    expect(page.get_by_label("舒张压")).to_have_value("82")
    page.get_by_label("收缩压").fill("140")
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(re.compile("/residents/R1/$"))
    assert newest().values == {"sbp": 140, "dbp": 82}
    assert kept(page, "queue") == []


def test_a_phone_that_dies_while_it_saves_loses_nothing(page: Page, context: BrowserContext) -> None:
    sign_in(page)
    before = follow_ups()
    page.goto(VISIT)
    type_pressure(page)
    page.route("**/phone/session/", lambda route: None)
    page.get_by_role("button", name="保存").click()
    until(page, lambda: len(kept(page, "queue")) == 1)
    page.close()
    assert follow_ups() == before
    again = context.new_page()
    again.goto("/today/")
    expect(again.get_by_role("status").first).to_contain_text("已保存")
    assert follow_ups() == before + 1


def test_an_answer_that_is_lost_on_its_way_saves_nothing_twice(page: Page) -> None:
    sign_in(page)
    before = follow_ups()
    page.goto(VISIT)
    type_pressure(page)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/visit/**", lose, times=1)
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(re.compile("/phone/$"))
    assert follow_ups() == before + 1, "the server has it, but the phone does not know"
    page.goto("/today/")
    expect(page.locator("#waiting")).to_be_hidden()
    until(page, lambda: kept(page, "queue") == [])
    assert follow_ups() == before + 1


def test_a_session_that_ends_and_a_page_that_is_left_lose_nothing_typed(
    page: Page, context: BrowserContext
) -> None:
    sign_in(page)
    page.goto(VISIT)
    type_pressure(page)
    page.get_by_role("radio", name="家庭").check()
    until(page, lambda: "v-visit_mode', '2'" in str(kept(page, "drafts")))
    page.goto("/today/")
    page.goto(VISIT)
    expect(page.locator(".draft")).to_contain_text("已恢复")
    expect(page.get_by_label("收缩压")).to_have_value("128")
    expect(page.get_by_role("radio", name="家庭")).to_be_checked()

    context.clear_cookies()
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(re.compile("/sign-in/"))
    enter(page, "W1")
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    assert newest().values["sbp"] == 128


def test_signing_out_takes_the_people_off_the_phone(page: Page, context: BrowserContext) -> None:
    sign_in(page)
    village_is_kept(page)
    assert {one["name"] for one in kept(page, "people")} == {"张三", "李四"}
    assert not any("phone" in one or "id_number" in one for one in kept(page, "people"))
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/sign-in/"))
    assert kept(page, "people") == kept(page, "forms") == kept(page, "drafts") == []
    assert page.evaluate("caches.has('shell')") is False


def test_two_people_edit_one_record_and_the_second_chooses_field_by_field(
    page: Page, browser: Any, browser_context_args: dict[str, Any]
) -> None:
    edit = "/records/htn_followup/f2/edit/"
    sign_in(page)
    page.goto(edit)
    other = browser.new_context(**browser_context_args).new_page()
    sign_in(other, "director")
    expect(other.get_by_role("heading", level=1)).to_be_visible()
    other.goto(edit)
    other.get_by_label("舒张压").fill("91")
    other.get_by_role("button", name="保存").click()
    expect(other.get_by_role("status").first).to_contain_text("已保存")

    page.get_by_label("收缩压").fill("149")
    page.get_by_role("button", name="保存").click()
    conflict = page.locator("#conflict")
    expect(conflict).to_contain_text("已有更新的版本")
    high, low = (conflict.get_by_role("group", name=name) for name in ("收缩压", "舒张压"))
    expect(high.get_by_role("radio", name="您填写的")).to_be_checked()
    expect(low.get_by_role("radio", name="已保存")).to_be_checked()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    assert newest().values == {"sbp": 149, "dbp": 91}


def test_the_phone_speaks_english_too(page: Page, context: BrowserContext, served_at: str) -> None:
    context.add_cookies([{"name": "django_language", "value": "en", "url": served_at}])
    sign_in(page)
    village_is_kept(page, "Today")
    context.set_offline(True)
    page.goto(VISIT)
    expect(page.get_by_label("Systolic pressure")).to_be_visible()
    page.get_by_label("Systolic pressure").fill("128")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#queue")).to_contain_text("Waiting to be sent")
    until(page, lambda: bool(page.evaluate("document.documentElement.scrollWidth <= 360")))
