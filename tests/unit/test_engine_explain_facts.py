"""Why a fact has its value: its records, what of theirs was looked at, and what of the entity itself chose them."""

from dataclasses import replace
from datetime import date

import pytest

from spec.examples import Example
from spec.test_language_overdue import DATA, RULES
from wangdi.engine.evaluate.reference.world import MemoryWorld
from wangdi.engine.explain.explain import Explainer
from wangdi.engine.explain.trace import Trace
from wangdi.engine.explain.wording import spell
from wangdi.engine.handbook.words import Words
from wangdi.engine.model.fields import Option
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Pack
from wangdi.engine.model.text import Text

EXAMPLE = Example(
    {
        "residents": "code | birth_date\n a | 1960-05-02",
        "visit": """
            id | subject | occurred_on | sbp
            1  | a       | 2026-01-10  | 150
            2  | a       | 2026-02-10  | 150
            3  | a       | 2026-03-10  | 130
        """,
    },
    """
    parameters: {limit: {values: [{since: 2000-01-01, value: 140}]}}
    facts:
      start: {first: visit}
      average: {mean: visit, of: sbp, where: old and sbp >= limit, during: since start.occurred_on}
      copied: {nth: visit, n: -1, where: sbp = previous.sbp}
    values:
      old: full_years(birth_date, as_of) >= 60
      result: average + copied.sbp
    """,
)

EXAMPLE_OVERDUE = Example(DATA, RULES)


@pytest.fixture
def trace() -> Trace:
    world = MemoryWorld(EXAMPLE.data.registers, EXAMPLE.data.records)
    result = next(value for value in EXAMPLE.rulebook.packs[0].values if value.name == "result")
    return Explainer(EXAMPLE.rulebook, world, "resident", "a", date(2026, 6, 30)).trace(result)


def test_the_records_behind_a_fact_are_listed_with_the_fields_it_looked_at(trace: Trace) -> None:
    assert trace.result == 300
    assert [(e.record_id, dict(e.values)) for e in trace.evidence] == [
        ("1", {"sbp": 150}),
        ("2", {"sbp": 150}),
        ("2", {"sbp": 150}),
    ]


def test_what_chose_the_records_is_explained_in_turn(trace: Trace) -> None:
    parts = {part.name: part.result for part in trace.parts}
    assert parts == {"start.occurred_on": date(2026, 1, 10), "old": True}
    assert [basis.name for basis in trace.bases] == ["limit"]


def test_conditions_on_records_are_spelled_in_the_names_of_their_author() -> None:
    facts = {fact.name: fact for fact in EXAMPLE.rulebook.packs[0].facts}
    wheres = {name: spell(found.selection.where) for name, found in facts.items() if found.selection.where}
    assert wheres == {"average": "old and (sbp >= limit)", "copied": "sbp = previous.sbp"}


def test_a_group_in_a_rule_is_explained_by_its_condition_and_is_false_where_that_is_empty() -> None:
    example = Example(
        rules="groups: {low: {when: birth_date < as_of}, others: {when: not low}}",
        expect="resident | low\n a | false",
    )
    world = MemoryWorld(example.data.registers, ())
    explainer = Explainer(example.rulebook, world, "resident", "a", date(2026, 6, 30))
    others = explainer.trace(example.rulebook.groups["others"].as_expression())
    assert (others.expression, others.filled, others.result) == ("not low", "not false", True)
    [low] = others.parts
    assert (low.expression, low.filled, low.result) == ("birth_date < as_of", "null < 2026-06-30", False)


def test_an_answer_is_told_by_the_title_of_its_option_in_results_and_in_reasons() -> None:
    example = Example(
        {
            "residents": "code | birth_date\n a | 1960-05-02",
            "visit": "id | subject | occurred_on | mode\n 1 | a | 2026-01-10 | home",
        },
        """
        facts: {last: {latest: visit}}
        values: {how: last.mode}
        groups: {visited: {when: last.occurred_on is not null}}
        schedules:
          call:
            service: visit
            group: visited
            deadline:
              within: 1 month
              from: last.occurred_on
              done: "false"
              because: {zh: "上次{last.mode}，{how}", en: "{last.mode} last time, {how}"}
        """,
    )
    rulebook = replace(example.rulebook, packs=tuple(map(_with_words, example.rulebook.packs)))
    explainer = Explainer(
        rulebook,
        MemoryWorld(example.data.registers, example.data.records),
        "resident",
        "a",
        date(2026, 6, 30),
    )
    how = explainer.trace(example.rulebook.packs[0].values[0])
    assert (how.result, how.told) == ("home", Text("家庭", "at home"))
    because = explainer.because(example.rulebook.schedules["call"])
    assert because == Text("上次家庭，家庭", "at home last time, at home")


def test_a_time_of_day_is_told_as_a_clock_in_results_and_in_reasons() -> None:
    example = Example(
        {
            "residents": "code | birth_date\n a | 1960-05-02",
            "visit": "id | subject | occurred_on | began_at\n 1 | a | 2026-01-10 | 09:35",
        },
        """
        facts: {last: {latest: visit}}
        values: {begun: last.began_at}
        groups: {visited: {when: last.occurred_on is not null}}
        schedules:
          call:
            service: visit
            group: visited
            deadline:
              within: 1 month
              from: last.occurred_on
              done: "false"
              because: {zh: "{begun}开始", en: "Begun at {last.began_at}"}
        """,
    )
    world = MemoryWorld(example.data.registers, example.data.records)
    explainer = Explainer(example.rulebook, world, "resident", "a", date(2026, 6, 30))
    begun = explainer.trace(example.rulebook.packs[0].values[0])
    assert (begun.result, begun.told) == (575, Text("09:35", "09:35"))
    assert explainer.because(example.rulebook.schedules["call"]) == Text("09:35开始", "Begun at 09:35")


def _with_words(pack: Pack) -> Pack:
    def said(option: Option) -> Option:
        return replace(option, title=Text("家庭", "at home")) if option.code == "home" else option

    def of(kind: Kind) -> Kind:
        fields = (replace(one, options=tuple(map(said, one.options))) for one in kind.fields)
        return replace(kind, fields=tuple(fields))

    return replace(pack, kinds=tuple(map(of, pack.kinds)))


def test_what_is_overdue_is_explained_by_its_group_and_by_what_decided_its_days() -> None:
    late = EXAMPLE_OVERDUE.rulebook.groups["late"].as_expression()
    world = MemoryWorld(EXAMPLE_OVERDUE.data.registers, EXAMPLE_OVERDUE.data.records)
    trace = Explainer(EXAMPLE_OVERDUE.rulebook, world, "resident", "a", date(2026, 5, 11)).trace(late)
    [part] = trace.parts
    assert (part.name, part.filled, part.result) == ("overdue.check", "2026-04-10", True)
    assert next(decided.name for decided in part.parts) == "everybody"
    assert {e.occurred_on for decided in part.parts for e in decided.evidence} == {date(2026, 1, 10)}


@pytest.mark.parametrize(
    ("language", "told"),
    [("zh", "“check”已逾期"), ("en", "“check” is overdue")],
)
def test_what_is_overdue_is_told_by_the_title_of_its_service(language: str, told: str) -> None:
    condition = EXAMPLE_OVERDUE.rulebook.groups["late"].condition
    assert Words(EXAMPLE_OVERDUE.rulebook, language, date(2026, 5, 11)).phrase(condition) == told
