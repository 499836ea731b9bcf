"""Of whom a column names

A register column that names somebody – `place`, `institution`, `team`, `parent`, `leader` – leads on to the columns of
who that is: `institution.type`, `institution.place.level`. So does a record's field of type `institution`, `worker` or
`place`.
"""

from spec.examples import Spec

NETWORK = {
    "places": """
        code    | level    | parent | population
        county  | county   |        | 500000
        town    | township | county | 20000
        village | village  | town   | 900
    """,
    "institutions": """
        code     | type            | level | parent | place   | beds
        hospital | hospital        | 2     |        | county  | 300
        centre   | township_centre | 1     |        | town    | 40
        clinic   | village_clinic  |       | centre | village |
        stray    | village_clinic  |       | gone   | gone    |
    """,
    "workers": """
        code | title_level | institution
        w1   | mid         | hospital
        w2   | junior      | clinic
        w3   |             | gone
        w4   | senior      |
    """,
    "teams": """
        code | type          | institution | leader
        t1   | family_doctor | centre      | w1
        t2   | other         |             |
    """,
    "residents": """
        code | place   | institution | team | birth_date
        a    | village | centre      | t1   | 1960-05-02
        b    | county  |             | t2   | 1990-01-01
    """,
}


def test_a_column_that_names_somebody_leads_to_their_columns(spec: Spec) -> None:
    """Wherever a rule is about an entity. Empty when the column names nobody, or nobody registered: here `gone`."""
    spec(
        NETWORK,
        """
        entity: worker
        groups:
          village_doctors: {when: institution.type = 'village_clinic'}
          of_large_hospitals: {when: "institution.level >= '2'"}
        """,
        as_of="2026-06-30",
        expect="""
            worker | village_doctors | of_large_hospitals | institution.beds | institution.code
            w1     | false           | true               | 300              | hospital
            w2     | true            | false              |                  | clinic
            w3     | false           | false              |                  |
            w4     | false           | false              |                  |
        """,
    )


def test_parents_are_asked_the_same_way_and_steps_may_follow_one_another(spec: Spec) -> None:
    """`parent.` of an institution or a place; `institution.place.`, `team.leader.title_level`."""
    spec(
        NETWORK,
        as_of="2026-06-30",
        expect="""
            institution | parent.type     | place.level | place.parent.level | parent.place.population
            hospital    |                 | county      |                    |
            clinic      | township_centre | village     | township           | 20000
            stray       |                 |             |                    |
        """,
    )
    spec(
        NETWORK,
        as_of="2026-06-30",
        expect="""
            place   | parent.level | parent.parent.level
            county  |              |
            town    | county       |
            village | township     | county
        """,
    )
    spec(
        NETWORK,
        as_of="2026-06-30",
        expect="""
            resident | place.level | institution.place.level | team.type     | team.leader.title_level
            a        | village     | township                | family_doctor | mid
            b        | county      |                         | other         |
        """,
    )


def test_schedules_and_figures_may_rest_on_them(spec: Spec) -> None:
    """As a group's condition, a numerator, what is added up, and a breakdown: `by: place.level`."""
    rules = """
        facts:
          checked: {latest: visit}
          villagers: {count: place.level = 'village', over: residents, entity: institution}
        groups:
          managed: {when: institution.type is not null}
        schedules:
          check:
            group: managed
            service: visit
            every:
              after: checked
              start: birth_date
              first: 1 year
              intervals: [{when: place.level = 'village', then: 3 months}, {then: 1 year}]
        indicators:
          in_villages: {numerator: place.level = 'village', denominator: birth_date is not null, by: place.level}
    """
    spec(
        NETWORK | {"visit": "subject | occurred_on\n a | 2026-01-10\n b | 2026-01-10"},
        rules,
        as_of="2026-06-30",
        expect="""
            institution | villagers
            centre      | 1
            clinic      | 0
        """,
        due="""
            resident | schedule | due_on
            a        | check    | 2026-04-10
        """,
        institutions="""
            institution | in_villages | in_villages[place.level=village]
            centre      | 1/1         | 1/1
        """,
        places="""
            place  | in_villages | in_villages[place.level=village] | in_villages[place.level=county]
            county | 1/2         | 1/1                                | 0/1
        """,
    )


def test_fields_that_name_somebody_lead_on_inside_where_and_from_a_record(spec: Spec) -> None:
    """Inside `where` the record's own fields and those around it come first: `institution` is where it was done."""
    spec(
        NETWORK
        | {
            "referral": """
                subject | institution | occurred_on | to_institution
                a       | clinic      | 2026-01-10  | centre
                a       | clinic      | 2026-02-10  | hospital
                a       | clinic      | 2026-03-10  |
                b       | hospital    | 2026-02-10  | gone
            """
        },
        """
        facts:
          to_hospital: {count: referral, where: to_institution.type = 'hospital'}
          upwards: {latest: referral, where: to_institution.place.level = 'county'}
          by_clinics: {count: referral, where: institution.parent.type = 'township_centre'}
          at_home: {count: referral, where: institution.place.level = place.level}
          last: {latest: referral}
        """,
        as_of="2026-06-30",
        expect="""
            resident | to_hospital | upwards.to_institution.beds | by_clinics | at_home | last.to_institution.type
            a        | 1           | 300                         | 3          | 3       |
            b        | 0           |                             | 0          | 1       |
        """,
    )
