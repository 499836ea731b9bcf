"""What is overdue, in rules

`overdue.` and the name of a schedule: whether an item of the entity is overdue on the day, true or false.
"""

from spec.examples import Spec

RULES = """
    facts:
      last: {latest: visit}
      late_people: {count: overdue.check, over: residents, entity: institution}
    groups:
      everybody: {when: birth_date is not null}
      late: {when: overdue.check}
      told: {when: overdue.reminder}
    schedules:
      check:
        group: everybody
        every: {after: last, start: birth_date, first: 1 year, intervals: [{then: 3 months}]}
      reminder:
        group: late
        deadline: {from: last.occurred_on, within: 4 months, done: "false"}
      doses:
        group: everybody
        series:
          anchor: birth_date
          steps:
            one: {given: last.occurred_on, from: 1 month, by: 2 months, until: 6 months}
    indicators:
      late_share: {numerator: overdue.check, denominator: everybody}
"""
DATA = {
    "residents": """
        code | birth_date | institution
        a    | 1960-05-02 | i1
        b    | 1990-01-01 | i1
        c    |            | i1
        d    | 2026-03-01 | i1
    """,
    "institutions": "code\n i1",
    "visit": """
        subject | occurred_on
        a       | 2026-01-10
        b       | 2026-05-10
        c       | 2020-01-01
    """,
}


def test_overdue_asks_whether_an_item_of_a_schedule_is_overdue_on_the_day(spec: Spec) -> None:
    """False for who is no member, has nothing due, or has missed it for good. Schedules may follow one another."""
    spec(
        DATA,
        RULES,
        expect="""
            as_of      | resident | overdue.check | late  | overdue.doses | told
            2026-04-10 | a        | false         | false | false         | false
            2026-04-11 | a        | true          | true  | false         | false
            2026-05-11 | a        | true          | true  | false         | true
            2026-05-11 | b        | false         | false | false         | false
            2026-05-11 | c        | false         | false | false         | false
            2026-05-01 | d        | false         | false | false         | false
            2026-05-02 | d        | false         | false | true          | false
            2026-08-31 | d        | false         | false | true          | false
            2026-09-01 | d        | false         | false | false         | false
        """,
    )


def test_figures_and_roll_ups_count_those_for_whom_it_is_overdue(spec: Spec) -> None:
    """A numerator, and `{count: overdue.check, over: residents}` of an institution."""
    spec(
        DATA,
        RULES,
        as_of="2026-05-11",
        expect="""
            institution | late_people
            i1          | 1
        """,
        institutions="""
            institution | late_share
            i1          | 1/3
        """,
    )
