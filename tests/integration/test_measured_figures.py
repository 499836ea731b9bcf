"""Indicators of every measure, from records over the store to commands and pages."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from measured_pack import AS_OF, measured_rulebook, publish_measured
from typer.testing import CliRunner, Result

from integration.built import built_once
from wangdi.cli.main import app
from wangdi.server.access.models import Assignment, Role
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation import rules
from wangdi.server.evaluation.models import Figure
from wangdi.server.network.models import Place


@pytest.fixture
def in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    measured_rulebook(tmp_path / "packs")
    monkeypatch.setattr(rules, "CONTENT", tmp_path / "packs")
    yield


def published() -> None:
    publish_measured(Installation.current())


@pytest.fixture
def measured(in_force: None, installation: Installation) -> Installation:
    built_once(published)
    return installation


def listed(*words: str, place: str = "42") -> list[dict[str, str]]:
    command = ["indicators", "--as-of", AS_OF.isoformat(), "--place", place, "--format", "csv", *words]
    result: Result = CliRunner().invoke(app, command, env={"WANGDI_LANG": "en"})
    assert result.exit_code == 0, result.output
    return [row for row in csv.DictReader(io.StringIO(result.stdout)) if row["place"] == place]


def test_every_measure_is_listed_with_what_it_is_made_from(measured: Installation) -> None:
    found = {
        row["indicator"]: (row["numerator"], row["denominator"], row["value"])
        for row in listed()
        if not row["dimension"]
    }
    assert found == {
        "share": ("2", "3", "0.6666666666666666"),
        "people": ("2", "", "2.0"),
        "contacts": ("3", "", "3.0"),
        "pressure": ("271", "2", "135.5"),
        "per_thousand": ("3", "3", "1000.0"),
        "each": ("3", "2", "1.5"),
        "score": ("80", "100", "0.8"),
    }


def test_parts_are_listed_where_there_is_anything_to_tell(measured: Installation) -> None:
    found = [
        (row["dimension"], row["category"], row["numerator"], row["denominator"])
        for row in listed("--indicator", "share")
    ]
    assert found == [
        ("", "", "2", "3"),
        ("sex", "1", "1", "2"),
        ("sex", "2", "1", "1"),
        ("age_band", "65+", "1", "1"),
        ("age_band", "unknown", "1", "2"),
    ]
    assert "dimension" not in listed("--indicator", "contacts")[0]


def test_for_the_public_small_numbers_are_left_empty(measured: Installation) -> None:
    found = {
        (row["dimension"], row["category"]): (row["numerator"], row["denominator"], row["value"])
        for row in listed("--indicator", "share", "--public")
    }
    assert found["", ""] == ("2", "3", "0.6666666666666666")
    assert found["sex", "1"] == found["sex", "2"] == ("", "", "")


def test_what_is_published_is_what_is_listed(measured: Installation) -> None:
    stored = Figure.objects.filter(place__code="420281A", as_of=AS_OF).values_list(
        "indicator", "dimension", "category", "numerator", "denominator"
    )
    rows = listed(place="420281A")
    assert {tuple("" if cell is None else f"{cell}" for cell in row) for row in stored} == {
        (
            row["indicator"],
            row["dimension"],
            row["category"],
            *map(_float, (row["numerator"], row["denominator"])),
        )
        for row in rows
        if row["value"]
    }


def _float(text: str) -> str:
    return str(float(text)) if text else ""


@pytest.fixture
def officer(measured: Installation, client: Client) -> Client:
    user = User.objects.create_user("county", password="a long enough password")
    place = Place.objects.get(code="420281")
    Assignment.objects.create(user=user, role=Role.COUNTY_OFFICER, place=place)
    client.force_login(user)
    return client


def page(client: Client, indicator: str, language: str = "zh-CN") -> str:
    address = f"/places/420281/?indicator={indicator}"
    return re.sub(r"\s+", " ", client.get(address, headers={"accept-language": language}).content.decode())


def test_each_card_has_its_unit(officer: Client) -> None:
    cards = r'class="name">([^<]+)</span> <span class="value">(.+?)</span>'
    found = dict(re.findall(cards, page(officer, "share")))
    assert {name: re.sub("</?small>", "", value) for name, value in found.items()} == {
        "随访率": "100.0%",
        "随访人数": "2",
        "随访次数": "3",
        "平均收缩压": "135.5 mmHg",
        "每千人随访": "1,500.0 / 千人",
        "人均次数": "1.50",
        "得分": "100.0 分",
    }
    assert "1,500.0<small> per 1,000</small>" in page(officer, "share", "en")


def test_a_target_is_compared_in_the_unit_of_the_figure(officer: Client) -> None:
    assert "已达标，目标 400.0 / 千人" in page(officer, "per_thousand")


@pytest.mark.parametrize(
    "indicator", ["share", "people", "contacts", "pressure", "per_thousand", "each", "score"]
)
def test_the_section_of_every_measure_is_drawn(officer: Client, indicator: str) -> None:
    shown = page(officer, indicator)
    assert 'class="league"' in shown and "None" not in shown and "nan" not in shown
    assert ("behind" in shown or "谁未计入" in shown) == (indicator not in ("each", "score"))


PARTS = r'<th scope="row">([^<]+)</th> <td class="bar">.*?<b>([^<]+)</b></td> <td class="number">([^<]+)</td>'


def test_the_parts_of_a_figure_stand_in_tables_of_their_own_with_titles(officer: Client) -> None:
    Figure.objects.filter(category="1").update(denominator=4)
    by_sex, by_age = page(officer, "share").split("按性别分组")[1].split("按年龄分组")
    assert re.findall(PARTS, by_sex) == [("男", "25.0%", "1 / 4"), ("女", "100.0%", "1 / 1")]
    assert re.findall(PARTS, by_age) == [("65岁及以上", "100.0%", "1 / 1"), ("不详", "100.0%", "1 / 1")]
    assert "By Sex" in page(officer, "share", "en")


def test_parts_are_neither_the_figure_nor_in_the_league(officer: Client) -> None:
    before = shown_figures(page(officer, "share"))
    Figure.objects.exclude(dimension="").delete()
    after = shown_figures(page(officer, "share"))
    assert before.startswith(after.rstrip().removesuffix("</div> </section>").rstrip())


def shown_figures(page: str) -> str:
    """From the cards to the end of the section of one indicator."""
    return page[page.index('id="figures"') : page.rindex("</section>") + len("</section>")]


def test_nobody_stands_behind_a_figure_put_together_from_others(officer: Client) -> None:
    assert officer.get("/indicators/share/behind/?place=420281").status_code == 200
    assert officer.get("/indicators/score/behind/?place=420281").status_code == 404
