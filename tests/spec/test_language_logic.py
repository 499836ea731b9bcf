"""Empty values, and, or, not

A value that nobody recorded is empty (null). What is worked out from an empty value is empty as well, except where the
other side settles the matter. Where something is decided (a group, a `where`, a `when`, a numerator), empty counts as
false.
"""

from spec.examples import Spec

TRUTH = {
    "visit": """
        subject | occurred_on | smokes
        yes     | 2026-03-01  | true
        no      | 2026-03-01  | false
        unknown | 2026-03-01  |
    """
}
LAST = "facts: {last: {latest: visit}}"


def test_and_is_false_as_soon_as_one_side_is_false(spec: Spec) -> None:
    """An empty side leaves the result open, unless the other side is false."""
    spec(
        TRUTH,
        LAST,
        as_of="2026-06-30",
        expect="""
            resident | last.smokes and true | last.smokes and false | last.smokes and null
            yes      | true                 | false                 |
            no       | false                | false                 | false
            unknown  |                      | false                 |
        """,
    )


def test_or_is_true_as_soon_as_one_side_is_true(spec: Spec) -> None:
    """An empty side leaves the result open, unless the other side is true."""
    spec(
        TRUTH,
        LAST,
        as_of="2026-06-30",
        expect="""
            resident | last.smokes or true | last.smokes or false | last.smokes or null
            yes      | true                | true                 | true
            no       | true                | false                |
            unknown  | true                |                      |
        """,
    )


def test_not_of_empty_is_empty(spec: Spec) -> None:
    """So 'not smoking' is not the same as 'not known to smoke': for that write `is not true`."""
    spec(
        TRUTH,
        LAST,
        as_of="2026-06-30",
        expect="""
            resident | not last.smokes | last.smokes is true | last.smokes is not true | last.smokes is false
            yes      | false           | true                | false                   | false
            no       | true            | false               | true                    | true
            unknown  |                 | false               | true                    | false
        """,
    )


def test_and_binds_before_or_and_brackets_before_both(spec: Spec) -> None:
    """As in SQL."""
    spec(
        as_of="2026-06-30",
        expect="""
            resident | true or true and false | (true or true) and false | not false and false
            1        | true                   | false                    | false
        """,
    )


def test_is_null_tells_whether_something_is_recorded(spec: Spec) -> None:
    """It is never empty itself. Who has no record has no fields either."""
    spec(
        TRUTH,
        LAST,
        as_of="2026-06-30",
        expect="""
            resident | last.smokes is null | last.smokes is not null | last.occurred_on is null | null is null
            yes      | false               | true                    | false                    | true
            unknown  | true                | false                   | false                    | true
            nobody   | true                | false                   | true                     | true
        """,
    )


def test_more_than_two_conditions_are_joined_alike(spec: Spec) -> None:
    """One false settles an `and`, one true an `or`, wherever it stands."""
    spec(
        TRUTH,
        LAST,
        as_of="2026-06-30",
        expect="""
            resident | last.smokes and null and false | null or last.smokes or false
            yes      | false                          | true
            unknown  | false                          |
        """,
    )


def test_whatever_is_undecided_counts_as_false_where_it_decides(spec: Spec) -> None:
    """Nobody is put into a group, counted or made due on an empty condition."""
    spec(
        TRUTH,
        """
        facts:
          last: {latest: visit}
          smoking_visits: {count: visit, where: smokes}
        groups:
          smokers: {when: last.smokes}
          others: {when: not last.smokes}
        """,
        as_of="2026-06-30",
        expect="""
            resident | smokers is true | others is true | smoking_visits
            yes      | true            | false          | 1
            no       | false           | true           | 0
            unknown  | false           | false          | 0
            nobody   | false           | false          | 0
        """,
    )


def test_who_has_no_record_is_in_no_group_that_asks_for_its_answers(spec: Spec) -> None:
    """The answer of somebody else never stands in for a missing one."""
    spec(
        TRUTH | {"places": "code\n p", "residents": "code | place\n nobody | p\n yes | p\n none | p"},
        """
        facts: {last: {latest: visit}}
        groups: {smokers: {when: last.smokes}}
        schedules: {advice: {group: smokers, once_per_year: {satisfied: "false"}}}
        indicators: {smoking: {numerator: last.smokes or last.sbp = 140, denominator: "true"}}
        """,
        as_of="2026-06-30",
        expect="""
            resident | smokers | last.smokes or last.smokes is null
            yes      | true    | true
            nobody   | false   | true
            none     | false   | true
        """,
        due="""
            resident | schedule
            yes      | advice
        """,
        places="""
            place | smoking
            p     | 1/3
        """,
    )
