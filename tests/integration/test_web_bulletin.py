"""The yearly bulletin: page, spreadsheet and PDF hold the same numbers, and no small ones."""

from datetime import date
from io import BytesIO

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.translation import override
from openpyxl import load_workbook

from integration.web_network import Cast, build_network
from wangdi.server.audit.services import record_change
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.models import Closure, Figure, Publication
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.network.models import Place
from wangdi.server.web.areas import find_area
from wangdi.server.web.bulletin import files
from wangdi.server.web.bulletin.chapters import ChaptersError, Contents, contents, read_contents
from wangdi.server.web.bulletin.issue import Issue, issue

ADDRESS = "/places/420281/bulletin/"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def county(cast: Cast, client: Client) -> Client:
    add("bulletin_residents", {"420281": 400, "A": 300, "B": 100})
    add("bulletin_residents", {"420281": 180}, dimension="sex", category="1")
    add("bulletin_residents", {"420281": 217}, dimension="sex", category="2")
    add("bulletin_residents", {"420281": 3}, dimension="sex", category="unknown")
    client.force_login(cast.county)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    return client


def add(name: str, values: dict[str, float], *, day: date | None = None, **part: str) -> None:
    publication = Publication.objects.latest()
    Figure.objects.bulk_create(
        Figure(
            indicator=name,
            as_of=day or today(),
            place=Place.objects.get(code=code),
            numerator=value,
            publication=publication,
            **part,
        )
        for code, value in values.items()
    )


def text(response: HttpResponse) -> str:
    return response.content.decode()


def shipped() -> Contents:
    found = contents()
    assert found is not None
    return found


def made(cast: Cast, told: Contents | None = None) -> Issue:
    with override("zh-hans"):
        return issue(told or shipped(), find_area(cast.county, "place", "420281"), today())


SMALL = """
title: {zh: 公报, en: Bulletin}
chapters:
  - title: {zh: 一、人口, en: People}
    figures: [{indicator: bulletin_residents, by: sex}, {indicator: contract_coverage_key}]
"""


def small() -> Contents:
    return read_contents(shipped().pack, SMALL, "chapters.yaml")


def test_the_shipped_list_names_indicators_and_breakdowns_that_there_are() -> None:
    assert [len(chapter.figures) > 2 for chapter in shipped().chapters] == [True] * len(shipped().chapters)


def test_all_that_is_wrong_with_a_list_is_said_at_once() -> None:
    broken = SMALL.replace("by: sex", "by: colour").replace("contract_coverage_key", "contract_covrage")
    with pytest.raises(ChaptersError) as problem:
        read_contents(shipped().pack, broken, "there/chapters.yaml")
    said = str(problem.value)
    assert said.startswith("there/chapters.yaml: ")
    assert "not broken down by 'colour', but by sex, age_band" in said
    assert "there is no indicator 'contract_covrage'" in said


def test_page_and_spreadsheet_hold_the_same_numbers(county: Client) -> None:
    page = text(county.get(ADDRESS))
    assert "400" in page and "70.0%" in page and "未封账的初步数" in page
    book = load_workbook(BytesIO(county.get(f"{ADDRESS}?form=xlsx").content))
    rows = {row[0]: row for sheet in book for row in sheet.values if row and row[0]}
    titles = {name: one.title.zh for name, one in rulebook().indicators.items()}
    assert rows[titles["bulletin_residents"]][2:6] == (400, "—", 300, 100)
    assert rows[titles["contract_coverage_key"]][1:6] == ("%", 70, "—", 80, 60)


def test_the_document_holds_what_the_page_does(cast: Cast, county: Client) -> None:
    found = made(cast, small())
    with override("zh-hans"):
        data = files._data(found, today())
    assert [line[1] for line in data["sections"][0]["lines"]] == [
        line.now.shown for line in found.sections[0].lines
    ]
    answer = county.get(f"{ADDRESS}?form=pdf")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF-")
    assert "attachment" in answer["Content-Disposition"]


def test_a_small_number_is_hidden_and_so_is_the_one_that_would_tell_it(cast: Cast, county: Client) -> None:
    indicator = rulebook().indicators["bulletin_residents"]
    assert indicator.suppress_below is not None
    (split,) = made(cast, small()).sections[0].splits
    shown = dict(split.parts)
    assert shown["不详"].shown == "…" and shown["男"].shown == "…", "180 is the next smallest"
    assert shown["女"].shown.startswith("217")


def test_a_year_before_stands_beside_and_a_closed_month_is_final(cast: Cast, county: Client) -> None:
    before = today().replace(year=today().year - 1, day=min(today().day, 28))
    if before.replace(year=today().year) == today():
        add("bulletin_residents", {"420281": 390}, day=before)
        assert made(cast, small()).sections[0].lines[0].before.value == 390
    Closure.objects.create(
        last_day=today(),
        publication=Publication.objects.latest(),
        archive="x",
        contents={},
        change=record_change("x"),
    )
    assert "已封账的正式数" in text(county.get(ADDRESS))


def test_a_server_without_chinese_fonts_says_what_to_install(
    county: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "FONTS", ("No Such Font", "Nor This One"))
    answer = county.get(f"{ADDRESS}?form=pdf", follow=True)
    assert "fonts-noto-cjk" in text(answer)


def test_the_bulletin_speaks_english(county: Client) -> None:
    page = text(county.get(ADDRESS, headers={"accept-language": "en"}))
    assert "Yearly bulletin of the primary-care network" in page and "A year before" in page
