"""Which earlier times the Farrington methods compare with: windows around the same time of earlier years, and the
season between.

Farrington et al. 1996, Journal of the Royal Statistical Society A 159:547-563; Noufaily et al. 2013, Statistics in
Medicine 32:1206-1222.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from wangdi.methods.detection.arrays import Floats, Ints
from wangdi.methods.detection.calendar import Calendar, Unit


@dataclass(frozen=True)
class Baseline:
    """Reference times counted from the time that is judged (all negative), sorted by season: ``starts`` are the
    first of each season.

    The last season is the one around the time that is judged. ``clock`` is how long ago they are, for trends;
    ``dated`` whether by date or by mere numbers.
    """

    back: Ints
    clock: Floats
    starts: Ints
    dated: bool

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Baseline) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[bytes | bool, ...]:
        return self.back.tobytes(), self.clock.tobytes(), self.starts.tobytes(), self.dated

    @property
    def seasons(self) -> int:
        return len(self.starts)


@dataclass(frozen=True)
class Reach:
    """Which earlier times make a baseline: the windows of ``half_window`` around the anniversaries of ``years`` and before
    the time that is judged, and with more than one of ``seasons`` also the times between. ``left_out`` of the latest
    times, the judged one not counted, belong to none.
    """

    years: int
    half_window: int
    seasons: int = 1
    left_out: int = 0
    by_date: bool = False


def baselines(calendar: Calendar, times: Ints, reach: Reach) -> Iterator[tuple[Baseline, Ints]]:
    """The different baselines of the times, each with the times that share it. Times without enough history are left
    out.
    """
    shared: dict[Baseline, list[int]] = {}
    for time in times.tolist():
        found = _baseline(calendar, time, reach)
        if found is not None:
            shared.setdefault(found, []).append(time)
    for baseline, together in shared.items():
        yield baseline, np.array(together)


def _baseline(calendar: Calendar, time: int, reach: Reach) -> Baseline | None:
    half, seasons = reach.half_window, reach.seasons
    centres = np.append(calendar.years_before(time, reach.years)[::-1], time)
    if centres[0] - half < 0:
        return None
    pieces = [_pieces(start, end, half, seasons) for start, end in pairwise(centres)]
    by_season = [np.concatenate([piece[season] for piece in pieces]) for season in range(seasons)]
    by_season[-1] = np.append(by_season[-1], np.arange(time - half, time))
    kept = [np.unique(season[season < time - reach.left_out]) for season in by_season]
    kept = [season for season in kept if len(season)]
    if not kept:
        return None
    lengths = np.array([len(season) for season in kept])
    rows = np.concatenate(kept)
    clock = calendar.since(time, rows, reach.by_date)
    return Baseline(rows - time, clock, np.cumsum(lengths) - lengths, calendar.unit is not Unit.NUMBER)


def _pieces(start: int, end: int, half_window: int, seasons: int) -> list[Ints]:
    """A year from one window to the next, cut into seasons: the blocks between the windows, then the window it
    begins with.

    Times left over go to the first blocks.
    """
    window = np.arange(start - half_window, start + half_window + 1)
    if seasons == 1:
        return [window]
    between = np.arange(start + half_window + 1, end - half_window)
    return [*np.array_split(between, seasons - 1), window]
