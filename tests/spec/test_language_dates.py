"""Dates

Moving dates by days, weeks, months and years, ages, and the spaces between two days. All dates lie in the years 1 to
9999; what would lie outside is empty.
"""

from spec.examples import Spec

BIRTHS = {
    "residents": """
        code | birth_date
        leap | 1960-02-29
        june | 1961-06-30
        july | 1961-07-01
        none |
    """
}


def test_days_and_weeks_are_counted_exactly(spec: Spec) -> None:
    """Backwards as well."""
    spec(
        as_of="2024-02-28",
        expect="""
            resident | as_of + 1 day | as_of + 2 days | as_of + 2 weeks | as_of - 59 days | as_of + 0 days
            1        | 2024-02-29    | 2024-03-01     | 2024-03-13      | 2023-12-31      | 2024-02-28
        """,
    )


def test_moving_by_months_keeps_the_day_or_takes_the_last_day_of_the_month(spec: Spec) -> None:
    """31 January and a month is the last of February."""
    spec(
        expect="""
            as_of      | resident | as_of + 1 month | as_of + 3 months | as_of - 1 month
            2026-01-31 | 1        | 2026-02-28      | 2026-04-30       | 2025-12-31
            2024-01-31 | 1        | 2024-02-29      | 2024-04-30       | 2023-12-31
            2025-11-30 | 1        | 2025-12-30      | 2026-02-28       | 2025-10-30
            2026-03-31 | 1        | 2026-04-30      | 2026-06-30       | 2026-02-28
            2026-02-28 | 1        | 2026-03-28      | 2026-05-28       | 2026-01-28
        """,
    )


def test_moving_29_february_by_years_takes_28_february_in_other_years(spec: Spec) -> None:
    """A year is twelve months. Birthdays are another matter: see `birthday`."""
    spec(
        as_of="2024-02-29",
        expect="""
            resident | as_of + 1 year | as_of + 4 years | as_of - 1 year | as_of + 12 months
            1        | 2025-02-28     | 2028-02-29      | 2023-02-28     | 2025-02-28
        """,
    )


def test_a_duration_may_be_a_parameter(spec: Spec) -> None:
    """It is the same for everybody on a day, and changes with policy."""
    spec(
        BIRTHS,
        "parameters: {spacing: {values: [{since: 2000-01-01, value: 3 months}, {since: 2026-01-01, value: 14 days}]}}",
        expect="""
            as_of      | resident | as_of + spacing  | birth_date - spacing
            2025-12-31 | june     | 2026-03-31       | 1961-03-30
            2026-01-01 | june     | 2026-01-15       | 1961-06-16
            2026-01-01 | none     | 2026-01-15       |
        """,
    )


def test_a_date_outside_the_years_1_to_9999_is_empty(spec: Spec) -> None:
    """However far it is moved; moving back brings nothing back."""
    spec(
        {"residents": "code | birth_date\n first | 0001-01-01\n last | 9999-12-31\n now | 2026-06-30"},
        as_of="2026-06-30",
        expect="""
            expression                            | resident first | resident last | resident now
            birth_date + 1 day                    | 0001-01-02     |               | 2026-07-01
            birth_date - 1 day                    |                | 9999-12-30    | 2026-06-29
            birth_date + 1 month                  | 0001-02-01     |               | 2026-07-30
            birth_date - 1 year                   |                | 9998-12-31    | 2025-06-30
            birth_date - 1 day + 1 day            |                | 9999-12-31    | 2026-06-30
            birth_date + 99999999999 months       |                |               |
            birth_date - 99999999999999999999 days |               |               |
            birth_date + 9998 years               | 9999-01-01     |               |
        """,
    )


def test_an_age_in_full_years_changes_on_the_birthday(spec: Spec) -> None:
    """Somebody born on 29 February has the birthday on 1 March in other years."""
    spec(
        BIRTHS,
        expect="""
            as_of      | resident | full_years(birth_date, as_of)
            2026-06-29 | june     | 64
            2026-06-30 | june     | 65
            2026-06-30 | july     | 64
            2025-02-28 | leap     | 64
            2025-03-01 | leap     | 65
            2024-02-29 | leap     | 64
            1960-02-28 | leap     | -1
            2026-06-30 | none     |
        """,
    )


