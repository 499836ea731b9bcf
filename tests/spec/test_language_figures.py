"""Other figures

Figures that are no shares: they count (`count`), add up (`sum`), take the average (`mean`), tell a rate (`per`), or are put
together from other figures (`ratio_of`, `scorecard`); and what a figure comes to for parts of those counted (`by`).
"""

from spec.examples import Spec
from spec.test_language_indicators import RESIDENTS, TREES

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
