"""Windows of facts

Besides `year`, `period`, a length and `ever`: `half_year`, `quarter` and `month` of the calendar, the whole
`previous_period`, and from a day of the entity's own (`since …`).
"""

from spec.examples import Spec

VISITS = {
    "visit": """
        id | subject | occurred_on | sbp
        1  | a       | 2025-03-10  | 160
        2  | a       | 2025-12-31  | 155
        3  | a       | 2026-01-01  | 150
        4  | a       | 2026-04-01  | 140
        5  | a       | 2026-04-01  | 130
        6  | a       | 2026-06-30  | 120
    """
}


def _each(window: str) -> str:
    """A fact of every operation in a window."""
    return f"""
        facts:
          last: {{latest: visit, during: {window}}}
          start: {{first: visit, during: {window}}}
          second: {{nth: visit, n: 2, during: {window}}}
          visits: {{count: visit, during: {window}}}
          differing: {{count_distinct: visit, of: sbp, during: {window}}}
          total: {{sum: visit, of: sbp, during: {window}}}
          lowest: {{min: visit, of: sbp, during: {window}}}
          highest: {{max: visit, of: sbp, during: {window}}}
          average: {{mean: visit, of: sbp, during: {window}}}
          any_one: {{any: visit, during: {window}}}
          most: {{most_per_day: visit, during: {window}}}
    """


def test_the_period_before_ends_the_day_before_the_period_begins(spec: Spec) -> None:
    """It counts as a whole: the calendar year, quarter or month before; before another period, as many days."""
    rules = "facts: {visits: {count: visit, during: previous_period}, last: {latest: visit, during: previous_period}}"
    expectations = {
        ("2026-01-01", "2026-12-31"): "2      | 2025-12-31",
        ("2026-04-01", "2026-06-30"): "1      | 2026-01-01",
        ("2026-05-01", "2026-05-31"): "2      | 2026-04-01",
        ("2026-04-02", "2026-05-03"): "2      | 2026-04-01",
        ("2026-04-03", "2026-05-03"): "2      | 2026-04-01",
    }
    for period, expected in expectations.items():
        spec(
            VISITS,
            rules,
            as_of="2026-05-01",
            period=period,
            expect=f"""
                resident | visits | last.occurred_on
                a        | {expected}
            """,
        )


def test_a_window_may_be_the_half_year_the_quarter_or_the_month_of_the_day(spec: Spec) -> None:
    """From its first day through the day of evaluation: the units that `once_per` goes by."""
    spec(
        VISITS,
        """
        facts:
          in_year: {count: visit, during: year}
          in_half_year: {count: visit, during: half_year}
          in_quarter: {count: visit, during: quarter}
          in_month: {count: visit, during: month}
        """,
        expect="""
            as_of      | resident | in_year | in_half_year | in_quarter | in_month
            2025-12-31 | a        | 2       | 1            | 1          | 1
            2026-01-01 | a        | 1       | 1            | 1          | 1
            2026-04-01 | a        | 3       | 3            | 2          | 2
            2026-05-31 | a        | 3       | 3            | 2          | 0
            2026-06-30 | a        | 4       | 4            | 3          | 1
            2026-07-01 | a        | 4       | 0            | 0          | 0
        """,
    )


