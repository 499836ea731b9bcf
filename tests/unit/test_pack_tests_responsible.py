"""An item may be for another institution than that of whom it is about: in pack tests, explanations and handbooks."""

from datetime import date
from pathlib import Path

import pytest

from wangdi.engine.evaluate.reference.world import MemoryWorld
from wangdi.engine.explain.explain import explain
from wangdi.engine.handbook.schedules import shape_in_words
from wangdi.engine.handbook.words import Words
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.packs.load import load_rulebook
from wangdi.engine.testing.run import run_tests

PACK = """
pack: sample
title: {zh: 示例, en: Example}
version: "1"
entity: institution
kinds:
  inspection: {title: {zh: 检查, en: Inspection}, about: institution}
facts:
  inspected: {any: inspection, during: year}
groups:
  centres: {title: {zh: 卫生院, en: Centres}, when: type = 'township_centre'}
schedules:
  inspect:
    title: {zh: 检查, en: Inspect}
    group: centres
    service: inspection
    once_per_year: {satisfied: inspected, responsible: parent}
"""
TESTS = """
- name: 由上级机构办理
  as_of: 2026-06-30
  institution: {type: township_centre, parent: office}
  institutions: {office: {type: other}}
  expect: {due: {inspect: {status: due, responsible: office}}}
- name: 查无上级即本机构
  as_of: 2026-06-30
  institution: {type: township_centre, parent: nobody}
  expect: {due: {inspect: {status: due, responsible: office}}}
"""
DAY = date(2026, 6, 30)


@pytest.fixture
def rules(tmp_path: Path) -> Rulebook:
    (tmp_path / "pack.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "tests.yaml").write_text(TESTS, encoding="utf-8")
    return load_rulebook([tmp_path])


def test_pack_tests_expect_who_has_to_act(rules: Rulebook, tmp_path: Path) -> None:
    named, unknown = run_tests(rules, tmp_path / "tests.yaml")
    assert named.passed, named.failures
    assert unknown.failures == ("2026-06-30: inspect: expected responsible office, found subject",)


def test_explanations_and_handbooks_say_who_has_to_act(rules: Rulebook) -> None:
    centre = {"type": "township_centre", "parent": "office"}
    world = MemoryWorld({"institution": {"centre": centre, "office": {"type": "other"}}}, ())
    [item] = explain(rules, world, "institution", "centre", DAY).due
    assert item.responsible == "office"
    assert (item.traces[-1].expression, item.traces[-1].result) == ("parent", "office")
    told = dict(shape_in_words(Words(rules, "en", DAY), rules.schedules["inspect"]))
    assert told["Responsible"] == "Parent institution"
