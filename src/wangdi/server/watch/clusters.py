"""Scans: cases that come together in neighbouring places over the latest periods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

import numpy as np

from wangdi.engine.model.channels import Channel
from wangdi.engine.model.text import Text
from wangdi.methods.detection.arrays import Floats
from wangdi.methods.detection.scan import Cylinder, scan_permutation
from wangdi.methods.detection.wording import UNIT_WORDS
from wangdi.server.watch.declaration import Scan
from wangdi.server.watch.reading import UNITS, Reading, counted_by

KM_PER_DEGREE = 111.2

NAMED = 8
"""Places of a cluster that a sentence names before it only counts them."""

METHOD = Text("时空扫描（置换法）", "space-time scan (permutation)")


@dataclass(frozen=True)
class Seat:
    """Where a place lies, and those above it, the nearest first; coordinates are None where they are not known."""

    name: str
    lon: float | None
    lat: float | None
    above: tuple[str, ...]


@dataclass(frozen=True)
class Cluster:
    """A cluster by codes of places, the centre first; ``left_out`` are places that have no coordinates."""

    reading: Reading
    places: tuple[str, ...]
    found: Cylinder
    why: Text


def clusters(reading: Reading, scan: Scan, seats: Mapping[str, Seat]) -> list[Cluster]:
    """Clusters less likely by chance than the scan allows. Places without coordinates are not looked at."""
    rows = [row for row, code in enumerate(reading.places) if _is_placed(seats.get(code))]
    counts = np.nan_to_num(reading.counts[rows, -scan.periods :])
    if len(rows) < 2 or counts.shape[1] < 2:
        return []
    codes = [reading.places[row] for row in rows]
    found = scan_permutation(counts, _plane([seats[code] for code in codes]), scan.search)
    left_out = len(reading.places) - len(rows)
    return [
        Cluster(
            reading, places, one, _why(one, [seats[code].name for code in places], left_out, reading.channel)
        )
        for one in found.clusters
        if one.p <= scan.chance
        for places in [tuple(codes[at] for at in one.places)]
    ]


def common_place(places: Sequence[str], seats: Mapping[str, Seat]) -> str:
    """The lowest place that holds all of them: the place itself for one."""
    if len(places) == 1:
        return places[0]
    lines = [(code, *seats[code].above) for code in places]
    shared = set.intersection(*(set(line) for line in lines))
    return next((code for code in lines[0] if code in shared), places[0])


def _is_placed(seat: Seat | None) -> bool:
    return seat is not None and seat.lon is not None and seat.lat is not None


def _plane(seats: Sequence[Seat]) -> Floats:
    """Kilometres east and north, near enough within a province."""
    lon = np.array([seat.lon for seat in seats], np.float64)
    lat = np.array([seat.lat for seat in seats], np.float64)
    east = (lon - lon.mean()) * cos(radians(float(lat.mean()))) * KM_PER_DEGREE
    return np.stack([east, (lat - lat.mean()) * KM_PER_DEGREE], axis=1)


def _why(one: Cylinder, names: Sequence[str], left_out: int, channel: Channel) -> Text:
    unit, seen = UNIT_WORDS[UNITS[channel.pace]], counted_by(channel).of(f"{one.cases:.0f}")
    usual = counted_by(channel).of(f"{one.expected:.1f}")
    shown, more = names[:NAMED], len(names) - NAMED
    zh, en = "、".join(shown), ", ".join(shown)
    if more > 0:
        zh, en = f"{zh}等{len(names)}地", f"{en} and {more} more"
    chance = f"{one.p:.3f}"
    lost = (
        (f"未计入没有坐标的 {left_out} 地。", f" {left_out} places without coordinates were left out.")
        if left_out
        else ("", "")
    )
    return Text(
        f"{zh}最近 {one.duration} {unit.zh}共 {seen.zh}，"
        f"按各地各{unit.zh}平常的分布约 {usual.zh}（{one.ratio:.1f} 倍），"
        f"偶然如此的机会 {chance}。{lost[0]}",
        f"{en}: {seen.en} over the last {one.duration} {unit.en}(s), about {one.expected:.1f} by how "
        f"places and times usually are ({one.ratio:.1f} times); chance {chance}.{lost[1]}",
    )
