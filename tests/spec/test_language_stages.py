"""Facts in stages

The `where` and the `of` of a fact see more than the record at hand: values of the entity whose fact it is, other facts
among them, and the record before (`previous.`).
"""

from spec.examples import Spec

VISITS = {
    "residents": """
        code | birth_date | death_date | sex
        a    | 1960-05-02 |            | 1
        b    | 1990-01-01 | 2026-03-15 | 2
        c    |            |            |
    """,
    "visit": """
        id | subject | institution | worker | occurred_on | sbp | weight | mode
        1  | a       | i1          | w1     | 2026-01-10  | 150 | 70     | home
        2  | a       | i1          | w1     | 2026-02-10  | 150 | 70     | clinic
        3  | a       | i2          | w2     | 2026-03-10  | 150 | 69     | clinic
        4  | b       | i1          | w1     | 2026-03-10  | 140 |        | home
        5  | b       | i1          | w2     | 2026-04-10  | 140 |        | home
        6  | c       | i1          | w1     | 2026-04-10  |     | 60     | home
        7  | nobody  | i1          | w1     | 2026-01-20  | 120 |        |
        8  | nobody  | i2          | w1     | 2026-02-20  | 120 |        |
    """,
    "institutions": """
        code | beds | opened_on
        i1   | 2    | 2026-02-01
        i2   |      | 2020-01-01
    """,
}


def test_where_and_of_see_values_of_the_entity_whose_fact_it_is(spec: Spec) -> None:
    """Its facts, values, groups and register columns, each the same at all of its records. Fields of the record win."""
    spec(
        VISITS,
        """
        facts:
          first_visit: {first: visit}
          at_clinic: {first: visit, where: mode = 'clinic'}
          later_than_clinic: {count: visit, where: occurred_on > at_clinic.occurred_on}
          waited: {max: visit, of: "days_between(first_visit.occurred_on, occurred_on)"}
          adult_visits: {count: visit, where: age >= 60 and is_man}
          after_death: {count: visit, where: occurred_on > death_date}
          like_the_first: {count: visit, where: sbp = first_visit.sbp}
        values:
          age: full_years(birth_date, as_of)
        groups:
          is_man: {when: sex = '1'}
        """,
        as_of="2026-06-30",
        expect="""
            resident | later_than_clinic | waited | adult_visits | after_death | like_the_first
            a        | 1                 | 59     | 3            | 0           | 3
            b        | 0                 | 31     | 0            | 1           | 2
            c        | 0                 | 0      | 0            | 0           | 0
        """,
    )


def test_the_owner_is_the_institution_at_which_and_the_worker_by_whom_records_were_made(spec: Spec) -> None:
    """With `relation: at` and `by`; who the record is about is `subject.`, as ever."""
    spec(
        VISITS,
        """
        entity: institution
        facts:
          too_early: {count: visit, relation: at, where: occurred_on < opened_on}
          visits: {count: visit, relation: at}
          full_house: {any: visit, relation: at, where: visits > beds}
          of_the_dead: {count: visit, relation: at, where: occurred_on > subject.death_date}
        """,
        as_of="2026-06-30",
        expect="""
            institution | too_early | full_house | of_the_dead
            i1          | 2         | true       | 1
            i2          | 0         | false      | 0
        """,
    )
    spec(
        VISITS,
        """
        entity: worker
        facts:
          start: {first: visit, relation: by}
          first_month: {count: visit, relation: by, where: occurred_on < start.occurred_on + 1 month}
        """,
        as_of="2026-06-30",
        expect="""
            worker | first_month
            w1     | 2
            w2     | 1
        """,
    )


def test_previous_is_the_record_before_of_the_same_kind_about_the_same_subject(spec: Spec) -> None:
    """Whoever made it and wherever: the one before by date, then id. Its fields are empty when there is none."""
    rules = """
        facts:
          repeated: {count: visit, where: sbp = previous.sbp}
          both_repeated: {count: visit, where: sbp = previous.sbp and weight = previous.weight}
          first_ones: {count: visit, where: previous.occurred_on is null}
          longest_gap: {max: visit, of: "days_between(previous.occurred_on, occurred_on)"}
          modes_changed: {any: visit, where: mode <> previous.mode}
    """
    spec(
        VISITS,
        rules,
        as_of="2026-06-30",
        expect="""
            resident | repeated | both_repeated | first_ones | longest_gap | modes_changed
            a        | 2        | 1             | 1          | 31          | true
            b        | 1        | 0             | 1          | 31          | false
            c        | 0        | 0             | 1          |             | false
        """,
    )
    made_there = """
        entity: institution
        facts:
          repeated: {count: visit, relation: at, where: sbp = previous.sbp}
          first_ones: {count: visit, relation: at, where: previous.occurred_on is null}
          longest_gap: {max: visit, relation: at, of: "days_between(previous.occurred_on, occurred_on)"}
    """
    spec(
        VISITS,
        made_there,
        as_of="2026-06-30",
        expect="""
            institution | repeated | first_ones | longest_gap
            i1          | 2        | 4          | 31
            i2          | 2        | 0          | 31
        """,
    )


def test_of_several_records_on_a_day_the_one_with_the_smaller_id_is_before(spec: Spec) -> None:
    """As everywhere, ids are compared as text."""
    spec(
        {
            "visit": """
                id | subject | occurred_on | sbp
                9  | a       | 2026-03-01  | 109
                10 | a       | 2026-03-01  | 110
                1  | a       | 2026-02-01  | 101
            """
        },
        "facts: {last: {latest: visit, where: previous.sbp = 110}, middle: {latest: visit, where: previous.sbp = 101}}",
        as_of="2026-06-30",
        expect="""
            resident | last.sbp | middle.sbp
            a        | 109      | 110
        """,
    )
