"""Measures of records

What else can be drawn from an entity's records: one by its number (`nth`), what a value of theirs comes to
(`count_distinct`, `sum`, `min`, `max`, `mean` of `of`), and how many there are on the fullest day (`most_per_day`).
`of` is an expression as in `where`; records for which it is empty are passed over.
"""

from spec.examples import Spec

VISITS = {
    "visit": """
        id | subject | occurred_on | sbp | weight | smokes | mode  | next_on
        1  | a       | 2026-01-10  | 150 | 70.5   | true   | home  | 2026-04-10
        2  | a       | 2026-03-01  |     | 71.5   | false  | phone |
        3  | a       | 2026-03-01  | 130 |        | true   | home  | 2026-06-01
        4  | a       | 2026-05-20  | 150 | 69     |        |       | 2026-05-27
        5  | b       | 2026-02-01  |     |        |        |       |
    """
}
POSTINGS = {
    "posting": """
        subject | institution | worker | occurred_on | days
        w1      | i1          | w2     | 2025-03-01  | 10
        w1      | i2          | w1     | 2026-02-01  | 20
        w2      | i1          | w1     | 2026-04-01  | 30
        w3      | i1          | w1     | 2026-04-01  | 25
        w2      |             |        | 2026-05-01  | 40
    """
}


def test_nth_finds_a_record_by_its_number_from_the_beginning_or_from_the_end(spec: Spec) -> None:
    """`n: 2` is the second, `n: -2` the last but one; records of one day are numbered by their id, as text."""
    spec(
        VISITS,
        """
        facts:
          second: {nth: visit, n: 2}
          third: {nth: visit, n: 3}
          fifth: {nth: visit, n: 5}
          last_but_one: {nth: visit, n: -2}
          second_at_home: {nth: visit, n: 2, where: mode = 'home'}
          first: {nth: visit, n: 1}
          last: {nth: visit, n: -1}
        """,
        as_of="2026-06-30",
        expect="""
            expression                 | resident a | resident b | resident c
            second.weight              | 71.5       |            |
            third.sbp                  | 130        |            |
            fifth.occurred_on          |            |            |
            last_but_one.sbp           | 130        |            |
            second_at_home.occurred_on | 2026-03-01 |            |
            first.occurred_on          | 2026-01-10 | 2026-02-01 |
            last.occurred_on           | 2026-05-20 | 2026-02-01 |
        """,
    )


def test_sum_mean_min_and_max_are_empty_without_a_value_and_counts_are_0(spec: Spec) -> None:
    """A record without the value counts neither in the sum nor among those that the mean is of."""
    spec(
        VISITS,
        """
        facts:
          sbp_sum: {sum: visit, of: sbp}
          sbp_mean: {mean: visit, of: sbp}
          sbp_lowest: {min: visit, of: sbp}
          sbp_highest: {max: visit, of: sbp}
          sbp_values: {count_distinct: visit, of: sbp}
        """,
        as_of="2026-06-30",
        expect="""
            resident | sbp_sum | sbp_mean           | sbp_lowest | sbp_highest | sbp_values
            a        | 430     | 143.33333333333334 | 130        | 150         | 2
            b        |         |                    |            |             | 0
            c        |         |                    |            |             | 0
        """,
    )


def test_of_is_any_expression_over_the_record(spec: Spec) -> None:
    """Only for `sum` and `mean` it has to be a number, for `min` and `max` a number or a date."""
    spec(
        VISITS,
        """
        facts:
          heaviest: {max: visit, of: weight + 1}
          earliest_next: {min: visit, of: next_on}
          latest_next: {max: visit, of: next_on, where: mode = 'home'}
          longest_wait: {max: visit, of: "days_between(occurred_on, next_on)"}
          days: {count_distinct: visit, of: occurred_on}
          modes: {count_distinct: visit, of: mode}
          answers: {count_distinct: visit, of: smokes}
          high_ones: {sum: visit, of: case when sbp >= 140 then 1 else 0 end}
          weights: {count_distinct: visit, of: weight}
          nothing: {sum: visit, of: "null"}
        """,
        as_of="2026-06-30",
        expect="""
            expression    | resident a | resident b
            heaviest      | 72.5       |
            earliest_next | 2026-04-10 |
            latest_next   | 2026-06-01 |
            longest_wait  | 92         |
            days          | 3          | 1
            modes         | 2          | 0
            answers       | 2          | 0
            high_ones     | 2          | 0
            weights       | 3          | 0
            nothing       |            |
        """,
    )


