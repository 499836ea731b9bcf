"""Reports that come late are estimated, cases that come together near each other are one event."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest
from store_samples import network

from integration.watch_samples import Row, write
from wangdi.engine.model.text import Text
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.publishing import fresh_lake, network_of
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.watch.clusters import Seat, clusters, common_place
from wangdi.server.watch.declaration import Scan, Threshold, Trigger, declaration
from wangdi.server.watch.events import events
from wangdi.server.watch.reading import Reading, read
from wangdi.server.watch.signals import Signal
from wangdi.server.watch.worth import Outbreak, Worth, worth_of

AS_OF = date(2026, 6, 28)
MONDAY = AS_OF - timedelta(days=6)
CASES = "notified_cases"


def cases_of_which_half_come_a_week_late() -> Iterator[Row]:
    for week in range(40):
        onset = MONDAY - timedelta(days=7 * week)
        for day in (1, 2, 10, 11):
            reported = onset + timedelta(days=day)
            if reported <= AS_OF:
                values = {"disease": "流感", "time_class": "C", "onset_on": onset}
                yield "infectious_case", "R1", reported, values


def test_a_week_of_which_half_is_reported_is_judged_by_what_is_expected_in_the_end(
    installation: Installation,
) -> None:
    write(cases_of_which_half_come_a_week_late(), **network())
    lake, _ = fresh_lake(installation)
    [reading] = read(network_of(lake), [rulebook().channels[CASES]], declaration(), AS_OF)
    row = int(reading.reported.sum(axis=1).argmax())
    assert reading.reported[row, -3:].tolist() == [4, 4, 2]
    assert reading.counts[row, -3:].tolist() == [4, 4, 4]
    assert reading.share[-1] == pytest.approx(0.5, abs=0.05)
    assert reading.late.tolist()[-2:] == [False, True]
    least, most = reading.in_the_end(row)
    assert np.isnan(least[:-1]).all()
    assert 2 <= least[-1] < 4 < most[-1] < 12


def reading_of(counts: np.ndarray[tuple[int, ...], np.dtype[np.float64]], codes: tuple[str, ...]) -> Reading:
    weeks = tuple(MONDAY - timedelta(days=7 * back) for back in range(counts.shape[1]))[::-1]
    return Reading(
        rulebook().channels[CASES],
        codes,
        weeks,
        counts,
        counts,
        counts,
        np.ones(counts.shape[1]),
        np.empty((0, 0)),
    )


SEATS = {
    "A": Seat("甲镇", 114.90, 30.10, ("X", "42")),
    "B": Seat("乙镇", 114.95, 30.10, ("X", "42")),
    "C": Seat("丙镇", 115.60, 30.60, ("Y", "42")),
    "D": Seat("丁镇", None, None, ("Y", "42")),
    **{f"F{far}": Seat(f"远镇{far}", 116.0 + far, 31.0, ("Y", "42")) for far in range(4)},
}


def test_a_scan_finds_neighbours_and_says_who_has_no_position() -> None:
    counts = np.random.default_rng(3).poisson(2, (len(SEATS), 52)).astype(np.float64)
    counts[:2, -2:] += 8
    [found] = clusters(reading_of(counts, tuple(SEATS)), Scan(channel=CASES, radius=20), SEATS)
    assert set(found.places) == {"A", "B"}
    assert "1 地" in found.why.zh
    assert common_place(found.places, SEATS) == "X"


def test_a_scan_of_zeros_or_of_places_without_positions_finds_nothing() -> None:
    zeros = np.zeros((4, 52))
    assert clusters(reading_of(zeros, ("A", "B", "C", "D")), Scan(channel=CASES), SEATS) == []
    assert clusters(reading_of(zeros[:1], ("D",)), Scan(channel=CASES), SEATS) == []


def signal(place: str, *places: str) -> Signal:
    channel, text = rulebook().channels[CASES], Text("多", "more")
    return Signal(channel, place, MONDAY, 9.0, 2.0, 5.0, 2.3, text, text, places)


def test_what_goes_off_in_one_cluster_is_one_event_and_a_place_outside_it_another() -> None:
    parents = {"A": "X", "B": "X", "C": "Y", "E": "X", "X": "42", "Y": "42", "42": None}
    found = [signal("A"), signal("B"), signal("C"), signal("E"), signal("X", "A", "B")]
    made = events(found, {"notified": Trigger(channels=[CASES])}, parents)
    assert [(one.place, one.places) for one in made] == [("C", ()), ("E", ()), ("X", ("A", "B"))]
    assert len(made[2].own) == 3


def test_the_specificity_of_a_channel_is_the_share_of_quiet_weeks_without_an_alarm() -> None:
    """Two places over 60 weeks, of which the latest 52 count; five cases in a week are an alarm."""
    counts = np.zeros((2, 60))
    counts[0, -10], counts[0, -1], counts[0, 3] = 7, 6, 9
    reading = reading_of(counts, ("A", "B"))
    declared = declaration().model_copy(update={"methods": {CASES: Threshold(cases=5)}})
    weeks, paths = reading.periods, {"A": "/42/X/A/", "B": "/42/Y/B/"}
    [trigger] = [name for name, one in declared.triggers.items() if one.scan is not None]
    found = [
        Outbreak(
            "/42/X/", weeks[-10] + timedelta(days=6), weeks[-9], trigger
        ),  # of the place above, two weeks
        Outbreak("/42/Y/B/", weeks[-5], weeks[-5], None),  # without an alert: neither quiet nor eventful
        Outbreak("/42/Y/B/", weeks[-20], weeks[-20], "another"),  # of another trigger: still quiet
    ]
    worth = worth_of(reading, declared, found, paths)
    assert worth == Worth(quiet=104 - 2 - 1, false=1, eventful=2, heard=1)
    assert worth.specificity == pytest.approx(100 / 101)
    assert Worth().specificity is None


def test_weeks_that_nobody_reported_are_neither_quiet_nor_false() -> None:
    counts = np.zeros((1, 60))
    counts[0, -4:-1] = np.nan
    declared = declaration().model_copy(update={"methods": {CASES: Threshold(cases=5)}})
    assert worth_of(reading_of(counts, ("A",)), declared, [], {"A": "/A/"}) == Worth(quiet=49)
