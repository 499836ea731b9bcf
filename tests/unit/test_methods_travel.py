"""How long people travel: distances, estimates, matrices that users bring."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangdi.methods.problems import SHOWN_PROBLEMS, BadInput
from wangdi.methods.travel.distance import great_circle_km
from wangdi.methods.travel.estimate import DRIVING, WALKING, estimate_pairs
from wangdi.methods.travel.matrix import read_matrix
from wangdi.methods.travel.pairs import Pairs, nearest

HUANGSHI, WUHAN = np.array([[115.04, 30.20]]), np.array([[114.30, 30.60]])
PLAIN = WALKING[0].minutes_per_km


def test_a_degree_of_latitude_is_111_km_and_one_of_longitude_shrinks_towards_the_pole() -> None:
    origin = np.array([[115.0, 0.0], [115.0, 0.0], [115.0, 60.0]])
    other = np.array([[115.0, 1.0], [116.0, 0.0], [116.0, 60.0]])
    assert great_circle_km(origin, other) == pytest.approx([111.195, 111.195, 55.595], abs=0.01)


def test_huangshi_to_wuhan_is_84_km_as_the_crow_flies() -> None:
    assert great_circle_km(HUANGSHI, WUHAN)[0] == pytest.approx(83.8, abs=0.5)


def test_driving_in_mountains_takes_longer_than_on_the_plain() -> None:
    assert DRIVING[2].minutes_per_km > DRIVING[1].minutes_per_km > DRIVING[0].minutes_per_km


@given(st.integers(0, 2**32 - 1), st.floats(1, 300))
def test_estimates_find_exactly_the_pairs_within_the_minutes(seed: int, minutes: float) -> None:
    generator = np.random.default_rng(seed)
    origins, destinations = generator.uniform((114, 29), (116, 31), (2, 12, 2))
    pace = generator.choice([15.6, 22.5, 38.0], len(origins))
    pairs = estimate_pairs(origins, destinations, minutes, pace)
    all_minutes = great_circle_km(origins[:, None], destinations[None]) * pace[:, None]
    expected = {(i, j) for i, j in np.argwhere(all_minutes <= minutes)}
    assert set(zip(pairs.origins, pairs.destinations, strict=True)) == expected
    assert pairs.minutes == pytest.approx(all_minutes[pairs.origins, pairs.destinations])


def test_two_points_at_one_spot_are_zero_minutes_apart_and_still_a_pair() -> None:
    pairs = estimate_pairs(HUANGSHI, HUANGSHI, 15, PLAIN)
    assert len(pairs) == 1 and pairs.minutes[0] == 0 and pairs.by_origin().nnz == 1


def test_nobody_and_nothing_make_no_pairs() -> None:
    none = np.empty((0, 2))
    assert (
        len(estimate_pairs(none, HUANGSHI, 15, PLAIN)) == len(estimate_pairs(HUANGSHI, none, 15, PLAIN)) == 0
    )


def test_missing_and_impossible_coordinates_are_all_named() -> None:
    points = np.array([[115.0, 30.0], [np.nan, 30.0], [0.0, 0.0], [30.0, 115.0]])
    with pytest.raises(BadInput) as caught:
        estimate_pairs(points, HUANGSHI, 15, PLAIN)
    assert len(caught.value.problems) == 3
    assert "第 2 个" in caught.value.in_language("zh") and "origin 4" in caught.value.in_language("en")


def test_long_lists_of_problems_say_how_many_more_there_are() -> None:
    with pytest.raises(BadInput) as caught:
        estimate_pairs(np.full((25, 2), np.nan), HUANGSHI, 15, PLAIN)
    assert len(caught.value.problems) == SHOWN_PROBLEMS + 1
    assert "and 5 more" in str(caught.value)


def test_nearest_takes_the_first_of_two_equally_near_and_says_who_has_none() -> None:
    pairs = Pairs(np.array([0, 0, 2]), np.array([1, 0, 1]), np.array([5.0, 5.0, 3.0]), 3, 2)
    destinations, minutes = nearest(pairs)
    assert destinations.tolist() == [0, -1, 1] and minutes.tolist() == [5.0, np.inf, 3.0]


def test_the_limit_itself_is_within() -> None:
    pairs = Pairs(np.array([0, 1]), np.array([0, 0]), np.array([15.0, 15.0000001]), 2, 1)
    assert pairs.within(15).origins.tolist() == [0]


@pytest.mark.parametrize(
    "wrong",
    [
        ([5], [0], [1.0]),
        ([0], [-1], [1.0]),
        ([0], [0], [-1.0]),
        ([0], [0], [np.nan]),
        ([0, 0], [0], [1.0]),
    ],
)
def test_pairs_that_cannot_be_are_refused(wrong: tuple[list[int], list[int], list[float]]) -> None:
    with pytest.raises(ValueError):
        Pairs(np.array(wrong[0]), np.array(wrong[1]), np.array(wrong[2]), 2, 2)


# -- matrices that users bring ----------------------------------------------------------------------


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "minutes.csv"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_matrix_is_read_in_any_order_of_columns_and_passes_over_others(
    tmp_path: Path, encoding: str
) -> None:
    file = written(tmp_path, "To,备注,minutes,From\nC1,山路,12.5,甲村\nC9,,1,甲村\nC1,,0,乙村\n\n", encoding)
    pairs = read_matrix(file, ["甲村", "乙村"], ["C0", "C1"])
    assert list(zip(pairs.origins, pairs.destinations, pairs.minutes, strict=True)) == [
        (0, 1, 12.5),
        (1, 1, 0.0),
    ]


def test_every_wrong_row_of_a_matrix_is_told_with_its_line(tmp_path: Path) -> None:
    file = written(
        tmp_path, "from,to,minutes\nV1,C1,x\nV1,C2,-3\nV1,C3\nV2,C1,5\nV2,C1,5\nV2,C1,6\nV2,C2,inf\n"
    )
    with pytest.raises(BadInput) as caught:
        read_matrix(file, ["V1", "V2"], ["C1", "C2", "C3"])
    lines = [problem.en.split(":")[0] for problem in caught.value.problems]
    assert lines == ["line 2", "line 3", "line 4", "line 7", "line 8"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lacks columns: from, to, minutes"),
        ("from,to,time\nV1,C1,5\n", "lacks columns: minutes"),
        ("from,to,minutes\nX,C1,5\n", "no row has codes of the registers"),
    ],
)
def test_a_matrix_about_nobody_here_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_matrix(written(tmp_path, text), ["V1"], ["C1"])


def test_a_picture_is_no_matrix(tmp_path: Path) -> None:
    file = tmp_path / "map.png"
    file.write_bytes(b"\x89PNG\xff\xfe\x81\x00\xff")
    with pytest.raises(BadInput):
        read_matrix(file, ["V1"], ["C1"])
