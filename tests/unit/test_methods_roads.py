"""Roads of an OpenStreetMap file: ways found, one-way streets, what is far from roads, files that are none."""

from pathlib import Path

import numpy as np
import pytest

from wangdi.methods.problems import BadInput
from wangdi.methods.travel.points import Points
from wangdi.methods.travel.roads import Roads

pytest.importorskip("osmium", reason="needs the extra roads")

KM = 1 / (111.195 * np.cos(np.radians(30.0)))
"""A kilometre in degrees of longitude."""
NODES = {1: (0, 0), 2: (3, 0), 3: (6, 0), 4: (3, 2), 5: (3, 1)}
"""By kilometres east and (roughly) north of the first."""
WAYS = (
    ((1, 2, 3), {"highway": "residential"}),
    ((1, 4, 3), {"highway": "primary", "oneway": "yes"}),
    ((2, 5), {"highway": "footway"}),
)
"""A slow street both ways; a fast road round it, eastward alone; a path."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    nodes = [
        f'<node id="{at}" lon="{115 + x * KM}" lat="{30 + y / 111.195}" version="1"/>'
        for at, (x, y) in NODES.items()
    ]
    ways = [
        f'<way id="{number}" version="1">'
        + "".join(f'<nd ref="{node}"/>' for node in nodes_of)
        + "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        + "</way>"
        for number, (nodes_of, tags) in enumerate(WAYS, start=1)
    ]
    path = tmp_path / "small.osm"
    path.write_text(f'<osm version="0.6">{"".join(nodes + ways)}</osm>', encoding="utf-8")
    return path


def at(*places: tuple[float, float]) -> Points:
    rows = [(str(n), str(n), 115 + x * KM, 30 + y / 111.195) for n, (x, y) in enumerate(places)]
    return Points.of(rows)


def test_drivers_take_the_quickest_way_and_keep_to_one_way_streets(file: Path) -> None:
    roads = Roads(file, "small")
    ends = at((0, 0), (6, 0))
    minutes = roads.lengths(ends, ends).minutes
    around = 2 * np.hypot(3, 2) / 55 * 60
    assert minutes[0, 1] == pytest.approx(around, rel=2e-3)
    assert minutes[1, 0] == pytest.approx(6 / 25 * 60, rel=2e-3)
    assert roads.lengths(ends, ends).km[0, 1] == pytest.approx(6, rel=2e-3)


def test_pairs_are_those_within_the_minutes(file: Path) -> None:
    pairs = Roads(file, "small", walking=5.0).pairs(at((0, 0), (3, 1)), at((3, 0)), 20)
    assert pairs.origins.tolist() == [1] and pairs.minutes[0] == pytest.approx(12, rel=2e-3)


def test_who_is_far_from_every_road_reaches_nobody(file: Path) -> None:
    lengths = Roads(file, "small").lengths(at((0, 30)), at((3, 0)))
    assert np.isnan(lengths.minutes).all()


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "broken.osm"
    path.write_text("no roads", encoding="utf-8")
    with pytest.raises(BadInput, match="cannot be read"):
        _ = Roads(path, "broken.osm").graph
