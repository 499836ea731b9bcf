"""Deadlines, and who has to act

A service asked for once, by a day; days on which nothing is due; and the institution an item is for.
"""

from spec.examples import Spec
from spec.test_language_schedules import YEARLY


def test_a_deadline_is_due_once_from_its_day(spec: Spec) -> None:
    """From the day `from`, at the latest `within` after it, until `done` or `stop` is true. An empty day gives no item."""
    spec(
        {
            "residents": "code\n a\n b\n c\n d",
            "visit": """
                subject | occurred_on | mode   | next_on
                a       | 2026-03-30  | clinic | 2026-03-31
                b       | 2026-03-30  | clinic | 2026-03-31
                b       | 2026-04-02  | home   |
                c       | 2026-03-30  | clinic |
            """,
        },
        """
        facts:
          notice: {latest: visit, where: mode = 'clinic'}
          home: {latest: visit, where: mode = 'home'}
        groups: {everybody: {when: "true"}}
        schedules:
          home_visit:
            group: everybody
            deadline:
              from: notice.next_on
              within: 3 days
              done: home.occurred_on >= notice.next_on
              stop: as_of >= notice.next_on + 1 month
        """,
        due="""
            as_of      | resident | due_from   | due_on     | overdue_from | status
            2026-03-30 | a        | 2026-03-31 | 2026-04-03 | 2026-04-04   | upcoming
            2026-03-30 | b        | 2026-03-31 | 2026-04-03 | 2026-04-04   | upcoming
            2026-04-03 | a        | 2026-03-31 | 2026-04-03 | 2026-04-04   | due
            2026-04-04 | a        | 2026-03-31 | 2026-04-03 | 2026-04-04   | overdue
            2026-04-29 | a        | 2026-03-31 | 2026-04-03 | 2026-04-04   | overdue
            2026-04-30 | a        |            |            |              |
        """,
    )


def test_a_condition_that_is_empty_does_not_satisfy(spec: Spec) -> None:
    """What nobody recorded was not done."""
    spec(
        {"visit": "subject | occurred_on | smokes\n 1 | 2026-03-01 |"},
        """
        facts: {last: {latest: visit}}
        groups: {everybody: {when: "true"}}
        schedules: {advice: {group: everybody, once_per_year: {satisfied: not last.smokes}}}
        """,
        as_of="2026-06-30",
        due="""
            resident | due_on
            1        | 2026-12-31
        """,
    )


def test_an_item_whose_days_lie_outside_the_years_1_to_9999_does_not_exist(spec: Spec) -> None:
    """Its first day, its due day and the day after that have to be dates."""
    spec(
        {"residents": "code | birth_date\n early | 0001-01-01\n late | 9999-12-30"},
        """
        facts: {last: {latest: visit}}
        groups: {everybody: {when: "true"}}
        schedules:
          lead:
            group: everybody
            lead: 7 days
            every: {after: last, start: birth_date, first: 6 days, intervals: [{then: 1 day}]}
          just:
            group: everybody
            every: {after: last, start: birth_date, first: 1 day, intervals: [{then: 1 day}]}
          year: {group: everybody, once_per_year: {satisfied: "false"}}
        """,
        due="""
            as_of      | resident | schedule | due_from   | overdue_from
            9999-12-31 | early    | just     | 0001-01-02 | 0001-01-03
        """,
    )


def test_a_due_item_names_the_institution_and_the_place_of_its_subject(spec: Spec) -> None:
    """As the register gives them on the day of evaluation."""
    spec(
        {
            "places": "code\n p1",
            "institutions": "code | place\n i1 | p1",
            "residents": "code | birth_date | institution | place\n 1 | 1950-01-01 | i1 | p1\n 2 | 1950-01-01 | |",
        },
        YEARLY,
        as_of="2026-06-30",
        due="""
            resident | schedule | institution | place
            1        | check    | i1          | p1
            2        | check    |             |
        """,
    )


def test_institutions_have_due_items_too(spec: Spec) -> None:
    """A schedule is about whatever its group is about."""
    spec(
        {
            "institutions": "code | type\n i1 | township_centre\n i2 | hospital",
            "inspection": "subject | occurred_on\n i1 | 2026-01-31",
        },
        """
        entity: institution
        facts: {last: {latest: inspection}}
        groups: {centres: {when: type = 'township_centre'}}
        schedules:
          inspect:
            group: centres
            service: inspection
            lead: 1 week
            every: {after: last, start: as_of, first: 0 days, intervals: [{then: 1 month}]}
        """,
        as_of="2026-02-21",
        due="""
            institution | due_from   | due_on     | status
            i1          | 2026-02-21 | 2026-02-28 | due
        """,
    )


OFFICES = {
    "places": "code | parent\n town |\n v1 | town\n v2 | town",
    "institutions": "code | parent | place\n office | | town\n centre | office | town\n i1 | centre | v1",
}


def test_a_due_item_is_for_the_institution_that_responsible_names(spec: Spec) -> None:
    """Its code, in any shape of schedule; where that is empty or unknown, the institution of whom it is about."""
    spec(
        OFFICES
        | {
            "residents": "code | birth_date | institution | place\n a | 2026-01-01 | i1 | v1\n b | 2026-01-01 | | v2",
            "visit": "subject | occurred_on | note\n a | 2026-02-01 | abroad\n b | 2026-02-01 | centre",
        },
        """
        facts: {last: {latest: visit}}
        groups: {everybody: {when: "true"}}
        schedules:
          again:
            group: everybody
            every: {after: last, start: birth_date, first: 1 month, intervals: [{then: 1 month}], responsible: last.note}
          yearly: {group: everybody, once_per_year: {satisfied: "false", responsible: "'office'"}}
          first:
            group: everybody
            deadline: {from: birth_date, within: 1 month, done: "false", responsible: institution}
          doses:
            group: everybody
            series:
              anchor: birth_date
              responsible: case when last.note = 'centre' then 'office' end
              steps: {one: {given: start_of_year(null)}}
          default: {group: everybody, once_per_year: {satisfied: "false"}}
        """,
        as_of="2026-06-30",
        due="""
            resident | place | schedule | step | institution
            a        | v1    | again    |      | i1
            b        | v2    | again    |      | centre
            a        | v1    | yearly   |      | office
            b        | v2    | yearly   |      | office
            a        | v1    | first    |      | i1
            b        | v2    | first    |      |
            a        | v1    | doses    | one  | i1
            b        | v2    | doses    | one  | office
            a        | v1    | default  |      | i1
            b        | v2    | default  |      |
        """,
    )


def test_an_item_about_a_place_or_an_institution_may_be_for_the_office_that_must_act(spec: Spec) -> None:
    """A place has no institution of its own: without `responsible` its items are for nobody in particular."""
    spec(
        OFFICES,
        """
        entity: place
        values: {office: "case when code = 'v1' then 'centre' end"}
        groups: {villages: {when: parent is not null}}
        schedules:
          survey: {group: villages, once_per_year: {satisfied: "false", responsible: office}}
        """,
        as_of="2026-06-30",
        due="""
            place | schedule | institution
            v1    | survey   | centre
            v2    | survey   |
        """,
    )
    spec(
        OFFICES,
        """
        entity: institution
        groups: {all: {when: "true"}}
        schedules:
          inspect: {group: all, once_per: {calendar: quarter, satisfied: "false", responsible: parent}}
        """,
        as_of="2026-06-30",
        due="""
            institution | schedule | responsible
            i1          | inspect  | centre
            centre      | inspect  | office
            office      | inspect  | office
        """,
    )
