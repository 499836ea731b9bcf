"""Channels of surveillance

What is watched over time: `fact` counts records, or adds up a number of theirs, and a channel has the result for each day,
week or month at every place of one level, everything under it included. Early warning looks at these series.
"""

from spec.examples import Spec

PLACES = {
    "places": """
        code   | parent | level
        county |        | county
        east   | county | township
        west   | county | township
        v1     | east   | village
        v2     | west   | village
    """,
    "institutions": """
        code | place
        i1   | v1
        i2   | v2
        i3   |
    """,
}
VISITS = PLACES | {
    "residents": """
        code | place
        a    | v1
        b    | v1
        c    | v2
        d    |
        e    | east
    """,
    "visit": """
        subject | institution | occurred_on | symptoms | next_on
        a       | i1          | 2026-06-01  | fever    | 2026-05-31
        a       | i1          | 2026-06-07  | cough    | 2026-06-07
        b       | i2          | 2026-06-07  | fever    | 2026-06-06
        c       | i2          | 2026-06-08  | fever    |
        d       | i2          | 2026-06-08  | fever    | 2026-06-08
        e       | i3          | 2026-06-14  | fever    | 2026-06-20
        c       | i2          | 2026-06-29  | fever    | 2026-06-20
    """,
}


def test_a_channel_counts_records_week_by_week_where_those_live_whom_they_concern(spec: Spec) -> None:
    """Weeks begin on Monday. Whoever lives at no place of the level is counted nowhere; later records are not seen."""
    spec(
        VISITS,
        """
        facts:
          fevers: {count: visit, where: "has(symptoms, 'fever')"}
        channels:
          fever: {fact: fevers, every: week, level: township}
        """,
        as_of="2026-06-28",
        series="""
            channel | place | from       | count
            fever   | east  | 2026-06-01 | 2
            fever   | east  | 2026-06-08 | 1
            fever   | west  | 2026-06-08 | 1
            fever   | west  | 2026-06-22 | 0
        """,
    )


def test_a_record_may_count_on_another_day_than_that_on_which_it_was_made(spec: Spec) -> None:
    """`day` is a date of the record. Without one, or with one after the day of evaluation, it is not counted."""
    spec(
        VISITS,
        """
        facts:
          fevers: {count: visit, where: "has(symptoms, 'fever')"}
        channels:
          by_day: {fact: fevers, day: next_on, every: day, level: county}
          by_month: {fact: fevers, day: "coalesce(next_on, occurred_on)", every: month, level: village}
        """,
        as_of="2026-06-15",
        series="""
            channel  | place  | from       | count
            by_day   | county | 2026-05-31 | 1
            by_day   | county | 2026-06-06 | 1
            by_month | v1     | 2026-05-01 | 1
            by_month | v1     | 2026-06-01 | 1
            by_month | v2     | 2026-06-01 | 1
        """,
    )


def test_a_channel_may_count_where_something_was_done_and_watch_what_places_report(spec: Spec) -> None:
    """A fact of institutions counts at their place. Numbers that others report are records about places, and added up."""
    spec(
        VISITS
        | {
            "survey": """
                subject | occurred_on | households
                east    | 2026-01-04  | 3
                v1      | 2026-01-04  | 4
                east    | 2026-01-05  |
                west    | 2020-12-31  | 5
                west    | 2021-01-03  | 6
            """
        },
        """
        facts:
          seen_here: {count: visit, relation: at}
          absent: {sum: survey, of: households}
        channels:
          clinics: {fact: seen_here, every: month, level: village}
          absences: {fact: absent, every: week, level: township}
        """,
        as_of="2026-06-30",
        series="""
            channel  | place | from       | count
            clinics  | v1    | 2026-06-01 | 2
            clinics  | v2    | 2026-06-01 | 4
            absences | east  | 2025-12-29 | 7
            absences | west  | 2020-12-28 | 11
        """,
    )


def test_a_channel_counts_only_where_its_pack_was_adopted(spec: Spec) -> None:
    """And whoever it is about: those who have died or left since stay counted."""
    spec(
        VISITS | {"adoptions": "place | since\n east | 2026-01-01"},
        """
        adoption: by_place
        facts:
          visits: {count: visit}
        channels:
          visits_made: {fact: visits, every: month, level: county}
        """,
        as_of="2026-06-30",
        series="""
            channel     | place  | from       | count
            visits_made | county | 2026-06-01 | 4
        """,
    )


def test_a_channel_may_ask_what_lies_below_where_something_was_done(spec: Spec) -> None:
    """A roll-up in a condition of its fact: here visits at institutions that look after nobody are left out."""
    spec(
        VISITS
        | {
            "residents": """
                code | place | institution
                a    | v1    | i1
                b    | v1    | i1
                c    | v2    |
                d    |       |
                e    | east  |
            """
        },
        """
        facts:
          looked_after: {count: "true", over: residents, entity: institution}
          seen_here: {count: visit, relation: at, where: looked_after >= 2}
        channels:
          seen: {fact: seen_here, every: month, level: village}
        """,
        as_of="2026-06-30",
        series="""
            channel | place | from       | count
            seen    | v1    | 2026-06-01 | 2
            seen    | v2    | 2026-06-01 | 0
        """,
    )
