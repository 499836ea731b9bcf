"""Every page in one language: no Chinese on English pages but names and what people wrote."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client

from integration.test_web_access import OWN_ACCOUNT, SEEN_BY
from integration.web_network import Cast, build_network
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.publishing import fresh_lake
from wangdi.server.jobs.models import Job
from wangdi.server.network.models import MODELS
from wangdi.server.records.models import RecordVersion

CHINESE = re.compile(r"[\u4e00-\u9fff]+")

NOT_READ = ("script", "style", "code", "pre", "kbd", "samp")
READ_ALOUD = ("aria-label", "placeholder", "title", "alt")


class Visible(HTMLParser):
    """The texts of a page that people see or hear, without elements that say they are in another language."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._left_out: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        foreign = tag != "html" and "lang" in given
        if (self._left_out and tag == self._left_out[0]) or (
            not self._left_out
            and (tag in NOT_READ or foreign or "code" in (given.get("class") or "").split())
        ):
            self._left_out.append(tag)
        if not self._left_out:
            self.texts += [text for name in READ_ALOUD if (text := given.get(name))]

    def handle_endtag(self, tag: str) -> None:
        if self._left_out and tag == self._left_out[0]:
            self._left_out.pop()

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            self.texts.append(data)


def visible(page: str) -> list[str]:
    parser = Visible()
    parser.feed(page)
    return [text.strip() for text in parser.texts if text.strip()]


@pytest.fixture
def cast(installation: Installation) -> Cast:
    cast = build_network()
    fresh_lake(installation)
    Job.objects.create(pk=1, kind="evaluate", arguments={}, state=Job.State.DONE)
    return cast


def written_by_people() -> set[str]:
    """Names in registers, and what records hold as text: in whichever language people wrote them."""
    names = {
        str(name)
        for model in MODELS.values()
        for name in model._default_manager.values_list("name", flat=True)
    }
    values = RecordVersion.objects.values_list("values", flat=True)
    return names | {text for one in values for text in one.values() if isinstance(text, str)}


def texts_of(cast: Cast, language: str) -> Iterator[tuple[str, str]]:
    client = Client(headers={"accept-language": language})
    client.force_login(cast.admin)
    for address in (*SEEN_BY, *OWN_ACCOUNT):
        response = client.get(address)
        if response.status_code == 200 and "html" in response["Content-Type"]:
            yield from ((address, text) for text in visible(response.content.decode()))


def left_over(
    texts: Iterator[tuple[str, str]], foreign: re.Pattern[str], allowed: re.Pattern[str]
) -> dict[str, str]:
    """Words of the other language with a page they stand on."""
    data = re.compile("|".join(re.escape(one) for one in sorted(written_by_people(), key=len, reverse=True)))
    found: dict[str, str] = {}
    for address, text in texts:
        for word in foreign.findall(allowed.sub(" ", data.sub(" ", text))):
            found.setdefault(word, f"{address}: {text[:120]}")
    return found


def told(left: dict[str, str]) -> str:
    return "\n".join(f"{word} – {where}" for word, where in left.items())


SAID_SO_IN_ENGLISH = re.compile(r"国卫\w+〔\d{4}〕\d+号|示(?=\d)|(?<=\d{4} )示例")
"""Numbers of documents and clauses, and the editions of standards, are what they are."""


@pytest.mark.long
def test_no_chinese_is_left_on_english_pages_but_names(cast: Cast) -> None:
    left = left_over(texts_of(cast, "en"), CHINESE, SAID_SO_IN_ENGLISH)
    assert not left, told(left)
