"""Comparing

`=` `<>` `<` `<=` `>` `>=`, `between` and `in`. Numbers are compared with numbers, dates with dates, texts with texts.
A comparison with an empty value is empty.
"""

from spec.examples import Spec

LAST = "facts: {last: {latest: visit}}"


def test_numbers_are_compared_by_size(spec: Spec) -> None:
    """Whole numbers and fractions alike."""
    spec(
        {
            "visit": """
                subject | occurred_on | sbp | weight
                a       | 2026-03-01  | 139 | 70.5
                b       | 2026-03-01  | 140 | 140
                c       | 2026-03-01  |     | 70.5
            """
        },
        LAST,
        as_of="2026-06-30",
        expect="""
            expression                | resident a | resident b | resident c
            last.sbp = 140            | false      | true       |
            last.sbp <> 140           | true       | false      |
            last.sbp < 140            | true       | false      |
            last.sbp <= 140           | true       | true       |
            last.sbp > 139.5          | false      | true       |
            last.sbp >= 140           | false      | true       |
            last.sbp = last.weight    | false      | true       |
            last.sbp > last.weight    | true       | false      |
        """,
    )


def test_dates_are_compared_by_the_calendar(spec: Spec) -> None:
    """From the year 1 to the year 9999."""
    spec(
        {
            "residents": """
                code | birth_date
                1    | 1960-02-29
                2    | 0001-01-01
                3    | 9999-12-31
                4    |
            """
        },
        as_of="1960-02-29",
        expect="""
            resident | birth_date = as_of | birth_date < as_of | birth_date >= date '1960-02-29' | birth_date <> as_of
            1        | true               | false              | true                            | false
            2        | false              | true               | false                           | true
            3        | false              | false              | true                            | true
            4        |                    |                    |                                 |
        """,
    )


def test_texts_are_the_same_or_not(spec: Spec) -> None:
    """Capital letters and spaces count; the empty text is a text. Two text fields may be compared as well."""
    spec(
        {
            "visit": """
                subject | occurred_on | note  | remark
                a       | 2026-03-01  | cough | cough
                b       | 2026-03-01  | Cough | cough
                c       | 2026-03-01  | other | 咳嗽
                d       | 2026-03-01  |       | cough
            """
        },
        LAST,
        as_of="2026-06-30",
        expect="""
            resident | last.note = 'cough' | last.note <> 'cough' | last.note = last.remark | last.remark = '咳嗽'
            a        | true                | false                | true                    | false
            b        | false               | true                 | false                   | false
            c        | false               | true                 | false                   | true
            d        |                     |                      |                         | false
        """,
    )


def test_a_choice_is_compared_by_its_code(spec: Spec) -> None:
    """A choice may also be compared with a text or another choice: the codes have to be the same."""
    spec(
        {
            "residents": "code | sex\n 1 | 1\n 2 | 2",
            "visit": """
                subject | occurred_on | mode | note
                1       | 2026-03-01  | home | home
                2       | 2026-03-01  | home | 1
            """,
        },
        LAST,
        as_of="2026-06-30",
        expect="""
            resident | last.mode = 'home' | last.mode = last.note | sex = '2' | sex = last.note
            1        | true               | true                  | false     | false
            2        | true               | false                 | true      | false
        """,
    )


def test_an_ordered_choice_follows_the_order_of_its_options(spec: Spec) -> None:
    """The options rise from the first to the last: mild, moderate, severe."""
    spec(
        {
            "visit": """
                subject | occurred_on | grade    | grade_before | note
                a       | 2026-03-01  | mild     | severe       | moderate
                b       | 2026-03-01  | moderate | moderate     | mild
                c       | 2026-03-01  | severe   | mild         | fine
                d       | 2026-03-01  |          | mild         |
            """
        },
        LAST,
        as_of="2026-06-30",
        expect="""
            expression                       | resident a | resident b | resident c | resident d
            last.grade >= 'moderate'         | false      | true       | true       |
            last.grade < 'moderate'          | true       | false      | false      |
            last.grade > 'mild'              | false      | true       | true       |
            last.grade <= last.grade_before  | true       | true       | false      |
            last.grade = last.grade_before   | false      | true       | false      |
            'moderate' <= last.grade         | false      | true       | true       |
            last.grade < last.note           | true       | false      |            |
        """,
    )


def test_fields_may_name_a_set_of_options_of_their_pack(spec: Spec) -> None:
    """So options that several fields share are written once. They rise where a field says `ordered`."""
    spec(
        {
            "audit": "subject | occurred_on | floor | sink\n c1 | 2026-01-01 | fair | good\n c2 | 2026-01-01 | poor | none"
        },
        """
        options:
          result: {poor: {zh: 差, en: Poor}, fair: {zh: 中, en: Fair}, good: {zh: 好, en: Good}}
        kinds:
          audit:
            title: {zh: 检查, en: Audit}
            about: institution
            fields:
              floor: {title: {zh: 地面, en: Floor}, type: choice, options: result, ordered: true}
              sink: {title: {zh: 水池, en: Sink}, type: choice, options: result}
        facts: {last: {latest: audit}}
        """,
        as_of="2026-06-30",
        expect="""
            institution | last.floor >= 'fair' | last.sink = 'good' | last.floor = last.sink
            c1          | true                 | true               | false
            c2          | false                |                    |
        """,
    )


def test_true_and_false_are_the_same_or_not(spec: Spec) -> None:
    """They have no order."""
    spec(
        {
            "visit": """
                subject | occurred_on | smokes
                a       | 2026-03-01  | true
                b       | 2026-03-01  | false
                c       | 2026-03-01  |
            """
        },
        LAST,
        as_of="2026-06-30",
        expect="""
            resident | last.smokes = true | last.smokes <> true | last.smokes = (1 = 2)
            a        | true               | false               | false
            b        | false              | true                | true
            c        |                    |                     |
        """,
    )


def test_between_includes_both_ends(spec: Spec) -> None:
    """`x between 90 and 140` is `x >= 90 and x <= 140`."""
    spec(
        {
            "visit": """
                subject | occurred_on | sbp
                a       | 2026-03-01  | 89
                b       | 2026-03-01  | 90
                c       | 2026-03-01  | 140
                d       | 2026-03-01  | 141
                e       | 2026-03-01  |
            """
        },
        LAST,
        as_of="2026-06-30",
        expect="""
            resident | last.sbp between 90 and 140 | last.sbp not between 90 and 140
            a        | false                       | true
            b        | true                        | false
            c        | true                        | false
            d        | false                       | true
            e        |                             |
        """,
    )


def test_in_is_a_row_of_equals(spec: Spec) -> None:
    """`not in` is its opposite; both are empty for an empty value."""
    spec(
        {
            "visit": """
                subject | occurred_on | mode   | sbp
                a       | 2026-03-01  | home   | 1
                b       | 2026-03-01  | clinic | 2
                c       | 2026-03-01  |        |
            """
        },
        LAST,
        as_of="2026-06-30",
        expect="""
            expression                         | resident a | resident b | resident c
            last.mode in ('home', 'phone')     | true       | false      |
            last.mode not in ('home', 'phone') | false      | true       |
            last.sbp in (2)                    | false      | true       |
            last.sbp in (2, 3)                 | false      | true       |
        """,
    )


def test_a_comparison_with_something_always_empty_is_empty(spec: Spec) -> None:
    """Written out, `x = null` is refused; what comes to null in other ways is simply never equal to anything."""
    spec(
        as_of="2026-06-30",
        expect="""
            resident | case when true then null end = 1 | 'a' = case when true then null end | least(null, null) < as_of
            1        |                                  |                                    |
        """,
    )