def test_a_birthday_is_the_day_on_which_somebody_becomes_that_old(spec: Spec) -> None:
    """A fraction of a year is dropped. A birthday after the year 9999, or before the year 1, is empty."""
    spec(
        BIRTHS,
        as_of="2026-06-30",
        expect="""
            expression                  | resident leap | resident june | resident none
            birthday(birth_date, 65)    | 2025-03-01    | 2026-06-30    |
            birthday(birth_date, 64)    | 2024-02-29    | 2025-06-30    |
            birthday(birth_date, 0.5)   | 1960-02-29    | 1961-06-30    |
            birthday(birth_date, -1960) |               | 0001-06-30    |
            birthday(birth_date, 8039)  | 9999-03-01    |               |
            birthday(birth_date, 8040)  |               |               |
        """,
    )


def test_whole_months_count_how_often_a_month_fits_between_two_days(spec: Spec) -> None:
    """The largest n for which the first day moved by n months is not after the second; negative backwards."""
    spec(
        {
            "visit": """
                subject | occurred_on | next_on
                a       | 2026-01-31  | 2026-02-28
                b       | 2026-01-31  | 2026-03-30
                c       | 2026-01-31  | 2026-03-31
                d       | 2026-01-15  | 2026-01-14
                e       | 2024-02-29  | 2025-02-28
                f       | 2026-01-15  |
            """
        },
        "facts: {last: {latest: visit}}",
        as_of="2026-06-30",
        expect="""
            resident | whole_months(last.occurred_on, last.next_on) | days_between(last.occurred_on, last.next_on)
            a        | 1                                            | 28
            b        | 1                                            | 58
            c        | 2                                            | 59
            d        | -1                                           | -1
            e        | 12                                           | 365
            f        |                                              |
        """,
    )


def test_the_days_between_two_dates_may_be_negative(spec: Spec) -> None:
    """And as many as there are days from the year 1 to the year 9999."""
    spec(
        {"residents": "code | birth_date\n 1 | 0001-01-01\n 2 | 9999-12-31\n 3 |"},
        as_of="9999-12-31",
        expect="""
            expression                                         | resident 1 | resident 2 | resident 3
            days_between(birth_date, as_of)                    | 3652058    | 0          |
            days_between(as_of, birth_date)                    | -3652058   | 0          |
            days_between(date '2024-02-28', date '2024-03-01') | 2          | 2          | 2
        """,
    )


def test_a_date_has_a_year_a_month_and_the_edges_of_its_year(spec: Spec) -> None:
    """Months are numbered from 1 to 12."""
    spec(
        BIRTHS,
        as_of="2026-06-30",
        expect="""
            resident | year(birth_date) | month(birth_date) | start_of_year(birth_date) | end_of_year(birth_date)
            leap     | 1960             | 2                 | 1960-01-01                | 1960-12-31
            july     | 1961             | 7                 | 1961-01-01                | 1961-12-31
            none     |                  |                   |                           |
        """,
    )


def test_a_date_knows_its_month_quarter_and_weekday(spec: Spec) -> None:
    """Monday is 1, Sunday 7. Quarters and months begin and end with calendar days."""
    spec(
        expect="""
            as_of      | resident | quarter(as_of) | weekday(as_of) | start_of_month(as_of) | end_of_month(as_of)
            2026-06-30 | 1        | 2              | 2              | 2026-06-01            | 2026-06-30
            2024-02-01 | 1        | 1              | 4              | 2024-02-01            | 2024-02-29
            2026-12-06 | 1        | 4              | 7              | 2026-12-01            | 2026-12-31
            0001-01-01 | 1        | 1              | 1              | 0001-01-01            | 0001-01-31
            9999-12-31 | 1        | 4              | 5              | 9999-12-01            | 9999-12-31
        """,
    )
    spec(
        expect="""
            as_of      | resident | start_of_quarter(as_of) | end_of_quarter(as_of)
            2026-01-01 | 1        | 2026-01-01              | 2026-03-31
            2026-06-30 | 1        | 2026-04-01              | 2026-06-30
            2026-08-15 | 1        | 2026-07-01              | 2026-09-30
            9999-12-31 | 1        | 9999-10-01              | 9999-12-31
        """,
    )


def test_whole_weeks_are_counted_down_to_the_last_full_one(spec: Spec) -> None:
    """The largest number of weeks after which the second day has not passed; weeks of pregnancy are counted so."""
    spec(
        as_of="2026-06-30",
        expect="""
            expression                            | resident 1
            whole_weeks(date '2026-06-23', as_of) | 1
            whole_weeks(date '2026-06-24', as_of) | 0
            whole_weeks(as_of, as_of)             | 0
            whole_weeks(date '2026-07-01', as_of) | -1
            whole_weeks(date '2026-07-07', as_of) | -1
            whole_weeks(date '2026-07-08', as_of) | -2
            whole_weeks(null, as_of)              |
        """,
    )
