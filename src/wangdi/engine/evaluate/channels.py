"""Time series of channels: counts of whole periods at every place of a channel's level."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from wangdi.engine.evaluate.columnar.channels import DayCounts
from wangdi.engine.evaluate.columnar.vectors import Array, to_date, to_days
from wangdi.engine.model.channels import Channel, Pace
from wangdi.engine.model.rollups import SCALE
from wangdi.engine.model.types import LARGEST_WHOLE


@dataclass(frozen=True)
class TimeSeries:
    """A channel at all places of its level.

    ``places``: their codes, sorted. ``periods``: the first day of each period, without gaps. ``counts`` (float64, places ×
    periods): what was recorded; 0 where nothing was. The last period may still be running.
    """

    channel: Channel
    places: tuple[str, ...]
    periods: tuple[date, ...]
    counts: NDArray[np.float64]

    def whole(self, as_of: date) -> "TimeSeries":
        """Without a last period that was not over on a day."""
        after = self.channel.pace.next(self.periods[-1]) if self.periods else None
        if after is None or after <= as_of + timedelta(days=1):
            return self
        return TimeSeries(self.channel, self.places, self.periods[:-1], self.counts[:, :-1])


@dataclass(frozen=True)
class PlaceCounts:
    """What channels counted at places (by position in the tree), each place and day once or more often."""

    place: Array
    day: Array
    amount: Array


def at_level(counts: DayCounts, number: int, place: Array, ancestor: Array) -> PlaceCounts:
    """The counts of one channel at the places of its level.

    ``place`` gives each unit's place, ``ancestor`` for each place the one of that level it is or lies under (−1: none).
    """
    chosen = counts.channel == number
    where = np.append(ancestor, -1)[np.append(place, -1)[counts.unit[chosen]]]
    there = where >= 0
    return PlaceCounts(where[there], counts.day[chosen][there], counts.amount[chosen][there])


def ancestors_at(level: Array, parent: Array) -> Array:
    """For each place the nearest one among itself and those above it for which ``level`` is true; −1 if none."""
    found = np.where(level, np.arange(len(parent)), -1)
    above = parent.copy()
    while (waiting := (found < 0) & (above >= 0)).any():
        here = np.flatnonzero(waiting)
        next_up = above[here]
        found[here] = np.where(level[next_up], next_up, -1)
        above[here] = parent[next_up]
    return found


def time_series(
    channel: Channel,
    parts: Sequence[PlaceCounts],
    places: Iterable[tuple[int, str]],
    as_of: date,
) -> TimeSeries:
    """The series of a channel from the first period with anything in it to that of ``as_of``.

    ``places`` are the positions and codes of those of its level: a place where nothing was recorded has zeros.
    """
    listed = sorted(places, key=lambda one: one[1])
    row_of = {position: row for row, (position, _) in enumerate(listed)}
    days = np.concatenate([np.empty(0, np.int64), *(part.day for part in parts)]).astype(np.int64)
    where = np.concatenate([np.empty(0, np.int64), *(part.place for part in parts)]).astype(np.int64)
    amounts = np.concatenate([np.empty(0, np.int64), *(part.amount for part in parts)])
    first = to_date(int(days.min())) if len(days) else as_of
    periods = _periods(channel.pace, first, as_of)
    starts = np.array([to_days(day) for day in periods], np.int64)
    counts = np.zeros((len(listed), len(periods)), np.int64)
    rows = np.array([row_of[int(one)] for one in where], np.int64)
    np.add.at(counts, (rows, np.searchsorted(starts, days, "right") - 1), amounts)
    return TimeSeries(channel, tuple(code for _, code in listed), periods, _told(counts))


def _told(millionths: NDArray[np.int64]) -> NDArray[np.float64]:
    """The numbers, each rounded once, as Python's division of integers is."""
    told: NDArray[np.float64] = millionths / SCALE
    for at in zip(*np.nonzero(np.abs(millionths) > LARGEST_WHOLE), strict=True):
        told[at] = int(millionths[at]) / SCALE
    return told


def _periods(pace: Pace, first: date, last: date) -> tuple[date, ...]:
    found: list[date] = []
    day: date | None = pace.first_day(first)
    while day is not None and day <= last:
        found.append(day)
        day = pace.next(day)
    return tuple(found)
