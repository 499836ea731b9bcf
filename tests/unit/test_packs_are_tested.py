"""Every schedule of the shipped packs is tested on its edge days, every indicator and channel with a known answer, and
every rule book says where its rules are from."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from demo_examples import CONTENT, RULEBOOK

from wangdi.engine.diagnostics.messages import Diagnostics
from wangdi.engine.packs.yaml_tree import read_document

FROM, CHECK = ("取自", "来源"), "核对"
"""Words with which a rule book says what was taken from where, and what an official must check."""

NOTHING_ONLY = {"counties_at_quota", "institutions_overloaded", "repeats_suspicious", "test_vehicle_supply"}
"""Indicators of which only a 0 is known: a pack test has no worker with two records below a county, no asset below one, no
person with two records at an institution, and not the thousands of residents of a team."""


@cache
def expectations() -> tuple[tuple[bool, Mapping[str, Any]], ...]:
    """Of each pack test whether it looks at the edges, and what it expects."""
    return tuple(
        (test["as_of"] == "edges", test["expect"])
        for file in sorted(CONTENT.glob("*/tests.yaml"))
        for test in _read(file)
    )


def _read(file: Any) -> Iterator[Mapping[str, Any]]:
    document = read_document(file, str(file), Diagnostics())
    assert document is not None, file
    yield from document.data


def edge_tested() -> set[str]:
    return {name for on_edges, expected in expectations() if on_edges for name in expected.get("due", {})}


def told_sheets() -> dict[str, list[str]]:
    """By kind of record all that tests expect to stand on its sheets."""
    found: dict[str, list[str]] = {}
    for _, expected in expectations():
        for name, sheet in expected.get("sheets", {}).items():
            found.setdefault(name, []).extend(sheet.get("says", []))
    return found


def test_every_sentence_of_a_sheet_and_every_way_its_results_are_judged_is_tested() -> None:
    told = told_sheets()
    untested = []
    for name, sheet in RULEBOOK.sheets.items():
        expected = told.get(name, [])
        used = {judgement.value for row in sheet.rows for judgement, _ in row.judges}
        untested += [(name, one) for one in used if not any(f" {one}" in text for text in expected)]
        sentences = [line.says.text.zh for line in sheet.lines]
        untested += [(name, one) for one in sentences if not any(text in one for text in expected)]
    assert untested == []


def known_answers() -> dict[str, list[list[float]]]:
    """By indicator the numerators and denominators that tests expect."""
    found: dict[str, list[list[float]]] = {}
    for _, expected in expectations():
        for name, answer in expected.get("indicators", {}).items():
            found.setdefault(name, []).append(answer)
    return found


def test_every_schedule_is_tested_on_its_edge_days() -> None:
    assert sorted(RULEBOOK.schedules.keys() - edge_tested()) == []


def test_every_indicator_has_a_known_answer_that_is_not_nothing() -> None:
    told = known_answers()
    assert sorted(RULEBOOK.indicators.keys() - told.keys()) == []
    nothing = {name for name, answers in told.items() if not any(answer[0] for answer in answers)}
    assert nothing == NOTHING_ONLY


def test_every_channel_has_a_known_answer_that_is_not_nothing() -> None:
    told = {
        name
        for _, expected in expectations()
        for name, found in expected.get("channels", {}).items()
        if found
    }
    assert sorted(RULEBOOK.channels.keys() - told) == []


@pytest.mark.parametrize("pack", [pack.name for pack in RULEBOOK.packs])
def test_the_rule_book_says_what_is_from_where_and_what_to_check(pack: str) -> None:
    summary = next(one.summary for one in RULEBOOK.packs if one.name == pack)
    assert summary is not None
    assert any(word in summary.zh for word in FROM)
    assert CHECK in summary.zh
