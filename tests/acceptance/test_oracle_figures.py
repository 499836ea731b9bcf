"""The oracle's figures, in small examples worked out by hand from the wording of the contract."""

from datetime import date
from pathlib import Path

import pytest

from acceptance import oracle
from acceptance.small_network import PLACES, SmallNetwork, centre, figure, person, pressure, record


@pytest.fixture
def write(tmp_path: Path) -> SmallNetwork:
    return SmallNetwork(tmp_path)


@pytest.mark.parametrize(
    ("registered", "followups", "day", "managed"),
    [
        ("2020-01-01", 0, "2026-01-01", 0),  # at least one, even on 1 January
        ("2020-01-01", 1, "2026-01-01", 1),
        ("2020-01-01", 1, "2026-06-29", 1),
        ("2020-01-01", 1, "2026-06-30", 0),  # 1 January to 1 July: two spans
        ("2020-01-01", 2, "2026-06-30", 1),
        ("2020-01-01", 3, "2026-12-30", 1),
        ("2020-01-01", 3, "2026-12-31", 0),
        ("2020-01-01", 4, "2026-12-31", 1),
        ("2026-03-15", 1, "2026-09-13", 1),
        ("2026-03-15", 1, "2026-09-14", 0),  # 15 March to 15 September: two spans
        ("2026-03-15", 3, "2026-12-31", 1),  # whole spans ask for three by year's end
        ("2026-08-31", 1, "2026-11-29", 1),
        ("2025-11-30", 1, "2026-02-28", 1),
    ],
)
def test_managed_asks_for_a_followup_per_whole_quarter_of_this_year(
    write: SmallNetwork, registered: str, followups: int, day: str, managed: int
) -> None:
    year = day[:4]
    visits = [pressure(f"{year}-01-01", "", "", id=str(number)) for number in range(followups)]
    visits.append(pressure("2025-12-31", "120", "80", id="last year's"))
    data = write(htn_registration=[record(registered)], htn_followup=visits)
    assert figure(data, "htn_managed", day) == (managed, 1)


def test_controlled_means_the_last_followup_of_this_year(write: SmallNetwork) -> None:
    followups = [
        pressure("2025-12-31", "120", "80", id="1"),
        pressure("2026-02-10", "150", "80", id="2"),
        pressure("2026-03-10", "120", "80", id="3"),
    ]
    data = write(htn_registration=[record("2025-01-10")], htn_followup=followups)
    days = ("2025-12-31", "2026-01-01", "2026-02-10", "2026-03-10")
    assert [figure(data, "htn_controlled", day)[0] for day in days] == [1, 0, 0, 1]


def test_diabetes_figures_use_their_own_records(write: SmallNetwork) -> None:
    data = write(
        dm_registration=[record("2026-01-10")],
        dm_followup=[record("2026-02-10", fpg="6.9")],
        htn_registration=[record("2026-01-10")],
    )
    assert figure(data, "dm_managed", "2026-03-01") == figure(data, "dm_controlled", "2026-03-01") == (1, 1)
    assert figure(data, "htn_managed", "2026-03-01") == figure(data, "htn_controlled", "2026-03-01") == (0, 1)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "covered"),
    [
        ("2026-03-01", "2026-03-01", 1),
        ("2026-03-02", "", 0),
        ("", "2026-02-28", 0),
        ("", "2026-03-01", 1),
        ("2026-03-01", "", 1),
        ("", "", 1),
    ],
)
def test_a_contract_is_valid_from_its_first_through_its_last_day(
    write: SmallNetwork, valid_from: str, valid_to: str, covered: int
) -> None:
    data = write(contract=[record("2026-01-01", valid_from=valid_from, valid_to=valid_to)])
    assert figure(data, "contract_coverage", "2026-03-01") == (covered, 1)


def test_a_contract_recorded_after_the_day_does_not_count_yet(write: SmallNetwork) -> None:
    data = write(contract=[record("2026-03-02", valid_from="2026-01-01", valid_to="")])
    assert figure(data, "contract_coverage", "2026-03-01") == (0, 1)


