"""The referee is refereed: small examples worked out by hand from the wording of the contract.

This file has the calendar, the due list, and files; the figures are in ``test_oracle_figures.py``.
"""

from datetime import date
from pathlib import Path

import pytest

from acceptance import oracle
from acceptance.oracle import DueItem, add_months, age_on, whole_quarters
from acceptance.small_network import (
    COMPLETE,
    PLACES,
    SmallNetwork,
    figure,
    items,
    person,
    pressure,
    record,
    statuses,
)


@pytest.fixture
def write(tmp_path: Path) -> SmallNetwork:
    return SmallNetwork(tmp_path)


# --- the calendar -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2025-01-10", 3, "2025-04-10"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2026-04-30", 3, "2026-07-30"),
        ("2025-12-31", 12, "2026-12-31"),
        ("2026-09-30", 3, "2026-12-30"),
    ],
)
def test_adding_months_keeps_the_day_or_takes_the_last_day_of_the_month(
    start: str, months: int, end: str
) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("1960-05-02", "2025-05-01", 64),
        ("1960-05-02", "2025-05-02", 65),
        ("1960-02-29", "2025-02-28", 64),
        ("1960-02-29", "2025-03-01", 65),
        ("1960-02-29", "2024-02-28", 63),
        ("1960-02-29", "2024-02-29", 64),
    ],
)
def test_ages_are_full_years_and_a_leap_day_birthday_falls_on_1_march(born: str, day: str, age: int) -> None:
    assert age_on({"birth_date": born}, date.fromisoformat(day)) == age


@pytest.mark.parametrize(
    ("start", "end", "spans"),
    [
        ("2026-01-01", "2026-04-01", 1),
        ("2026-01-01", "2026-03-31", 0),
        ("2026-01-01", "2027-01-01", 4),
        ("2025-11-30", "2026-02-28", 1),
        ("2025-11-30", "2026-05-29", 1),  # from the start itself, not from the clamped 28 February
        ("2025-11-30", "2026-05-30", 2),
    ],
)
def test_whole_spans_are_counted_from_the_start_each(start: str, end: str, spans: int) -> None:
    assert whole_quarters(date.fromisoformat(start), date.fromisoformat(end)) == spans


# --- follow-ups: what is due when -------------------------------------------------------------------------


def test_the_first_followup_is_due_three_months_after_registration(write: SmallNetwork) -> None:
    data = write(htn_registration=[record("2026-01-31")])
    expected = DueItem(
        *("r1", "htn_followup", "", "2026-04-23", "2026-04-30", "2026-05-01", "upcoming", "clinic")
    )
    assert items(data, "2026-01-31") == [expected]


def test_a_followup_is_due_from_seven_days_before_and_overdue_from_the_day_after(write: SmallNetwork) -> None:
    data = write(htn_registration=[record("2026-01-31")])
    probed = ("2026-04-22", "2026-04-23", "2026-04-30", "2026-05-01")
    assert statuses(data, *probed) == ["upcoming", "due", "due", "overdue"]


def test_upcoming_items_are_listed_only_when_asked_for(write: SmallNetwork) -> None:
    data = write(htn_registration=[record("2026-01-31")])
    assert oracle.due(data, date(2026, 4, 22)) == []
    assert len(oracle.due(data, date(2026, 4, 23))) == 1


def test_nothing_is_due_for_somebody_who_is_not_registered(write: SmallNetwork) -> None:
    assert items(write(htn_followup=[pressure("2026-01-10", "132", "84")]), "2026-06-01") == []


def test_a_registration_after_the_day_does_not_count_yet(write: SmallNetwork) -> None:
    data = write(htn_registration=[record("2026-01-31")])
    assert items(data, "2026-01-30") == []
    assert figure(data, "htn_managed", "2026-01-30") == (0, 0)


def test_of_several_registrations_the_first_that_is_not_void_counts(write: SmallNetwork) -> None:
    registrations = [
        record("2026-03-05", id="3"),
        record("2026-02-05", id="2"),
        record("2026-01-05", id="1", status="void"),
    ]
    assert items(write(htn_registration=registrations), "2026-03-10")[0].due_on == "2026-05-05"


@pytest.mark.parametrize(
    ("sbp", "dbp", "due_on"),
    [
        ("139", "89", "2026-05-10"),
        ("140", "89", "2026-02-24"),
        ("139", "90", "2026-02-24"),
        ("", "80", "2026-02-24"),
        ("120", "", "2026-02-24"),
    ],
)
def test_uncontrolled_or_unmeasured_pressure_is_seen_again_after_14_days(
    write: SmallNetwork, sbp: str, dbp: str, due_on: str
) -> None:
    data = write(htn_registration=[record("2025-01-10")], htn_followup=[pressure("2026-02-10", sbp, dbp)])
    assert items(data, "2026-02-10")[0].due_on == due_on


