"""Pack tests name whom columns and records refer to, by code."""

from pathlib import Path

from wangdi.engine.packs.load import load_rulebook
from wangdi.engine.testing.run import run_tests

PACK = """
pack: sample
title: {zh: 示例, en: Sample}
version: "1"
entity: worker
groups:
  village_doctors: {title: {zh: 村医, en: Village doctors}, when: institution.type = 'village_clinic'}
values:
  township: institution.place.parent.code
  leads_for: institution.parent.beds
"""
TESTS = """
- name: 村卫生室的人员是村医
  as_of: 2026-06-30
  worker: {institution: clinic}
  institutions: {clinic: {type: village_clinic, place: village, parent: centre}, centre: {beds: 40}}
  places: {village: {level: village, parent: town}, town: {level: township}}
  expect: {groups: {village_doctors: true}, values: {township: town, leads_for: 40}}
- name: 没有机构的人员不是村医
  as_of: 2026-06-30
  worker: {}
  expect: {groups: {village_doctors: true}}
"""


def test_what_columns_name_can_be_given_and_expected(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "tests.yaml").write_text(TESTS, encoding="utf-8")
    first, second = run_tests(load_rulebook([tmp_path]), tmp_path / "tests.yaml")
    assert first.failures == ()
    assert second.failures == ("2026-06-30: group village_doctors: expected True, found False",)
