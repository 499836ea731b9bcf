"""Schedules

Which service the members of a group should get, and when. An item is *upcoming* before `due_from`, *due* from
`due_from` through `due_on`, *overdue* from the day after `due_on`.
"""

from spec.examples import Spec

EVERY = """
    facts:
      registered: {first: visit, where: mode = 'clinic'}
      last: {latest: visit, where: mode is null}
    groups:
      patients: {when: registered.occurred_on is not null}
    schedules:
      follow_up:
        group: patients
        lead: 7 days
        every:
          after: last
          start: registered.occurred_on
          first: 1 month
          intervals:
            - {when: last.sbp < 140, then: 3 months}
            - {when: last.sbp < 160, then: 1 month}
            - {then: 14 days}
"""
YEARLY = """
    facts:
      done: {any: visit, during: year}
    groups:
      everybody: {when: "true"}
    schedules:
      check:
        group: everybody
        once_per_year: {satisfied: done, not_before: "birthday(birth_date, 65)"}
"""


def test_every_is_due_one_interval_after_the_last_service(spec: Spec) -> None:
    """The first interval whose condition is true counts; the last one has no condition and takes what is left."""
    spec(
        {
            "visit": """
                subject | occurred_on | mode   | sbp
                a       | 2026-01-01  | clinic |
                a       | 2026-03-31  |        | 130
                b       | 2026-01-01  | clinic |
                b       | 2026-03-31  |        | 150
                c       | 2026-01-01  | clinic |
                c       | 2026-03-31  |        | 170
                d       | 2026-01-01  | clinic |
                d       | 2026-03-31  |        |
            """
        },
        EVERY,
        as_of="2026-04-01",
        due="""
            resident | due_from   | due_on     | overdue_from | status
            a        | 2026-06-23 | 2026-06-30 | 2026-07-01   | upcoming
            b        | 2026-04-23 | 2026-04-30 | 2026-05-01   | upcoming
            c        | 2026-04-07 | 2026-04-14 | 2026-04-15   | upcoming
            d        | 2026-04-07 | 2026-04-14 | 2026-04-15   | upcoming
        """,
    )


def test_before_the_first_service_every_counts_from_its_start(spec: Spec) -> None:
    """The interval is `first` then; from the day of the first service on, its own interval counts."""
    spec(
        {
            "visit": """
                subject | occurred_on | mode   | sbp
                1       | 2024-01-31  | clinic |
                1       | 2024-03-05  |        | 130
            """
        },
        EVERY,
        due="""
            as_of      | resident | due_from   | due_on     | status
            2024-01-30 | 1        |            |            |
            2024-01-31 | 1        | 2024-02-22 | 2024-02-29 | upcoming
            2024-03-04 | 1        | 2024-02-22 | 2024-02-29 | overdue
            2024-03-05 | 1        | 2024-05-29 | 2024-06-05 | upcoming
        """,
    )


def test_an_item_is_upcoming_then_due_then_overdue(spec: Spec) -> None:
    """The day before the lead, its first day, the due day, and the day after it."""
    spec(
        {
            "visit": """
                subject | occurred_on | mode   | sbp
                1       | 2025-01-01  | clinic |
                1       | 2025-11-30  |        | 130
            """
        },
        EVERY,
        due="""
            as_of      | resident | due_from   | due_on     | overdue_from | status
            2026-02-20 | 1        | 2026-02-21 | 2026-02-28 | 2026-03-01   | upcoming
            2026-02-21 | 1        | 2026-02-21 | 2026-02-28 | 2026-03-01   | due
            2026-02-28 | 1        | 2026-02-21 | 2026-02-28 | 2026-03-01   | due
            2026-03-01 | 1        | 2026-02-21 | 2026-02-28 | 2026-03-01   | overdue
            2030-01-01 | 1        | 2026-02-21 | 2026-02-28 | 2026-03-01   | overdue
        """,
    )