@pytest.mark.parametrize(
    ("born", "sbp", "due_on"),
    [
        ("1961-02-10", "149", "2026-05-10"),  # 65 on the day of the follow-up
        ("1961-02-10", "150", "2026-02-24"),
        ("1961-02-11", "149", "2026-02-24"),  # 64, though 65 on the day looked from
        ("", "149", "2026-02-24"),  # of unknown age
    ],
)
def test_from_65_on_the_day_of_the_followup_the_systolic_limit_is_150(
    write: SmallNetwork, born: str, sbp: str, due_on: str
) -> None:
    data = write(
        residents=[person(birth_date=born)],
        htn_registration=[record("2025-01-10")],
        htn_followup=[pressure("2026-02-10", sbp, "89")],
    )
    assert [item.due_on for item in items(data, "2026-03-01") if item.schedule == "htn_followup"] == [due_on]


def test_the_diastolic_limit_is_90_at_every_age(write: SmallNetwork) -> None:
    data = write(
        residents=[person(birth_date="1940-01-01")],
        htn_registration=[record("2025-01-10")],
        htn_followup=[pressure("2026-02-10", "130", "90")],
    )
    assert figure(data, "htn_controlled", "2026-03-01") == (0, 1)


@pytest.mark.parametrize(
    ("fpg", "due_on"),
    [("6.99", "2026-05-10"), ("7.0", "2026-02-24"), ("7", "2026-02-24"), ("", "2026-02-24")],
)
def test_diabetes_is_controlled_below_7_whatever_the_pressure(
    write: SmallNetwork, fpg: str, due_on: str
) -> None:
    visit = record("2026-02-10", fpg=fpg, sbp="180", dbp="110")
    data = write(dm_registration=[record("2025-01-10")], dm_followup=[visit])
    assert [(item.schedule, item.due_on) for item in items(data, "2026-02-10")] == [("dm_followup", due_on)]


def test_of_two_followups_on_one_day_the_id_that_is_larger_as_text_is_the_last(write: SmallNetwork) -> None:
    followups = [pressure("2026-02-10", "170", "84", id="10"), pressure("2026-02-10", "130", "84", id="9")]
    data = write(htn_registration=[record("2025-01-10")], htn_followup=followups)
    assert items(data, "2026-02-10")[0].due_on == "2026-05-10"


def test_a_later_day_beats_a_larger_id(write: SmallNetwork) -> None:
    followups = [pressure("2026-02-11", "170", "84", id="1"), pressure("2026-02-10", "130", "84", id="2")]
    data = write(htn_registration=[record("2025-01-10")], htn_followup=followups)
    assert items(data, "2026-02-11")[0].due_on == "2026-02-25"


def test_void_followups_and_those_after_the_day_are_not_seen(write: SmallNetwork) -> None:
    followups = [
        pressure("2026-02-10", "130", "84", id="1"),
        pressure("2026-02-20", "130", "84", id="2", status="void"),
        pressure("2026-03-02", "130", "84", id="3"),
    ]
    data = write(htn_registration=[record("2025-01-10")], htn_followup=followups)
    assert items(data, "2026-03-01")[0].due_on == "2026-05-10"
    assert items(data, "2026-03-02")[0].due_on == "2026-06-02"


def test_a_followup_from_before_the_registration_is_a_last_followup_too(write: SmallNetwork) -> None:
    data = write(htn_registration=[record("2026-02-10")], htn_followup=[pressure("2026-01-10", "130", "84")])
    assert items(data, "2026-02-10")[0].due_on == "2026-04-10"
    assert items(data, "2026-02-09") == []


def test_an_empty_status_is_final(write: SmallNetwork) -> None:
    assert len(items(write(htn_registration=[record("2026-01-31", status="")]), "2026-02-01")) == 1


def test_somebody_registered_with_both_diseases_has_an_item_for_each_in_order(write: SmallNetwork) -> None:
    data = write(htn_registration=[record("2026-01-31")], dm_registration=[record("2026-02-10")])
    found = [(item.schedule, item.due_on) for item in items(data, "2026-03-01")]
    assert found == [("dm_followup", "2026-05-10"), ("htn_followup", "2026-04-30")]


def test_an_item_without_institution_has_an_empty_one(write: SmallNetwork) -> None:
    data = write(residents=[person(institution="")], htn_registration=[record("2026-01-31")])
    assert items(data, "2026-02-01")[0].institution == ""


# --- who is alive -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("died", "alive"), [("2026-02-28", 0), ("2026-03-01", 0), ("2026-03-02", 1), ("", 1)]
)
def test_somebody_who_died_on_the_day_is_not_alive_on_it(write: SmallNetwork, died: str, alive: int) -> None:
    data = write(
        residents=[person(birth_date="1980-06-15", death_date=died)], htn_registration=[record("2025-01-10")]
    )
    assert len(items(data, "2026-03-01")) == alive
    assert figure(data, "contract_coverage", "2026-03-01") == (0, alive)


@pytest.mark.parametrize(("born", "alive"), [("2026-03-01", 1), ("2026-03-02", 0)])
def test_somebody_born_after_the_day_is_not_alive_on_it(write: SmallNetwork, born: str, alive: int) -> None:
    data = write(residents=[person(birth_date=born)])
    assert figure(data, "contract_coverage", "2026-03-01") == (0, alive)


# --- the yearly check of the elderly ----------------------------------------------------------------------


