"""Series

The steps of one schedule, counted from one day: doses of vaccines by age, the checks of a child or of a pregnancy. Each
step is due, overdue or missed on its own.
"""

from spec.examples import Spec

DOSES = """
    facts:
      dose_1: {first: visit, where: note = '1'}
      dose_2: {first: visit, where: note = '2'}
    groups: {children: {when: birth_date is not null}}
    schedules:
      vaccine:
        group: children
        series:
          anchor: birth_date
          steps:
            one: {given: dose_1.occurred_on, from: 2 months, before: 3 months}
            two: {given: dose_2.occurred_on, from: 4 months, before: 6 months, after: one, min_interval: 28 days}
"""


def test_a_step_is_due_from_an_age_and_should_be_done_before_another(spec: Spec) -> None:
    """Ages are counted from the `anchor`. The last day is the one before the age `before`."""
    spec(
        {"residents": "code | birth_date\n 1 | 2026-01-31\n 2 |"},
        DOSES,
        due="""
            as_of      | resident | step | due_from   | due_on     | overdue_from | missed_from | status
            2026-03-30 | 1        | one  | 2026-03-31 | 2026-04-29 | 2026-04-30   |             | upcoming
            2026-03-31 | 1        | one  | 2026-03-31 | 2026-04-29 | 2026-04-30   |             | due
            2026-04-29 | 1        | one  | 2026-03-31 | 2026-04-29 | 2026-04-30   |             | due
            2026-04-30 | 1        | one  | 2026-03-31 | 2026-04-29 | 2026-04-30   |             | overdue
            2036-01-31 | 1        | one  | 2026-03-31 | 2026-04-29 | 2026-04-30   |             | overdue
        """,
    )


def test_a_step_waits_for_the_one_it_comes_after(spec: Spec) -> None:
    """It has no item until that one was done, and is due no sooner than the minimum interval after it.

    Who began late catches up: the last day is then the first one on which it may be done.
    """
    spec(
        {
            "residents": """
                code    | birth_date
                waits   | 2026-01-01
                in_time | 2026-01-01
                late    | 2026-01-01
                done    | 2026-01-01
            """,
            "visit": """
                subject | occurred_on | note
                in_time | 2026-03-01  | 1
                late    | 2026-07-10  | 1
                done    | 2026-03-01  | 1
                done    | 2026-05-01  | 2
            """,
        },
        DOSES,
        as_of="2026-07-15",
        due="""
            resident | step | due_from   | due_on     | status
            waits    | one  | 2026-03-01 | 2026-03-31 | overdue
            in_time  | two  | 2026-05-01 | 2026-06-30 | overdue
            late     | two  | 2026-08-07 | 2026-08-07 | upcoming
        """,
    )


def test_a_grace_gives_those_who_began_late_some_days(spec: Spec) -> None:
    """The last day is no sooner than the grace after the first one. A step's own grace goes before that of the series."""
    spec(
        {
            "residents": "code | birth_date\n 1 | 2026-01-01",
            "visit": "subject | occurred_on | note\n 1 | 2026-07-10 | 1",
        },
        """
        facts: {dose_1: {first: visit, where: note = '1'}}
        groups: {children: {when: birth_date is not null}}
        schedules:
          vaccine:
            group: children
            series:
              anchor: birth_date
              grace: 30 days
              steps:
                one: {given: dose_1.occurred_on, from: 2 months, by: 3 months}
                two: {given: "null + 0 days", from: 4 months, by: 6 months, after: one, min_interval: 1 month}
                other: {given: "null + 0 days", from: 6 months, grace: 0 days}
                third: {given: "null + 0 days", from: 6 months, by: 10 months}
        """,
        as_of="2026-07-15",
        due="""
            resident | step  | due_from   | due_on
            1        | two   | 2026-08-10 | 2026-09-09
            1        | other | 2026-07-01 | 2026-07-01
            1        | third | 2026-07-01 | 2026-11-01
        """,
    )


