"""Looking below: roll-ups and figures

A rule about an institution or a place may ask for what lies below it: those it looks after, those who work or live
there, the institutions and places under it. Roll-ups stand among the facts, with `over`.
"""

from spec.examples import Spec

TREES = {
    "places": """
        code | parent
        city |
        town | city
        v1   | town
        v2   | town
        far  |
    """,
    "institutions": """
        code   | parent | place | type            | beds
        centre |        | town  | township_centre | 20
        c1     | centre | v1    | village_clinic  | 2
        c2     | centre | v2    | village_clinic  |
        alone  |        |       | other           | 7
    """,
    "residents": """
        code | place | institution | sex | birth_date
        1    | v1    | c1          | 1   | 1950-01-01
        2    | v1    | c1          | 2   | 1960-01-01
        3    | v2    | centre      | 1   | 1970-01-01
        4    | town  |             | 1   |
        5    | far   | c2          |     | 1980-01-01
        6    |       | nowhere     | 1   | 1990-01-01
    """,
    "workers": """
        code | institution | title_level
        w1   | centre      | mid
        w2   | c1          | none
        w3   | c2          | senior
        w4   |             | senior
    """,
}


def test_a_roll_up_counts_those_below_for_whom_something_is_true(spec: Spec) -> None:
    """Of an institution: whom it and the institutions under it look after; empty counts as false."""
    spec(
        TREES,
        """
        entity: institution
        groups: {elderly: {entity: resident, when: "full_years(birth_date, as_of) >= 65"}}
        facts:
          elderly_here: {count: elderly, over: residents}
          men: {count: sex = '1', over: residents}
          any_elderly: {any: elderly, over: residents}
          everybody: {count: "true", over: residents}
          doctors: {count: title_level >= 'mid', over: workers}
        """,
        as_of="2026-06-30",
        expect="""
            institution | elderly_here | men | any_elderly | everybody | doctors
            centre      | 2            | 2   | true        | 4         | 2
            c1          | 2            | 1   | true        | 2         | 0
            c2          | 0            | 0   | false       | 1         | 1
            alone       | 0            | 0   | false       | 0         | 0
        """,
    )


def test_a_roll_up_of_a_place_looks_at_everybody_who_lives_there_or_below(spec: Spec) -> None:
    """At workers too, who stand at the place of their institution; and at institutions, by their place."""
    spec(
        TREES,
        """
        entity: place
        facts:
          people: {count: "true", over: residents}
          doctors: {count: title_level >= 'mid', over: workers}
          clinics: {count: type = 'village_clinic', over: institutions}
        """,
        as_of="2026-06-30",
        expect="""
            place | people | doctors | clinics
            city  | 4      | 2       | 2
            town  | 4      | 2       | 2
            v1    | 2      | 0       | 1
            v2    | 1      | 1       | 1
            far   | 1      | 0       | 0
        """,
    )


def test_teams_and_assets_stand_at_their_institution_and_its_place(spec: Spec) -> None:
    """What one institution has counts for those above it, and for the places it lies in."""
    tables = TREES | {
        "teams": "code | institution | type\n t1 | c1 | family_doctor\n t2 | centre | expert\n t3 | | expert",
        "assets": """
            code | institution | type      | in_service_from
            a1   | c1          | ambulance | 2026-03-01
            a2   | centre      | ambulance | 2026-09-01
            a3   |             | ambulance | 2026-03-01
        """,
    }
    rules = """
        entity: {entity}
        facts:
          teams: {{count: "true", over: teams}}
          has_ambulance: {{any: type = 'ambulance' and in_service_from <= as_of, over: assets}}
    """
    spec(
        tables,
        rules.format(entity="institution"),
        as_of="2026-06-30",
        expect="""
            institution | teams | has_ambulance
            centre      | 2     | true
            c1          | 1     | true
            c2          | 0     | false
            alone       | 0     | false
        """,
    )
    spec(
        tables,
        rules.format(entity="place"),
        as_of="2026-06-30",
        expect="""
            place | teams | has_ambulance
            city  | 2     | true
            town  | 2     | true
            v1    | 1     | true
            v2    | 0     | false
            far   | 0     | false
        """,
    )


