"""Pack tests give several answers as a list of options."""

from pathlib import Path

from wangdi.engine.packs.load import load_rulebook
from wangdi.engine.testing.run import run_tests

PACK = """
pack: sample
title: {zh: 示例, en: Sample}
version: "1"
kinds:
  visit:
    title: {zh: 访视, en: Visit}
    about: resident
    fields:
      symptoms:
        title: {zh: 症状, en: Symptoms}
        type: choices
        options: {"1": {zh: 咳, en: Cough}, "2": {zh: 热, en: Fever}}
facts:
  last: {latest: visit}
groups:
  feverish: {title: {zh: 发热, en: Feverish}, when: "has(last.symptoms, '2')"}
"""
TESTS = """
- name: 选了发热
  as_of: 2026-06-30
  resident: {}
  records: [{visit: {on: 2026-01-01, symptoms: ["1", "2"]}}]
  expect: {groups: {feverish: true}}
- name: 只选了咳嗽
  as_of: 2026-06-30
  resident: {}
  records: [{visit: {on: 2026-01-01, symptoms: ["1"]}}]
  expect: {groups: {feverish: true}}
- name: 没有写成列表
  as_of: 2026-06-30
  resident: {}
  records: [{visit: {on: 2026-01-01, symptoms: 2}}]
  expect: {groups: {feverish: true}}
"""


def test_several_answers_are_given_as_a_list(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "tests.yaml").write_text(TESTS, encoding="utf-8")
    found = [one.failures for one in run_tests(load_rulebook([tmp_path]), tmp_path / "tests.yaml")]
    assert found[:2] == [(), ("2026-06-30: group feverish: expected True, found False",)]
    assert "W5001  'symptoms' takes a list of options" in found[2][0]
    assert "write ['1']" in found[2][0]
