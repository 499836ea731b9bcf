"""Half typed at a desk: a browser that is killed loses nothing; after a day, or for somebody else, nothing is left."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from browser.test_village_morning import enter, sign_in
from browser.test_village_offline import kept, until

pytestmark = pytest.mark.browser

FORM = "/registers/institution/CA1/record/clinic_month/"

A_DAY_LATER = """() => new Promise(resolve => {
  const opened = indexedDB.open("wangdi");
  opened.onsuccess = () => {
    const drafts = opened.result.transaction("drafts", "readwrite").objectStore("drafts");
    drafts.getAll().onsuccess = (event) => {
      for (const draft of event.target.result) drafts.put({ ...draft, at: draft.at - 24 * 3600 * 1000 - 1 });
    };
    drafts.transaction.oncomplete = () => resolve();
  };
})"""

SLOW_STORAGE = """
const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (...named) {
  const asked = {};
  setTimeout(() => {
    const real = open.apply(this, named);
    real.onupgradeneeded = () => { asked.result = real.result; asked.onupgradeneeded?.(); };
    real.onsuccess = () => { asked.result = real.result; asked.onsuccess(); };
  }, 1500);
  return asked;
};"""
"""The storage of an old phone: it answers for the first time after a second and a half."""


def kill(folder: Path) -> None:
    """Ends the browser that keeps its data in a folder, and no other, without asking it."""
    for status in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = status.read_bytes()
        except OSError:
            continue
        if f"--user-data-dir={folder}".encode() in command and b"--type=" not in command:
            os.kill(int(status.parent.name), signal.SIGKILL)


def opened(browser_type: BrowserType, folder: Path, arguments: dict[str, Any], at: str) -> BrowserContext:
    return browser_type.launch_persistent_context(folder, base_url=at, locale="zh-CN", **arguments)


def type_visits(page: Page, user: str = "director") -> None:
    sign_in(page, user)
    page.goto(FORM)
    page.get_by_label("诊疗人次").fill("289")
    until(page, lambda: "289" in str(kept(page, "drafts")))


def test_a_browser_that_is_killed_loses_nothing_typed(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], served_at: str, tmp_path: Path
) -> None:
    first = opened(browser_type, tmp_path, browser_type_launch_args, served_at)
    type_visits(first.pages[0])
    kill(tmp_path)
    (tmp_path / "SingletonLock").unlink(missing_ok=True)
    again = opened(browser_type, tmp_path, browser_type_launch_args, served_at)
    page = again.pages[0]
    page.goto(FORM)
    if page.locator("#username").count():  # who is signed in reaches the disk of a browser only now and then
        enter(page, "director")
    expect(page.locator(".draft")).to_contain_text("已恢复")
    expect(page.get_by_label("诊疗人次")).to_have_value("289")
    again.close()


def test_who_types_before_the_phone_has_woken_up_loses_nothing_and_nothing_is_typed_over(page: Page) -> None:
    type_visits(page)
    page.get_by_label("处方数").fill("12")
    until(page, lambda: "12" in str(kept(page, "drafts")))
    page.add_init_script(SLOW_STORAGE)
    page.goto(FORM)
    page.get_by_label("诊疗人次").fill("300")
    expect(page.get_by_label("处方数")).to_have_value("12")
    expect(page.get_by_label("诊疗人次")).to_have_value("300")
    until(page, lambda: "300" in str(kept(page, "drafts")))


def test_a_draft_is_gone_after_a_day_from_the_disk_too(page: Page) -> None:
    type_visits(page)
    page.evaluate(A_DAY_LATER)
    page.goto("/due/")
    until(page, lambda: kept(page, "drafts") == [])
    page.goto(FORM)
    expect(page.get_by_label("诊疗人次")).to_have_value("")
    expect(page.locator(".draft")).to_have_count(0)


def test_nobody_else_at_the_same_computer_sees_what_was_half_typed(
    page: Page, context: BrowserContext
) -> None:
    type_visits(page)
    context.clear_cookies()
    sign_in(page, "county")
    until(page, lambda: kept(page, "drafts") == [])
    page.goto(FORM)
    expect(page.get_by_label("诊疗人次")).to_have_value("")
