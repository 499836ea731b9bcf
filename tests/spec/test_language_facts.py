"""Facts

One thing drawn from an entity's records: the `latest` or the `first` record, how many there are (`count`), whether
there is `any`. `during` says which days count, `where` which records, `relation` whose they are. Records are ordered
by date, those of one day by their id, compared as text. Void records, and records after the day of evaluation, are
never seen.
"""

from spec.examples import Spec

VISITS = {
    "visit": """
        subject | occurred_on | sbp | smokes | mode
        a       | 2025-06-30  | 150 | true   | home
        a       | 2025-12-31  | 145 |        | clinic
        a       | 2026-01-01  | 140 | false  | home
        a       | 2026-06-30  | 135 | true   |
        a       | 2026-07-01  | 130 | true   | home
        b       | 2026-07-01  | 120 | true   | home
    """
}
POSTINGS = {
    "workers": """
        code | title_level | specialty
        w1   | mid         | surgery
        w2   | junior      |
    """,
    "institutions": """
        code | type            | level | beds
        i1   | township_centre | 1     | 30
        i2   | hospital        | 3     | 800
    """,
    "posting": """
        subject | institution | worker | occurred_on | days
        w1      | i1          | w2     | 2025-03-01  | 10
        w1      | i2          | w1     | 2026-02-01  | 20
        w2      | i1          | w1     | 2026-04-01  | 30
        w2      |             |        | 2026-05-01  | 40
        w3      | i9          | w9     | 2026-05-02  | 50
    """,
}


def test_latest_and_first_find_a_record_whose_fields_can_be_named(spec: Spec) -> None:
    """Write the field behind the fact's name; every record also has `occurred_on`. Without a record all are empty."""
    spec(
        VISITS,
        """
        facts:
          last: {latest: visit}
          start: {first: visit}
        """,
        as_of="2026-06-30",
        expect="""
            resident | last.occurred_on | last.sbp | last.mode | start.occurred_on | start.sbp | start.mode
            a        | 2026-06-30       | 135      |           | 2025-06-30        | 150       | home
            b        |                  |          |           |                   |           |
            c        |                  |          |           |                   |           |
        """,
    )


def test_count_tells_how_many_and_any_whether_there_is_one(spec: Spec) -> None:
    """They are never empty: without a record, 0 and false."""
    spec(
        VISITS,
        """
        facts:
          visits: {count: visit}
          visited: {any: visit}
        """,
        as_of="2026-06-30",
        expect="""
            resident | visits | visited
            a        | 4      | true
            b        | 0      | false
            c        | 0      | false
        """,
    )


def test_a_void_record_is_never_seen(spec: Spec) -> None:
    """An empty status means that the record is valid."""
    spec(
        {
            "visit": """
                subject | occurred_on | sbp | status
                1       | 2026-03-01  | 150 | final
                1       | 2026-03-02  | 140 |
                1       | 2026-03-03  | 130 | void
            """
        },
        "facts: {last: {latest: visit}, visits: {count: visit}}",
        as_of="2026-06-30",
        expect="""
            resident | visits | last.sbp
            1        | 2      | 140
        """,
    )


def test_a_record_counts_from_its_own_day_on(spec: Spec) -> None:
    """An evaluation of an earlier day does not know it."""
    spec(
        {"visit": "subject | occurred_on\n 1 | 2026-03-01\n 1 | 2026-03-03"},
        "facts: {last: {latest: visit}, visits: {count: visit}}",
        expect="""
            as_of      | resident | visits | last.occurred_on
            2026-02-28 | 1        | 0      |
            2026-03-01 | 1        | 1      | 2026-03-01
            2026-03-02 | 1        | 1      | 2026-03-01
            2026-03-03 | 1        | 2      | 2026-03-03
        """,
    )


def test_records_of_one_day_are_ordered_by_their_id_as_text(spec: Spec) -> None:
    """'9' comes after '10', small letters after capitals, Chinese after Latin."""
    spec(
        {
            "visit": """
                id | subject | occurred_on | sbp
                10 | a       | 2026-03-01  | 110
                9  | a       | 2026-03-01  | 109
                a  | b       | 2026-03-01  | 201
                B  | b       | 2026-03-01  | 202
                z  | c       | 2026-03-01  | 301
                中 | c       | 2026-03-01  | 302
                z1 | c       | 2026-03-01  | 303
            """
        },
        "facts: {last: {latest: visit}, start: {first: visit}}",
        as_of="2026-06-30",
        expect="""
            resident | start.sbp | last.sbp
            a        | 110       | 109
            b        | 202       | 201
            c        | 301       | 302
        """,
    )


