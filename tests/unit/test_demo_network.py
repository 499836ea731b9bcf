"""The simulated network: sound references, plausible people and care, nobody's numbers."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from demo_examples import KINDS, SKETCHES

from wangdi.demo import Network, make_network
from wangdi.demo.sources import read_pyramid
from wangdi.engine.model.registers import REGISTERS
from wangdi.interchange.tables import arrow_type, register_schema

AS_OF = date(2026, 6, 30)
FIRST_DAY = date(2023, 7, 1)
RESIDENTS = 12_000
A_PART = 7_000
"""Fewer than the residents, so that seams between parts are tested."""
RECORDS = tuple(f"records/{name}" for name in KINDS)


@pytest.fixture(scope="module", autouse=True)
def _small_parts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wangdi.demo.setting.RESIDENTS_A_PART", A_PART)
        yield


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    return make_network(RESIDENTS, as_of=AS_OF, kinds=KINDS, sketches=SKETCHES)


@pytest.fixture(scope="module")
def database(tables: dict[str, Any]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register(name.removeprefix("records/"), table)
        yield connection


@pytest.fixture
def figure(database: duckdb.DuckDBPyConnection) -> Any:
    """The single value of a query over the tables."""
    return lambda query: database.sql(query).fetchall()[0][0]


def test_registers_have_every_column_in_its_exchange_type(tables: dict[str, Any]) -> None:
    for register in REGISTERS.values():
        assert tables[register.table].schema == register_schema(register)


def test_records_have_the_envelope_and_the_declared_fields_that_are_simulated(tables: dict[str, Any]) -> None:
    table = tables["records/htn_followup"]

    assert table.schema.names[:6] == ["id", "subject", "institution", "worker", "occurred_on", "status"]
    assert "sbp" in table.schema.names
    assert "referral_to" not in table.schema.names  # declared, but not sketched
    for declared in KINDS["htn_followup"].fields:
        if declared.name in table.schema.names:
            assert table.schema.field(declared.name).type == arrow_type(declared)


def test_the_place_tree_has_five_levels_and_each_parent_is_one_level_up(database: Any) -> None:
    pairs = database.sql(
        "select distinct up.level, down.level from places down join places up on up.code = down.parent"
    ).fetchall()
    roots = database.sql("select name from places where parent is null").fetchall()

    assert set(pairs) == {
        ("province", "city"),
        ("city", "county"),
        ("county", "township"),
        ("township", "village"),
    }
    assert roots == [("湖北省",)]


def test_clinics_belong_to_their_townships_centre_and_centres_to_the_county_hospital(database: Any) -> None:
    pairs = database.sql("""
        select distinct child.type, parent.type from institutions child
        join institutions parent on parent.code = child.parent
        where child.place[:len(parent.place)] = parent.place
    """).fetchall()

    assert ("village_clinic", "township_centre") in pairs
    assert ("community_station", "community_centre") in pairs
    assert ("township_centre", "hospital") in pairs


def test_every_place_below_the_county_has_its_institution(figure: Any) -> None:
    assert (
        figure("""
        select count(*) from places
        where level in ('township', 'village') and code not in (select place from institutions)
    """)
        == 0
    )


def test_institutions_say_that_they_are_examples(figure: Any) -> None:
    assert figure("select count(*) from institutions where not ends_with(name, '（示例）')") == 0
    assert figure("select count(*) from institutions where name like '%委会%'") == 0


@pytest.mark.parametrize(
    ("table", "column", "target"),
    [
        ("places", "parent", "places"),
        ("institutions", "parent", "institutions"),
        ("institutions", "place", "places"),
        ("workers", "institution", "institutions"),
        ("residents", "place", "places"),
        ("residents", "institution", "institutions"),
        ("residents", "team", "teams"),
        ("teams", "institution", "institutions"),
        ("teams", "leader", "workers"),
        ("assets", "institution", "institutions"),
        *((name, "institution", "institutions") for name in RECORDS),
        *((name, "worker", "workers") for name in RECORDS),
        *((f"records/{kind.name}", "subject", REGISTERS[kind.about].table) for kind in KINDS.values()),
    ],
)
def test_every_reference_resolves(tables: dict[str, Any], table: str, column: str, target: str) -> None:
    referring = tables[table][column].drop_null()

    assert pc.all(pc.is_in(referring, tables[target]["code"].combine_chunks())).as_py()


@pytest.mark.parametrize("table", [register.table for register in REGISTERS.values()])
def test_codes_are_unique(tables: dict[str, Any], table: str) -> None:
    assert pc.count_distinct(tables[table]["code"]).as_py() == len(tables[table])


@pytest.mark.parametrize("table", RECORDS)
def test_record_ids_are_unique_and_carry_the_day(tables: dict[str, Any], table: str) -> None:
    records = tables[table]
    instants = [int(text[:13].replace("-", ""), 16) for text in records["id"][:500].to_pylist()]

    assert pc.count_distinct(records["id"]).as_py() == len(records)
    assert all(text[14] == "7" and text[19] in "89ab" for text in records["id"][:500].to_pylist())
    assert [instant // 86_400_000 for instant in instants] == (
        records["occurred_on"][:500].cast(pa.int32()).to_pylist()
    )


@pytest.mark.parametrize("table", RECORDS)
def test_records_lie_within_the_three_years(tables: dict[str, Any], table: str) -> None:
    days = pc.min_max(tables[table]["occurred_on"]).as_py()

    assert FIRST_DAY <= days["min"] <= days["max"] <= AS_OF


@pytest.mark.parametrize("table", RECORDS)
def test_records_are_in_order_of_subject_and_day(tables: dict[str, Any], table: str) -> None:
    written = tables[table].select(["subject", "occurred_on"])

    assert written.equals(written.sort_by([("subject", "ascending"), ("occurred_on", "ascending")]))


@pytest.mark.parametrize("table", [name for name in RECORDS if not name.endswith("posting")])
def test_nobody_has_records_before_birth_or_after_death(figure: Any, table: str) -> None:
    name = table.removeprefix("records/")

    assert (
        figure(f"""
        select count(*) from {name} join residents on code = subject
        where occurred_on < birth_date or occurred_on > death_date
    """)
        == 0
    )


def test_records_are_by_institutions_open_that_day(figure: Any) -> None:
    assert (
        figure("""
        select count(*) from htn_followup join institutions on code = institution
        where occurred_on < opened_on or occurred_on >= closed_on
    """)
        == 0
    )


def test_the_same_seed_makes_the_same_network_and_another_seed_another() -> None:
    first, again, other = (
        make_network(1000, as_of=AS_OF, seed=seed, kinds=KINDS, sketches=SKETCHES) for seed in (7, 7, 8)
    )

    assert all(first[name].equals(again[name]) for name in first)
    assert not first["residents"].equals(other["residents"])


def test_a_larger_network_is_streamed_in_the_same_records(tables: dict[str, Any]) -> None:
    network = Network(RESIDENTS, as_of=AS_OF, kinds=KINDS, sketches=SKETCHES)
    progress: list[tuple[int, int]] = []

    pieces = [
        piece
        for name, piece in network.record_batches(lambda *step: progress.append(step))
        if name == "records/contract"
    ]

    assert len(pieces) > 1
    assert pa.concat_tables(pieces).equals(tables["records/contract"])
    assert progress[-1] == (RESIDENTS, RESIDENTS)


def test_the_age_pyramid_is_that_of_the_census(database: Any) -> None:
    """Compared by cohort, below 60: there mortality since the census moves no share by a point."""
    expected: dict[int, float] = {}
    total = sum(band.male + band.female for band in read_pyramid())
    for band in read_pyramid():
        if 5 <= band.age_from < 60:
            expected[band.age_from] = expected.get(band.age_from, 0) + (band.male + band.female) / total
    counted = dict(
        database.sql("""
        select datesub('year', birth_date, date '2020-11-01') // 5 * 5 as band,
            count(*) / (select count(*) from residents)
        from residents where birth_date <= date '2020-11-01' group by band
    """).fetchall()
    )

    for age, share in expected.items():
        assert counted[age] == pytest.approx(share, abs=0.012), age


def test_no_id_number_can_be_a_persons(tables: dict[str, Any]) -> None:
    residents = tables["residents"]["id_number"].drop_null().to_pylist()
    workers = tables["workers"]["id_number"].drop_null().to_pylist()

    assert {number[:2] for number in residents + workers} == {"99"}
    assert len(set(residents + workers)) == len(residents) + len(workers)
    assert {len(number) for number in residents} == {18}


def test_id_numbers_agree_with_birth_date_sex_and_check_digit(tables: dict[str, Any]) -> None:
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    rows = tables["residents"].select(["id_number", "birth_date", "sex"]).slice(0, 3000).to_pylist()

    for row in (row for row in rows if row["id_number"]):
        number = row["id_number"]
        weighted = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
        assert number[17] == "10X98765432"[weighted % 11]
        assert number[6:14] == row["birth_date"].strftime("%Y%m%d")
        assert int(number[16]) % 2 == int(row["sex"]) % 2


def test_addresses_say_that_people_are_simulated(figure: Any) -> None:
    assert figure("select count(*) from residents where not starts_with(address, '（模拟数据）')") == 0


def test_death_rates_are_plausible(figure: Any) -> None:
    per_thousand = figure("select count(death_date) * 1000.0 / count(*) / 3 from residents")

    assert 5 < per_thousand < 10


def test_prevalence_of_registered_disease_is_plausible(figure: Any) -> None:
    adults = figure(f"select count(*) from residents where birth_date <= date '{AS_OF}' - interval 18 year")
    hypertension = figure("select count(distinct subject) from htn_registration") / adults
    diabetes = figure("select count(distinct subject) from dm_registration") / adults

    assert 0.16 < hypertension < 0.23  # 60–70 % of the 25–30 % who have it
    assert 0.05 < diabetes < 0.09


def test_some_readings_are_missing_and_the_others_possible(figure: Any) -> None:
    assert 0.01 < figure("select avg((sbp is null)::int) from htn_followup") < 0.08
    assert figure("select count(*) from htn_followup where sbp not between 80 and 240 or dbp >= sbp") == 0


def test_pressure_is_higher_in_winter(figure: Any) -> None:
    winter = figure("select avg(sbp) from htn_followup where month(occurred_on) in (12, 1, 2)")
    summer = figure("select avg(sbp) from htn_followup where month(occurred_on) in (6, 7, 8)")

    assert winter > summer + 3


def test_uncontrolled_patients_are_seen_sooner(figure: Any) -> None:
    gap = """
        with visits as (
            select occurred_on - lag(occurred_on) over w as gap, lag(sbp) over w as before
            from htn_followup window w as (partition by subject order by occurred_on)
        ) select avg(gap) from visits where before """

    assert figure(gap + ">= 160") < figure(gap + "< 130")


def test_a_few_clinics_round_their_readings(figure: Any) -> None:
    rounding = figure("""
        select avg((tens = visits)::int) from (
            select institution, count(*) filter (sbp % 10 = 0) as tens, count(sbp) as visits
            from htn_followup group by 1 having visits > 50
        )
    """)

    assert 0.02 < rounding < 0.15


def test_managed_shares_differ_between_townships(database: Any) -> None:
    shares = [
        row[0]
        for row in database.sql("""
        select count(distinct visit.subject) / count(distinct registration.subject)
        from htn_registration registration
        join residents on residents.code = registration.subject and death_date is null
        left join htn_followup visit
            on visit.subject = registration.subject and visit.occurred_on >= '2026-04-01'
        group by residents.place[:9] having count(distinct registration.subject) > 40
    """).fetchall()
    ]

    assert max(shares) - min(shares) > 0.15


def test_about_seven_in_ten_elderly_are_checked_a_year_and_some_checks_lack_a_part(figure: Any) -> None:
    elderly = figure("""
        select count(*) from residents
        where birth_date <= '1960-07-01' and (death_date is null or death_date > '2025-12-31')
    """)
    checked = figure("select count(distinct subject) from elderly_check where year(occurred_on) = 2025")
    complete = figure(
        "select avg((lifestyle and physical and auxiliary and guidance)::int) from elderly_check"
    )

    assert 0.6 < checked / elderly < 0.9
    assert 0.8 < complete < 0.97


def test_nobody_is_checked_twice_a_year(figure: Any) -> None:
    assert (
        figure("""
        select count(*) from (
            select subject from elderly_check group by subject, year(occurred_on) having count(*) > 1
        )
    """)
        == 0
    )


def test_contracts_are_signed_from_january_to_april_and_last_a_year(figure: Any) -> None:
    assert figure("select count(*) from contract where month(occurred_on) > 4") == 0
    assert (
        figure("""
        select count(*) from contract where valid_to <> (valid_from + interval 1 year - interval 1 day)::date
        and strftime(valid_from, '%m-%d') <> '02-29'
    """)
        == 0
    )


def test_most_but_not_all_centres_have_a_doctor_of_middle_title(figure: Any) -> None:
    served = figure(f"""
        select count(distinct posting.institution) from posting
        join workers on workers.code = subject and title_level in ('mid', 'associate_senior', 'senior')
        where status = 'final' and date '{AS_OF}' between valid_from and coalesce(valid_to, date '9999-12-31')
    """)
    centres = figure("""
        select count(*) from institutions
        where type in ('township_centre', 'community_centre') and closed_on is null
    """)

    assert 0.5 < served / centres < 1


def test_nobody_is_posted_to_a_centre_that_is_not_open(figure: Any) -> None:
    assert (
        figure("""
        select count(*) from posting join institutions on code = institution
        where valid_from < opened_on or closed_on is not null
    """)
        == 0
    )


def test_institutions_that_have_closed_have_no_staff(figure: Any) -> None:
    assert (
        figure("""
        select count(*) from workers join institutions on institutions.code = workers.institution
        where closed_on is not null
    """)
        == 0
    )


def test_few_doctors_are_posted_more_than_once(tables: dict[str, Any]) -> None:
    postings = tables["records/posting"]

    assert pc.count_distinct(postings["subject"]).as_py() > 0.9 * len(postings)


def test_a_few_records_are_void(figure: Any) -> None:
    assert 0.001 < figure("select avg((status = 'void')::int) from htn_followup") < 0.006


def test_amendments_are_new_values_for_known_ids(tables: dict[str, Any]) -> None:
    (name, later), *_ = Network(RESIDENTS, as_of=AS_OF, kinds=KINDS, sketches=SKETCHES).amendments()
    earlier = tables[name].select(["id", "sbp"]).rename_columns(["id", "before"])
    both = later.select(["id", "sbp"]).join(earlier, "id", join_type="left outer")

    assert 50 < len(later) < 1500
    assert set(pc.subtract(both["before"], both["sbp"]).to_pylist()) == {10}


def test_kinds_that_are_not_asked_for_get_no_records() -> None:
    only = {"contract": KINDS["contract"]}

    assert "records/htn_followup" not in make_network(500, as_of=AS_OF, kinds=only, sketches=SKETCHES)


@pytest.mark.parametrize("residents", [0, -5, 10_000_001])
def test_an_impossible_number_of_residents_is_refused(residents: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 10,000,000"):
        Network(residents, as_of=AS_OF, kinds=KINDS, sketches=SKETCHES)


def test_years_before_the_census_are_refused() -> None:
    with pytest.raises(ValueError, match="2023-11-01"):
        Network(100, as_of=date(2023, 10, 31), kinds=KINDS, sketches=SKETCHES)

    Network(100, as_of=date(2023, 11, 1), kinds=KINDS, sketches=SKETCHES)


def test_one_resident_is_a_network() -> None:
    assert len(make_network(1, as_of=AS_OF, kinds=KINDS, sketches=SKETCHES)["residents"]) == 1


def test_a_check_without_its_examination_has_no_measurements(figure: Any) -> None:
    assert figure("select count(height) from elderly_check where not physical") == 0
    assert figure("select count(*) - count(height) from elderly_check where physical") == 0


def test_contracts_name_the_team_that_looks_after_the_resident(figure: Any) -> None:
    assert (
        figure("""
        select count(*) from contract join residents r on r.code = contract.subject
        join teams t on t.code = r.team where t.name <> contract.team
    """)
        == 0
    )


def test_a_team_belongs_to_the_centre_of_its_residents_township(figure: Any) -> None:
    assert (
        figure("""
        select count(*) from residents r join teams t on t.code = r.team
        join institutions i on i.code = t.institution where r.place[:9] <> i.place or i.closed_on is not null
    """)
        == 0
    )


def test_most_but_not_all_township_centres_have_an_ambulance_in_service(figure: Any) -> None:
    share = figure("""
        select avg((i.code in (
            select institution from assets where type = 'ambulance' and in_service_from is not null
            and out_of_service_on is null
        ))::int) from institutions i where type = 'township_centre' and closed_on is null
    """)
    assert 0.5 < share < 0.95


def test_each_county_has_one_test_vehicle(database: Any) -> None:
    rows = database.sql(
        "select institution[:6], count(*) from assets where type = 'test_vehicle' group by 1 order by 1"
    ).fetchall()
    assert rows == [("420222", 1), ("420281", 1)]


def test_assets_are_delivered_then_accepted_then_in_service(figure: Any) -> None:
    assert (
        figure("""
        select count(*) from assets where accepted_on < delivered_on or in_service_from < accepted_on
        or out_of_service_on < accepted_on or (accepted_on is null and in_service_from is not null)
    """)
        == 0
    )


def test_an_accepted_asset_has_passed_its_last_check_and_no_other_has(figure: Any) -> None:
    assert (
        figure("""
        select count(*) from assets a left join (
            select subject, arg_max(result, occurred_on) as result, max(occurred_on) as checked_on
            from asset_acceptance group by subject
        ) c on c.subject = a.code
        where (a.accepted_on is not null) <> (coalesce(c.result, 'failed') = 'passed')
        or (a.accepted_on is not null and a.accepted_on <> c.checked_on)
    """)
        == 0
    )
