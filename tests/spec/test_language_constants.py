"""Constants, days, parameters

What is the same for everybody: numbers, texts, dates and true/false written into a rule, the days an evaluation is
about, and the values that policy sets, each in force from its own day.
"""

from spec.examples import Spec


def test_a_constant_is_the_same_for_everybody(spec: Spec) -> None:
    """Numbers may have a fraction and a minus; texts stand in single quotes; dates behind the word `date`."""
    spec(
        as_of="2026-06-30",
        expect="""
            expression        | resident 1 | resident 2
            140               | 140        | 140
            -2.5              | -2.5       | -2.5
            'home'            | home       | home
            'it''s'           | it's       | it's
            date '2024-02-29' | 2024-02-29 | 2024-02-29
            true              | true       | true
            false             | false      | false
            null              |            |
        """,
    )


def test_as_of_is_the_day_of_evaluation_and_the_period_is_its_calendar_year(spec: Spec) -> None:
    """Everything is judged as of one day; a report on another day is another evaluation."""
    spec(
        expect="""
            as_of      | resident | as_of + 1 day | period.start | period.end
            2026-06-30 | 1        | 2026-07-01    | 2026-01-01   | 2026-12-31
            2025-12-31 | 1        | 2026-01-01    | 2025-01-01   | 2025-12-31
        """,
    )


def test_the_period_may_be_another_one_than_the_year(spec: Spec) -> None:
    """Figures for a quarter are judged on a day of that quarter."""
    spec(
        as_of="2026-05-10",
        period=("2026-04-01", "2026-06-30"),
        expect="""
            resident | period.start | period.end | start_of_year(as_of)
            1        | 2026-04-01   | 2026-06-30 | 2026-01-01
        """,
    )


def test_a_parameter_has_the_value_that_is_in_force_on_the_day(spec: Spec) -> None:
    """Empty before its first day; the new value counts from the day it came into force, that day included."""
    spec(
        rules="""
            parameters:
              limit:
                values:
                  - {since: 2017-02-28, value: 140}
                  - {since: 2026-07-01, value: 130}
        """,
        expect="""
            as_of      | resident | limit | limit - 10 | 135 < limit
            2017-02-27 | 1        |       |            |
            2017-02-28 | 1        | 140   | 130        | true
            2026-06-30 | 1        | 140   | 130        | true
            2026-07-01 | 1        | 130   | 120        | false
            2026-07-02 | 1        | 130   | 120        | false
        """,
    )


def test_a_parameter_without_a_value_is_no_longer_in_force(spec: Spec) -> None:
    """`value: null` ends a rule of policy without rewriting history."""
    spec(
        rules="""
            parameters:
              age: {values: [{since: 2020-01-01, value: 65}, {since: 2026-01-01, value: null}]}
              spacing: {values: [{since: 2020-01-01, value: 3 months}, {since: 2026-01-01, value: null}]}
        """,
        expect="""
            as_of      | resident | age | as_of + spacing
            2019-12-31 | 1        |     |
            2025-12-31 | 1        | 65  | 2026-03-31
            2026-01-01 | 1        |     |
        """,
    )


def test_a_parameter_may_be_a_text_a_date_or_true_or_false(spec: Spec) -> None:
    """A text is compared with a choice: each of its values is one of the options, and it follows their order."""
    spec(
        {
            "workers": """
                code | title_level
                w1   | junior
                w2   | mid
                w3   | senior
                w4   |
            """
        },
        rules="""
            entity: worker
            parameters:
              least_title: {values: [{since: 2021-01-01, value: mid}, {since: 2026-01-01, value: senior}]}
              begins: {values: [{since: 2021-01-01, value: 2021-07-01}]}
              counted: {values: [{since: 2021-01-01, value: true}, {since: 2027-01-01, value: null}]}
        """,
        expect="""
            as_of      | worker | title_level >= least_title | begins + 1 day | counted and title_level is not null
            2020-12-31 | w3     |                            |                |
            2025-12-31 | w1     | false                      | 2021-07-02     | true
            2025-12-31 | w2     | true                       | 2021-07-02     | true
            2026-01-01 | w2     | false                      | 2021-07-02     | true
            2026-01-01 | w3     | true                       | 2021-07-02     | true
            2026-01-01 | w4     |                            | 2021-07-02     | false
            2027-01-01 | w3     | true                       | 2021-07-02     |
        """,
    )


def test_a_parameter_that_applies_by_birth_date_takes_the_value_of_the_cohort(spec: Spec) -> None:
    """The entry is chosen by the day of birth instead of the day of evaluation; without one the value is empty.

    In the `where` of a fact it is the birth date of the record's subject.
    """
    spec(
        {
            "residents": """
                code   | birth_date
                before | 2018-12-31
                first  | 2019-01-01
                last   | 2025-06-30
                none   | 2025-07-01
                unknown |
            """,
            "visit": "subject | occurred_on | sbp\n first | 2026-01-01 | 5\n before | 2026-01-01 | 5",
        },
        rules="""
            parameters:
              doses:
                applies_by: birth_date
                values: [{since: 2000-01-01, value: 4}, {since: 2019-01-01, value: 5}, {since: 2025-07-01, value: null}]
              gap:
                applies_by: birth_date
                values: [{since: 2000-01-01, value: 6 years}, {since: 2019-01-01, value: 18 months}]
            facts:
              enough: {any: visit, where: sbp >= doses}
              complete: {any: visit, where: sbp = doses}
        """,
        as_of="2026-06-30",
        expect="""
            expression       | resident before | resident first | resident last | resident none | resident unknown
            doses            | 4               | 5              | 5             |               |
            doses + 1        | 5               | 6              | 6             |               |
            birth_date + gap | 2024-12-31      | 2020-07-01     | 2026-12-30    | 2027-01-01    |
            as_of - gap      | 2020-06-30      | 2024-12-30     | 2024-12-30    | 2024-12-30    |
            enough           | true            | true           | false         | false         | false
            complete         | false           | true           | false         | false         | false
        """,
    )


def test_a_column_of_the_register_is_the_one_of_the_entity_at_hand(spec: Spec) -> None:
    """The code is a column as well; what the register does not say is empty."""
    spec(
        {
            "residents": """
                code | birth_date | sex | place | institution
                r1   | 1960-05-02 | 2   | p1    | i1
                r2   |            |     |       |
            """
        },
        as_of="2026-06-30",
        expect="""
            resident | code | birth_date | sex | place | institution
            r1       | r1   | 1960-05-02 | 2   | p1    | i1
            r2       | r2   |            |     |       |
        """,
    )


def test_an_answer_that_is_none_of_the_options_counts_as_empty(spec: Spec) -> None:
    """It may have been an option once; a rule knows only those of today."""
    spec(
        {
            "residents": "code | sex\n 1 | 9\n 2 | 1",
            "visit": """
                subject | occurred_on | mode  | grade
                1       | 2026-03-01  | pager | worst
                2       | 2026-03-01  | home  | mild
            """,
        },
        rules="facts: {last: {latest: visit}}",
        as_of="2026-06-30",
        expect="""
            resident | sex | sex is null | last.mode | last.mode = 'home' | last.grade is null
            1        |     | true        |           |                    | true
            2        | 1   | false       | home      | true               | false
        """,
    )
