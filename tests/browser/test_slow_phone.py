"""Today's list on an old phone and a slow net: 400 kbit/s, 60 ms there and back, a processor slowed four times.

What the service worker fetches is not slowed by the browser; the page and what it loads itself are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.test_village_morning import sign_in
from wangdi.server.evaluation.models import DueItem
from wangdi.server.network.models import Resident

pytestmark = [pytest.mark.browser, pytest.mark.long]

FIRST_SECONDS, AGAIN_SECONDS = 5.0, 1.0
"""Until the page is there with everything on it: scripts, styles, people."""

ATTEMPTS = 10
"""At most. The quickest counts: what else the machine of the tests does is no property of the phone."""

BYTES_A_SECOND = 400_000 / 8
SLOW_NET = {
    "offline": False,
    "latency": 60,
    "downloadThroughput": BYTES_A_SECOND,
    "uploadThroughput": BYTES_A_SECOND,
}

NEIGHBOURS = 60
"""With what is due about each as about R1: more households than a page of the list has."""

LOADED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd / 1000"


def fill_the_village() -> None:
    """Gives the clinic of R1 a list that is as long as lists are."""
    model = Resident.objects.get(code="R1")
    items = list(DueItem.objects.filter(resident=model))
    for number in range(NEIGHBOURS):
        neighbour = Resident.objects.get(code="R1")
        neighbour.pk, neighbour.code, neighbour.household = None, f"R1-{number}", f"H{number}"
        neighbour.name = f"张邻{number}"
        neighbour.save()
        for item in items:
            item.pk, item.resident, item.subject = None, neighbour, neighbour.pk
            item.save(force_insert=True)


@contextmanager
def old_phone(browser: Browser, like: BrowserContext, arguments: dict[str, Any]) -> Iterator[Page]:
    """A page with nothing kept but the session of another one."""
    context = browser.new_context(**arguments)
    context.add_cookies(like.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    told = context.new_cdp_session(page)
    told.send("Network.enable")
    told.send("Network.emulateNetworkConditions", SLOW_NET)
    told.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    try:
        yield page
    finally:
        context.close()


def seconds_to_open(page: Page) -> float:
    page.goto("/today/", wait_until="load")
    expect(page.locator(".home")).to_have_count(12)
    page.wait_for_function("() => performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
    seconds: float = page.evaluate(LOADED)
    return seconds


def test_todays_list_opens_on_an_old_phone_with_a_slow_net(
    page: Page, browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    fill_the_village()
    sign_in(page)
    expect(page.locator(".home")).to_have_count(12)
    first, again = [], []
    for _ in range(ATTEMPTS):
        with old_phone(browser, page.context, browser_context_args) as phone:
            first.append(seconds_to_open(phone))
            again.append(seconds_to_open(phone))
        if min(first) <= FIRST_SECONDS and min(again) <= AGAIN_SECONDS:
            break
    assert min(first) <= FIRST_SECONDS, first
    assert min(again) <= AGAIN_SECONDS, again