def test_without_a_lead_an_item_is_due_on_its_day_alone(spec: Spec) -> None:
    """Upcoming the day before, overdue the day after; a lead may be given in weeks as well."""
    rules = """
        facts: {last: {latest: visit}}
        groups: {everybody: {when: "true"}}
        schedules:
          call: {group: everybody, every: {after: last, start: birth_date, first: 1 year, intervals: [{then: 1 week}]}}
          letter:
            group: everybody
            lead: 2 weeks
            every: {after: last, start: birth_date, first: 1 year, intervals: [{then: 1 year}]}
    """
    spec(
        {"residents": "code | birth_date\n 1 |", "visit": "subject | occurred_on\n 1 | 2024-02-29"},
        rules,
        due="""
            as_of      | resident | schedule | due_from   | due_on     | status
            2024-03-06 | 1        | call     | 2024-03-07 | 2024-03-07 | upcoming
            2024-03-06 | 1        | letter   | 2025-02-14 | 2025-02-28 | upcoming
            2024-03-07 | 1        | call     | 2024-03-07 | 2024-03-07 | due
            2024-03-07 | 1        | letter   | 2025-02-14 | 2025-02-28 | upcoming
            2024-03-08 | 1        | call     | 2024-03-07 | 2024-03-07 | overdue
            2024-03-08 | 1        | letter   | 2025-02-14 | 2025-02-28 | upcoming
        """,
    )


def test_nothing_is_due_without_a_service_and_without_a_start(spec: Spec) -> None:
    """Nor while the interval is a parameter that is not in force."""
    spec(
        {
            "residents": "code | birth_date\n a |\n b | 2026-01-01",
        },
        """
        parameters:
          gap: {values: [{since: 2026-02-01, value: 2 months}, {since: 2026-03-01, value: null}]}
        facts: {last: {latest: visit}}
        groups: {everybody: {when: "true"}}
        schedules:
          call: {group: everybody, every: {after: last, start: birth_date, first: gap, intervals: [{then: gap}]}}
        """,
        due="""
            as_of      | resident | due_on
            2026-01-31 | b        |
            2026-02-01 | b        | 2026-03-01
            2026-02-28 | b        | 2026-03-01
            2026-03-01 | b        |
        """,
    )


def test_the_last_service_counts_even_if_another_one_was_made_the_same_day(spec: Spec) -> None:
    """Of one day's records the one with the larger id is the last."""
    spec(
        {
            "visit": """
                id | subject | occurred_on | mode   | sbp
                0  | 1       | 2025-01-01  | clinic |
                9  | 1       | 2026-01-15  |        | 130
                10 | 1       | 2026-01-15  |        | 170
            """
        },
        EVERY,
        as_of="2026-02-01",
        due="""
            resident | due_on
            1        | 2026-04-15
        """,
    )


def test_who_leaves_the_group_has_nothing_due(spec: Spec) -> None:
    """And whoever joins has, from that day on."""
    spec(
        {"residents": "code | birth_date\n 1 | 1961-03-01"},
        """
        facts: {done: {any: visit, during: year}}
        groups: {from_65_to_66: {when: "full_years(birth_date, as_of) between 65 and 66"}}
        schedules: {check: {group: from_65_to_66, once_per_year: {satisfied: done}}}
        """,
        due="""
            as_of      | resident | due_from   | due_on
            2026-02-28 | 1        |            |
            2026-03-01 | 1        | 2026-01-01 | 2026-12-31
            2028-02-29 | 1        | 2028-01-01 | 2028-12-31
            2028-03-01 | 1        |            |
        """,
    )


def test_once_per_year_is_open_from_1_january_through_31_december(spec: Spec) -> None:
    """Settled as soon as `satisfied` is true; each year anew. It is never overdue within the year."""
    spec(
        {
            "residents": "code | birth_date\n 1 | 1950-05-01",
            "visit": "subject | occurred_on\n 1 | 2026-03-10",
        },
        YEARLY,
        due="""
            as_of      | resident | due_from   | due_on     | overdue_from | status
            2025-12-31 | 1        | 2025-01-01 | 2025-12-31 | 2026-01-01   | due
            2026-01-01 | 1        | 2026-01-01 | 2026-12-31 | 2027-01-01   | due
            2026-03-09 | 1        | 2026-01-01 | 2026-12-31 | 2027-01-01   | due
            2026-03-10 | 1        |            |            |              |
            2026-12-31 | 1        |            |            |              |
            2027-01-01 | 1        | 2027-01-01 | 2027-12-31 | 2028-01-01   | due
        """,
    )


