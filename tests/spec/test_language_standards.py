"""Standards

What institutions are assessed against: clauses, each of which may reach level C, B or A, and tiers that ask for shares of
the clauses at a level. Some criteria are evaluated from the institution's data (`when`), others are judged by people
(`judged`), at the institution's own assessment and at each review above it. (Titles, evidence and chapters are left out
here.)
"""

from spec.examples import Spec

CENTRES = """
    code | type            | beds | level
    a    | township_centre | 60   | 2
    b    | township_centre | 25   | 1
    c    | township_centre |      |
    d    | village_clinic  | 0    |
"""
EVALUATED = """
    parameters:
      most: {values: [{since: 2020-01-01, value: 0.5}]}
    groups:
      centres: {entity: institution, when: type = 'township_centre'}
    standards:
      capability:
        group: centres
        clauses:
          - number: "1"
            C: [{when: beds > 0}]
            B: [{when: beds >= 20}, {when: level is not null}]
            A: [{when: beds >= 50}]
          - {number: "2", C: [{when: level >= '2'}]}
        tiers:
          - {name: basic, shares: {C: most}}
          - {name: good, shares: {C: most, B: most}}
"""
JUDGED = """
    parameters:
      all: {values: [{since: 2020-01-01, value: 1}]}
    groups:
      centres: {entity: institution, when: type = 'township_centre'}
    standards:
      capability:
        group: centres
        clauses:
          - {number: "1", C: [{judged: rota}, {judged: supervision}], B: [{judged: improvement}]}
        tiers: [{name: basic, shares: {C: all}}]
"""


def test_b_presumes_c_and_a_presumes_b(spec: Spec) -> None:
    """A clause has the highest level whose criteria are all met, and those of the levels below it as well. A level without
    criteria cannot be reached. Null counts as not met."""
    spec(
        {"institutions": CENTRES},
        EVALUATED,
        as_of="2026-06-30",
        standards="""
            institution | 1 | 2
            a           | A | C
            b           | B |
            c           |   |
        """,
    )


def test_a_tier_asks_for_shares_of_the_clauses_and_presumes_the_tiers_before_it(spec: Spec) -> None:
    """The gap is the cheapest set of clauses that reaches the next tier; of equally cheap ones, one with the fewest
    clauses. It is empty at the highest tier."""
    spec(
        {"institutions": CENTRES},
        EVALUATED,
        as_of="2026-06-30",
        standards="""
            institution | tier | gap
            a           | good |
            b           | good |
            c           |      | 1
        """,
    )


def test_a_share_without_a_value_on_the_day_cannot_be_reached(spec: Spec) -> None:
    """Neither before the first value is in force nor after the last one has ended. The same holds where no clause
    applies."""
    spec(
        {"institutions": CENTRES},
        EVALUATED,
        as_of="2019-12-31",
        standards="""
            institution | tier | gap
            a           |      | out of reach
            b           |      | out of reach
            c           |      | out of reach
        """,
    )


def test_a_clause_that_does_not_apply_leaves_the_denominator(spec: Spec) -> None:
    """Of a centre without beds only clause 2 is asked, and it reaches half of one clause, not half of two. Where it is null
    whether a clause applies, it does not. What is required of a clause is required only where it applies."""
    spec(
        {"institutions": CENTRES},
        """
        parameters:
          all: {values: [{since: 2020-01-01, value: 1.0}]}
        groups:
          centres: {entity: institution, when: type = 'township_centre'}
        standards:
          capability:
            group: centres
            clauses:
              - {number: "1", applies: beds > 0, C: [{when: beds >= 50}]}
              - {number: "2", C: [{when: "true"}]}
            tiers: [{name: basic, shares: {C: all}, required: {C: ["1"]}}]
        """,
        as_of="2026-06-30",
        standards="""
            institution | 1              | 2 | tier  | gap
            a           | C              | C | basic |
            b           |                | C |       | 1
            c           | not applicable | C | basic |
        """,
    )


def test_a_required_clause_has_to_reach_its_level_whatever_the_shares(spec: Spec) -> None:
    """`required` names clauses by the level they have to reach."""
    spec(
        {"institutions": CENTRES},
        """
        parameters:
          half: {values: [{since: 2020-01-01, value: 0.5}]}
        groups:
          centres: {entity: institution, when: type = 'township_centre'}
        standards:
          capability:
            group: centres
            clauses:
              - {number: "1", C: [{when: beds > 0}], B: [{when: beds >= 50}]}
              - {number: "2", C: [{when: "true"}]}
            tiers: [{name: basic, shares: {C: half}, required: {B: ["1"]}}]
        """,
        as_of="2026-06-30",
        standards="""
            institution | 1 | 2 | tier  | gap
            a           | B | C | basic |
            b           | C | C |       | 1
            c           |   | C |       | 1
        """,
    )


def test_the_gap_is_the_cheapest_set_of_clauses(spec: Spec) -> None:
    """Raising a clause costs the sum of its unmet criteria; a criterion costs what it says itself, else what its clause
    says (a number or a parameter), else 1. Two of three clauses are enough here, so the dear clause 1 is left alone."""
    spec(
        {"institutions": CENTRES},
        """
        parameters:
          most: {values: [{since: 2020-01-01, value: 0.66}]}
          effort: {values: [{since: 2020-01-01, value: 9}]}
        groups:
          centres: {entity: institution, when: type = 'township_centre'}
        standards:
          capability:
            group: centres
            clauses:
              - {number: "1", cost: effort, C: [{when: beds >= 100}]}
              - {number: "2", C: [{when: beds >= 100}, {when: beds >= 90, cost: 2}]}
              - {number: "3", cost: 0.5, C: [{when: level = '3'}, {when: beds > 0}]}
            tiers: [{name: basic, shares: {C: most}}]
        """,
        as_of="2026-06-30",
        standards="""
            institution | gap
            a           | 2, 3
            b           | 2, 3
            c           | 2, 3
        """,
    )


