"""Institutions are assessed against a standard from the command line, and why is told."""

import json
from pathlib import Path
from typing import Any

import pytest
from assessed_centres import STANDARD, judge_all, judgement, load_centres
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from integration.built import built_once
from wangdi.cli.main import app
from wangdi.server.common.installation import Installation

DAY = ("--as-of", "2026-06-30")


@pytest.fixture
def store(installation: Installation) -> Installation:
    built_once(assessed)
    return installation


def assessed() -> None:
    own = judge_all("self", "HA", 1000)
    county = judge_all("county", "HA", 2000, apart_from=("示1.1", "示4.4"))
    seen = judgement(1, "示1.1", "county", met=False, worker="W1", evidence="督导记录不全")
    load_centres([*own, *county, {**seen, "occurred_on": seen["occurred_on"].replace(day=9)}])


def run(*words: str, lang: str = "en") -> Result:
    return CliRunner().invoke(app, [*words], env={"WANGDI_LANG": lang})


def rows(*words: str) -> list[dict[str, Any]]:
    result = run("assess", "--standard", STANDARD, *DAY, *words, "--format", "json")
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_every_institution_of_the_standard_has_a_row_with_its_shares_and_the_agreement(
    store: Installation,
) -> None:
    ha, hb = rows()
    assert (ha["institution"], ha["name"], ha["reviewed"], ha["tier"]) == ("HA", "金湖卫生院", True, None)
    # Of 20 clauses 示1.3, 示2.1, 示2.2 and 示2.3 are computed and not met; HB has no beds, so two do not apply.
    assert (ha["applicable"], ha["share_c"]) == (20, 16 / 20)
    assert (hb["institution"], hb["applicable"], hb["reviewed"]) == ("HB", 18, False)
    assert (ha["compared_with"], ha["agreement"]) == ("county", (ha["compared"] - 2) / ha["compared"])
    assert hb["agreement"] is None


def test_a_place_narrows_the_rows_and_a_review_changes_whose_judgements_count(store: Installation) -> None:
    [row] = rows("--place", "A", "--review", "county")
    assert (row["institution"], row["share_c"], row["compared_with"]) == ("HA", 14 / 20, "self")
    assert [row["institution"] for row in rows("--place", "B")] == ["HB"]


def test_an_institution_is_listed_clause_by_clause_with_the_level_at_each_review(store: Installation) -> None:
    found = {row["clause"]: row for row in rows("--institution", "HA")}
    assert len(found) == 20
    assert (found["示1.1"]["self"], found["示1.1"]["county"], found["示1.1"]["city"]) == ("B", "none", None)
    assert found["示1.2"]["self"] == "C"
    assert {number for number, row in found.items() if row["differs"]} == {"示1.1", "示4.4"}


def test_the_gap_says_what_is_missing_with_the_value_found(store: Installation) -> None:
    gap = {row["clause"]: row for row in rows("--institution", "HA", "--gap", "--review", "county")}
    assert {row["tier"] for row in gap.values()} == {"basic"}
    assert "示1.1" in gap  # required
    assert "[judged not met; evidence: " in gap["示1.1"]["missing"]
    assert "[elderly_checks_here 0 > 0]" in gap["示2.1"]["missing"]
    assert (gap["示2.1"]["from_level"], gap["示2.1"]["to_level"], gap["示2.1"]["cost"]) == ("none", "C", 1)


def test_people_read_chinese_headings_and_titles(store: Installation) -> None:
    shown = run("assess", *DAY, "--institution", "HA", "--standard", STANDARD, lang="zh").output
    assert "条款" in shown and "县级" in shown and "未达C" in shown and "老年人健康管理" in shown


def test_a_workbook_holds_what_the_screen_shows(store: Installation, tmp_path: Path) -> None:
    path = tmp_path / "assessed.xlsx"
    assert run("assess", *DAY, "--standard", STANDARD, "--xlsx", str(path)).exit_code == 0
    sheet = load_workbook(path)["assessment"]
    heading, *body = sheet.iter_rows(values_only=True)
    assert heading[:3] == ("standard", "institution", "name")
    assert [row[1] for row in body] == ["HA", "HB"]


def test_judgements_made_after_the_day_are_not_seen(store: Installation) -> None:
    result = run("assess", "--standard", STANDARD, "--as-of", "2026-02-28", "--format", "json")
    assert [row["reviewed"] for row in json.loads(result.stdout)] == [False, False]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--standard", "township"), "there is no standard 'township'"),
        (("--institution", "X"), "no place or institution has the code X"),
        (("--place", "X"), "no place or institution has the code X"),
        (("--year", "2027"), "2027 lies after 2026-06-30"),
        (("--place", "A", "--institution", "HA"), "not both"),
    ],
)
def test_what_cannot_be_assessed_is_refused_with_the_reason(
    store: Installation, words: tuple[str, ...], told: str
) -> None:
    refused = run("assess", *DAY, *words)
    assert refused.exit_code == 2
    assert told in refused.output


def test_a_clause_is_explained_by_its_criteria_and_the_judgements_that_count(store: Installation) -> None:
    told = run("explain", "HA", "--standard", STANDARD, "--clause", "示1.1", "--review", "county", *DAY)
    assert told.exit_code == 0, told.output
    assert "2026-03-09 judged not met, W1: 督导记录不全 j1" in told.output
    assert "C or higher 14/20, asked for 90%" in told.output
    assert "required clause 示1.1 is not at C" in told.output
    assert "示1.2" not in told.output


def test_a_computed_clause_is_explained_down_to_the_values_and_their_sources(store: Installation) -> None:
    found = json.loads(run("explain", "HA", "--standard", STANDARD, "--format", "json", *DAY).stdout)
    clauses = {clause["number"]: clause for clause in found["clauses"]}
    beds = clauses["示1.2"]["criteria"]
    assert [(one["level"], one["mark"], one["trace"]["filled"]) for one in beds] == [
        ("C", "met", "12 >= 1"),
        ("B", "unmet", "12 >= 20"),
        ("A", "unmet", "12 >= 50"),
    ]
    assert beds[1]["trace"]["bases"][0]["trust"] == "unverified"
    assert [(tier["name"], tier["reached"]) for tier in found["tiers"]] == [
        ("basic", False),
        ("recommended", False),
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("CA", "--standard", STANDARD), "is not for CA in 2026"),
        (("X", "--standard", STANDARD), "no institution has the code X"),
        (("HA", "--standard", STANDARD, "--clause", "示9.9"), "there is no clause '示9.9'"),
    ],
)
def test_what_cannot_be_explained_is_refused_with_the_reason(
    store: Installation, words: tuple[str, ...], told: str
) -> None:
    refused = run("explain", *words, *DAY)
    assert refused.exit_code == 2
    assert told in refused.output
