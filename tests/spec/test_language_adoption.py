"""Adoption

Which place has a pack in force, from which day, in which edition. A pack is in force everywhere unless it says
`adoption: by_place`: then who has not adopted it has neither due items nor figures of it.
"""

from spec.examples import Spec

COUNTY = {
    "places": """
        code   | level    | parent
        county | county   |
        north  | township | county
        south  | township | county
        mill   | village  | north
    """,
    "institutions": "code | place\n clinic | mill",
    "workers": "code | institution\n w1 | clinic\n w2 |",
    "residents": """
        code    | place | institution
        norther | north |
        miller  | mill  |
        souther | south |
        guest   |       | clinic
        nobody  |       |
    """,
}
RULES = """
    adoption: by_place
    groups:
      everybody: {when: "true"}
    schedules:
      check: {group: everybody, once_per_year: {satisfied: "false"}}
    indicators:
      men: {numerator: sex = '1', denominator: "true"}
"""


def test_a_pack_adopted_at_a_place_is_in_force_there_and_below(spec: Spec) -> None:
    """A resident counts at the place of residence, or else at that of the institution; a worker at the institution's."""
    spec(
        COUNTY | {"adoptions": "place | since\n north | 2026-01-01"},
        RULES,
        as_of="2026-06-30",
        expect="""
            resident | adopted
            norther  | true
            miller   | true
            souther  | false
            guest    | true
            nobody   | false
        """,
        due="""
            resident | schedule
            guest    | check
            miller   | check
            norther  | check
        """,
        places="""
            place  | men
            county | 0/2
            north  | 0/2
            south  | 0/0
        """,
    )
    spec(
        COUNTY | {"adoptions": "place | since\n north | 2026-01-01"},
        "{adoption: by_place, entity: worker}",
        as_of="2026-06-30",
        expect="worker | adopted\n w1 | true\n w2 | false",
    )
    spec(
        COUNTY | {"adoptions": "place | since\n north | 2026-01-01"},
        "{adoption: by_place, entity: place}",
        as_of="2026-06-30",
        expect="place | adopted\n county | false\n north | true\n mill | true",
    )


def test_an_adoption_holds_from_its_first_day_through_its_last(spec: Spec) -> None:
    """`until` is the last day in force; without it there is no end."""
    spec(
        COUNTY | {"adoptions": "place | since | until\n county | 2026-03-01 | 2026-05-31"},
        RULES,
        expect="""
            as_of      | resident | adopted
            2026-02-28 | miller   | false
            2026-03-01 | miller   | true
            2026-05-31 | miller   | true
            2026-06-01 | miller   | false
        """,
    )


def test_the_nearest_place_that_has_decided_settles_the_matter(spec: Spec) -> None:
    """Also against the place above it: by `in_force: false`, or because its own adoption has ended."""
    spec(
        COUNTY
        | {
            "adoptions": """
                place  | since      | until      | in_force
                county | 2026-01-01 |            |
                north  | 2026-04-01 |            | false
                south  | 2026-01-01 | 2026-03-31 |
                mill   | 2026-06-01 |            |
            """
        },
        RULES,
        expect="""
            as_of      | resident | adopted
            2026-03-31 | norther  | true
            2026-04-01 | norther  | false
            2026-04-01 | miller   | false
            2026-06-01 | miller   | true
            2026-03-31 | souther  | true
            2026-04-01 | souther  | false
        """,
    )


def test_at_one_place_the_newest_decision_counts(spec: Spec) -> None:
    """Whatever was decided before; a decision for a later day waits for it."""
    spec(
        COUNTY
        | {
            "adoptions": """
                place | since      | until      | in_force
                north | 2026-01-01 | 2026-12-31 |
                north | 2026-03-01 |            | false
                north | 2026-05-01 |            |
            """
        },
        RULES,
        expect="""
            as_of      | resident | adopted
            2026-02-28 | norther  | true
            2026-03-01 | norther  | false
            2026-04-30 | norther  | false
            2026-05-01 | norther  | true
        """,
    )


def test_a_decision_without_a_place_is_one_of_the_whole_network(spec: Spec) -> None:
    """It stands above all places, and holds for those of whom no place is known."""
    spec(
        COUNTY | {"adoptions": "place | since | in_force\n | 2026-01-01 |\n south | 2026-01-01 | false"},
        RULES,
        as_of="2026-06-30",
        expect="""
            resident | adopted
            norther  | true
            souther  | false
            nobody   | true
        """,
    )


def test_editions_let_one_pack_hold_several_variants(spec: Spec) -> None:
    """`edition` is the one in force where somebody is; empty where the pack is not in force or names no edition."""
    spec(
        COUNTY
        | {
            "adoptions": """
                place  | since      | edition
                county | 2025-01-01 | 2021
                north  | 2026-01-01 | 2026
                mill   | 2026-06-01 |
            """
        },
        """
        adoption: by_place
        editions: ["2021", "2026"]
        values:
          first_age: case when edition = '2026' then 60 else 65 end
        """,
        expect="""
            as_of      | resident | edition | first_age | edition = '2026'
            2025-12-31 | norther  | 2021    | 65        | false
            2026-01-01 | norther  | 2026    | 60        | true
            2026-01-01 | souther  | 2021    | 65        | false
            2026-06-01 | miller   |         | 65        |
            2024-12-31 | souther  |         | 65        |
        """,
    )


def test_an_edition_that_the_pack_does_not_have_counts_as_empty(spec: Spec) -> None:
    """It may have had it once. The pack is in force all the same."""
    spec(
        COUNTY | {"adoptions": "place | since | edition\n county | 2025-01-01 | 1999"},
        '{adoption: by_place, editions: ["2026"]}',
        as_of="2026-06-30",
        expect="resident | adopted | edition\n miller | true |",
    )
