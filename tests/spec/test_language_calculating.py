"""Choosing and calculating

`case`, `+ - * /` and the functions on numbers. What is worked out from an empty value is empty.
"""

from spec.examples import Spec

LAST = "facts: {last: {latest: visit}}"
WEIGHTS = {
    "visit": """
        subject | occurred_on | sbp | weight | mode | note  | smokes | next_on
        a       | 2026-03-01  | 150 | 70.5   | home | cough | true   | 2026-04-01
        b       | 2026-03-01  | 0   | -2.5   |      |       |        |
        c       | 2026-03-01  |     |        |      | fine  | false  | 2026-05-01
    """
}


def test_case_takes_the_first_branch_whose_condition_is_true(spec: Spec) -> None:
    """An empty condition is not true. Without `else` the rest is empty."""
    spec(
        WEIGHTS,
        LAST,
        as_of="2026-06-30",
        expect="""
            expression                                                        | resident a | resident b | resident c
            case when last.sbp > 100 then 1 when last.sbp >= 0 then 2 end     | 1          | 2          |
            case when last.sbp > 100 then 1 when last.sbp > 10 then 2 else 3 end | 1       | 3          | 3
            case when null then 1 else 2 end                                  | 2          | 2          | 2
            case when last.sbp is null then null else last.sbp end            | 150        | 0          |
        """,
    )


def test_the_results_of_a_case_may_be_of_any_sort_but_all_of_one(spec: Spec) -> None:
    """Whole numbers and fractions are one sort; texts may come from a choice, a text field or a constant."""
    spec(
        WEIGHTS,
        LAST,
        as_of="2026-06-30",
        expect="""
            expression                                                   | resident a | resident b | resident c
            case when last.smokes then last.sbp else last.weight end     | 150        | -2.5       |
            case when last.smokes then last.mode else last.note end      | home       |            | fine
            case when last.smokes then 'yes' else last.note end          | yes        |            | fine
            case when last.smokes then last.next_on else as_of end       | 2026-04-01 | 2026-06-30 | 2026-06-30
            case when last.smokes then true else last.smokes end         | true       |            | false
            case when last.smokes then 'cough' else 'fine' end = last.note | true     |            | true
        """,
    )


def test_a_case_that_decides_counts_as_false_when_it_is_empty(spec: Spec) -> None:
    """A true/false that comes out of a `case` is joined like any other."""
    spec(
        WEIGHTS,
        LAST,
        as_of="2026-06-30",
        expect="""
            expression                                                          | resident a | resident b | resident c
            case when last.smokes then last.sbp > 1 end                         | true       |            |
            not case when last.smokes then last.sbp > 1 end                     | false      |            |
            case when last.smokes then last.sbp > 1 end or last.sbp = 0         | true       | true       |
            case when last.smokes then null else last.smokes end is null        | true       | true       | false
        """,
    )


def test_numbers_are_added_subtracted_multiplied_and_divided(spec: Spec) -> None:
    """Division gives a fraction; brackets, then `*` and `/`, then `+` and `-`."""
    spec(
        WEIGHTS,
        LAST,
        as_of="2026-06-30",
        expect="""
            expression                | resident a | resident b | resident c
            last.sbp + 1              | 151        | 1          |
            last.sbp - last.weight    | 79.5       | 2.5        |
            last.weight * 2           | 141        | -5         |
            last.sbp / 4              | 37.5       | 0          |
            1 + 2 * 3                 | 7          | 7          | 7
            (1 + 2) * 3               | 9          | 9          | 9
            7 / 2                     | 3.5        | 3.5        | 3.5
        """,
    )


def test_a_division_by_zero_is_empty(spec: Spec) -> None:
    """As is any result too large for a number."""
    spec(
        WEIGHTS,
        LAST,
        as_of="2026-06-30",
        expect="""
            resident | 1 / last.sbp > 0 | 0 / 0 | 5 / (2 - 2) | 1e300 * 1e300 | 1e300 * 1e300 - 1e300 * 1e300
            a        | true             |       |             |               |
            b        |                  |       |             |               |
            c        |                  |       |             |               |
        """,
    )


