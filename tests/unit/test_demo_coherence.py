"""What the simulated records of one person tell together, as a doctor would read them: all kinds of the shipped packs."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from demo_examples import RULEBOOK, shipped_network

from wangdi.engine.evaluate.asking import asked_masks
from wangdi.engine.model.fields import FieldType
from wangdi.interchange.tables import record_table_name

AS_OF = date(2026, 6, 30)
FOLLOWS = {
    "htn_followup": "htn_registration",
    "dm_followup": "dm_registration",
    "smi_followup": "smi_registration",
    "copd_followup": "copd_case",
    "joint_followup": "joint_enrolment",
    "tb_followup": "tb_notice",
    "tb_closing": "tb_notice",
    "newborn_visit": "newborn_registration",
    "antenatal_visit": "pregnancy",
    "postpartum_visit": "pregnancy_end",
    "exercise_prescription": "fitness_test",
    "long_rx": "long_rx_assessment",
}
"""What is never without the other, earlier one."""

OF_WOMEN = {
    "pregnancy",
    "antenatal_visit",
    "pregnancy_end",
    "postpartum_visit",
    "cervical_screening",
    "breast_screening",
}
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def network() -> Mapping[str, Any]:
    return shipped_network(AS_OF)


@pytest.fixture(scope="module")
def people(network: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in network["residents"].to_pylist()}


@pytest.fixture(scope="module")
def written(network: Mapping[str, Any]) -> dict[str, Rows]:
    """By kind, of residents, those declared void afterwards too."""
    return {
        kind.name: network[record_table_name(kind.name)].to_pylist()
        for kind in RULEBOOK.kinds.values()
        if kind.about == "resident" and record_table_name(kind.name) in network
    }


@pytest.fixture(scope="module")
def records(written: dict[str, Rows]) -> dict[str, Rows]:
    return {kind: [row for row in rows if row["status"] == "final"] for kind, rows in written.items()}


def by_subject(rows: Rows) -> dict[str, Rows]:
    found: dict[str, Rows] = defaultdict(list)
    for row in rows:
        found[row["subject"]].append(row)
    return found


def test_nothing_is_before_birth_after_death_or_after_moving_away(
    records: dict[str, Rows], people: dict[str, dict[str, Any]]
) -> None:
    moved = {row["subject"]: row["occurred_on"] for row in records["archive_closing"]}
    assert moved
    for kind, rows in records.items():
        for row in rows:
            person = people[row["subject"]]
            last = min(person["death_date"] or AS_OF, moved.get(row["subject"], AS_OF))
            assert person["birth_date"] <= row["occurred_on"] <= last, (kind, row)


def test_no_day_told_in_a_record_is_before_birth(
    records: dict[str, Rows], people: dict[str, dict[str, Any]]
) -> None:
    for kind, rows in records.items():
        days = [one.name for one in RULEBOOK.kinds[kind].form if one.type is FieldType.DATE]
        for row in rows:
            for name in days:
                if row.get(name) is not None:
                    assert row[name] >= people[row["subject"]]["birth_date"], (kind, name, row)


def test_records_are_written_by_somebody_who_works_there_while_it_is_open(network: Mapping[str, Any]) -> None:
    works = {row["code"]: row["institution"] for row in network["workers"].to_pylist()}
    opened = {
        row["code"]: (row["opened_on"], row["closed_on"]) for row in network["institutions"].to_pylist()
    }
    for name, table in network.items():
        if not name.startswith("records/"):
            continue
        for row in table.select(["institution", "worker", "occurred_on"]).slice(0, 2000).to_pylist():
            if row["institution"] is None:
                continue
            since, until = opened[row["institution"]]
            # children's doses of years ago were given where they are looked after today
            assert row["occurred_on"] >= since or name == "records/vaccination", (name, row)
            assert until is None or row["occurred_on"] < until, (name, row)
            assert row["worker"] is None or works[row["worker"]] == row["institution"], (name, row)


@pytest.mark.parametrize("later", FOLLOWS)
def test_nothing_comes_without_what_goes_before(written: dict[str, Rows], later: str) -> None:
    before = by_subject(written[FOLLOWS[later]])
    assert written[later]
    for row in written[later]:
        assert row["occurred_on"] >= min(one["occurred_on"] for one in before[row["subject"]])


def test_women_are_women(records: dict[str, Rows], people: dict[str, dict[str, Any]]) -> None:
    for kind in OF_WOMEN:
        assert {people[row["subject"]]["sex"] for row in records[kind]} == {"2"}, kind


def pregnancies(records: dict[str, Rows]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    ends = by_subject(records["pregnancy_end"])
    for row in records["pregnancy"]:
        for end in ends.get(row["subject"], []):
            yield row, end


def test_children_are_born_after_about_forty_weeks_to_mothers_who_live_with_them(
    records: dict[str, Rows], people: dict[str, dict[str, Any]]
) -> None:
    homes: dict[str, set[date]] = defaultdict(set)
    for person in people.values():
        homes[person["household"]].add(person["birth_date"])
    births = [(row, end) for row, end in pregnancies(records) if end["outcome"] == "live_birth"]
    assert len(births) > 10
    for row, end in births:
        assert timedelta(days=245) <= end["occurred_on"] - row["lmp"] <= timedelta(days=294)
        assert end["occurred_on"] in homes[people[row["subject"]]["household"]]


def test_women_are_looked_after_as_pregnant_only_while_they_are(records: dict[str, Rows]) -> None:
    visits = by_subject(records["antenatal_visit"])
    for row, end in pregnancies(records):
        for visit in visits.get(row["subject"], []):
            assert row["occurred_on"] <= visit["occurred_on"] <= end["occurred_on"]


def test_doses_of_a_vaccine_are_counted_in_order_and_none_is_given_twice(records: dict[str, Rows]) -> None:
    for rows in by_subject(records["vaccination"]).values():
        doses: dict[str, list[tuple[date, int]]] = defaultdict(list)
        for row in rows:
            doses[row["vaccine"]].append((row["occurred_on"], row["dose"]))
        for given in doses.values():
            numbers = [dose for _, dose in sorted(given)]
            assert numbers == sorted(set(numbers)), given


def test_a_persons_body_is_one_body(records: dict[str, Rows], people: dict[str, dict[str, Any]]) -> None:
    height: dict[str, list[float]] = defaultdict(list)
    for kind in ("elderly_check", "chronic_exam", "fitness_test"):
        for row in records[kind]:
            if (
                row.get("height") is not None
                and (AS_OF - people[row["subject"]]["birth_date"]).days > 30 * 365
            ):
                height[row["subject"]].append(row["height"])
    assert all(max(found) - min(found) <= 2 for found in height.values())
    blood: dict[str, set[str]] = defaultdict(set)
    for row in records["archive_record"]:
        if row["blood_type"] is not None:
            blood[row["subject"]].add(row["blood_type"])
    assert all(len(found) == 1 for found in blood.values())
    for row in records["elderly_check"]:
        if row["bmi"] is not None:
            assert row["bmi"] == pytest.approx(row["weight"] / (row["height"] / 100) ** 2, abs=0.15)


def test_children_grow(records: dict[str, Rows]) -> None:
    for rows in by_subject(records["child_check"]).values():
        heights = [row["height"] for row in sorted(rows, key=lambda row: row["occurred_on"])]
        assert all(after > before for before, after in itertools.pairwise(heights)), heights


def test_nobody_is_in_care_for_what_they_do_not_have(records: dict[str, Rows]) -> None:
    for row in records["referral"]:
        if row["reason"].startswith("血压"):
            assert row["department"] == "心血管内科"
    assert all(row["reason"] is not None for row in records["referral"])


def test_states_are_entered_in_order_and_not_in_the_future(network: Mapping[str, Any]) -> None:
    for kind in RULEBOOK.kinds.values():
        name = record_table_name(kind.name)
        if kind.workflow is None or name not in network:
            continue
        for row in network[name].to_pylist():
            days = [row[f"{state.name}_on"] for state in kind.workflow.states if row.get(f"{state.name}_on")]
            assert all(row["occurred_on"] <= day <= AS_OF for day in days), (name, row)


def test_no_form_tells_what_it_does_not_ask(network: Mapping[str, Any]) -> None:
    asked_at_all = 0
    for kind in RULEBOOK.kinds.values():
        name = record_table_name(kind.name)
        if name not in network:
            continue
        table = network[name]
        columns = {one.name: table[one.name] for one in kind.form if one.name in table.column_names}
        for field, asked in asked_masks(kind.form, columns, len(table)).items():
            told = (
                columns[field].is_valid().to_numpy() if field in columns else np.zeros(len(table), np.bool_)
            )
            assert not (told & ~asked).any(), (kind.name, field)
            asked_at_all += int((told & asked).sum())
    assert asked_at_all > 100
