"""Records that are worked through: one item per record, and workflows

A schedule of the shape `each` has one due item per record, such as a referral nobody has answered; its step is the record's
id. A kind may have a `workflow`: states, the transitions between them, and time limits, each of which is such a schedule.
"""

from spec.examples import Spec

PLACES_TO_GO = """
    code     | parent
    clinic   | centre
    centre   | county
    county   |
"""


def test_each_record_has_an_item_of_its_own(spec: Spec) -> None:
    """`where`, `from` and the sentence are about the record. An item is due from that day through `within` later."""
    spec(
        {
            "visit": """
                id | subject | occurred_on | mode  | next_on
                v1 | a       | 2026-03-01  | phone | 2026-03-10
                v2 | a       | 2026-03-02  | phone | 2026-03-20
                v3 | a       | 2026-03-03  | home  | 2026-03-20
                v4 | a       | 2026-03-04  | phone |
                v5 | b       | 2026-03-04  | phone | 2026-03-12
            """
        },
        """
        schedules:
          call_back:
            each: {record: visit, where: mode = 'phone', from: next_on, within: 3 days}
        """,
        as_of="2026-03-14",
        due="""
            resident | schedule  | step | due_from   | due_on     | overdue_from | status
            a        | call_back | v1   | 2026-03-10 | 2026-03-13 | 2026-03-14   | overdue
            a        | call_back | v2   | 2026-03-20 | 2026-03-23 | 2026-03-24   | upcoming
            b        | call_back | v5   | 2026-03-12 | 2026-03-15 | 2026-03-16   | due
        """,
    )


def test_each_can_be_limited_to_a_group(spec: Spec) -> None:
    """Without one it is for everybody who is present. While a parameter that is the length has no value, nothing is due."""
    spec(
        {
            "residents": "code | birth_date\n old | 1950-01-01\n young | 2000-01-01",
            "visit": """
                id | subject | occurred_on | smokes
                v1 | old     | 2026-03-01  | true
                v2 | young   | 2026-03-01  | true
                v3 | old     | 2026-03-02  | false
            """,
        },
        """
        parameters:
          patience: {values: [{since: 2026-03-05, value: 1 month}]}
        groups:
          old_people: {when: "full_years(birth_date, as_of) >= 65"}
        schedules:
          advice:
            group: old_people
            each: {record: visit, where: smokes, from: occurred_on, within: patience}
        """,
        due="""
            as_of      | resident | step | due_from   | due_on     | status
            2026-03-04 | old      |      |            |            |
            2026-03-05 | old      | v1   | 2026-03-01 | 2026-04-01 | due
            2026-04-02 | old      | v1   | 2026-03-01 | 2026-04-01 | overdue
        """,
    )


def test_an_item_of_a_record_is_for_the_institution_that_has_to_act(spec: Spec) -> None:
    """The one that `responsible` names; where that is empty or unknown, the record's own; and else the subject's."""
    spec(
        {
            "institutions": PLACES_TO_GO,
            "residents": "code | institution | place\n a | centre | p\n b | | \n c | centre | p",
            "visit": """
                id | subject | occurred_on | note   | institution
                v1 | a       | 2026-03-01  | county | clinic
                v2 | a       | 2026-03-02  | abroad | clinic
                v3 | a       | 2026-03-03  |        |
                v4 | b       | 2026-03-04  |        |
            """,
        },
        """
        schedules:
          call_back:
            each: {record: visit, from: occurred_on, within: 0 days, responsible: note}
        """,
        as_of="2026-03-10",
        due="""
            resident | step | institution | place
            a        | v1   | county      | p
            a        | v2   | clinic      | p
            a        | v3   | centre      | p
            b        | v4   |             |
        """,
    )


REFERRALS = """
    id | subject | occurred_on | state    | state_since | assigned_institution | institution
    r1 | a       | 2026-03-01  | sent     | 2026-03-02  | centre               | clinic
    r2 | a       | 2026-03-01  | answered | 2026-03-02  | clinic               | clinic
    r3 | a       | 2026-03-05  | sent     | 2026-03-05  |                      | clinic
    r4 | b       | 2026-03-05  | sent     | 2026-03-05  | county               | clinic
"""


def test_a_workflow_limits_how_long_a_record_may_stay_in_a_state(spec: Spec) -> None:
    """The limit is a schedule named after the kind and the state. It is for the institution that has the record in hand."""
    spec(
        {"institutions": PLACES_TO_GO, "referral": REFERRALS},
        as_of="2026-03-06",
        due="""
            resident | schedule                | step | due_from   | due_on     | status   | institution
            a        | referral_sent           | r1   | 2026-03-02 | 2026-03-05 | overdue  | centre
            a        | referral_sent           | r3   | 2026-03-05 | 2026-03-08 | due      | clinic
            b        | referral_sent           | r4   | 2026-03-05 | 2026-03-08 | due      | county
            a        | referral_sent_escalated | r1   | 2026-03-08 | 2026-03-08 | upcoming | county
            a        | referral_sent_escalated | r3   | 2026-03-11 | 2026-03-11 | upcoming | centre
            b        | referral_sent_escalated | r4   | 2026-03-11 | 2026-03-11 | upcoming | county
        """,
    )


def test_what_stays_late_is_escalated_to_the_institution_above(spec: Spec) -> None:
    """From the day after the limit and the time it is given after that; where nobody is above, it stays where it is."""
    spec(
        {"institutions": PLACES_TO_GO, "referral": "\n".join(REFERRALS.splitlines()[:3])},
        due="""
            as_of      | resident | schedule                | status   | institution
            2026-03-05 | a        | referral_sent           | due      | centre
            2026-03-05 | a        | referral_sent_escalated | upcoming | county
            2026-03-08 | a        | referral_sent           | overdue  | centre
            2026-03-08 | a        | referral_sent_escalated | due      | county
            2026-03-09 | a        | referral_sent           | overdue  | centre
            2026-03-09 | a        | referral_sent_escalated | overdue  | county
        """,
    )


def test_rules_see_the_state_of_a_record_and_when_it_came_into_each(spec: Spec) -> None:
    """States are an ordered choice; `<state>_on` is the day on which the record came into that state."""
    spec(
        {
            "referral": """
                id | subject | occurred_on | state    | sent_on    | answered_on | to_institution
                r1 | a       | 2026-03-01  | answered | 2026-03-02 | 2026-03-04  | county
                r2 | b       | 2026-03-01  | answered | 2026-03-02 | 2026-03-12  | county
                r3 | b       | 2026-03-02  | drafted  |            |             | centre
            """
        },
        """
        facts:
          in_time: {any: referral, where: "answered_on <= sent_on + 7 days"}
          sent: {count: referral, where: state >= 'sent'}
          last: {latest: referral}
        """,
        as_of="2026-03-31",
        expect="""
            resident | in_time | sent | last.state | last.to_institution | last.sent_on
            a        | true    | 1    | answered   | county              | 2026-03-02
            b        | false   | 1    | drafted    | centre              |
        """,
    )
