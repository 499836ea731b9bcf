"""Tests of packs that places adopt: adopted unless they say otherwise, in the edition they name."""

from pathlib import Path

import pytest

from wangdi.engine.packs.load import load_rulebook
from wangdi.engine.testing.run import Outcome, run_tests

PACK = """\
pack: sample
title: {zh: 示例, en: Example}
version: "1"
adoption: by_place
editions:
  "2021": {zh: 2021年版, en: Edition of 2021}
  "2026": {zh: 2026年版, en: Edition of 2026}
values:
  first_age: case when edition = '2026' then 60 else 65 end
groups:
  elderly: {title: {zh: 老人, en: Elderly}, when: "full_years(birth_date, as_of) >= first_age"}
indicators:
  men:
    title: {zh: 男性, en: Men}
    numerator: sex = '1'
    denominator: elderly
    span: on_the_day
"""
PERSON = 'resident: {birth_date: 1964-01-01, sex: "1"}'


def run(folder: Path, *tests: str, pack: str = PACK) -> list[Outcome]:
    (folder / "sample").mkdir()
    (folder / "sample" / "pack.yaml").write_text(pack, encoding="utf-8")
    written = "\n".join(f"- {{name: a test, as_of: 2026-06-30, {PERSON}, {test}}}" for test in tests)
    (folder / "sample" / "tests.yaml").write_text(written, encoding="utf-8")
    return run_tests(load_rulebook([folder]), folder / "sample" / "tests.yaml")


@pytest.mark.parametrize(
    ("test", "passes"),
    [
        ('edition: "2026", expect: {indicators: {men: [1, 1]}, values: {first_age: 60}}', True),
        ('edition: "2021", expect: {indicators: {men: [0, 0]}, values: {first_age: 65}}', True),
        ("expect: {values: {first_age: 65}}", True),
        ('edition: "2026", expect: {indicators: {men: [0, 0]}}', False),
        ("adopted: false, expect: {indicators: {men: [0, 0]}}", True),
    ],
)
def test_a_test_names_the_edition_or_says_that_the_pack_is_not_adopted(
    tmp_path: Path, test: str, passes: bool
) -> None:
    [outcome] = run(tmp_path, test)
    assert outcome.passed == passes, outcome.failures


def test_a_test_of_an_edition_the_pack_does_not_have_fails_with_the_reason(tmp_path: Path) -> None:
    [outcome] = run(tmp_path, 'edition: "1999", expect: {}')
    assert "W2003  the pack has no edition '1999'" in outcome.failures[0]
    assert "allowed here: 2021, 2026" in outcome.failures[0]


def test_only_packs_that_places_adopt_can_be_tested_without_adoption(tmp_path: Path) -> None:
    everywhere = 'pack: sample\ntitle: {zh: 示例, en: Example}\nversion: "1"\n'
    [outcome] = run(tmp_path, "adopted: false, expect: {}", pack=everywhere)
    assert "W5003" in outcome.failures[0]
    assert "'adopted: false' is for packs with 'adoption: by_place'" in outcome.failures[0]