def test_a_window_ends_with_the_day_of_evaluation(spec: Spec) -> None:
    """`year` begins on 1 January, `6 months` on the day after the same day six months ago, `ever` has no beginning."""
    spec(
        VISITS,
        """
        facts:
          count_ever: {count: visit, during: ever}
          count_year: {count: visit, during: year}
          count_half: {count: visit, during: 6 months}
          any_ever: {any: visit, during: ever}
          any_year: {any: visit, during: year}
          any_half: {any: visit, during: 6 months}
          first_ever: {first: visit, during: ever}
          first_year: {first: visit, during: year}
          first_half: {first: visit, during: 6 months}
          last_ever: {latest: visit, during: ever}
          last_year: {latest: visit, during: year}
          last_half: {latest: visit, during: 6 months}
        """,
        as_of="2026-06-29",
        expect="""
            expression             | resident a | resident b
            count_ever             | 3          | 0
            count_year             | 1          | 0
            count_half             | 2          | 0
            any_ever               | true       | false
            any_year               | true       | false
            any_half               | true       | false
            first_ever.occurred_on | 2025-06-30 |
            first_year.occurred_on | 2026-01-01 |
            first_half.occurred_on | 2025-12-31 |
            last_ever.occurred_on  | 2026-01-01 |
            last_year.occurred_on  | 2026-01-01 |
            last_half.occurred_on  | 2026-01-01 |
        """,
    )


def test_the_first_day_of_a_window_is_the_day_after_it_would_be_one_unit_longer(spec: Spec) -> None:
    """So `1 day` is today alone, and the windows of a year never count the same day twice."""
    spec(
        {
            "visit": """
                subject | occurred_on
                1       | 2023-02-28
                1       | 2023-03-01
                1       | 2024-01-29
                1       | 2024-01-30
                1       | 2024-02-22
                1       | 2024-02-23
                1       | 2024-02-28
                1       | 2024-02-29
            """
        },
        """
        facts:
          today: {count: visit, during: 1 day}
          week: {count: visit, during: 1 week}
          month: {count: visit, during: 1 month}
          year_back: {count: visit, during: 1 year}
          always: {count: visit, during: 9000 years}
        """,
        as_of="2024-02-29",
        expect="""
            resident | today | week | month | year_back | always
            1        | 1     | 3    | 5     | 7         | 8
        """,
    )


def test_a_window_may_be_the_period(spec: Spec) -> None:
    """From the first day of the period through the day of evaluation."""
    spec(
        VISITS,
        """
        facts:
          visits: {count: visit, during: period}
          visited: {any: visit, during: period}
          last: {latest: visit, during: period}
          start: {first: visit, during: period}
        """,
        period=("2025-12-31", "2026-07-31"),
        expect="""
            as_of      | resident | visits | visited | start.occurred_on | last.occurred_on
            2025-12-31 | a        | 1      | true    | 2025-12-31        | 2025-12-31
            2026-06-30 | a        | 3      | true    | 2025-12-31        | 2026-06-30
            2026-06-30 | b        | 0      | false   |                   |
        """,
    )


def test_where_chooses_records_by_their_fields(spec: Spec) -> None:
    """A record for which the condition is empty is not chosen."""
    spec(
        VISITS,
        """
        facts:
          smoking: {count: visit, where: smokes}
          not_smoking: {count: visit, where: not smokes}
          any_high: {any: visit, where: sbp >= 145}
          last_at_home: {latest: visit, where: mode = 'home'}
          first_low: {first: visit, where: sbp < 145}
          all_of_them: {count: visit, where: "true"}
          none_of_them: {count: visit, where: "null"}
        """,
        as_of="2026-06-30",
        expect="""
            expression               | resident a | resident b
            smoking                  | 2          | 0
            not_smoking              | 1          | 0
            any_high                 | true       | false
            last_at_home.occurred_on | 2026-01-01 |
            first_low.sbp            | 140        |
            all_of_them              | 4          | 0
            none_of_them             | 0          | 0
        """,
    )


def test_where_and_window_narrow_together(spec: Spec) -> None:
    """Both have to fit. A `where` also knows `occurred_on`, `as_of` and parameters."""
    spec(
        VISITS,
        """
        parameters:
          limit: {values: [{since: 2000-01-01, value: 140}]}
        facts:
          high_this_year: {count: visit, during: year, where: sbp >= limit}
          high_in_period: {any: visit, during: period, where: sbp >= limit}
          at_home_half: {latest: visit, during: 6 months, where: mode = 'home'}
          old_ones: {first: visit, where: occurred_on < as_of - 1 year}
          just_one: {count: visit, where: occurred_on = as_of}
        """,
        as_of="2026-06-30",
        expect="""
            resident | high_this_year | high_in_period | at_home_half.sbp | old_ones.sbp | just_one
            a        | 1              | true           | 140              |              | 1
            b        | 0              | false          |                  |              | 0
        """,
    )


