"""Random standards over random data: the evaluators say the same, and no set of clauses is cheaper than the gap."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from generative.random_data import data, days
from generative.random_rules import KINDS
from generative.random_standards import judgements, standards
from generative.test_evaluators_agree import LONG, QUICK
from spec.assessments import assess_by_columns, assess_by_reference
from spec.evaluations import network_of
from wangdi.engine.evaluate.assessment import Assessment
from wangdi.engine.evaluate.gap import Offer, cheapest, gap_to_next_tier
from wangdi.engine.evaluate.runners.local import LocalRunner
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.standards import LEVELS, Evaluated, Judged, Standard

ORDINARY_DAYS = st.sampled_from(
    [date.fromisoformat(day) for day in ("2026-06-30", "2026-01-01", "2026-12-31", "2024-02-29")]
)


def check(rulebook: Rulebook, as_of: date, more: st.DataObject) -> None:
    year = max(as_of.year - more.draw(st.sampled_from((0, 0, 0, 1))), 1)
    given_data = more.draw(data(KINDS))
    institutions = {"i1": {}, "i2": {}} | dict(given_data.registers["institution"])
    registers = {**given_data.registers, "institution": institutions}
    records = more.draw(judgements(rulebook, list(institutions), year, as_of))
    whole = replace(given_data, registers=registers, records=(*given_data.records, *records))
    expected = assess_by_reference(whole, rulebook, year, as_of)
    network = network_of(whole, rulebook, LocalRunner())
    assert assess_by_columns(network, year, as_of) == expected
    for assessment in expected.values():
        check_gap(assessment)


def check_gap(assessment: Assessment) -> None:
    """Raising the gap's clauses reaches the tier."""
    gap = gap_to_next_tier(assessment)
    if gap is None or not gap.reachable:
        return
    ranks = {clause.number: clause.rank for clause in assessment.applicable}
    ranks |= {item.clause.number: item.wanted.rank for item in gap.items}
    for level in gap.tier.shares:
        share = gap.tier.share_on(level, assessment.on)
        assert share is not None
        assert sum(rank >= level.rank for rank in ranks.values()) / len(ranks) >= share
    for level, numbers in gap.tier.required.items():
        assert all(ranks.get(number, 3) >= level.rank for number in numbers)
    assert all(item.missing for item in gap.items)


@QUICK
@given(standards(), ORDINARY_DAYS | ORDINARY_DAYS | days(), st.data())
def test_both_evaluators_agree_on_random_standards(
    rulebook: Rulebook, as_of: date, more: st.DataObject
) -> None:
    check(rulebook, as_of, more)


@pytest.mark.long
@LONG
@given(standards(), ORDINARY_DAYS | ORDINARY_DAYS | days(), st.data())
def test_both_evaluators_agree_on_many_random_standards(
    rulebook: Rulebook, as_of: date, more: st.DataObject
) -> None:
    check(rulebook, as_of, more)


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    rank = draw(st.integers(0, 3))
    highest = draw(st.integers(rank, 3))
    costs, total = [], 0
    for higher in range(rank + 1, highest + 1):
        total += draw(st.sampled_from((0, 1, 2, 3, 5, 8, 100)))
        costs.append((higher, total))
    return Offer(rank, tuple(costs), draw(st.sampled_from((0, 0, 0, 1, 2, 3))))


@settings(QUICK, max_examples=300)
@given(st.lists(offers(), max_size=6), st.tuples(*[st.integers(0, 4)] * 3))
def test_the_gap_is_as_cheap_as_the_best_of_all_choices(
    found: list[Offer], deficits: tuple[int, int, int]
) -> None:
    """By trying out every choice there is. Of equally cheap ones, none raises fewer clauses."""

    def is_enough(ranks: tuple[int, ...]) -> bool:
        return all(
            sum(offer.rank < level.rank <= rank for offer, rank in zip(found, ranks, strict=True)) >= deficit
            for level, deficit in zip(LEVELS, deficits, strict=True)
        )

    def price(ranks: tuple[int, ...]) -> tuple[int, int]:
        costs = [
            dict(offer.options()).get(rank, 0) if rank > offer.rank else 0
            for offer, rank in zip(found, ranks, strict=True)
        ]
        return sum(costs), sum(rank > offer.rank for offer, rank in zip(found, ranks, strict=True))

    choices = product(*([rank for rank, _ in offer.options()] for offer in found))
    best = min((price(ranks) for ranks in choices if is_enough(ranks)), default=None)
    chosen = cheapest(found, deficits)
    assert (chosen is None) == (best is None)
    if chosen is not None:
        assert is_enough(chosen)
        assert price(chosen) == best


def test_random_standards_hold_everything_a_standard_may_have() -> None:
    """Fails for a new part of standards that has no generator."""
    drawn: list[Standard] = []

    @settings(QUICK, max_examples=100, phases=(Phase.generate,))
    @given(standards())
    def collect(rulebook: Rulebook) -> None:
        drawn.extend(rulebook.standards.values())

    collect()
    criteria = [criterion for standard in drawn for *_, criterion in standard.criteria]
    clauses = [clause for standard in drawn for clause in standard.clauses]
    tiers = [tier for standard in drawn for tier in standard.tiers]
    assert {type(criterion) for criterion in criteria} == {Evaluated, Judged}
    assert {type(c.cost).__name__ for c in (*criteria, *clauses)} == {"NoneType", "Literal", "ParameterValue"}
    assert {clause.levels for clause in clauses} == {LEVELS[:1], LEVELS[:2], LEVELS}
    assert {clause.applies is None for clause in clauses} == {True, False}
    assert {level for tier in tiers for level in tier.shares} == set(LEVELS)
    assert {level for tier in tiers for level in tier.required} == set(LEVELS)
    assert {standard.first_year is None for standard in drawn} == {True, False}