def test_key_groups_are_the_old_the_ill_and_children_up_to_6(write: SmallNetwork) -> None:
    residents = [
        person("turns 65", birth_date="1961-03-01"),
        person("still 64", birth_date="1961-03-02"),
        person("still 6", birth_date="2019-03-02"),
        person("turns 7", birth_date="2019-03-01"),
        person("of unknown age"),
        person("r1", birth_date="1980-06-15"),
    ]
    contracts = [record("2026-01-01", id=row["code"], subject=row["code"]) for row in residents[:2]]
    data = write(residents=residents, dm_registration=[record("2026-01-10")], contract=contracts)
    assert figure(data, "contract_coverage_key", "2026-03-01") == (1, 3)
    assert figure(data, "contract_coverage", "2026-03-01") == (2, 6)


@pytest.mark.parametrize(
    ("opened", "closed", "is_open"),
    [
        ("", "", 1),
        ("2026-03-01", "", 1),
        ("2026-03-02", "", 0),
        ("", "2026-03-01", 0),
        ("", "2026-03-02", 1),
    ],
)
def test_an_institution_is_open_until_the_day_before_closed_on(
    write: SmallNetwork, opened: str, closed: str, is_open: int
) -> None:
    data = write(institutions=[centre(opened_on=opened, closed_on=closed)])
    assert figure(data, "posting_coverage", "2026-03-01", "east") == (0, is_open)


@pytest.mark.parametrize(
    ("title_level", "posted"),
    [("", 0), ("none", 0), ("junior", 0), ("mid", 1), ("associate_senior", 1), ("senior", 1)],
)
def test_a_posting_counts_from_middle_title_level_up(
    write: SmallNetwork, title_level: str, posted: int
) -> None:
    data = write(
        institutions=[centre()],
        workers=[{"code": "w1", "title_level": title_level}],
        posting=[record("2026-01-01", subject="w1", valid_from="2026-01-01", valid_to="2026-03-01")],
    )
    assert figure(data, "posting_coverage", "2026-03-01", "east") == (posted, 1)
    assert figure(data, "posting_coverage", "2026-03-02", "east") == (0, 1)


def test_only_open_township_and_community_centres_are_counted_each_once(write: SmallNetwork) -> None:
    data = write(
        institutions=[
            centre(),
            centre("community", type="community_centre"),
            centre("hospital", type="hospital"),
            centre("closed", closed_on="2026-02-01"),
        ],
        workers=[{"code": "w1", "title_level": "senior", "institution": "hospital"}],
        posting=[
            record("2026-01-01", id="1", subject="w1"),
            record("2026-01-02", id="2", subject="w1"),
            record("2026-01-02", id="3", subject="w1", institution="hospital"),
            record("2026-01-02", id="4", subject="w1", institution="closed"),
            record("2026-01-02", id="5", subject="w1", institution=""),
        ],
    )
    assert figure(data, "posting_coverage", "2026-03-01", "east") == (1, 2)
    assert figure(data, "posting_coverage", "2026-03-01", "province") == (1, 2)


def test_the_figures_of_a_place_include_everything_under_it(write: SmallNetwork) -> None:
    residents = [
        person("a"),
        person("b", place="east"),
        person("c", place="west"),
        person("d", place="city"),
        person("e", place=""),
    ]
    data = write(residents=residents)
    denominators = [figure(data, "contract_coverage", "2026-03-01", row["code"])[1] for row in PLACES]
    assert denominators == [4, 4, 3, 2, 1, 1]


def test_every_place_of_a_level_has_every_indicator_also_without_anybody(write: SmallNetwork) -> None:
    figures = oracle.indicators(write(), date(2026, 3, 1), "township")
    assert {place for _, place in figures} == {"east", "west"}
    assert len(figures) == 16
    assert figures["htn_managed", "west"] == (0, 0)


def test_a_level_that_is_none_is_refused_with_the_ones_there_are(write: SmallNetwork) -> None:
    with pytest.raises(
        ValueError, match="'town'; a level is one of province, city, county, township, village"
    ):
        oracle.indicators(write(), date(2026, 3, 1), "town")