def test_windows_of_the_calendar_count_what_was_done_at_an_institution_and_by_a_worker(spec: Spec) -> None:
    """As they count what is about somebody; a `where` narrows them further."""
    postings = {
        "posting": """
            subject | institution | worker | occurred_on | days
            w3      | i1          | w1     | 2026-02-01  | 20
            w3      | i1          | w1     | 2026-04-01  | 30
            w4      | i1          | w1     | 2026-06-01  | 5
        """
    }
    spec(
        postings,
        """
        entity: institution
        facts:
          in_half_year: {count: posting, relation: at, during: half_year}
          in_quarter: {count: posting, relation: at, during: quarter}
          in_month: {count: posting, relation: at, during: month}
        """,
        expect="""
            as_of      | institution | in_half_year | in_quarter | in_month
            2026-05-31 | i1          | 2         | 1       | 0
            2026-06-30 | i1          | 3         | 2       | 1
            2026-07-01 | i1          | 0         | 0       | 0
        """,
    )
    spec(
        postings,
        """
        entity: worker
        facts:
          in_half_year: {count: posting, relation: by, during: half_year, where: days >= 20}
          in_quarter: {count: posting, relation: by, during: quarter, where: days >= 20}
          in_month: {count: posting, relation: by, during: month, where: days >= 20}
        """,
        as_of="2026-06-30",
        expect="""
            worker | in_half_year | in_quarter | in_month
            w1     | 2         | 1       | 0
        """,
    )


def test_a_window_may_begin_with_a_day_of_the_entity(spec: Spec) -> None:
    """The day itself is inside; the window ends with the day of evaluation. Without the day, no record counts."""
    spec(
        {
            **VISITS,
            "residents": """
                code | birth_date
                a    | 2026-01-01
                b    |
            """,
        },
        """
        facts:
          last_high: {latest: visit, where: sbp >= 140}
          low_before: {any: visit, where: sbp < 100}
          since_birth: {count: visit, during: since birth_date}
          since_high: {count: visit, during: since last_high.occurred_on}
          after_high: {count: visit, during: since last_high.occurred_on + 1 day}
          since_a_day: {count: visit, during: since date '2026-04-02'}
          since_never: {count: visit, during: since case when low_before then as_of end}
        """,
        expect="""
            as_of      | resident | since_birth | since_high | after_high | since_a_day | since_never
            2026-06-30 | a        | 4           | 3          | 1          | 1           | 0
            2026-03-31 | a        | 1           | 1          | 0          | 0           | 0
            2026-06-30 | b        | 0           | 0          | 0          | 0           | 0
        """,
    )


def test_every_operation_works_in_every_window(spec: Spec) -> None:
    """A fact draws from the records inside its window and knows no others."""
    fields = "last.sbp | start.sbp | second.sbp"
    columns = (
        f"resident | {fields} | visits | differing | total | lowest | highest | average | any_one | most"
    )
    results = {
        "year": ("120 | 150 | 140 | 4 | 4 | 540 | 120 | 150 | 135 | true | 2", ("2026-06-01", "2026-06-30")),
        "half_year": (
            "120 | 150 | 140 | 4 | 4 | 540 | 120 | 150 | 135 | true | 2",
            ("2026-06-01", "2026-06-30"),
        ),
        "quarter": (
            "120 | 140 | 130 | 3 | 3 | 390 | 120 | 140 | 130 | true | 2",
            ("2026-06-01", "2026-06-30"),
        ),
        "month": ("120 | 120 |  | 1 | 1 | 120 | 120 | 120 | 120 | true | 1", ("2026-04-01", "2026-06-30")),
        "period": (
            "120 | 140 | 130 | 3 | 3 | 390 | 120 | 140 | 130 | true | 2",
            ("2026-04-01", "2026-06-30"),
        ),
        "previous_period": (
            "150 | 150 |  | 1 | 1 | 150 | 150 | 150 | 150 | true | 1",
            ("2026-04-01", "2026-06-30"),
        ),
        "6 months": ("120 | 155 | 150 | 5 | 5 | 695 | 120 | 155 | 139 | true | 2", None),
        "since date '2026-04-02'": ("120 | 120 |  | 1 | 1 | 120 | 120 | 120 | 120 | true | 1", None),
    }
    for window, (found, period) in results.items():
        spec(
            VISITS,
            _each(window),
            as_of="2026-06-30",
            period=period,
            expect=f"""
                {columns}
                a        | {found}
                b        |  |  |  | 0 | 0 |  |  |  |  | false | 0
            """,
        )