def test_once_per_year_opens_on_its_not_before_if_that_is_later(spec: Spec) -> None:
    """Upcoming until then. Not before 31 December still opens for that one day; a later year is not opened yet."""
    spec(
        {
            "residents": """
                code   | birth_date
                june   | 1961-06-30
                leap   | 1960-02-29
                last   | 1961-12-31
                later  | 1962-01-01
                nobody |
            """
        },
        YEARLY,
        due="""
            as_of      | resident | due_from   | due_on     | status
            2026-06-29 | june     | 2026-06-30 | 2026-12-31 | upcoming
            2026-06-29 | leap     | 2026-01-01 | 2026-12-31 | due
            2026-06-29 | last     | 2026-12-31 | 2026-12-31 | upcoming
            2026-06-29 | nobody   | 2026-01-01 | 2026-12-31 | due
            2026-06-30 | june     | 2026-06-30 | 2026-12-31 | due
            2026-06-30 | leap     | 2026-01-01 | 2026-12-31 | due
            2026-06-30 | last     | 2026-12-31 | 2026-12-31 | upcoming
            2026-06-30 | nobody   | 2026-01-01 | 2026-12-31 | due
            2025-02-28 | leap     | 2025-03-01 | 2025-12-31 | upcoming
            2025-02-28 | nobody   | 2025-01-01 | 2025-12-31 | due
        """,
    )


def test_once_per_goes_by_any_unit_of_the_calendar(spec: Spec) -> None:
    """`year`, `half_year`, `quarter` or `month`: from its first day, or from `not_before` if that is later, to its last.

    `once_per_year` is another way to write `once_per` with the calendar year. For every few years write `every`.
    """
    rules = """
        facts: {last: {latest: visit}}
        groups: {everybody: {when: "true"}}
        schedules:
          half_year: {group: everybody, once_per: {calendar: half_year, satisfied: last.occurred_on >= as_of - 5 months}}
          quarter: {group: everybody, once_per: {calendar: quarter, satisfied: "false", not_before: last.occurred_on}}
          month: {group: everybody, once_per: {calendar: month, satisfied: month(last.occurred_on) = month(as_of)}}
          year: {group: everybody, once_per: {calendar: year, satisfied: "false"}}
    """
    spec(
        {"visit": "subject | occurred_on\n 1 | 2024-02-15"},
        rules,
        due="""
            as_of      | resident | schedule  | due_from   | due_on     | overdue_from | status
            2024-02-10 | 1        | half_year | 2024-01-01 | 2024-06-30 | 2024-07-01   | due
            2024-02-10 | 1        | quarter   | 2024-01-01 | 2024-03-31 | 2024-04-01   | due
            2024-02-10 | 1        | month     | 2024-02-01 | 2024-02-29 | 2024-03-01   | due
            2024-02-10 | 1        | year      | 2024-01-01 | 2024-12-31 | 2025-01-01   | due
            2024-02-20 | 1        | quarter   | 2024-02-15 | 2024-03-31 | 2024-04-01   | due
            2024-02-20 | 1        | year      | 2024-01-01 | 2024-12-31 | 2025-01-01   | due
            2024-12-31 | 1        | half_year | 2024-07-01 | 2024-12-31 | 2025-01-01   | due
            2024-12-31 | 1        | quarter   | 2024-10-01 | 2024-12-31 | 2025-01-01   | due
            2024-12-31 | 1        | month     | 2024-12-01 | 2024-12-31 | 2025-01-01   | due
            2024-12-31 | 1        | year      | 2024-01-01 | 2024-12-31 | 2025-01-01   | due
        """,
    )


def test_every_ends_when_it_is_stopped_and_after_its_last_day(spec: Spec) -> None:
    """Nothing is due while `stop` is true; nor after the day `until`, nor what would only be due on a later day.

    Every three years from 35 through 64 is written in this way.
    """
    spec(
        {
            "residents": """
                code    | birth_date | death_date
                again   | 1980-03-01 |
                ended   | 1964-05-01 |
                old     | 1961-06-30 |
                still   | 1961-07-01 |
                stopped | 1980-03-01 | 2030-01-01
            """,
            "visit": """
                subject | occurred_on
                again   | 2023-01-10
                ended   | 2026-05-01
                old     | 2020-01-10
                still   | 2020-01-10
            """,
        },
        """
        facts: {last: {latest: visit}}
        groups: {women: {when: "birthday(birth_date, 35) <= as_of"}}
        schedules:
          screening:
            group: women
            lead: 30 days
            every:
              after: last
              start: birthday(birth_date, 35)
              first: 1 year
              intervals: [{then: 3 years}]
              stop: death_date is not null
              until: birthday(birth_date, 65) - 1 day
        """,
        as_of="2026-06-30",
        due="""
            resident | due_from   | due_on     | status
            again    | 2025-12-11 | 2026-01-10 | overdue
            still    | 2022-12-11 | 2023-01-10 | overdue
        """,
    )
