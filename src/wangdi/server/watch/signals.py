"""Which channels are above their bounds where: detectors over the latest whole periods of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from wangdi.engine.evaluate.channels import TimeSeries
from wangdi.engine.evaluate.network import Network
from wangdi.engine.model.channels import Channel, Pace
from wangdi.engine.model.text import Text
from wangdi.methods.detection.calendar import Calendar, Unit
from wangdi.methods.detection.choosing import detect
from wangdi.methods.detection.wording import method_of, why
from wangdi.server.watch.declaration import Declaration

_UNITS = {Pace.DAY: Unit.DAY, Pace.WEEK: Unit.WEEK, Pace.MONTH: Unit.MONTH}


@dataclass(frozen=True, slots=True)
class Signal:
    """A channel above its bound in one period at one place (by code)."""

    channel: Channel
    place: str
    period: date
    observed: float
    expected: float
    upper: float
    exceedance: float
    method: Text
    why: Text


def signals(network: Network, declared: Declaration, as_of: date) -> list[Signal]:
    """Every signal of the channels that triggers look at, in the latest whole periods before or on a day."""
    channels = [network.rulebook.channels[name] for name in declared.channels]
    found: list[Signal] = []
    for series in network.time_series(channels, as_of):
        found += _signals_of(series.whole(as_of), declared)
    return found


def _signals_of(series: TimeSeries, declared: Declaration) -> Sequence[Signal]:
    if not series.places or not series.periods:
        return ()
    unit, channel = _UNITS[series.channel.pace], series.channel
    calendar = Calendar.dated(np.array(series.periods, "M8[D]"), unit)
    found = detect(series.counts, calendar, declared.method_of(channel.name), declared.judged)
    return [
        Signal(
            channel,
            series.places[row],
            series.periods[int(found.times[column])],
            float(found.observed[row, column]),
            float(found.expected[row, column]),
            float(found.upper[row, column]),
            float(found.exceedance[row, column]),
            method_of(found, row, column),
            why(found, row, column, unit),
        )
        for row, column in np.argwhere(found.alarm).tolist()
    ]