def test_what_is_too_late_is_gone_or_missed(spec: Spec) -> None:
    """From the day of the age `until` a step can no longer be done: then it is gone, or missed if it `report_missed`.

    The last day never lies after it, and a step that could only be done from then on has no item.
    """
    spec(
        {"residents": "code | birth_date\n 1 | 2026-01-01"},
        """
        groups: {children: {when: birth_date is not null}}
        schedules:
          checks:
            group: children
            series:
              anchor: birth_date
              steps:
                gone: {given: "null + 0 days", from: 1 month, by: 2 months, until: 3 months}
                kept: {given: "null + 0 days", from: 1 month, by: 5 months, until: 3 months, report_missed: true}
                never: {given: "null + 0 days", from: 3 months, until: 3 months, report_missed: true}
                later: {given: "null + 0 days", until: 3 months, not_before: "date '2026-04-01'"}
        """,
        due="""
            as_of      | resident | step | due_from   | due_on     | overdue_from | missed_from | status
            2026-03-31 | 1        | gone | 2026-02-01 | 2026-03-01 | 2026-03-02   | 2026-04-01  | overdue
            2026-03-31 | 1        | kept | 2026-02-01 | 2026-03-31 | 2026-04-01   | 2026-04-01  | due
            2026-04-01 | 1        | kept | 2026-02-01 | 2026-03-31 | 2026-04-01   | 2026-04-01  | missed
        """,
    )


def test_a_step_is_for_those_for_whom_its_condition_is_true(spec: Spec) -> None:
    """An empty condition counts as false. So alternatives are written: who has begun with one vaccine goes on with it."""
    spec(
        {
            "residents": "code | birth_date\n new | 2026-01-01\n live | 2026-01-01\n killed | 2026-01-01",
            "visit": "subject | occurred_on | note\n live | 2026-09-01 | L\n killed | 2026-09-01 | K",
        },
        """
        facts:
          live_1: {first: visit, where: note = 'L'}
          killed_1: {first: visit, where: note = 'K'}
        groups: {children: {when: birth_date is not null}}
        schedules:
          encephalitis:
            group: children
            series:
              anchor: birth_date
              steps:
                live_1: {given: live_1.occurred_on, from: 8 months, when: killed_1.occurred_on is null}
                live_2: {given: "null + 0 days", from: 24 months, after: live_1}
                killed_1: {given: killed_1.occurred_on, from: 8 months, when: "false"}
                killed_2: {given: "null + 0 days", from: 8 months, after: killed_1, min_interval: 7 days}
                empty: {given: "null + 0 days", when: sex = '2'}
        """,
        as_of="2026-09-02",
        due="""
            resident | step     | due_from
            new      | live_1   | 2026-09-01
            live     | live_2   | 2028-01-01
            killed   | killed_2 | 2026-09-08
        """,
    )


def test_a_step_may_wait_for_any_other_day(spec: Spec) -> None:
    """`not_before` holds it back; an empty one does not. Two injected live vaccines: on one day, or 28 days apart."""
    spec(
        {
            "residents": "code | birth_date\n 1 | 2025-01-01\n 2 | 2025-01-01",
            "visit": "subject | occurred_on\n 1 | 2026-07-10",
        },
        """
        facts: {live: {latest: visit}}
        groups: {children: {when: birth_date is not null}}
        schedules:
          vaccine:
            group: children
            series:
              anchor: birth_date
              steps:
                mmr:
                  given: "null + 0 days"
                  from: 18 months
                  before: 24 months
                  not_before: case when live.occurred_on = as_of then as_of else live.occurred_on + 28 days end
        """,
        due="""
            as_of      | resident | due_from   | due_on
            2026-07-09 | 1        | 2026-07-01 | 2026-12-31
            2026-07-09 | 2        | 2026-07-01 | 2026-12-31
            2026-07-10 | 1        | 2026-07-10 | 2026-12-31
            2026-07-10 | 2        | 2026-07-01 | 2026-12-31
            2026-07-11 | 1        | 2026-08-07 | 2026-12-31
            2026-07-11 | 2        | 2026-07-01 | 2026-12-31
        """,
    )


