"""The random networks are valid, repeatable, and nasty enough.

Nasty enough means: whoever misreads one sentence of the contract disagrees with the oracle on them.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from acceptance import oracle, random_network
from acceptance.oracle import Data, DueItem, Row, add_months, load

SEED = 7


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[date]]:
    folder = tmp_path_factory.mktemp("random") / "network"
    return folder, random_network.write_random_network(folder, SEED)


@pytest.fixture(scope="module")
def both(network: tuple[Path, list[date]]) -> Data:
    """The random network and its amendments."""
    return load([network[0], random_network.amendments(network[0], SEED)])


def all_records(data: Data) -> Iterator[tuple[str, Row]]:
    return ((kind, row) for kind, rows in data.records.items() for row in rows)


def test_the_same_seed_writes_the_same_network(network: tuple[Path, list[date]], tmp_path: Path) -> None:
    assert random_network.write_random_network(tmp_path / "again", SEED) == network[1]
    for file in network[0].rglob("*.csv"):
        assert file.read_bytes() == (tmp_path / "again" / file.relative_to(network[0])).read_bytes()


def test_references_in_a_random_network_resolve(both: Data) -> None:
    parents = {row["parent"] for row in both.places.values()} - {""}
    assert parents <= both.places.keys()
    assert {row["place"] for row in both.residents.values()} - {""} <= both.places.keys()
    assert {row["place"] for row in both.institutions.values()} <= both.places.keys()
    assert {row["parent"] for row in both.institutions.values()} - {""} <= both.institutions.keys()
    people = [*both.residents.values(), *both.workers.values()]
    assert {row["institution"] for row in people} - {""} <= both.institutions.keys()
    for kind, row in all_records(both):
        assert row["subject"] in (both.workers if kind == "posting" else both.residents)
        assert row["institution"] in {"", *both.institutions}
        assert row["worker"] in {"", *both.workers}


def test_days_in_a_random_network_are_before_today_and_within_lives(both: Data) -> None:
    tables = [both.residents.values(), both.institutions.values(), both.workers.values()]
    rows = [row for table in tables for row in table] + [row for _, row in all_records(both)]
    columns = ("birth_date", "death_date", "occurred_on", "valid_from", "valid_to", "opened_on", "closed_on")
    days = [row[column] for row in rows for column in columns if row.get(column)]
    assert max(days) < random_network.TODAY.isoformat()
    for row in both.residents.values():
        assert row["birth_date"] <= (row["death_date"] or "9999")
    for kind, row in all_records(both):
        if kind != "posting":
            resident = both.residents[row["subject"]]
            assert resident["birth_date"] <= row["occurred_on"] <= (resident["death_date"] or "9999")


def test_amendments_change_void_unvoid_and_add_records(network: tuple[Path, list[date]], both: Data) -> None:
    before = {(kind, row["id"]): row for kind, row in all_records(load(network[0])) if row["id"]}
    after = {(kind, row["id"]): row for kind, row in all_records(both) if row["id"]}
    changed = {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    assert before.keys() < after.keys()
    assert any(old["status"] != "void" == new["status"] for old, new in changed.values())
    assert any(old["status"] == "void" != new["status"] for old, new in changed.values())
    for column in ("occurred_on", "subject", "sbp", "valid_from"):
        assert any(old.get(column) != new.get(column) for old, new in changed.values()), column


def test_amendments_change_the_due_list_and_the_figures(network: tuple[Path, list[date]], both: Data) -> None:
    alone = load(network[0])
    for day in network[1]:
        assert oracle.due(alone, day) != oracle.due(both, day)
    assert any(outcome(alone, day)[1] != outcome(both, day)[1] for day in network[1])


def outcome(data: Data, day: date) -> tuple[list[DueItem], oracle.Figures]:
    return oracle.due(data, day, include_upcoming=True), oracle.indicators(data, day, "county")


@pytest.fixture(scope="module")
def outcomes(network: tuple[Path, list[date]], both: Data) -> dict[date, Any]:
    return {day: outcome(both, day) for day in network[1]}


def test_every_schedule_and_status_occurs_in_a_random_network(outcomes: dict[date, Any]) -> None:
    occurring = {(item.schedule, item.status) for found, _ in outcomes.values() for item in found}
    followups = {
        (f"{programme}_followup", status)
        for programme in ("htn", "dm")
        for status in ("upcoming", "due", "overdue")
    }
    assert occurring == {*followups, ("elderly_check", "due")}


def test_every_indicator_is_neither_nothing_nor_everything_in_a_random_network(
    outcomes: dict[date, Any],
) -> None:
    for indicator in oracle.INDICATORS:
        values = [
            value for _, figures in outcomes.values() for key, value in figures.items() if key[0] == indicator
        ]
        assert any(0 < numerator < denominator for numerator, denominator in values), indicator


# --- misreadings ------------------------------------------------------------------------------------------

ONE_DAY = timedelta(days=1)
TRULY: dict[str, Callable[..., Any]] = {
    name: getattr(oracle, name)
    for name in (
        *("age_on", "is_alive", "is_child", "is_controlled", "is_elderly", "is_open"),
        *("records_on", "valid_on", "whole_quarters"),
    )
}


def age_with_leap_birthdays_on_28_february(resident: Row, day: date) -> Any:
    born = oracle.day_of(resident, "birth_date")
    is_early = born is not None and (born.month, born.day, day.month, day.day) == (2, 29, 2, 28)
    return TRULY["age_on"](resident, day + ONE_DAY if is_early else day)


def months_that_roll_over(day: date, months: int) -> date:
    """As PHP and JavaScript add them: 30 November and three months are 2 March."""
    return add_months(day.replace(day=1), months) + timedelta(days=day.day - 1)


def quarters_step_by_step(start: date, end: date) -> int:
    """Each span counted from the clamped end of the one before."""
    count, reached = 0, add_months(start, 3)
    while reached <= end:
        count, reached = count + 1, add_months(reached, 3)
    return count


def records_with_void_ones(data: Data, kind: str, day: date) -> Any:
    final = {kind: [{**row, "status": "final"} for row in data.records[kind]]}
    everything = Data(data.places, data.institutions, data.workers, data.residents, final)
    return TRULY["records_on"](everything, kind, day)


def records_ordered_by_number(data: Data, kind: str, day: date) -> Any:
    def order(record: Row) -> tuple[date, int]:
        return oracle.occurred_on(record), int("".join(filter(str.isdecimal, record["id"])) or 0)

    return sorted(TRULY["records_on"](data, kind, day), key=order)


def records_of_a_day_backwards(data: Data, kind: str, day: date) -> Any:
    """With the first of a day's records as its last."""
    latest_first = TRULY["records_on"](data, kind, day)[::-1]
    return sorted(latest_first, key=oracle.occurred_on)


