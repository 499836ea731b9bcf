"""Indicators

A figure at every place and every institution, everything under it included. Most are a share: of those for whom
`denominator` is true, how many are there for whom `numerator` is true as well. Others count (`count`), add up (`sum`), take
the average (`mean`), tell a rate (`per`), or are put together from other figures (`ratio_of`, `scorecard`).

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


# -- other measures -------------------------------------------------------------------------------

BEDS = TREES | {
    "institutions": """
        code   | parent | place | type            | beds
        centre |        | town  | township_centre | 20
        c1     | centre | v1    | village_clinic  | 3
        c2     | centre | v2    | village_clinic  |
    """
}


def test_a_count_is_how_many_a_condition_is_true_for(spec: Spec) -> None:
    """A group or a condition; there is no denominator."""
    spec(
        RESIDENTS,
        """
        groups: {grown_men: {when: sex = '1'}}
        indicators:
          men: {count: grown_men}
          nobody: {count: "false"}
        """,
        as_of="2026-06-30",
        places="""
            place | men | nobody
            city  | 3   | 0
            v1    | 1   | 0
            far   | 0   | 0
        """,
    )


def test_a_sum_adds_up_the_numbers_that_are_known(spec: Spec) -> None:
    """Of those who meet the condition. The sum of nothing is 0, unlike that of a roll-up, which is empty."""
    spec(
        BEDS,
        """
        entity: institution
        indicators:
          beds: {sum: beds, of: "true"}
          beds_in_clinics: {sum: beds, of: type = 'village_clinic'}
        """,
        as_of="2026-06-30",
        places="""
            place | beds | beds_in_clinics
            city  | 23   | 3
            town  | 23   | 3
            v2    | 0    | 0
            far   | 0    | 0
        """,
        institutions="""
            institution | beds | beds_in_clinics
            centre      | 23   | 3
            c1          | 3    | 3
            c2          | 0    | 0
        """,
    )


def test_sums_are_exact_in_any_order(spec: Spec) -> None:
    """As those of roll-ups: each number is rounded to six decimals, then added without error."""
    spec(
        {
            "places": "code\n p",
            "residents": "code | place\n 1 | p\n 2 | p\n 3 | p",
            "visit": """
                subject | occurred_on | weight
                1       | 2026-01-01  | 0.1
                2       | 2026-01-01  | 0.2
                3       | 2026-01-01  | 0.3
            """,
        },
        """
        facts: {last: {latest: visit}}
        indicators: {weight: {sum: last.weight, of: "true"}}
        """,
        as_of="2026-06-30",
        places="place | weight\n p | 0.6",
    )


def test_a_mean_is_taken_among_those_whose_number_is_known(spec: Spec) -> None:
    """The denominator is how many they are; of nobody there is no mean."""
    spec(
        BEDS,
        """
        entity: institution
        indicators: {beds_each: {mean: beds, of: "true"}}
        groups: {large: {entity: place, when: figure.beds_each > 3}}
        """,
        as_of="2026-06-30",
        places="""
            place | beds_each
            city  | 23/2
            v1    | 3/1
            v2    | 0/0
        """,
        expect="""
            place | figure.beds_each | large
            city  | 11.5             | true
            v1    | 3                | false
            v2    |                  | false
        """,
    )


def test_a_rate_is_told_per_thousand_and_either_part_may_be_a_number(spec: Spec) -> None:
    """A condition is counted, a number added up. With a number as denominator everybody present is looked at."""
    spec(
        {
            "places": """
                code | parent | level   | population
                town |        | township |
                v1   | town   | village | 1200
                v2   | town   | village | 800
            """,
            "survey": """
                subject | occurred_on | households
                v1      | 2026-03-01  | 300
                v2      | 2026-04-01  | 100
            """,
        },
        """
        entity: place
        facts: {last: {latest: survey, during: year}}
        indicators:
          households: {numerator: last.households, denominator: population, per: 1000}
          surveyed: {numerator: last.households is not null, denominator: level = 'village', per: 10000}
        """,
        as_of="2026-06-30",
        places="""
            place | households | surveyed
            town  | 400/2000   | 2/2
            v1    | 300/1200   | 1/1
        """,
        expect="""
            place | figure.households | figure.surveyed
            town  | 200               | 10000
            v1    | 250               | 10000
        """,
    )


def test_a_rate_or_a_ratio_per_hundred_is_told_in_percent_and_its_value_is_the_share(spec: Spec) -> None:
    """Pages write 25.0%; rules, targets and thresholds of scorecards have 0.25, as with any other share."""
    spec(
        SCORED,
        """
        indicators:
          men: {count: sex = '1'}
          people: {count: "true"}
          women: {numerator: "case when sex = '2' then 2 else 1 end", denominator: "4", per: 100}
          old: {numerator: birth_date < date '1955-01-01', denominator: "true", per: 100}
          share: {ratio_of: [men, people], per: 100}
          card: {scorecard: [{indicator: share, weight: 10, zero: 0, full: 1}]}
        """,
        as_of="2026-06-30",
        places="""
            place | women | share | card
            v1    | 5/16  | 3/4   | 7.5/10
        """,
        expect="""
            place | figure.women | figure.share | figure.card | figure.old <= 1
            v1    | 0.3125       | 0.75         | 0.75        | true
        """,
    )


POSTED = TREES | {
    "institutions": """
        code   | parent | place | type            | beds
        centre |        | town  | township_centre | 20
        c1     | centre | v1    | village_clinic  | 5
    """,
    "places": """
        code | parent | level    | population
        city |        | city     |
        town | city   | township | 2000
        v1   | town   | village  |
        v2   | town   | village  |
    """,
}


def test_a_ratio_divides_the_value_of_one_figure_by_that_of_another(spec: Spec) -> None:
    """The two may be about different registers, as beds of institutions and population of places. Empty where either is."""
    spec(
        POSTED,
        """
        indicators:
          beds: {entity: institution, sum: beds, of: "true"}
          population: {entity: place, sum: population, of: level = 'township'}
          beds_per_1000: {ratio_of: [beds, population], per: 1000}
        """,
        as_of="2026-06-30",
        places="""
            place | beds | population | beds_per_1000
            city  | 25   | 2000       | 25/2000
            town  | 25   | 2000       | 25/2000
            v1    | 5    | 0          | 5/0
        """,
        expect="""
            place | figure.beds_per_1000
            city  | 12.5
            v1    |
        """,
    )


SCORED = {
    "places": "code | parent\n town |\n v1 | town\n v2 | town\n v3 | town",
    "residents": """
        code | place | sex | birth_date
        1    | v1    | 1   | 1950-01-01
        2    | v1    | 1   | 1960-01-01
        3    | v1    | 1   | 2000-01-01
        4    | v1    | 2   | 2001-01-01
        5    | v2    | 2   | 1950-01-01
        6    | v2    | 2   |
    """,
}


def test_a_scorecard_gives_points_for_the_values_of_figures(spec: Spec) -> None:
    """In proportion from `zero` to `full`, or all of the weight from `full` on, or by bands. The value is the points by the
    points that could be had: a line whose figure has no value is not applicable and counts in neither."""
    spec(
        SCORED,
        """
        parameters:
          goal: {title: {zh: 目标, en: Goal}, values: [{since: 2020-01-01, value: 0.7}]}
        indicators:
          men: {numerator: sex = '1', denominator: "true"}
          old: {numerator: "birth_date < date '1970-01-01'", denominator: birth_date is not null}
          female: {numerator: sex = '2', denominator: "true", better: lower}
          result:
            scorecard:
              - {indicator: men, weight: 30, zero: 0.5, full: 1}
              - {indicator: men, weight: 10, rule: full_or_zero, full: goal}
              - {indicator: old, weight: 20, bands: [[0.9, 20], [0.5, 12]]}
              - {indicator: female, weight: 40, zero: 0.75, full: 0.5}
        """,
        as_of="2026-06-30",
        places="""
            place | men | old | female | result
            town  | 3/6 | 3/5 | 3/6    | 52/100
            v1    | 3/4 | 2/4 | 1/4    | 77/100
            v2    | 0/2 | 1/1 | 2/2    | 20/100
            v3    | 0/0 | 0/0 | 0/0    | 0/0
        """,
        expect="""
            place | figure.result
            town  | 0.52
            v1    | 0.77
            v3    |
        """,
    )


def test_a_line_whose_figure_or_parameter_has_no_value_leaves_the_points_to_be_had(spec: Spec) -> None:
    """As a clause that is not applicable; before its first value a parameter has none."""
    spec(
        SCORED | {"residents": "code | place | sex\n 1 | v1 | 1\n 2 | v2 | 2"},
        """
        parameters:
          goal: {title: {zh: 目标, en: Goal}, values: [{since: 2026-07-01, value: 0.7}]}
        indicators:
          men: {numerator: sex = '1', denominator: "true"}
          old: {numerator: "true", denominator: birth_date is not null}
          result:
            scorecard:
              - {indicator: men, weight: 30, rule: full_or_zero, full: 0.5}
              - {indicator: men, weight: 10, rule: full_or_zero, full: goal}
              - {indicator: old, weight: 20, zero: 0, full: 1}
        """,
        places="""
            as_of      | place | result
            2026-06-30 | v1    | 30/30
            2026-06-30 | v2    | 0/30
            2026-06-30 | v3    | 0/0
            2026-07-01 | v1    | 40/40
            2026-07-01 | v2    | 0/40
        """,
    )


def test_figures_put_together_may_be_put_together_again(spec: Spec) -> None:
    """Ratios and scorecards are figures like others, in rules and in further scorecards."""
    spec(
        SCORED,
        """
        indicators:
          men: {count: sex = '1'}
          women: {count: sex = '2'}
          men_to_women: {ratio_of: [men, women]}
          result: {scorecard: [{indicator: men_to_women, weight: 10, zero: 0, full: 4}]}
        groups: {mixed: {entity: place, when: figure.result > 0.5}}
        """,
        as_of="2026-06-30",
        places="""
            place | men_to_women | result
            town  | 3/3          | 2.5/10
            v1    | 3/1          | 7.5/10
            v2    | 0/2          | 0/10
            v3    | 0/0          | 0/0
        """,
        expect="place | mixed\n town | false\n v1 | true\n v3 | false",
    )


def test_a_figure_is_broken_down_by_sex_age_band_or_any_choice(spec: Spec) -> None:
    """`men[sex=2]` stands for the part of a category; the total is always there. Age bands begin at the ages that
    are given. Those of whom it is not known are the category `unknown`. A category in which nobody counts has no row."""
    spec(
        SCORED,
        """
        indicators:
          all: {count: "true", by: [sex, age_band], age_bands: [0, 18, 60, 65]}
        """,
        as_of="2026-06-30",
        places="""
            place | all | all[sex=1] | all[sex=2] | all[age_band=18-59] | all[age_band=65+] | all[age_band=unknown]
            town  | 6   | 3          | 3          | 2                   | 3                 | 1
            v1    | 4   | 3          | 1          | 2                   | 2                 | 0
            v3    | 0   | 0          | 0          | 0                   | 0                 | 0
        """,
    )
    spec(
        SCORED,
        """
        values:
          generation: case when birth_date < date '1955-01-01' then 'old' when birth_date is not null then 'new' end
        indicators:
          women: {numerator: sex = '2', denominator: "true", by: generation}
        """,
        as_of="2026-06-30",
        places="""
            place | women | women[generation=old] | women[generation=new] | women[generation=unknown]
            town  | 3/6   | 1/2                   | 1/3                   | 1/1
            v1    | 1/4   | 0/1                   | 1/3                   | 0/0
        """,
    )


def test_sums_and_means_are_broken_down_too(spec: Spec) -> None:
    """By the type of the institutions that are added up."""
    spec(
        BEDS,
        """
        entity: institution
        indicators:
          beds: {sum: beds, of: "true", by: type}
          beds_each: {mean: beds, of: "true", by: type}
        """,
        as_of="2026-06-30",
        institutions="""
            institution | beds[type=township_centre] | beds[type=village_clinic] | beds_each[type=village_clinic]
            centre      | 20                         | 3                         | 3/1
            c1          | 0                          | 3                         | 3/1
            c2          | 0                          | 0                         | 0/0
        """,
    )
