"""Assessments compared, counted by place and listed: what commands and pages take from them."""

from datetime import date

import numpy as np
import pytest

from spec.evaluations import network_of
from spec.examples import Example
from wangdi.engine.evaluate.assessment import Assessment, compare
from wangdi.engine.evaluate.network import Network
from wangdi.engine.evaluate.runners.local import LocalRunner
from wangdi.engine.evaluate.standards import (
    NetworkAssessment,
    assess_network,
    assessments,
    count_tiers,
    standard_plan,
)
from wangdi.engine.model.standards import REVIEWS, Review

DAY = date(2026, 6, 30)
EXAMPLE = Example(
    {
        "places": """
            code | level    | parent
            p    | county   |
            q    | township | p
            r    | township | p
        """,
        "institutions": """
            code | type            | beds | place | parent
            a    | township_centre | 20   | q     |
            b    | township_centre | 20   | r     |
            c    | township_centre |      | r     | b
            d    | village_clinic  | 20   | q     | a
        """,
        "standard_judgement": """
            subject | occurred_on | standard   | year | review | clause | level | criterion | met
            a       | 2026-03-01  | capability | 2026 | self   | 1      | C     | 1         | true
            a       | 2026-03-01  | capability | 2026 | self   | 1      | B     | 1         | true
            a       | 2026-03-01  | capability | 2026 | self   | 2      | C     | 1         | true
            a       | 2026-05-01  | capability | 2026 | county | 1      | C     | 1         | true
            a       | 2026-05-01  | capability | 2026 | county | 2      | C     | 1         | true
            b       | 2026-03-01  | capability | 2026 | self   | 1      | C     | 1         | false
            b       | 2026-05-01  | capability | 2026 | county | 2      | C     | 1         | true
            b       | 2026-05-01  | capability | 2026 | county | 3      | C     | 1         | true
            c       | 2026-03-01  | capability | 2026 | self   | 2      | C     | 1         |
        """,
    },
    """
        parameters:
          half: {values: [{since: 2020-01-01, value: 0.5}]}
          all: {values: [{since: 2020-01-01, value: 1}]}
        groups:
          centres: {entity: institution, when: type = 'township_centre'}
        standards:
          capability:
            group: centres
            clauses:
              - {number: "1", C: [{judged: rota}], B: [{judged: improvement}]}
              - {number: "2", C: [{judged: supervision}]}
              - {number: "3", C: [{when: beds >= 20}]}
            tiers: [{name: basic, shares: {C: half}}, {name: good, shares: {C: all}}]
    """,
)


@pytest.fixture(scope="module")
def network() -> Network:
    return network_of(EXAMPLE.data, EXAMPLE.rulebook, LocalRunner())


@pytest.fixture(scope="module")
def found(network: Network) -> NetworkAssessment:
    return assess_network(network, 2026, DAY)


def at(found: NetworkAssessment, review: Review) -> dict[object, Assessment]:
    return {key: one for key, one in assessments(found, review) if isinstance(one, Assessment)}


def test_all_institutions_a_standard_is_for_are_listed_with_their_assessment(
    found: NetworkAssessment,
) -> None:
    own = at(found, Review.SELF)
    assert {key: (one.institution, one.tier) for key, one in own.items()} == {
        "a": ("a", "good"),
        "b": ("b", None),
        "c": ("c", None),
    }


def test_a_clause_is_judged_where_somebody_said_yes_or_no(found: NetworkAssessment) -> None:
    """What is computed is nobody's judgement, nor is an answer taken back or one about a criterion that is computed."""
    judged = {
        (code, review, clause.number)
        for review in REVIEWS
        for code, one in at(found, review).items()
        for clause in one.clauses
        if clause.judged
    }
    assert judged == {
        ("a", Review.SELF, "1"),
        ("a", Review.SELF, "2"),
        ("a", Review.COUNTY, "1"),
        ("a", Review.COUNTY, "2"),
        ("b", Review.SELF, "1"),
        ("b", Review.COUNTY, "2"),
    }
    reviewed = {(code, r) for r in REVIEWS for code, one in at(found, r).items() if one.is_reviewed}
    assert reviewed == {(code, review) for code, review, _ in judged}


def test_reviews_agree_on_the_clauses_that_both_judged_and_gave_the_same_level(
    found: NetworkAssessment,
) -> None:
    own, county = at(found, Review.SELF), at(found, Review.COUNTY)
    agreement = compare(own["a"], county["a"])
    assert (agreement.compared, agreement.rate) == (2, 0.5)
    [(one, other)] = agreement.differing
    assert (one.number, one.rank, other.rank) == ("1", 2, 1)
    assert compare(own["a"], own["a"]).rate == 1
    assert compare(own["b"], county["b"]).rate is None


@pytest.mark.parametrize(
    ("tree", "institutions", "own", "county", "basic", "good"),
    [
        ("place", [3, 1, 2], [2, 1, 1], [2, 1, 1], [1, 1, 0], [1, 1, 0]),
        ("institution", [1, 2, 1, 0], [1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]),
    ],
)
def test_tiers_are_counted_at_every_place_and_institution_with_all_under_it(
    network: Network,
    found: NetworkAssessment,
    tree: str,
    institutions: list[int],
    own: list[int],
    county: list[int],
    basic: list[int],
    good: list[int],
) -> None:
    counts = count_tiers(network, found, found.assessed["capability"], tree)
    assert counts.institutions.tolist() == institutions
    assert counts.reviewed[:2].tolist() == [own, county]
    assert not counts.reviewed[2:].any()
    assert counts.reached[:, 0].tolist() == [basic, good]
    assert (counts.reached[1] <= counts.reached[0]).all()


def test_what_no_review_took_in_reaches_no_tier_in_the_counts(
    network: Network, found: NetworkAssessment
) -> None:
    """b's county review reaches the basic tier: clauses 2 and 3 of 3."""
    counts = count_tiers(network, found, found.assessed["capability"], "place")
    assert counts.reached[0, REVIEWS.index(Review.COUNTY)].tolist() == [2, 1, 1]
    assert np.all(counts.reached[:, REVIEWS.index(Review.PROVINCE)] == 0)


def test_one_plan_holds_the_conditions_of_several_standards(network: Network) -> None:
    standards = list(network.rulebook.standards.values())
    plan = standard_plan(network, standards)
    assert plan.entity == "institution"
    assert all(e in plan.values for standard in standards for e in standard.expressions())


def test_a_year_still_to_come_cannot_be_assessed(network: Network) -> None:
    with pytest.raises(ValueError, match="2027 lies after 2026-06-30"):
        assess_network(network, 2027, DAY)
