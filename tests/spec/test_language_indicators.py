"""Indicators

A figure at every place and every institution, everything under it included. Most are a share: of those for whom
`denominator` is true, how many are there for whom `numerator` is true as well.

In the tables below 3/4 is a numerator and a denominator; a figure without a denominator is written as it is.
"""

from spec.examples import Spec

TREES = {
    "places": """
        code | parent
        city |
        town | city
        v1   | town
        v2   | town
        far  |
        lost | nowhere
    """,
    "institutions": """
        code   | parent | place | type            | beds
        centre |        | town  | township_centre | 20
        c1     | centre | v1    | village_clinic  | 0
        c2     | centre |       | village_clinic  |
    """,
}
RESIDENTS = TREES | {
    "residents": """
        code | place   | institution | sex
        1    | v1      | c1          | 1
        2    | v1      | c1          | 2
        3    | v2      | centre      | 1
        4    | town    |             | 1
        5    | far     | c2          |
        6    |         | c1          | 1
        7    | unknown | unknown     | 1
        8    | lost    |             | 1
    """
}
MEN = """
    indicators:
      men: {numerator: sex = '1', denominator: sex is not null}
      all: {numerator: "true", denominator: "true"}
"""


def test_a_place_counts_everybody_who_lives_under_it(spec: Spec) -> None:
    """Whoever has no place, or an unknown one, is counted nowhere. Each root of the forest stands for itself."""
    spec(
        RESIDENTS,
        MEN,
        as_of="2026-06-30",
        places="""
            place | men | all
            city  | 3/4 | 4/4
            town  | 3/4 | 4/4
            v1    | 1/2 | 2/2
            v2    | 1/1 | 1/1
            far   | 0/0 | 1/1
            lost  | 1/1 | 1/1
        """,
    )


def test_an_institution_counts_everybody_it_and_those_under_it_look_after(spec: Spec) -> None:
    """Wherever they live: the two trees are counted each for itself."""
    spec(
        RESIDENTS,
        MEN,
        as_of="2026-06-30",
        institutions="""
            institution | men | all
            centre      | 3/4 | 5/5
            c1          | 2/3 | 3/3
            c2          | 0/0 | 1/1
        """,
    )


def test_who_is_not_in_the_denominator_is_not_in_the_numerator(spec: Spec) -> None:
    """Whatever the numerator says; and empty counts as false in both."""
    spec(
        RESIDENTS,
        """
        indicators:
          none: {numerator: "true", denominator: "false"}
          women: {numerator: sex = '2', denominator: sex = '1'}
          unknown: {numerator: sex = '1', denominator: "true"}
        """,
        as_of="2026-06-30",
        places="""
            place | none | women | unknown
            city  | 0/0  | 0/3   | 3/4
            far   | 0/0  | 0/0   | 0/1
        """,
    )


def test_a_figure_over_institutions_counts_each_where_it_stands(spec: Spec) -> None:
    """At its place and those above; in the tree of institutions at itself and those above."""
    spec(
        TREES,
        """
        entity: institution
        indicators: {with_beds: {numerator: beds > 0, denominator: "true"}}
        """,
        as_of="2026-06-30",
        places="""
            place | with_beds
            city  | 1/2
            town  | 1/2
            v1    | 0/1
            v2    | 0/0
        """,
        institutions="""
            institution | with_beds
            centre      | 1/3
            c1          | 0/1
            c2          | 0/1
        """,
    )


def test_a_figure_over_workers_counts_each_at_their_institution(spec: Spec) -> None:
    """And at the institution's place; whoever has no institution is counted nowhere."""
    spec(
        TREES
        | {
            "workers": """
                code | institution | title_level
                w1   | c1          | mid
                w2   | c1          | none
                w3   | c2          | senior
                w4   |             | senior
            """
        },
        """
        entity: worker
        indicators: {mid_or_higher: {numerator: title_level >= 'mid', denominator: "true"}}
        """,
        as_of="2026-06-30",
        places="""
            place | mid_or_higher
            city  | 1/2
            v1    | 1/2
            v2    | 0/0
        """,
        institutions="""
            institution | mid_or_higher
            centre      | 2/3
            c1          | 1/2
            c2          | 1/1
        """,
    )


def test_a_figure_over_places_counts_each_place_once(spec: Spec) -> None:
    """At itself and at the places above it."""
    spec(
        TREES | {"survey": "subject | occurred_on | households\n v1 | 2026-03-01 | 100"},
        """
        entity: place
        facts: {surveyed: {any: survey, during: year}}
        indicators: {surveyed_places: {numerator: surveyed, denominator: parent is not null}}
        """,
        as_of="2026-06-30",
        places="""
            place | surveyed_places
            city  | 1/3
            town  | 1/3
            v1    | 1/1
            far   | 0/0
            lost  | 0/1
        """,
        institutions="""
            institution | surveyed_places
            centre      | 0/0
        """,
    )


def test_a_network_without_anybody_has_figures_of_zero(spec: Spec) -> None:
    """No residents, no records, and still every place has its row."""
    spec(
        TREES | {"residents": "code | place"},
        "indicators: {all: {numerator: 'true', denominator: 'true'}}",
        as_of="2026-06-30",
        places="""
            place | all
            city  | 0/0
            v1    | 0/0
        """,
    )


def test_workers_without_any_institution_are_no_trouble(spec: Spec) -> None:
    """A register may be empty while another one is not."""
    spec(
        {"places": "code\n p", "institutions": "code", "workers": "code | institution\n w1 | gone"},
        "{entity: worker, indicators: {all: {numerator: 'true', denominator: 'true'}}}",
        as_of="2026-06-30",
        places="place | all\n p | 0/0",
    )


def test_teams_and_assets_are_counted_at_their_institution(spec: Spec) -> None:
    """At its place, too, as workers are. A record may be about either, and a rule may ask for its columns."""
    spec(
        TREES
        | {
            "assets": """
                code | type      | institution | delivered_on | in_service_from
                a1   | ambulance | c1          | 2026-01-10   | 2026-03-01
                a2   | ambulance | centre      | 2026-01-10   |
                a3   | x_ray     |             | 2026-01-10   | 2026-03-01
            """,
            "acceptance": """
                subject | occurred_on | institution | passed
                a1      | 2026-02-20  | c1          | true
                a2      | 2026-02-20  | centre      | false
                a3      | 2026-02-20  | centre      | true
            """,
        },
        """
            entity: asset
            facts:
              last_check: {latest: acceptance}
              ambulance_accepted: {any: acceptance, relation: at, where: passed and subject.type = 'ambulance'}
            indicators:
              in_service: {numerator: last_check.passed and in_service_from <= as_of, denominator: 'true'}
              equipped: {entity: institution, numerator: ambulance_accepted, denominator: 'true'}
        """,
        as_of="2026-06-30",
        places="""
            place | in_service
            town  | 1/2
            v1    | 1/1
        """,
        institutions="""
            institution | in_service | equipped
            centre      | 1/2        | 1/3
            c1          | 1/1        | 1/1
        """,
    )