def test_people_judge_criteria_at_every_review(spec: Spec) -> None:
    """A judgement is a record of the kind `standard_judgement`. What nobody judged at a review is not met there. The newest
    judgement of a criterion counts, by date and then by id; one without an answer takes the older ones back."""
    spec(
        {
            "institutions": CENTRES,
            "standard_judgement": """
                subject | occurred_on | standard   | year | review | clause | level | criterion | met
                a       | 2026-03-01  | capability | 2026 | self   | 1      | C     | 1         | false
                a       | 2026-04-01  | capability | 2026 | self   | 1      | C     | 1         | true
                a       | 2026-03-01  | capability | 2026 | self   | 1      | C     | 2         | true
                a       | 2026-05-01  | capability | 2026 | county | 1      | C     | 1         | true
                a       | 2026-05-01  | capability | 2026 | county | 1      | C     | 2         | false
                b       | 2026-03-01  | capability | 2026 | self   | 1      | C     | 1         | true
                b       | 2026-03-01  | capability | 2026 | self   | 1      | C     | 2         | true
                b       | 2026-03-01  | capability | 2026 | self   | 1      | B     | 1         | true
                c       | 2026-03-01  | capability | 2026 | self   | 1      | C     | 1         | true
                c       | 2026-03-01  | capability | 2026 | self   | 1      | C     | 2         | true
                c       | 2026-03-02  | capability | 2026 | self   | 1      | C     | 2         |
            """,
        },
        JUDGED,
        as_of="2026-06-30",
        standards="""
            institution | review | 1 | tier  | gap
            a           | self   | C | basic |
            a           | county |   |       | 1
            b           | self   | B | basic |
            b           | county |   |       | 1
            c           | self   |   |       | 1
            c           | county |   |       | 1
        """,
    )


def test_a_judgement_counts_for_its_standard_year_and_criterion(spec: Spec) -> None:
    """Judgements of other years, of other standards or of criteria that the standard does not have are not seen, nor
    are those after the day. Data count as of the last day of the assessment's year, or of the day of evaluation if that
    is earlier."""
    spec(
        {
            "institutions": """
                code | type
                a    | township_centre
                b    | township_centre
            """,
            "standard_judgement": """
                subject | occurred_on | standard   | year | review | clause | level | criterion | met
                a       | 2026-03-01  | capability | 2025 | self   | 1      | C     | 1         | true
                a       | 2026-03-01  | other      | 2026 | self   | 1      | C     | 1         | true
                a       | 2026-03-01  | capability | 2026 | self   | 1      | C     | 3         | true
                a       | 2026-03-01  | capability | 2026 | self   | 1.1    | C     | 1         | true
                a       | 2026-03-01  | capability | 2026 | self   | 1      | C     | 2         | true
                b       | 2026-03-01  | capability | 2026 | self   | 1      | C     | 1         | true
                b       | 2026-07-01  | capability | 2026 | self   | 1      | C     | 2         | true
            """,
        },
        JUDGED,
        as_of="2026-06-30",
        standards="""
            institution | 1 | tier
            a           |   |
            b           |   |
        """,
    )


def test_a_standard_is_used_in_its_years(spec: Spec) -> None:
    """From `first_year` through `last_year`; outside them nobody is assessed against it."""
    rules = """
        parameters:
          all: {values: [{since: 2020-01-01, value: 1}]}
        groups:
          centres: {entity: institution, when: type = 'township_centre'}
        standards:
          edition_2018:
            group: centres
            last_year: 2021
            clauses: [{number: "1", C: [{when: beds > 0}]}]
            tiers: [{name: basic, shares: {C: all}}]
          edition_2022:
            group: centres
            first_year: 2022
            clauses: [{number: "2", C: [{when: beds > 0}]}]
            tiers: [{name: basic, shares: {C: all}}]
    """
    for day, clause in (("2021-12-31", "1"), ("2022-01-01", "2")):
        spec(
            {"institutions": CENTRES},
            rules,
            as_of=day,
            standards=f"""
                institution | {clause}
                a           | C
                b           | C
                c           |
            """,
        )


def test_a_judgement_of_the_day_itself_counts(spec: Spec) -> None:
    """A judgement made on the day of evaluation counts, one made on the day after it does not yet."""
    spec(
        {
            "institutions": """
                code | type
                a    | township_centre
            """,
            "standard_judgement": """
                subject | occurred_on | standard   | year | review | clause | level | criterion | met
                a       | 2026-06-29  | capability | 2026 | self   | 1      | C     | 1         | true
                a       | 2026-06-30  | capability | 2026 | self   | 1      | C     | 2         | true
                a       | 2026-07-01  | capability | 2026 | self   | 1      | C     | 2         | false
            """,
        },
        JUDGED,
        standards="""
            as_of      | institution | 1 | tier
            2026-06-29 | a           |   |
            2026-06-30 | a           | C | basic
            2026-07-01 | a           |   |
        """,
    )