def controlled_at_the_limit(resident: Row, programme: str, followup: Row) -> Any:
    lower = {name: str(float(followup[name]) - 0.001) for name in ("sbp", "dbp", "fpg") if followup.get(name)}
    return TRULY["is_controlled"](resident, programme, {**followup, **lower})


def controlled_when_not_measured(resident: Row, programme: str, followup: Row) -> Any:
    measured = {name: followup.get(name) or "0" for name in ("sbp", "dbp", "fpg")}
    return TRULY["is_controlled"](resident, programme, measured | {"occurred_on": followup["occurred_on"]})


MISREADINGS: dict[str, tuple[str, Any]] = {
    "leap-day birthdays fall on 28 February": ("age_on", age_with_leap_birthdays_on_28_february),
    "a month has 30 days": ("add_months", lambda day, months: day + timedelta(days=30 * months)),
    "a month end rolls over": ("add_months", months_that_roll_over),
    "spans follow each other's clamped ends": ("whole_quarters", quarters_step_by_step),
    "spans end on the day itself": ("whole_quarters", lambda a, b: TRULY["whole_quarters"](a, b - ONE_DAY)),
    "spans count from 1 January": (
        "whole_quarters",
        lambda start, end: TRULY["whole_quarters"](date((end - ONE_DAY).year, 1, 1), end),
    ),
    "the dead of today are alive": ("is_alive", lambda r, day: TRULY["is_alive"](r, day - ONE_DAY)),
    "the dead of tomorrow are dead": ("is_alive", lambda r, day: TRULY["is_alive"](r, day + ONE_DAY)),
    "the unborn are alive": ("is_alive", lambda r, day: TRULY["is_alive"]({**r, "birth_date": ""}, day)),
    "65 is reached a day early": ("is_elderly", lambda r, day: TRULY["is_elderly"](r, day + ONE_DAY)),
    "65 is reached a day late": ("is_elderly", lambda r, day: TRULY["is_elderly"](r, day - ONE_DAY)),
    "7 is reached a day late": ("is_child", lambda r, day: TRULY["is_child"](r, day - ONE_DAY)),
    "the unknown age is 0": ("is_child", lambda r, day: not r["birth_date"] or TRULY["is_child"](r, day)),
    "the systolic limit is 140 at every age": (
        "is_controlled",
        lambda r, programme, visit: TRULY["is_controlled"]({**r, "birth_date": ""}, programme, visit),
    ),
    "a value at the limit is controlled": ("is_controlled", controlled_at_the_limit),
    "a missing value is controlled": ("is_controlled", controlled_when_not_measured),
    "void records count": ("records_on", records_with_void_ones),
    "records of tomorrow count": (
        "records_on",
        lambda d, kind, day: TRULY["records_on"](d, kind, day + ONE_DAY),
    ),
    "records of today do not count": (
        "records_on",
        lambda d, kind, day: TRULY["records_on"](d, kind, day - ONE_DAY),
    ),
    "ids are ordered as numbers": ("records_on", records_ordered_by_number),
    "the smaller id is the last": ("records_on", records_of_a_day_backwards),
    "the last registration counts": (
        "View.registered_on",
        lambda view, programme: oracle.occurred_on(view.registrations[programme][-1]),
    ),
    "this year is the last 365 days": (
        "View.of_this_year",
        lambda view, records: [r for r in records if (view.day - oracle.occurred_on(r)).days < 365],
    ),
    "an incomplete check counts": ("has_complete_check", lambda view: bool(view.of_this_year(view.checks))),
    "valid_from is exclusive": (
        "valid_on",
        lambda row, a, b, day: TRULY["valid_on"](row, a, b, day) and oracle.day_of(row, a) != day,
    ),
    "valid_to is exclusive": (
        "valid_on",
        lambda row, a, b, day: TRULY["valid_on"](row, a, b, day) and oracle.day_of(row, b) != day,
    ),
    "an empty end is no validity": (
        "valid_on",
        lambda row, a, b, day: bool(row[b]) and TRULY["valid_on"](row, a, b, day),
    ),
    "closed_on is the last open day": (
        "is_open",
        lambda row, day: TRULY["is_open"](row, day) or oracle.day_of(row, "closed_on") == day,
    ),
    "institutions are always open": ("is_open", lambda row, day: True),
    "junior titles count": ("POSTED_TITLE_LEVELS", ("junior", "mid", "associate_senior", "senior")),
    "middle titles do not count": ("POSTED_TITLE_LEVELS", ("associate_senior", "senior")),
    "community centres do not count": ("CENTRE_TYPES", ("township_centre",)),
    "only residents right at the place count": ("place_and_above", lambda data, code: [code]),
}


@pytest.mark.parametrize("misreading", MISREADINGS)
def test_the_random_network_gives_away_whoever_believes_that(
    misreading: str, both: Data, outcomes: dict[date, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, wrong = MISREADINGS[misreading]
    monkeypatch.setattr(f"acceptance.oracle.{name}", wrong)
    assert any(outcome(both, day) != expected for day, expected in outcomes.items())
