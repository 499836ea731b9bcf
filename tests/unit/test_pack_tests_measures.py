"""Indicators of every measure in pack tests, in explanations and in handbooks."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from spec.evaluations import network_of
from spec.examples import Example
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.reference.world import MemoryWorld
from wangdi.engine.evaluate.runners.local import LocalRunner
from wangdi.engine.explain.explain import Explainer
from wangdi.engine.explain.missing import NobodyCounted, break_down
from wangdi.engine.explain.trace import Trace
from wangdi.engine.handbook.measures import breakdown_in_words, measure_in_words
from wangdi.engine.handbook.words import Words
from wangdi.engine.model.indicators import Composed, FigureValue
from wangdi.engine.model.measures import Counted
from wangdi.engine.packs.load import load_rulebook
from wangdi.engine.testing.run import run_tests

INDICATORS = """
indicators:
  seen: {title: {zh: 已访, en: Seen}, span: on_the_day, entity: resident, numerator: visited, denominator: "true",
    by: [sex, age_band], age_bands: [0, 65], suppress_below: 5}
  men: {title: {zh: 男性, en: Men}, span: on_the_day, entity: resident, count: sex = '1'}
  weight: {title: {zh: 体重, en: Weight}, span: on_the_day, entity: resident, sum: last.weight, of: visited}
  mean_weight: {title: {zh: 平均, en: Average}, span: on_the_day, entity: resident, mean: last.weight, of: "true"}
  visits: {title: {zh: 访视率, en: Visits}, span: on_the_day, entity: resident, numerator: visit_count,
    denominator: "true", per: 1000}
  share_seen: {title: {zh: 占比, en: Share}, span: on_the_day, entity: resident, numerator: visit_count,
    denominator: "true", per: 100}
  men_each: {title: {zh: 男性比, en: Men per weight}, span: on_the_day, ratio_of: [men, weight], per: 1000}
  result:
    title: {zh: 得分, en: Result}
    span: on_the_day
    scorecard:
      - {indicator: seen, weight: 10, zero: 0, full: 1}
      - {indicator: men, weight: 5, rule: full_or_zero, full: 1}
      - {indicator: visits, weight: 20, bands: [[1000, 20], [500, goal]]}
"""
PACK = (
    """
pack: sample
title: {zh: 示例, en: Sample}
version: "1"
entity: institution
sources: {policy: {title: {zh: 办法, en: Rules}}}
parameters:
  goal: {title: {zh: 分, en: Points}, source: policy, values: [{since: 2020-01-01, value: 8}]}
kinds:
  visit:
    title: {zh: 访视, en: Visit}
    about: resident
    fields: {weight: {title: {zh: 体重, en: Weight}, type: decimal}}
facts:
  visited: {any: visit}
  last: {latest: visit}
  visit_count: {count: visit}
"""
    + INDICATORS
)
TESTS = """
- name: 一个人计入多少
  as_of: 2026-06-30
  resident: {sex: "1", birth_date: 1950-01-01}
  records: [{visit: {on: 2026-01-01, weight: 60.5}}]
  expect: {indicators: {seen: [1, 1], men: [1], weight: [60.5], mean_weight: [60.5, 1], visits: [1, 1], share_seen: [1, 1]}}
- name: 下级合起来的比和得分
  as_of: 2026-06-30
  institution: {type: township_centre}
  below:
    residents:
      - {sex: "1", records: [{visit: {on: 2026-01-01, weight: 50}}]}
      - {sex: "2"}
  expect: {indicators: {men_each: [1, 50], result: [18, 35]}}
- name: 下级合起来的各指标，也可写数值
  as_of: 2026-06-30
  institution: {type: township_centre}
  below:
    residents:
      - {sex: "1", records: [{visit: {on: 2026-01-01, weight: 50}}]}
      - {sex: "2"}
  expect: {indicators: {seen: [1, 2], share_seen: 0.5, visits: 500, men: 1, men_each: 20, mean_weight: 50}}
- name: 数值不对
  as_of: 2026-06-30
  institution: {type: township_centre}
  below: {residents: [{sex: "1"}, {sex: "2"}]}
  expect: {indicators: {seen: 0.5, men_each: 1}}
- name: 预期写错
  as_of: 2026-06-30
  resident: {sex: "1"}
  expect: {indicators: {men: [2], result: [1, 1]}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pack.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "tests.yaml").write_text(TESTS, encoding="utf-8")
    return tmp_path


