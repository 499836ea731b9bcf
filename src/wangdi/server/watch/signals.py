"""Which channels are above their bounds where: detectors over the latest whole periods of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import isnan

import numpy as np

from wangdi.engine.evaluate.network import Network
from wangdi.engine.model.channels import Channel
from wangdi.engine.model.text import Text
from wangdi.methods.detection.result import Detection
from wangdi.methods.detection.wording import method_of, plain, why
from wangdi.server.watch.clusters import METHOD, Cluster, Seat, clusters, common_place
from wangdi.server.watch.declaration import Declaration
from wangdi.server.watch.reading import UNITS, Reading, counted_by, read


@dataclass(frozen=True, slots=True)
class Signal:
    """A channel above its bound in one period at one place (by code).

    ``places``: of a cluster, those that are in it; ``place`` is then the lowest one above all of them.
    """

    channel: Channel
    place: str
    period: date
    observed: float
    expected: float
    upper: float
    exceedance: float
    method: Text
    why: Text
    places: tuple[str, ...] = ()


def signals(network: Network, declared: Declaration, as_of: date, seats: Mapping[str, Seat]) -> list[Signal]:
    """Every signal of the channels that triggers look at, in the latest whole periods before or on a day."""
    channels = [network.rulebook.channels[name] for name in declared.channels]
    readings = {one.channel.name: one for one in read(network, channels, declared, as_of)}
    found = [signal for one in readings.values() for signal in signals_of(one, declared)]
    for trigger in declared.triggers.values():
        if trigger.scan is not None:
            reading = readings[trigger.scan.channel]
            found += [_of_cluster(one, seats) for one in clusters(reading, trigger.scan, seats)]
    return found


def signals_of(reading: Reading, declared: Declaration) -> Iterator[Signal]:
    """Those of one channel by its detector."""
    for found in reading.judged(declared.method_of(reading.channel.name), declared.judged):
        for row, column in np.argwhere(found.alarm).tolist():
            yield _signal(reading, found, row, column)


def _signal(reading: Reading, found: Detection, row: int, column: int) -> Signal:
    time = int(found.times[column])
    return Signal(
        reading.channel,
        reading.places[row],
        reading.periods[time],
        float(found.observed[row, column]),
        float(found.expected[row, column]),
        float(found.upper[row, column]),
        float(found.exceedance[row, column]),
        method_of(found, row, column),
        sentence(reading, found, row, column),
    )


def sentence(reading: Reading, found: Detection, row: int, column: int) -> Text:
    """Why a period is or is not above its bound, with what is still to be reported."""
    counted, time = counted_by(reading.channel), int(found.times[column])
    told = why(found, row, column, UNITS[reading.channel.pace], counted)
    share = float(reading.share[time])
    if share >= 0.995 or isnan(reading.counts[row, time]):
        return told
    so_far = counted.of(plain(float(reading.reported[row, time])))
    return Text(
        f"{told.zh}已报 {so_far.zh}；按以往报告延迟，此时约报到 {share:.0%}，判断用的是最终估计数。",
        f"{told.en} {so_far.en} reported so far; by past delays that is about {share:.0%}, and what is expected in the end "
        "was judged.",
    )


def _of_cluster(one: Cluster, seats: Mapping[str, Seat]) -> Signal:
    reading, found = one.reading, one.found
    return Signal(
        reading.channel,
        common_place(one.places, seats),
        reading.periods[-1],
        found.cases,
        found.expected,
        float("nan"),
        found.ratio,
        METHOD,
        one.why,
        one.places,
    )
