"""Sheets: what a record tells the person it is about

A result sheet is declared by the kind of its records. Results and sentences stand on it by conditions on the record,
written as in a fact's `where`; what stands in braces in a text is a field of the record, a parameter, a value of the
person, a fact's field. A sheet is told as of the day of its record. Below, a judgement stands behind its result.
"""

from spec.examples import Spec


def test_a_result_is_judged_by_the_first_condition_that_is_true(spec: Spec) -> None:
    """Where none is true and all are known, it is as usual; where one is unknown, nothing is said of it. A result that is
    not known is left out; where it shows several things, one of them is enough. A row may be the name of a field alone.
    Limits of which one is unknown are left out."""
    spec(
        {
            "visit": """
                id | subject | occurred_on | sbp | weight | note
                v1 | a       | 2026-03-01  | 150 | 60     | well
                v2 | b       | 2026-03-01  | 85  |        |
                v3 | c       | 2026-03-01  | 120 | 70     |
                v4 | d       | 2026-03-01  |     | 70     |
            """
        },
        """
        parameters:
          too_high: {values: [{since: 2020-01-01, value: 140}]}
          too_low: {values: [{since: 2020-01-01, value: 90}]}
        sheets:
          visit:
            sections:
              - title: Results
                rows:
                  - {field: sbp, limits: "{too_low} to {too_high}", high: sbp >= too_high, low: sbp < too_low}
                  - title: Both
                    shows: "{sbp} and {weight}"
                    limits: "before {next_on}"
                    notable: sbp >= too_high or weight >= 70
                  - note
        """,
        as_of="2026-03-01",
        sheets="""
            id | stands
            v1 | Results
            v1 | sbp: 150 high (90 to 140)
            v1 | Both: 150 and 60 notable
            v1 | note: well
            v2 | Results
            v2 | sbp: 85 low (90 to 140)
            v2 | Both: 85 and 未记录
            v3 | Results
            v3 | sbp: 120 usual (90 to 140)
            v3 | Both: 120 and 70 notable
            v4 | Results
            v4 | Both: 未记录 and 70 notable
        """,
    )


def test_a_sentence_stands_where_its_condition_is_true(spec: Spec) -> None:
    """An unknown condition is none that is true. Conditions see the record, the one before it, and the person as facts,
    values and groups do. A section of which nothing stands is left out."""
    spec(
        {
            "residents": "code | birth_date\n old | 1950-05-02\n young | 2000-05-02",
            "visit": """
                id | subject | occurred_on | sbp | mode
                v1 | old     | 2026-01-01  | 130 | clinic
                v2 | old     | 2026-03-01  | 150 | home
                v3 | young   | 2026-03-01  | 150 |
                v4 | young   | 2026-03-02  |     | phone
            """,
        },
        """
        facts:
          visits: {count: visit}
        groups:
          old_people: {when: "full_years(birth_date, as_of) >= 65"}
        sheets:
          visit:
            sections:
              - title: Pressure
                lines:
                  - {when: sbp >= 140 and old_people, says: "{sbp} is high at your age"}
                  - {when: sbp > previous.sbp, says: "It was {previous.sbp} before"}
              - title: Always
                when: sbp is not null
                lines:
                  - {says: "Seen {visits} times, the last time on {occurred_on} ({mode})"}
        """,
        as_of="2026-03-02",
        sheets="""
            id | stands
            v1 | Always
            v1 | Seen 1 times, the last time on 2026年1月1日 (clinic)
            v2 | Pressure
            v2 | 150 is high at your age
            v2 | It was 130 before
            v2 | Always
            v2 | Seen 2 times, the last time on 2026年3月1日 (home)
            v3 | Always
            v3 | Seen 1 times, the last time on 2026年3月1日 (未记录)
        """,
    )


def test_a_sheet_can_be_withheld(spec: Spec) -> None:
    """Such as a result that has to be told face to face first. The reason is for workers."""
    spec(
        {
            "visit": """
                id | subject | occurred_on | mode  | next_on
                v1 | a       | 2026-03-01  | phone |
                v2 | a       | 2026-03-02  | phone | 2026-03-04
                v3 | b       | 2026-03-02  |       |
            """
        },
        """
        sheets:
          visit:
            withheld:
              - {when: mode = 'phone' and next_on is null, says: "Tell the result first"}
            sections:
              - {title: Result, rows: [mode, next_on], lines: [{says: Thank you}]}
        """,
        as_of="2026-03-05",
        sheets="""
            id | stands
            v1 | Tell the result first
            v2 | Result
            v2 | mode: phone
            v2 | next_on: 2026年3月4日
            v2 | Thank you
            v3 | Result
            v3 | Thank you
        """,
    )