def test_pack_tests_expect_what_one_adds_or_the_figure_of_all_below(folder: Path) -> None:
    found = [outcome.failures for outcome in run_tests(load_rulebook([folder]), folder / "tests.yaml")]
    assert found[:3] == [(), (), ()]
    assert found[3] == (
        "2026-06-30: indicator seen: expected 0.5, found [0, 2]",
        "2026-06-30: indicator men_each: expected 1, found [1, 0]",
    )
    assert "make the test one about an institution or a place, with people below it" in found[4][0]


EXAMPLE = Example(
    {
        "places": "code\n town",
        "residents": "code | place | sex\n 1 | town | 1\n 2 | town | 2",
        "visit": "subject | occurred_on | weight\n 1 | 2026-01-01 | 50",
    },
    "entity: resident\n"
    + "parameters: {goal: {title: {zh: 分, en: Points}, values: [{since: 2020-01-01, value: 8}]}}\n"
    + "facts: {visited: {any: visit}, last: {latest: visit}, visit_count: {count: visit}}"
    + INDICATORS,
)
DAY = date(2026, 6, 30)


def traced(name: str) -> Trace:
    data = EXAMPLE.data
    world = MemoryWorld(data.registers, data.records)
    figure = FigureValue("place", EXAMPLE.rulebook.indicators[name])
    return Explainer(EXAMPLE.rulebook, world, "place", "town", DAY).trace(figure)


@pytest.mark.parametrize(
    ("name", "written", "filled", "result"),
    [
        ("seen", "visited / true", "1 / 2", 0.5),
        ("men", "count sex = '1'", "1", 1),
        ("weight", "sum last.weight of visited", "50", 50),
        ("mean_weight", "mean last.weight of true", "50 / 1", 50),
        ("visits", "visit_count / true per 1000", "1 / 2", 500),
        ("share_seen", "visit_count / true per 100", "1 / 2", 0.5),
        ("men_each", "figure.men / figure.weight per 1000", "1 / 50", 20),
        ("result", "scorecard of figure.seen, figure.men, figure.visits", "18 / 35", 18 / 35),
    ],
)
def test_a_figure_of_any_measure_is_explained(name: str, written: str, filled: str, result: float) -> None:
    found = traced(name)
    assert (found.expression, found.filled, found.result) == (written, filled, result)


def test_a_figure_put_together_is_explained_by_its_parts() -> None:
    assert [part.name for part in traced("men_each").parts] == ["figure.men", "figure.weight"]
    assert [part.filled for part in traced("result").parts] == ["1 / 2", "1", "1 / 2"]


def test_who_has_no_number_is_not_counted_in_a_sum_or_a_mean() -> None:
    network = network_of(EXAMPLE.data, EXAMPLE.rulebook, LocalRunner())
    found = break_down(
        network, EXAMPLE.rulebook.indicators["mean_weight"], "place", "town", Moment.in_year(DAY)
    )
    assert (found.keys.to_pylist(), found.counted.tolist()) == (["1", "2"], [True, False])
    assert [one.written for one in found.lacked_by(1)] == ["last.weight is not null"]


def test_nobody_stands_behind_a_figure_put_together_from_others() -> None:
    network = network_of(EXAMPLE.data, EXAMPLE.rulebook, LocalRunner())
    with pytest.raises(NobodyCounted):
        break_down(network, EXAMPLE.rulebook.indicators["result"], "place", "town", Moment.in_year(DAY))


def in_words(name: str) -> Mapping[str, str]:
    words = Words(EXAMPLE.rulebook, "en", DAY)
    indicator = EXAMPLE.rulebook.indicators[name]
    return dict((*measure_in_words(words, indicator.measure), *breakdown_in_words(words, indicator)))


def test_handbooks_say_what_every_measure_is_made_from() -> None:
    found = {name: in_words(name) for name in EXAMPLE.rulebook.indicators}
    measures = {type(one.measure).__name__ for one in EXAMPLE.rulebook.indicators.values()}
    assert measures == {sort.__name__ for sort in (*Counted.__subclasses__(), *get_args(Composed))}
    assert found["visits"]["Per"] == "1000"
    assert found["share_seen"]["Told"] == "in percent"
    assert found["men_each"]["Ratio"] == "“Men” / “Weight”"
    assert found["result"]["Points for Seen"] == "0 to 10, in proportion from 0 to 1"
    assert found["result"]["Points for Men"] == "5 for at least 1, else 0"
    assert found["result"]["Points for Visits"] == "20 for at least 1000, 8 for at least 500"
    assert found["seen"]["Broken down by"] == "Sex, age band 0-64, 65+"
    assert found["seen"]["Hidden from the public"] == "fewer than 5"
