"""Several answers at once

A field of type `choices` holds any number of its options. Rules ask what is among them, and how many they are.
"""

from spec.examples import Spec

VISITS = {
    "visit": """
        subject | institution | occurred_on | symptoms
        a       | i1          | 2026-01-10  | cough
        a       | i1          | 2026-02-10  | cough fever
        a       | i1          | 2026-03-10  | rash fever cough
        b       | i2          | 2026-02-10  |
        b       | i2          | 2026-03-10  | sneezing
        c       | i2          | 2026-04-10  | fever sneezing
    """
}


def test_has_and_number_of_ask_of_a_record_that_was_found(spec: Spec) -> None:
    """Empty where nothing was ticked, or nothing that is an option: here `sneezing`. As ever, empty counts as false."""
    spec(
        VISITS,
        """
        facts: {last: {latest: visit}, start: {first: visit}}
        groups: {feverish: {when: "has(last.symptoms, 'fever') and number_of(last.symptoms) < 3"}}
        """,
        as_of="2026-06-30",
        expect="""
            expression                              | resident a | resident b | resident c
            has(last.symptoms, 'fever')             | true       |            | true
            has(start.symptoms, 'fever')            | false      |            | true
            number_of(last.symptoms)                | 3          |            | 1
            coalesce(number_of(last.symptoms), 0)   | 3          | 0          | 1
            last.symptoms is null                   | false      | true       | false
            feverish                                | false      | false      | true
        """,
    )


def test_where_and_of_ask_it_of_each_record(spec: Spec) -> None:
    """And of the record before; a parameter may say which option."""
    spec(
        VISITS,
        """
        parameters:
          watched: {values: [{since: 2000-01-01, value: fever}]}
        facts:
          coughs: {count: visit, where: "has(symptoms, 'cough')"}
          watched_for: {count: visit, where: "has(symptoms, watched)"}
          without: {count: visit, where: "not has(symptoms, 'fever')"}
          most: {max: visit, of: number_of(symptoms)}
          grew: {any: visit, where: number_of(symptoms) > number_of(previous.symptoms)}
        """,
        as_of="2026-06-30",
        expect="""
            resident | coughs | watched_for | without | most | grew
            a        | 3      | 2           | 1       | 3    | true
            b        | 0      | 0           | 0       |      | false
            c        | 0      | 1           | 0       | 1    | false
        """,
    )
    spec(
        VISITS,
        """
        entity: institution
        facts:
          seen: {latest: visit, relation: at, where: "has(symptoms, 'fever')"}
        """,
        as_of="2026-06-30",
        expect="""
            institution | number_of(seen.symptoms)
            i1          | 3
            i2          | 1
        """,
    )
