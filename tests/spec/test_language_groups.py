"""Values, groups, presence

A value gives an expression a name; a group is a condition that tells who belongs to it; presence tells who exists on a day.
"""

from spec.examples import Spec

PEOPLE = {
    "residents": """
        code | birth_date | death_date | sex
        old  | 1950-01-01 |            | 1
        dead | 1950-01-01 | 2026-06-30 | 2
        baby | 2026-07-01 |            | 2
        none |            |            |
    """
}


def test_a_value_is_an_expression_with_a_name(spec: Spec) -> None:
    """Values may use facts and other values, in any order."""
    spec(
        {"visit": "subject | occurred_on | sbp\n old | 2026-03-01 | 150"} | PEOPLE,
        """
        values:
          gap: limit - last.sbp
          limit: case when age >= 65 then 150 else 140 end
          age: full_years(birth_date, as_of)
        facts: {last: {latest: visit}}
        """,
        as_of="2026-06-29",
        expect="""
            resident | age | limit | gap
            old      | 76  | 150   | 0
            none     |     | 140   |
        """,
    )


def test_a_group_holds_those_for_whom_its_condition_is_true(spec: Spec) -> None:
    """Inside rules a group's name is a condition; groups may use groups."""
    spec(
        PEOPLE,
        """
        groups:
          elderly: {when: "full_years(birth_date, as_of) >= 65"}
          elderly_men: {when: elderly and sex = '1'}
        """,
        as_of="2026-06-29",
        expect="""
            resident | elderly | elderly_men | not elderly
            old      | true    | true        | false
            dead     | true    | false       | false
            baby     | false   | false       | true
            none     | false   | false       | true
        """,
    )


def test_what_only_serves_other_rules_is_marked_internal(spec: Spec) -> None:
    """It means the same. Pages of people and “my work” leave it out; the rule book lists internal groups at the end.

    Explanations of what rests on it tell it as any other.
    """
    spec(
        PEOPLE,
        """
        values:
          age: {title: {zh: 年龄, en: Age}, internal: true, is: "full_years(birth_date, as_of)"}
        groups:
          elderly: {internal: true, when: age >= 65}
          elderly_men: {when: elderly and sex = '1'}
        """,
        as_of="2026-06-29",
        expect="""
            resident | age | elderly | elderly_men
            old      | 76  | true    | true
            none     |     | false   | false
        """,
    )


def test_a_group_named_in_a_rule_is_true_or_false_and_never_empty(spec: Spec) -> None:
    """So `not` finds those of whom nothing was written down, too; a condition that is written out stays empty."""
    spec(
        {"visit": "subject | occurred_on | sbp\n old | 2026-03-01 | 130\n dead | 2026-03-01 | 150"} | PEOPLE,
        """
        facts: {last: {latest: visit}}
        values: {low: last.sbp < 140}
        groups:
          controlled: {when: last.sbp < 140}
          uncontrolled: {when: not controlled}
          measured_high: {when: not low}
        indicators: {share: {numerator: not controlled, denominator: "true"}}
        """,
        as_of="2026-06-29",
        expect="""
            resident | low   | controlled | not controlled | not low | uncontrolled | measured_high
            old      | true  | true       | false          | false   | false        | false
            dead     | false | false      | true           | true    | true         | true
            baby     |       | false      | true           |         | true         | false
            none     |       | false      | true           |         | true         | false
        """,
    )


def test_groups_are_true_or_false_wherever_they_are_named(spec: Spec) -> None:
    """In numerators, in roll-ups, in schedules and in what chooses records."""
    spec(
        {
            "institutions": "code | place\n c | p",
            "places": "code | parent\n p |",
            "residents": "code | birth_date | institution | place\n old | 1950-01-01 | c | p\n none | | c | p",
            "visit": "subject | occurred_on\n old | 2026-03-01\n none | 2026-03-01",
        },
        """
        facts:
          visits: {count: visit, where: not elderly}
          young_here: {entity: institution, over: residents, count: not elderly}
        groups:
          elderly: {when: "full_years(birth_date, as_of) >= 65"}
          others: {when: not elderly}
        schedules:
          check: {group: others, once_per_year: {satisfied: elderly}}
        indicators:
          young: {numerator: not elderly, denominator: "true"}
          visited: {sum: visits, of: others}
        """,
        as_of="2026-06-30",
        expect="""
            institution | young_here
            c           | 1
        """,
        due="""
            resident | schedule
            none     | check
        """,
        institutions="""
            institution | young | visited
            c           | 1/2   | 1
        """,
    )


def test_who_is_not_present_on_the_day_is_not_counted_and_has_nothing_due(spec: Spec) -> None:
    """Here: born on or before the day, and not dead on it. The last day of life counts, the day of death does not."""
    spec(
        PEOPLE | {"places": "code | parent\n p1 |", "residents": PEOPLE["residents"]},
        """
        entities:
          resident: {present: (birth_date is null or birth_date <= as_of) and (death_date is null or death_date > as_of)}
        groups:
          everybody: {when: "true"}
        schedules:
          check: {group: everybody, once_per_year: {satisfied: "false"}}
        """,
        due="""
            as_of      | resident | schedule
            2026-06-29 | dead     | check
            2026-06-29 | none     | check
            2026-06-29 | old      | check
            2026-06-30 | none     | check
            2026-06-30 | old      | check
            2026-07-01 | baby     | check
            2026-07-01 | none     | check
            2026-07-01 | old      | check
        """,
    )


def test_without_a_rule_of_presence_everybody_is_there(spec: Spec) -> None:
    """The product's pack `network` gives the rule for residents and institutions."""
    spec(
        PEOPLE,
        """
        groups:
          everybody: {when: "true"}
        schedules:
          check: {group: everybody, once_per_year: {satisfied: "false"}}
        """,
        as_of="2026-06-30",
        due="""
            resident | schedule
            baby     | check
            dead     | check
            none     | check
            old      | check
        """,
    )


def test_a_rule_may_be_about_the_entities_of_any_register(spec: Spec) -> None:
    """`entity` of the pack, or of the value or group itself."""
    spec(
        {"workers": "code | title_level\n w1 | senior\n w2 | none\n w3 |"},
        "groups: {seniors: {entity: worker, when: title_level >= 'associate_senior'}}",
        as_of="2026-06-30",
        expect="""
            worker | seniors
            w1     | true
            w2     | false
            w3     | false
        """,
    )
    spec(
        {"places": "code | level | parent | population\n c | county | | 900000\n v | village | c | 1200"},
        "{entity: place, values: {dense: population > 100000, top: parent is null}}",
        as_of="2026-06-30",
        expect="""
            place | level   | dense | top   | parent
            c     | county  | true  | true  |
            v     | village | false | false | c
        """,
    )
    spec(
        {
            "teams": """
                code | type          | leader | formed_on
                t1   | family_doctor | w1     | 2020-01-01
                t2   | expert        |        | 2026-07-01
            """,
            "meeting": "subject | occurred_on | attended\n t1 | 2026-03-01 | 5\n t1 | 2026-06-01 | 7",
        },
        """
            entity: team
            facts: {meetings: {count: meeting, during: year, where: attended > 5}}
            entities: {team: {present: formed_on <= as_of}}
            groups: {formed: {when: 'true'}}
        """,
        as_of="2026-06-30",
        expect="""
            team | leader | meetings | formed
            t1   | w1     | 1        | true
            t2   |        | 0        | true
        """,
    )
