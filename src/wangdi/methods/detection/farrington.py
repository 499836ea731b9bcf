"""The Farrington methods, original and flexible, over many series and times at once."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from wangdi.methods.detection.arrays import Floats, Ints, counts_of, times_of
from wangdi.methods.detection.baseline import Baseline, baselines
from wangdi.methods.detection.calendar import Calendar
from wangdi.methods.detection.farrington_model import FOUND, judge_points
from wangdi.methods.detection.farrington_settings import FLEXIBLE, Settings
from wangdi.methods.detection.result import Detection, Reason, Variant, judged

POINTS_AT_ONCE = 80_000
"""Baseline counts worked on together: enough to make little of the steps, few enough to stay near the processor."""


def farrington(
    counts: ArrayLike,
    calendar: Calendar,
    *,
    settings: Settings = FLEXIBLE,
    times: ArrayLike | None = None,
    population: ArrayLike | None = None,
    variant: Variant = Variant.R,
) -> Detection:
    """Judges counts (series, times) against a quasi-Poisson regression on the same season of earlier years.

    ``times`` are positions, all by default. ``population`` (series, times) makes the rates the same instead of the
    counts. Missing counts of the baseline are left out. An alarm needs a count above 0 and above the bound.
    ``details``: ``dispersion``, ``slope`` (per time, on the logarithm; NaN without a trend), ``weighed_down``,
    ``error`` of the expected value, ``baseline_total`` and ``baseline_size``, ``lacking`` times of history.
    """
    values = counts_of(counts)
    if values.shape[1] != calendar.length:
        raise ValueError(f"{values.shape[1]} times of counts do not fit a calendar of {calendar.length}")
    wanted = times_of(times, values.shape[1])
    people = None if population is None else _people(population, values)
    found = _Judgements(values, people, settings, variant, wanted)
    for baseline, together in baselines(calendar, wanted, settings.reach):
        found.judge(baseline, together)
    return found.result(_lacking(calendar, wanted, settings))


def _lacking(calendar: Calendar, times: Ints, settings: Settings) -> Floats:
    """How many times the history would have to begin earlier to reach back far enough."""
    reached = [int(calendar.years_before(time, settings.years)[-1]) for time in times.tolist()]
    return np.maximum(settings.half_window - np.array(reached, np.float64), 0.0)


def _people(population: ArrayLike, counts: Floats) -> Floats:
    people: Floats = np.broadcast_to(np.asarray(population, np.float64), counts.shape)
    wrong = np.argwhere(~np.isnan(counts) & ~(people > 0))
    if len(wrong):
        series, time = wrong[0].tolist()
        raise ValueError(
            f"the population of series {series} at time {time} is {people[series, time]}; rates need people"
        )
    return np.where(people > 0, people, 1.0)


class _Judgements:
    """Collects judgements, a piece at a time."""

    def __init__(
        self, values: Floats, people: Floats | None, settings: Settings, variant: Variant, times: Ints
    ) -> None:
        self.by_time = np.ascontiguousarray(values.T)
        self.people = None if people is None else np.ascontiguousarray(people.T)
        self.settings, self.variant, self.times = settings, variant, times
        self.column = {time: column for column, time in enumerate(times.tolist())}
        shape = (len(times), values.shape[0])
        self.found = {name: np.full(shape, np.nan) for name in FOUND}
        self.reason = np.full(shape, int(Reason.SHORT_HISTORY))

    def judge(self, baseline: Baseline, times: Ints) -> None:
        """Judges all series at the times that share a baseline."""
        series = self.by_time.shape[1]
        columns = np.array([self.column[time] for time in times.tolist()])
        for these, those in _blocks(len(times), series, max(1, POINTS_AT_ONCE // len(baseline.back))):
            self._block(baseline, times[these], columns[these], those)

    def _block(self, baseline: Baseline, times: Ints, columns: Ints, series: slice) -> None:
        rows = times[None, :] + baseline.back[:, None]
        shape = (len(times), self.by_time[:1, series].shape[1])
        raw = self.by_time[rows, series].reshape(len(rows), -1)
        population = None if self.people is None else self.people[rows, series].reshape(len(rows), -1)
        now = 1.0 if self.people is None else self.people[times, series].reshape(-1)
        recent = sum(
            np.nan_to_num(self.by_time[times - back, series])
            for back in range(min(self.settings.recent, int(times.min()) + 1))
        )
        found, reason = judge_points(raw, baseline, self.settings, self.variant, population, now)
        enough = np.reshape(recent, -1) >= self.settings.cases
        reason = np.where((reason == Reason.COMPUTED) & ~enough, Reason.FEW_CASES, reason)
        for name, values in found.items():
            self.found[name][columns, series] = values.reshape(shape)
        self.reason[columns, series] = reason.reshape(shape)

    def result(self, lacking: Floats) -> Detection:
        observed = self.by_time[self.times].T
        reason = np.where(np.isnan(observed), Reason.MISSING_NOW, self.reason.T)
        short = self.reason.T == Reason.SHORT_HISTORY
        reason = np.where(short, Reason.SHORT_HISTORY, reason).astype(np.int64)
        found = {name: np.ascontiguousarray(values.T) for name, values in self.found.items()}
        expected, upper = found.pop("expected"), found.pop("upper")
        found["lacking"] = np.broadcast_to(lacking, expected.shape)
        name = "farrington" if self.settings.original else "farrington_flexible"
        alarm = (observed > 0) & (observed > upper)
        return judged(name, self.variant, self.times, observed, expected, upper, alarm, reason, **found)


def _blocks(times: int, series: int, points: int) -> Iterator[tuple[slice, slice]]:
    """Cuts (times, series) into blocks of about so many points."""
    across = min(series, points)
    down = max(1, points // max(across, 1))
    for time in range(0, times, down):
        for first in range(0, series, across):
            yield slice(time, time + down), slice(first, first + across)