def test_where_sees_the_columns_of_the_people_and_places_around_a_record(spec: Spec) -> None:
    """`subject.`, `institution.` and `worker.`; empty when the record names none, or one that is not registered."""
    spec(
        POSTINGS,
        """
        entity: worker
        facts:
          at_hospitals: {count: posting, where: institution.type = 'hospital'}
          in_beds: {latest: posting, where: institution.beds >= 30}
          by_surgeons: {any: posting, where: worker.specialty = 'surgery'}
          of_mid_level: {count: posting, where: subject.title_level >= 'mid'}
          unknown_place: {count: posting, where: institution.code is null}
          by_self: {first: posting, where: subject.code = worker.code}
        """,
        as_of="2026-06-30",
        expect="""
            worker | at_hospitals | in_beds.days | by_surgeons | of_mid_level | unknown_place | by_self.days
            w1     | 1            | 20           | true        | 2            | 0             | 20
            w2     | 0            | 30           | true        | 0            | 1             |
        """,
    )


def test_records_at_an_institution_are_those_done_there(spec: Spec) -> None:
    """`relation: at`, whoever they are about; by all operations and in all windows."""
    spec(
        POSTINGS,
        """
        entity: institution
        facts:
          postings: {count: posting, relation: at}
          this_year: {count: posting, relation: at, during: year}
          in_period: {count: posting, relation: at, during: period}
          has_senior: {any: posting, relation: at, where: subject.title_level >= 'mid'}
          last: {latest: posting, relation: at, during: 6 months}
          start: {first: posting, relation: at}
          own_beds: {count: posting, relation: at, where: institution.beds > 100}
        """,
        as_of="2026-06-30",
        expect="""
            institution | postings | this_year | in_period | has_senior | last.days | start.days | own_beds
            i1          | 2        | 1         | 1         | true       | 30        | 10         | 0
            i2          | 1        | 1         | 1         | true       | 20        | 20         | 1
        """,
    )


def test_records_by_a_worker_are_those_the_worker_made(spec: Spec) -> None:
    """`relation: by`, whoever they are about; by all operations and in all windows."""
    spec(
        POSTINGS,
        """
        entity: worker
        facts:
          made: {count: posting, relation: by}
          made_this_year: {any: posting, relation: by, during: year}
          made_in_period: {any: posting, relation: by, during: period}
          last_made: {latest: posting, relation: by, during: 3 months}
          first_made: {first: posting, relation: by}
          for_juniors: {count: posting, relation: by, where: subject.title_level = 'junior'}
          received: {count: posting}
        """,
        as_of="2026-06-30",
        expect="""
            worker | made | made_this_year | made_in_period | last_made.days | first_made.days | for_juniors | received
            w1     | 2    | true           | true           | 30             | 20              | 1           | 2
            w2     | 1    | false          | false          |                | 10              | 0           | 2
        """,
    )


def test_records_may_be_about_institutions_and_places(spec: Spec) -> None:
    """The kind of record says whom it is about."""
    spec(
        {
            "inspection": """
                subject | occurred_on | score | passed
                i1      | 2026-03-01  | 81.5  | true
                i1      | 2026-04-01  | 60    | false
            """
        },
        """
        entity: institution
        facts:
          last: {latest: inspection}
          passed_once: {any: inspection, where: passed}
        """,
        as_of="2026-06-30",
        expect="""
            institution | last.score | last.passed | passed_once
            i1          | 60         | false       | true
            i2          |            |             | false
        """,
    )
    spec(
        {"survey": "subject | occurred_on | households\n p1 | 2026-03-01 | 120"},
        "{entity: place, facts: {last: {latest: survey}}}",
        as_of="2026-06-30",
        expect="""
            place | last.households
            p1    | 120
            p2    |
        """,
    )


def test_one_kind_of_record_may_serve_several_entities(spec: Spec) -> None:
    """A visit is about a resident, was done at an institution and by a worker."""
    visits = {
        "visit": """
            subject | institution | worker | occurred_on | sbp
            r1      | i1          | w1     | 2026-03-01  | 150
            r2      | i1          |        | 2026-03-02  | 130
            r1      |             | w1     | 2026-03-03  | 140
        """
    }
    rules = """
        facts:
          of_resident: {count: visit}
          at_institution: {count: visit, relation: at}
          by_worker: {count: visit, relation: by}
    """
    spec(visits, rules, as_of="2026-06-30", expect="resident | of_resident\n r1 | 2\n r2 | 1")
    spec(visits, rules, as_of="2026-06-30", expect="institution | at_institution\n i1 | 2\n i2 | 0")
    spec(visits, rules, as_of="2026-06-30", expect="worker | by_worker\n w1 | 2\n w2 | 0")