def test_the_yearly_check_is_due_from_1_january_to_31_december(write: SmallNetwork) -> None:
    data = write(residents=[person(birth_date="1950-07-01")])
    expected = DueItem(
        *("r1", "elderly_check", "", "2026-01-01", "2026-12-31", "2027-01-01", "due", "clinic")
    )
    assert items(data, "2026-01-01") == items(data, "2026-12-31") == [expected]


def test_in_the_year_of_the_65th_birthday_the_check_is_due_from_that_day(write: SmallNetwork) -> None:
    data = write(residents=[person(birth_date="1960-02-29")])
    assert items(data, "2025-02-28") == []
    assert [(item.due_from, item.status) for item in items(data, "2025-03-01")] == [("2025-03-01", "due")]


@pytest.mark.parametrize("missing", ["false", ""])
def test_a_check_counts_only_with_all_four_parts(write: SmallNetwork, missing: str) -> None:
    checks = [
        record("2026-02-01", **{**COMPLETE, "guidance": missing}, id="1"),
        record("2026-02-02", **{**COMPLETE, "physical": missing}, id="2"),
    ]
    data = write(residents=[person(birth_date="1950-07-01")], elderly_check=checks)
    assert statuses(data, "2026-03-01") == ["due"]
    assert figure(data, "elderly_managed", "2026-03-01") == (0, 1)


def test_a_complete_check_ends_this_years_item_and_not_next_years(write: SmallNetwork) -> None:
    data = write(
        residents=[person(birth_date="1950-07-01")], elderly_check=[record("2025-12-31", **COMPLETE)]
    )
    assert statuses(data, "2025-12-30", "2025-12-31", "2026-01-01") == ["due", "due"]
    assert items(data, "2025-12-31") == []
    assert figure(data, "elderly_managed", "2025-12-31") == (1, 1)
    assert figure(data, "elderly_managed", "2026-01-01") == (0, 1)


def test_a_complete_check_of_the_year_counts_also_from_before_the_65th_birthday(write: SmallNetwork) -> None:
    check = record("2026-02-01", **COMPLETE)
    data = write(residents=[person(birth_date="1961-03-01")], elderly_check=[check])
    assert items(data, "2026-03-01") == []
    assert figure(data, "elderly_managed", "2026-02-28") == (0, 0)
    assert figure(data, "elderly_managed", "2026-03-01") == (1, 1)


def test_a_void_check_satisfies_nothing(write: SmallNetwork) -> None:
    check = record("2026-02-01", **COMPLETE, status="void")
    data = write(residents=[person(birth_date="1950-07-01")], elderly_check=[check])
    assert statuses(data, "2026-03-01") == ["due"]


# --- amendments and files ---------------------------------------------------------------------------------


def test_the_same_id_in_a_later_folder_is_an_amendment(write: SmallNetwork) -> None:
    write(htn_registration=[record("2025-01-10")], htn_followup=[pressure("2026-02-10", "130", "84")])
    data = write(htn_followup=[pressure("2026-02-11", "170", "84")])
    assert [item.due_on for item in items(data, "2026-02-12")] == ["2026-02-25"]
    assert len(data.records["htn_followup"]) == 1


def test_a_record_voided_later_never_was_and_may_come_back(write: SmallNetwork) -> None:
    followups = [pressure("2026-02-10", "130", "84")]
    write(htn_registration=[record("2026-01-10")], htn_followup=followups)
    voided = write(htn_followup=[{**followups[0], "status": "void"}])
    assert items(voided, "2026-02-12")[0].due_on == "2026-04-10"
    assert items(write(htn_followup=followups), "2026-02-12")[0].due_on == "2026-05-10"


def test_the_same_id_in_another_kind_is_another_record(write: SmallNetwork) -> None:
    write(htn_registration=[record("2025-01-10")], dm_registration=[record("2025-01-10")])
    data = write(htn_registration=[record("2025-01-10", status="void")])
    assert [item.schedule for item in items(data, "2026-02-12")] == ["dm_followup"]


def test_importing_a_folder_twice_changes_nothing_also_for_rows_without_id(write: SmallNetwork) -> None:
    tables = {
        "htn_registration": [record("2025-01-10", id="")],
        "htn_followup": [record("2026-01-01", id="")],
    }
    once = write(**tables)
    assert write(**tables).records == once.records


def test_an_id_that_occurs_twice_in_a_file_is_refused(write: SmallNetwork) -> None:
    with pytest.raises(ValueError, match="id '1' occurs twice"):
        write(htn_registration=[record("2025-01-10"), record("2025-02-10")])


def test_the_command_prints_the_due_list_and_then_the_figures(
    write: SmallNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(htn_registration=[record("2026-01-31")])
    oracle.main([str(tmp_path / "0"), "2026-05-01"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "subject,schedule,step,due_from,due_on,overdue_from,status,institution"
    assert lines[1] == "r1,htn_followup,,2026-04-23,2026-04-30,2026-05-01,overdue,clinic"
    assert lines[2:4] == ["", "indicator,place,numerator,denominator"]
    assert "htn_managed,east village,0,1" in lines
    assert len(lines) == 4 + 8 * len(PLACES)