def test_of_the_same_register_only_those_strictly_below_count(spec: Spec) -> None:
    """An institution does not lie below itself, nor does a place."""
    spec(
        TREES,
        """
        entity: institution
        facts: {under: {count: "true", over: institutions}, beds_under: {sum: beds, over: institutions}}
        """,
        as_of="2026-06-30",
        expect="""
            institution | under | beds_under
            centre      | 2     | 2
            c1          | 0     |
            alone       | 0     |
        """,
    )
    spec(
        TREES,
        "{entity: place, facts: {parts: {count: 'true', over: places}}}",
        as_of="2026-06-30",
        expect="""
            place | parts
            city  | 3
            town  | 2
            v1    | 0
        """,
    )


def test_numbers_and_dates_are_summed_averaged_and_compared(spec: Spec) -> None:
    """Nulls are skipped; where nothing is left the result is empty."""
    spec(
        TREES,
        """
        entity: institution
        values: {age: {entity: resident, is: "full_years(birth_date, as_of)"}}
        facts:
          years: {sum: age, over: residents}
          mean_age: {mean: age, over: residents}
          youngest: {min: age, over: residents}
          oldest: {max: age, over: residents}
          last_birth: {max: birth_date, over: residents}
          first_birth: {min: birth_date, over: residents}
        """,
        as_of="2026-06-30",
        expect="""
            institution | years | mean_age | youngest | oldest | last_birth | first_birth
            centre      | 244   | 61       | 46       | 76     | 1980-01-01 | 1950-01-01
            c1          | 142   | 71       | 66       | 76     | 1960-01-01 | 1950-01-01
            alone       |       |          |          |        |            |
        """,
    )


def test_a_sum_is_exact_to_six_decimals_in_whatever_order_it_is_made(spec: Spec) -> None:
    """Each number is rounded to six decimals before it is added. What is larger than 2^53 is left out."""
    spec(
        {
            "institutions": "code\n i\n j",
            "residents": "code | institution\n 1 | i\n 2 | i\n 3 | i\n 4 | i\n 5 | j\n 6 | j",
            "visit": """
                subject | occurred_on | weight
                1       | 2026-01-01  | 0.1
                2       | 2026-01-01  | 0.2
                3       | 2026-01-01  | 0.0000001
                4       | 2026-01-01  | 1e300
                5       | 2026-01-01  | 9007199254740992
                6       | 2026-01-01  | 9007199254740992
            """,
        },
        """
        entity: institution
        facts:
          weighed: {latest: visit}
          total: {sum: weighed.weight, over: residents}
          average: {mean: weighed.weight, over: residents}
        """,
        as_of="2026-06-30",
        expect="""
            institution | total             | average
            i           | 0.3               | 0.1
            j           | 18014398509481984 | 9007199254740992
        """,
    )


def test_roll_ups_may_rest_on_roll_ups(spec: Spec) -> None:
    """Each is worked out before what asks for it: residents, then institutions, then places."""
    spec(
        TREES,
        """
        facts:
          patients: {entity: institution, count: sex = '1', over: residents}
          busy_under: {entity: institution, count: busy, over: institutions}
          busy_here: {entity: place, count: busy, over: institutions}
          leading_here: {entity: place, any: busy_under > 0, over: institutions}
        groups:
          busy: {entity: institution, when: patients > 0}
        values:
          some: {entity: place, is: busy_here > 1}
        """,
        as_of="2026-06-30",
        expect="""
            place | busy_here | leading_here | some
            town  | 2         | true         | true
            v1    | 1         | false        | false
            v2    | 0         | false        | false
        """,
    )