def test_two_versions_of_a_series_live_in_one_pack(spec: Spec) -> None:
    """Ages that are parameters change by the day of evaluation, or by birth date. Without a value there is no step."""
    spec(
        {"residents": "code | birth_date\n older | 2024-12-31\n younger | 2025-01-01"},
        """
        parameters:
          first_age: {values: [{since: 2021-03-01, value: 3 months}, {since: 2025-01-01, value: 2 months}]}
          last_age:
            applies_by: birth_date
            values: [{since: 2015-01-01, value: 6 years}, {since: 2025-01-01, value: 18 months}]
          extra_age: {applies_by: birth_date, values: [{since: 2025-01-01, value: 6 years}]}
        groups: {children: {when: birth_date is not null and birth_date <= as_of}}
        schedules:
          vaccine:
            group: children
            series:
              anchor: birth_date
              steps:
                one: {given: "null + 0 days", from: first_age}
                last: {given: "null + 0 days", from: last_age}
                extra: {given: "null + 0 days", from: extra_age}
        """,
        due="""
            as_of      | resident | step  | due_from
            2024-12-31 | older    | one   | 2025-03-31
            2024-12-31 | older    | last  | 2030-12-31
            2025-01-01 | older    | one   | 2025-02-28
            2025-01-01 | older    | last  | 2030-12-31
            2025-01-01 | younger  | one   | 2025-03-01
            2025-01-01 | younger  | last  | 2026-07-01
            2025-01-01 | younger  | extra | 2031-01-01
        """,
    )


def test_milestones_are_independent_of_each_other(spec: Spec) -> None:
    """Each stands in its own window; one that was missed does not hold back the next. They may count from any day."""
    spec(
        {
            "visit": """
                subject | occurred_on | next_on
                1       | 2026-02-01  | 2026-01-01
                1       | 2026-04-25  |
            """
        },
        """
        facts:
          book: {first: visit, where: next_on is not null}
          middle: {any: visit, where: next_on is null}
        values:
          last_period: book.next_on
        groups: {pregnant: {when: book.next_on is not null}}
        schedules:
          antenatal:
            group: pregnant
            series:
              anchor: last_period
              stop: as_of >= last_period + 42 weeks
              steps:
                early: {given: "null + 0 days", by: 13 weeks, until: 13 weeks, report_missed: true}
                weeks_16: {given: "case when middle then as_of end", from: 16 weeks, by: 20 weeks, until: 21 weeks}
                weeks_21: {given: "null + 0 days", from: 21 weeks, by: 24 weeks, until: 25 weeks}
        """,
        due="""
            as_of      | resident | step     | due_from   | due_on     | missed_from | status
            2026-04-24 | 1        | early    | 2026-01-01 | 2026-04-01 | 2026-04-02  | missed
            2026-04-24 | 1        | weeks_16 | 2026-04-23 | 2026-05-21 | 2026-05-28  | due
            2026-04-24 | 1        | weeks_21 | 2026-05-28 | 2026-06-18 | 2026-06-25  | upcoming
            2026-04-25 | 1        | early    | 2026-01-01 | 2026-04-01 | 2026-04-02  | missed
            2026-04-25 | 1        | weeks_21 | 2026-05-28 | 2026-06-18 | 2026-06-25  | upcoming
            2026-10-22 | 1        |          |            |            |             |
        """,
    )


def test_a_step_one_of_whose_days_is_no_date_has_no_item(spec: Spec) -> None:
    """The others of the series have theirs."""
    spec(
        {"residents": "code | birth_date\n 1 | 9990-01-01"},
        """
        groups: {children: {when: birth_date is not null}}
        schedules:
          vaccine:
            group: children
            series:
              anchor: birth_date
              steps:
                fine: {given: "null + 0 days", from: 2 months}
                beyond: {given: "null + 0 days", from: 2 months, by: 10 years}
                over: {given: "null + 0 days", from: 2 months, until: 10 years}
                edge: {given: "null + 0 days", by: 3651 days}
        """,
        as_of="9991-01-01",
        due="""
            resident | step | due_on
            1        | fine | 9990-03-01
        """,
    )
