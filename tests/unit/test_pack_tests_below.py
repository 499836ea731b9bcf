"""Pack tests about an institution or a place with others below it."""

from pathlib import Path

import pytest

from wangdi.engine.packs.load import load_rulebook
from wangdi.engine.testing.run import run_tests

PACK = """
pack: sample
title: {zh: 示例, en: Sample}
version: "1"
entity: institution
kinds:
  visit:
    title: {zh: 访视, en: Visit}
    about: resident
    fields: {sbp: {title: {zh: 收缩压, en: Systolic}, type: integer}}
facts:
  elderly_here: {count: "full_years(birth_date, as_of) >= 65", over: residents}
  clinics: {count: "true", over: institutions}
  visits: {count: visit, relation: looked_after_by}
indicators:
  seen: {title: {zh: 已访, en: Seen}, entity: resident, numerator: was_seen, denominator: "true", span: on_the_day}
groups:
  was_seen: {title: {zh: 已访, en: Seen}, entity: resident, when: visited}
  well_seen: {title: {zh: 好, en: Good}, when: figure.seen > 0.5}
values:
  share: figure.seen
"""
PACK = PACK.replace("facts:\n", "facts:\n  visited: {any: visit}\n", 1)
TESTS = """
- name: 下级的居民、机构和记录都看得见
  as_of: 2026-06-30
  institution: {type: township_centre}
  below:
    residents:
      - {birth_date: 1950-01-01, times: 2, records: [{visit: {on: 2026-01-01, sbp: 130}}]}
      - {birth_date: 1990-01-01}
    institutions: [{type: village_clinic, times: 3}]
  expect:
    groups: {well_seen: true}
    values: {elderly_here: 2, clinics: 3, visits: 2, share: 0.6666666666666666}
- name: 预期写错时测试不通过
  as_of: 2026-06-30
  institution: {type: township_centre}
  below: {residents: [{birth_date: 1950-01-01}]}
  expect: {values: {elderly_here: 2}, groups: {well_seen: true}}
- name: 不能放在机构下面
  as_of: 2026-06-30
  institution: {type: township_centre}
  below: {places: [{level: village}]}
  expect: {values: {elderly_here: 0}}
"""


@pytest.fixture
def failures(tmp_path: Path) -> list[tuple[str, ...]]:
    (tmp_path / "pack.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "tests.yaml").write_text(TESTS, encoding="utf-8")
    return [found.failures for found in run_tests(load_rulebook([tmp_path]), tmp_path / "tests.yaml")]


def test_a_pack_test_puts_others_below_an_institution(failures: list[tuple[str, ...]]) -> None:
    assert failures[0] == ()


def test_what_is_expected_of_those_below_is_compared(failures: list[tuple[str, ...]]) -> None:
    assert failures[1] == (
        "2026-06-30: group well_seen: expected True, found False",
        "2026-06-30: value elderly_here: expected 2, found 1",
    )


def test_what_cannot_lie_below_is_said(failures: list[tuple[str, ...]]) -> None:
    assert "places have no column 'institution', so they cannot be put below it" in failures[2][0]