def test_large_whole_numbers_do_not_wrap_round(spec: Spec) -> None:
    """Numbers are exact up to 2⁵³, in fields and in between."""
    spec(
        {
            "visit": """
                subject | occurred_on | sbp
                a       | 2026-03-01  | 2147483647
                b       | 2026-03-01  | -2147483648
                c       | 2026-03-01  | 9007199254740992
            """
        },
        LAST,
        as_of="2026-06-30",
        expect="""
            resident | last.sbp + 1 | abs(last.sbp)    | last.sbp > 3000000000 | last.sbp * 1000
            a        | 2147483648   | 2147483647       | false                 | 2147483647000
            b        | -2147483647  | 2147483648       | false                 | -2147483648000
            c        | 9007199254740992 | 9007199254740992 | true              | 9007199254740992000
        """,
    )


def test_floor_rounds_down_and_abs_drops_the_sign(spec: Spec) -> None:
    """Down means towards smaller numbers, below zero as well."""
    spec(
        WEIGHTS,
        LAST,
        as_of="2026-06-30",
        expect="""
            resident | floor(last.weight) | abs(last.weight) | floor(last.sbp) | abs(-3)
            a        | 70                 | 70.5             | 150             | 3
            b        | -3                 | 2.5              | 0               | 3
            c        |                    |                  |                 | 3
        """,
    )


def test_least_and_greatest_pass_over_empty_values(spec: Spec) -> None:
    """They are empty only when nothing is left. They work on numbers and on dates."""
    spec(
        WEIGHTS,
        LAST,
        as_of="2026-06-30",
        expect="""
            expression                              | resident a | resident b | resident c
            least(last.sbp, last.weight)            | 70.5       | -2.5       |
            greatest(last.sbp, last.weight, 100)    | 150        | 100        | 100
            least(null, last.sbp)                   | 150        | 0          |
            greatest(last.next_on, date '2026-04-15') | 2026-04-15 | 2026-04-15 | 2026-05-01
            least(last.next_on, as_of)              | 2026-04-01 | 2026-06-30 | 2026-05-01
        """,
    )


def test_coalesce_takes_the_first_that_is_not_empty(spec: Spec) -> None:
    """For values of any one sort."""
    spec(
        WEIGHTS,
        LAST,
        as_of="2026-06-30",
        expect="""
            expression                            | resident a | resident b | resident c
            coalesce(last.sbp, 99)                | 150        | 0          | 99
            coalesce(last.weight, last.sbp, 1)    | 70.5       | -2.5       | 1
            coalesce(last.mode, last.note)        | home       |            | fine
            coalesce(last.mode, 'none')           | home       | none       | none
            coalesce(last.next_on, as_of)         | 2026-04-01 | 2026-06-30 | 2026-05-01
            coalesce(null, last.smokes, false)    | true       | false      | false
            not coalesce(null, last.smokes)       | false      |            | true
        """,
    )


def test_mod_is_the_remainder_with_the_sign_of_the_divisor(spec: Spec) -> None:
    """The last digit of a measurement, for example. Empty for a division by zero."""
    spec(
        WEIGHTS,
        LAST,
        as_of="2026-06-30",
        expect="""
            expression            | resident a | resident b | resident c
            mod(last.sbp, 10)     | 0          | 0          |
            mod(last.sbp + 7, 10) | 7          | 7          |
            mod(-7, 10)           | 3          | 3          | 3
            mod(7, -10)           | -3         | -3         | -3
            mod(last.weight, 1)   | 0.5        | 0.5        |
            mod(7, last.sbp)      | 7          |            |
            mod(7, 0)             |            |            |
        """,
    )
