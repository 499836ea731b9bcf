"""WCAG 2.2 AA on every page, as axe-core sees it: on a phone and a desk, in both languages."""

from collections.abc import Iterable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from browser.test_village_morning import sign_in, speak
from integration.test_web_access import OWN_ACCOUNT, SEEN_BY
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.publishing import fresh_lake
from wangdi.server.jobs.models import Job

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

NO_PAGES = (
    "/file/",
    "/download/",
    "template",
    "/phone/people/",
    "/phone/forms/",
    "/search/names/",
    "format=",
    ".ics",
    "file=",
    "/charts/",
    "/inbox/count/",
)
"""Addresses that answer with files, data, or a part of a page."""

EVERYBODY = (
    "/today/?institution=CA1",
    "/residents/R1/",
    "/residents/R1/record/htn_followup/",
    "/lists/htn_followup/?institution=CA1",
    "/institutions/HA/standards/township_centre_illustrative/",
    "/indicators/htn_managed/compare/?place=A",
)


@pytest.fixture
def signed_in(page: Page, installation: Installation, served_at: str) -> Page:
    fresh_lake(installation)
    Job.objects.create(pk=1, kind="evaluate", arguments={}, state=Job.State.DONE)
    sign_in(page, "admin")
    page.wait_for_url("**/places/**")
    return page


def violations(page: Page, addresses: Iterable[str]) -> list[str]:
    """What is wrong, with the page and the element; also pages that are wider than the window."""
    axe, found = Axe(), []
    for address in addresses:
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{address} is wider than the window")
        answer: dict[str, Any] = axe.run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response
        found += [
            f"{address} {one['id']} {node['target']}: {node['html'][:200]}"
            for one in answer["violations"]
            for node in one["nodes"][:2]
        ]
    return found


def test_the_pages_that_everybody_opens_can_be_used_by_everybody(signed_in: Page) -> None:
    assert violations(signed_in, EVERYBODY) == []


def test_signing_in_can_be_done_by_everybody(page: Page, served_at: str) -> None:
    assert violations(page, ["/sign-in/"]) == []


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_can_be_used_by_everybody(signed_in: Page, language: str, width: int) -> None:
    signed_in.set_viewport_size({"width": width, "height": 800})
    speak(signed_in, language)
    pages = [one for one in (*SEEN_BY, *OWN_ACCOUNT) if not any(part in one for part in NO_PAGES)]
    found = violations(signed_in, pages)
    assert not found, "\n".join(found)
