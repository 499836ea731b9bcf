"""Times of day

A field of type `time` holds a time of day, written 09:35. In rules it is the minutes since midnight.
"""

from spec.examples import Spec

VISITS = {
    "visit": """
        subject | occurred_on | began_at | next_on    | ended_at
        a       | 2026-01-10  | 09:35    | 2026-01-10 | 10:05
        a       | 2026-02-10  | 23:50    | 2026-02-11 | 00:20
        b       | 2026-02-10  | 00:00    | 2026-02-10 | 23:59
        b       | 2026-03-10  |          | 2026-03-10 | 08:00
    """
}


def test_a_time_is_the_minutes_since_midnight(spec: Spec) -> None:
    """Their unit is the minute; one that was not written down is empty."""
    spec(
        VISITS,
        "facts: {first_one: {first: visit}, last_one: {latest: visit}}",
        as_of="2026-06-30",
        expect="""
            expression                               | resident a | resident b
            first_one.began_at                       | 575        | 0
            last_one.began_at                        | 1430       |
            first_one.began_at < 10 * 60             | true       | true
            first_one.ended_at - first_one.began_at  | 30         | 1439
            last_one.ended_at - last_one.began_at    | -1410      |
        """,
    )


def test_minutes_between_two_points_in_time_count_the_days_between(spec: Spec) -> None:
    """Where only one day is written down, the remainder of a day gives the minutes past midnight."""
    spec(
        VISITS,
        """
        facts:
          took:
            max: visit
            of: days_between(occurred_on, next_on) * 1440 + ended_at - began_at
          within_a_day: {max: visit, of: "mod(ended_at - began_at + 1440, 1440)"}
          by_night: {count: visit, where: began_at >= 22 * 60 or began_at < 6 * 60}
        """,
        as_of="2026-06-30",
        expect="""
            resident | took | within_a_day | by_night
            a        | 30   | 30           | 1
            b        | 1439 | 1439         | 1
        """,
    )
