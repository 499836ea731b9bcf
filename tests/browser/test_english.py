"""The English pages: on none of them stands a Chinese word, but for names."""

import re

import pytest
from playwright.sync_api import Page, expect

from browser.test_desk_mornings import desk, sign_in  # noqa: F401
from browser.test_village_morning import speak
from wangdi.server.network.models import Asset, Institution, Place, Resident, Team, Worker

pytestmark = [pytest.mark.browser, pytest.mark.long]

PAGES = {
    "W1": ("/today/", "/due/", "/mine/", "/residents/R1/", "/residents/R1/record/htn_followup/", "/phone/"),
    "director": (
        "/institutions/HA/",
        "/institutions/HA/team/",
        "/institutions/HA/standards/township_centre_illustrative/",
        "/institutions/HA/arrivals/",
        "/inbox/",
    ),
    "county": (
        "/places/420281/",
        "/places/420281/team/",
        "/places/420281/decisions/",
        "/places/420281/standards/",
        "/places/420281/bulletin/",
        "/indicators/htn_managed/",
        "/indicators/contract_coverage_key/compare/?place=420281",
        "/lists/",
        "/lists/htn_followup/",
        "/watch/",
        "/plans/new/?place=420281",
    ),
}

NUMBERS = r"[\u4e00-\u9fff]+〔\d{4}〕\d+号|示\d|\d{4} 示例"
"""Documents, clauses and editions are numbered in Chinese: there is no other number of theirs."""

SEEN = """() => {
  const found = [...document.querySelectorAll("[placeholder], [title], [aria-label], [alt]")].flatMap((one) =>
    ["placeholder", "title", "aria-label", "alt"].map((name) => one.getAttribute(name) ?? ""));
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode())
    if (!texts.currentNode.parentElement.closest("script, style, template, [lang=zh-CN]"))
      found.push(texts.currentNode.textContent);
  return found;
}"""


@pytest.mark.parametrize("user", PAGES)
def test_no_page_of_somebodys_morning_has_a_chinese_word_in_english(desk: Page, user: str) -> None:  # noqa: F811
    names: set[str] = set()
    for model in (Place, Institution, Resident, Worker, Team, Asset):
        names |= set(model._default_manager.values_list("name", flat=True))
    longest_first = re.compile("|".join([NUMBERS, *sorted(map(re.escape, names), key=len, reverse=True)]))
    sign_in(desk, user)
    speak(desk, "en")
    left = {}
    for address in PAGES[user]:
        desk.goto(address)
        expect(desk.locator("html"), address).to_have_attribute("lang", "en")
        texts = (longest_first.sub("", text) for text in desk.evaluate(SEEN))
        if chinese := [text.strip() for text in texts if re.search("[\u4e00-\u9fff]", text)]:
            left[address] = chinese
    assert not left
