"""A series from the outside: why a step is due, and how pack tests speak of steps."""

from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from wangdi.engine.evaluate.reference.world import MemoryWorld, Record
from wangdi.engine.explain.explain import explain
from wangdi.engine.model.expressions import Literal
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.parameters import AppliesBy
from wangdi.engine.model.series import Series, SeriesStep
from wangdi.engine.model.text import Text
from wangdi.engine.packs.load import load_rulebook
from wangdi.engine.testing.run import run_tests

PACK = """
    pack: shots
    title: {zh: 接种, en: Shots}
    version: "1"
    sources: {plan: {title: {zh: 程序, en: Plan}, number: "16"}}
    parameters:
      second_age:
        title: {zh: 第2剂年龄, en: Age of dose 2}
        source: plan
        applies_by: birth_date
        values: [{since: 2020-01-01, value: 4 months, checked_on: 2026-07-01}]
      counts_from:
        title: {zh: 有效年龄, en: Age from which a dose counts}
        source: plan
        applies_by: birth_date
        values: [{since: 2020-01-01, value: 1 week}]
    kinds:
      shot:
        title: {zh: 接种, en: Shot}
        about: resident
        fields: {vaccine: {title: {zh: 疫苗, en: Vaccine}, type: text}}
    facts:
      dose_1: {first: shot, where: vaccine = 'a' and occurred_on >= subject.birth_date + counts_from}
      dose_2: {first: shot, where: vaccine = 'b'}
    groups:
      children: {title: {zh: 儿童, en: Children}, when: birth_date is not null}
    schedules:
      shots:
        title: {zh: 接种, en: Shots}
        group: children
        service: shot
        series:
          anchor: birth_date
          steps:
            one: {title: {zh: 第1剂, en: Dose 1}, given: dose_1.occurred_on, by: 1 month}
            two:
              title: {zh: 第2剂, en: Dose 2}
              given: dose_2.occurred_on
              from: second_age
              before: 12 months
              until: 5 years
              after: one
              min_interval: 28 days
              report_missed: true
              because: {zh: "第1剂于 {dose_1.occurred_on} 接种", en: "Dose 1 was given on {dose_1.occurred_on}"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shots").mkdir()
    (tmp_path / "shots" / "pack.yaml").write_text(dedent(PACK), encoding="utf-8")
    return tmp_path / "shots"


@pytest.fixture
def rules(folder: Path) -> Rulebook:
    return load_rulebook([folder])


def test_an_explanation_names_the_step_its_reason_and_every_day_that_decided(rules: Rulebook) -> None:
    shot = Record("shot", "1", "r", date(2026, 1, 20), None, None, {"vaccine": "a"})
    world = MemoryWorld({"resident": {"r": {"birth_date": date(2026, 1, 1)}}}, (shot,))
    [due] = explain(rules, world, "resident", "r", date(2026, 6, 1)).due
    assert (due.step, due.step_title, due.status) == ("two", Text("第2剂", "Dose 2"), "due")
    assert (due.due_from, due.due_on, due.missed_from) == (
        date(2026, 5, 1),
        date(2026, 12, 31),
        date(2031, 1, 1),
    )
    assert due.because == Text("第1剂于 2026-01-20 接种", "Dose 1 was given on 2026-01-20")
    looked_at = {trace.expression: trace.result for trace in due.traces}
    assert looked_at == {
        "birth_date is not null": True,
        "birth_date + second_age": date(2026, 5, 1),
        "dose_1.occurred_on + 28 days": date(2026, 2, 17),
        "(birth_date + 12 months) - 1 days": date(2026, 12, 31),
        "birth_date + 5 years": date(2031, 1, 1),
    }


def test_an_explanation_says_whom_a_value_by_birth_date_is_for_and_when_it_was_checked(
    rules: Rulebook,
) -> None:
    shot = Record("shot", "1", "r", date(2026, 1, 20), None, None, {"vaccine": "a"})
    world = MemoryWorld({"resident": {"r": {"birth_date": date(2026, 1, 1)}}}, (shot,))
    [due] = explain(rules, world, "resident", "r", date(2026, 6, 1)).due
    bases = {basis.name: basis for trace in due.traces for basis in trace.bases}
    second_age = bases["second_age"]
    assert (second_age.value, second_age.since) == ("4 months", date(2020, 1, 1))
    assert (second_age.applies_by, second_age.checked_on) == (AppliesBy.BIRTH_DATE, date(2026, 7, 1))
    assert (bases["counts_from"].value, bases["counts_from"].checked_on) == ("1 weeks", None)


def failures_of(rules: Rulebook, folder: Path, test: str) -> list[str]:
    file = folder / "tests.yaml"
    file.write_text(dedent(test), encoding="utf-8")
    [outcome] = run_tests(rules, file)
    return list(outcome.failures)


DOSE_1 = """
    - name: 测试
      as_of: {day}
      resident: {{birth_date: 2026-01-01}}
      records: [{{shot: {{on: 2026-01-20, vaccine: a}}}}]
      expect: {expect}
"""


@pytest.mark.parametrize(
    ("day", "expect"),
    [
        (
            "edges",
            "{due: {shots: {two: {due_from: 2026-05-01, due_on: 2026-12-31, overdue_from: 2027-01-01,"
            " missed_from: 2031-01-01}}}}",
        ),
        ("2026-06-01", "{open: {shots: [two]}, due: {shots: {one: null}}}"),
        ("2026-04-30", "{open: {shots: []}}"),
        ("2031-01-01", "{open: {shots: []}, due: {shots: {two: {status: missed}}}}"),
    ],
)
def test_a_pack_test_speaks_of_steps(rules: Rulebook, folder: Path, day: str, expect: str) -> None:
    assert failures_of(rules, folder, DOSE_1.format(day=day, expect=expect)) == []


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ("{open: {shots: [one]}}", "shots: expected open ['one'], found ['two']"),
        ("{due: {shots: {three: null}}}", "unknown step of 'shots' 'three'"),
        ("{due: {shots: null}}", "shots: expected nothing, found two"),
        ("{due: {shots: {due_on: 2026-12-31}}}", "items of 'shots' stand by step"),
        (
            "{due: {shots: {two: {due_on: 2026-12-30}}}}",
            "shots.two: expected due_on 2026-12-30, found 2026-12-31",
        ),
        ("{open: {shotz: []}}", "unknown schedule 'shotz'"),
    ],
)
def test_a_pack_test_that_fails_says_which_step_differs(
    rules: Rulebook, folder: Path, expect: str, said: str
) -> None:
    [failure] = failures_of(rules, folder, DOSE_1.format(day="2026-06-01", expect=expect))
    assert said in failure


def test_a_series_has_steps_with_names_of_their_own_in_the_order_of_waiting() -> None:
    born = Literal(date(2026, 1, 1))

    def step(name: str, after: str | None = None) -> SeriesStep:
        return SeriesStep(name, Text("剂", "dose"), born, after=after)

    for steps, message in (
        ((), "one step or more"),
        ((step("a"), step("a")), "two steps are named 'a'"),
        ((step("a", after="b"), step("b")), "'a' comes after 'b', which is no earlier step"),
    ):
        with pytest.raises(ValueError, match=message):
            Series(born, steps)