def test_where_and_window_narrow_what_is_measured(spec: Spec) -> None:
    """As they narrow what is counted."""
    spec(
        VISITS,
        """
        facts:
          total: {sum: visit, of: weight, where: sbp >= 140, during: since date '2026-02-01'}
          average: {mean: visit, of: sbp, where: mode = 'home', during: 2 months}
          before: {mean: visit, of: sbp, where: mode = 'home', during: previous_period}
          modes: {count_distinct: visit, of: mode, where: smokes is not null, during: year}
          lowest: {min: visit, of: sbp, where: smokes, during: period}
        """,
        as_of="2026-06-30",
        period=("2026-04-01", "2026-06-30"),
        expect="""
            resident | total | average | before | modes | lowest
            a        | 69    |         | 140    | 2     |
            b        |       |         |        | 0     |
        """,
    )


def test_numbers_are_added_in_the_order_of_the_records(spec: Spec) -> None:
    """Numbers are doubles, so another order may come to another sum; a sum that is no finite number is empty."""
    spec(
        {
            "visit": """
                id | subject | occurred_on | weight
                1  | a       | 2026-01-01  | 0.1
                2  | a       | 2026-01-02  | 0.2
                3  | a       | 2026-01-03  | 0.3
                1  | b       | 2026-01-03  | 0.1
                2  | b       | 2026-01-02  | 0.2
                3  | b       | 2026-01-01  | 0.3
                1  | c       | 2026-01-01  | 1e308
                2  | c       | 2026-01-02  | 1e308
                3  | c       | 2026-01-03  | -1e308
            """
        },
        "facts: {total: {sum: visit, of: weight}, average: {mean: visit, of: weight}}",
        as_of="2026-06-30",
        expect="""
            resident | total              | average
            a        | 0.6000000000000001 | 0.20000000000000004
            b        | 0.6                | 0.19999999999999998
            c        |                    |
        """,
    )


def test_most_per_day_tells_how_many_there_are_on_the_fullest_day(spec: Spec) -> None:
    """For more visits a day than one person can make; 0 without a record."""
    spec(
        VISITS,
        """
        facts:
          most: {most_per_day: visit}
          most_at_home: {most_per_day: visit, where: mode = 'home'}
          most_in_may: {most_per_day: visit, during: 2 months}
        """,
        as_of="2026-06-30",
        expect="""
            resident | most | most_at_home | most_in_may
            a        | 2    | 1            | 1
            b        | 1    | 0            | 0
            c        | 0    | 0            | 0
        """,
    )


def test_institutions_are_measured_by_the_records_made_there(spec: Spec) -> None:
    """Every operation works with `relation: at`."""
    spec(
        POSTINGS,
        """
        entity: institution
        facts:
          people: {count_distinct: posting, of: subject.code, relation: at}
          days: {sum: posting, of: days, relation: at}
          mean_days: {mean: posting, of: days, relation: at, during: 1 year}
          shortest: {min: posting, of: days, relation: at}
          longest: {max: posting, of: days, relation: at, during: period}
          most: {most_per_day: posting, relation: at, during: previous_period}
          second: {nth: posting, n: 2, relation: at, during: since opened_on}
        """,
        as_of="2026-06-30",
        expect="""
            institution | people | days | mean_days | shortest | longest | most | second.days
            i1          | 3      | 65   | 27.5      | 10       | 30      | 1    |
            i2          | 1      | 20   | 20        | 20       | 20      | 0    |
        """,
    )


def test_workers_are_measured_by_the_records_they_made(spec: Spec) -> None:
    """Every operation works with `relation: by`."""
    spec(
        POSTINGS,
        """
        entity: worker
        facts:
          people: {count_distinct: posting, of: subject.code, relation: by}
          days: {sum: posting, of: days, relation: by}
          mean_days: {mean: posting, of: days, relation: by, during: previous_period}
          shortest: {min: posting, of: days, relation: by, where: institution.code = 'i1'}
          longest: {max: posting, of: days, relation: by, during: since date '2026-02-02'}
          most: {most_per_day: posting, relation: by}
          second: {nth: posting, n: 2, relation: by, during: year}
        """,
        as_of="2026-06-30",
        expect="""
            worker | people | days | mean_days | shortest | longest | most | second.days
            w1     | 3      | 75   |           | 25       | 30      | 2    | 30
            w2     | 1      | 10   | 10        | 10       |         | 1    |
            w3     | 0      |      |           |          |         | 0    |
        """,
    )