def test_who_is_not_present_is_not_below(spec: Spec) -> None:
    """Whoever is asked for has to exist on the day."""
    spec(
        TREES,
        """
        entity: place
        entities: {resident: {present: birth_date is not null}, institution: {present: beds is not null}}
        facts:
          people: {count: "true", over: residents}
          institutions_here: {count: "true", over: institutions}
        """,
        as_of="2026-06-30",
        expect="""
            place | people | institutions_here
            town  | 3      | 2
            v2    | 1      | 0
        """,
    )


def test_records_about_residents_may_be_gathered_where_they_live(spec: Spec) -> None:
    """`living_in` makes a fact about places, `looked_after_by` one about institutions: of the records about residents."""
    visits = """
        subject | occurred_on | sbp
        1       | 2026-01-01  | 150
        1       | 2026-02-01  | 130
        3       | 2026-02-01  | 120
        5       | 2025-02-01  | 120
        nobody  | 2026-02-01  | 120
    """
    spec(
        TREES | {"visit": visits},
        """
        entity: place
        facts:
          visits: {count: visit, relation: living_in, during: year}
          high: {any: visit, relation: living_in, where: sbp >= 140}
          mean_sbp: {mean: visit, of: sbp, relation: living_in}
          mean_high: {mean: visit, of: sbp, where: sbp > 125, relation: living_in}
          sum_sbp: {sum: visit, of: sbp, relation: living_in}
          highest: {max: visit, of: sbp, relation: living_in}
          first_visit: {min: visit, of: occurred_on, relation: living_in}
        """,
        as_of="2026-06-30",
        expect="""
            place | visits | high  | mean_sbp           | mean_high | sum_sbp | highest | first_visit
            city  | 3      | true  | 133.33333333333334 | 140       | 400     | 150     | 2026-01-01
            v1    | 2      | true  | 140                | 140       | 280     | 150     | 2026-01-01
            v2    | 1      | false | 120                |           | 120     | 120     | 2026-02-01
            far   | 0      | false | 120                |           | 120     | 120     | 2025-02-01
        """,
    )
    spec(
        TREES | {"visit": visits},
        "{entity: institution, facts: {visits: {count: visit, relation: looked_after_by}}}",
        as_of="2026-06-30",
        expect="""
            institution | visits
            centre      | 4
            c2          | 1
            alone       | 0
        """,
    )


def test_a_rule_reads_the_figure_that_the_screens_show(spec: Spec) -> None:
    """`figure.` and the name of an indicator: its value here, with everything under it; empty with nobody to count."""
    spec(
        TREES,
        """
        entity: institution
        indicators:
          men: {entity: resident, numerator: sex = '1', denominator: sex is not null}
          with_beds: {numerator: beds > 1, denominator: "true"}
          good: {numerator: figure.men > 0.5, denominator: figure.men is not null}
          doctors: {entity: worker, numerator: title_level >= 'mid', denominator: "true"}
        groups:
          mostly_men: {when: figure.men > 0.5}
        """,
        as_of="2026-06-30",
        expect="""
            institution | figure.men         | mostly_men | figure.with_beds   | figure.good | figure.doctors
            centre      | 0.6666666666666666 | true       | 0.6666666666666666 | 0.5         | 0.6666666666666666
            c1          | 0.5                | false      | 1                  | 0           | 0
            c2          |                    | false      | 0                  |             | 1
            alone       |                    | false      | 1                  |             |
        """,
        institutions="""
            institution | men | with_beds | good
            centre      | 2/3 | 2/3       | 1/2
            c1          | 1/2 | 1/1       | 0/1
            c2          | 0/0 | 0/1       | 0/0
        """,
    )
    spec(
        TREES,
        """
        entity: place
        indicators: {men: {entity: resident, numerator: sex = '1', denominator: sex is not null}}
        schedules: {look: {group: weak, once_per_year: {satisfied: "false"}}}
        groups: {weak: {when: figure.men < 0.6}}
        """,
        as_of="2026-06-30",
        due="place | schedule\n v1 | look",
    )
