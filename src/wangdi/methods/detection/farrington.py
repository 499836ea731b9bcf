"""The Farrington methods, original and flexible, over many series and times at once.

Original: Farrington et al. 1996. Flexible, with the improved settings: Noufaily et al. 2013, Statistics in Medicine
32:1206-1222.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from wangdi.methods.detection.arrays import Bools, Floats, Ints, counts_of, fraction, times_of
from wangdi.methods.detection.baseline import Baseline, Reach, baselines
from wangdi.methods.detection.calendar import Calendar
from wangdi.methods.detection.farrington_fit import Errors, Expectation, Reweighting, expect
from wangdi.methods.detection.prediction import Power, Threshold, count_bound, normal_bound
from wangdi.methods.detection.quasipoisson import HIGHEST, Design
from wangdi.methods.detection.result import Detection, Reason, Variant, judged

POINTS_AT_ONCE = 80_000
"""Baseline counts worked on together: enough to make little of the steps, few enough to stay near the processor."""
LEAST_FOR_TREND = 3
"""Years of baseline from which on a trend is looked for (Farrington 1996, 3.4)."""


@dataclass(frozen=True)
class Settings:
    """How a baseline is taken and judged; the names in brackets are those of `surveillance`.

    ``years`` (b) back, ``half_window`` (w) times around each anniversary, ``seasons`` (noPeriods) levels,
    ``left_out`` (pastWeeksNotIncluded) latest times, ``reweight`` and ``weights_threshold``, ``trend`` and
    ``trend_p`` (pThresholdTrend), ``cases`` within ``recent`` times as the least to be judged at all (limit54),
    ``alpha``, ``power`` (powertrans), ``threshold`` (thresholdMethod). ``original``: half of ``alpha`` lies above
    the bound.
    """

    years: int = 5
    half_window: int = 3
    seasons: int = 1
    left_out: int = 0
    reweight: bool = True
    weights_threshold: float = 2.58
    trend: bool = True
    trend_p: float = 0.05
    cases: float = 5
    recent: int = 4
    alpha: float = 0.05
    original: bool = False
    power: Power = Power.TWO_THIRDS
    threshold: Threshold = Threshold.DELTA

    def __post_init__(self) -> None:
        fraction(self.alpha, "alpha")
        if self.years < 1 or self.half_window < 0 or self.seasons < 1 or self.recent < 1 or self.left_out < 0:
            raise ValueError(
                f"no baseline has {self.years} years, windows of {self.half_window}, {self.seasons} seasons"
            )

    def errors(self, variant: Variant) -> Errors:
        if variant is Variant.TEXTBOOK:
            return Errors.FLOORED
        return Errors.ORIGINAL if self.original else Errors.FLEXIBLE

    @property
    def reach(self) -> Reach:
        """The original counts time in columns, the flexible one by date."""
        return Reach(self.years, self.half_window, self.seasons, self.left_out, by_date=not self.original)

    @property
    def quantile(self) -> float:
        return 1 - self.alpha / (2 if self.original else 1)


ORIGINAL = Settings(weights_threshold=1.0, original=True)
FLEXIBLE = Settings(left_out=3)
IMPROVED = Settings(
    seasons=10, left_out=26, weights_threshold=2.58, trend_p=1.0, threshold=Threshold.NB_PLUGIN
)
"""As `algo.farrington`, `farringtonFlexible` and Noufaily et al. 2013 have them."""


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
    ``error`` of the expected value, ``baseline_total`` and ``baseline_size``.
    """
    values = counts_of(counts)
    if values.shape[1] != calendar.length:
        raise ValueError(f"{values.shape[1]} times of counts do not fit a calendar of {calendar.length}")
    wanted = times_of(times, values.shape[1])
    people = None if population is None else np.broadcast_to(np.asarray(population, np.float64), values.shape)
    judge = _Judge(values, people, settings, variant, wanted)
    for baseline, together in baselines(calendar, wanted, settings.reach):
        judge.all_of(baseline, together)
    return judge.result()


class _Judge:
    """Collects judgements, a piece at a time."""

    def __init__(
        self, values: Floats, people: Floats | None, settings: Settings, variant: Variant, times: Ints
    ) -> None:
        self.by_time = np.ascontiguousarray(values.T)
        self.people = None if people is None else np.ascontiguousarray(people.T)
        self.settings, self.variant, self.times = settings, variant, times
        self.column = {time: column for column, time in enumerate(times.tolist())}
        shape = (len(times), values.shape[0])
        self.found = {name: np.full(shape, np.nan) for name in _FOUND}
        self.reason = np.full(shape, int(Reason.SHORT_HISTORY))

    def all_of(self, baseline: Baseline, times: Ints) -> None:
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
            np.nan_to_num(self.by_time[times - back, series]) for back in range(self.settings.recent)
        )
        found, reason = _judge(raw, baseline, self.settings, self.variant, population, now)
        enough = np.reshape(recent, -1) >= self.settings.cases
        reason = np.where((reason == Reason.COMPUTED) & ~enough, Reason.FEW_CASES, reason)
        for name, values in found.items():
            self.found[name][columns, series] = values.reshape(shape)
        self.reason[columns, series] = reason.reshape(shape)

    def result(self) -> Detection:
        observed = self.by_time[self.times].T
        reason = np.where(np.isnan(observed), Reason.MISSING_NOW, self.reason.T)
        reason = np.where(self.reason.T == Reason.SHORT_HISTORY, Reason.SHORT_HISTORY, reason).astype(
            np.int64
        )
        found = {name: np.ascontiguousarray(values.T) for name, values in self.found.items()}
        expected, upper = found.pop("expected"), found.pop("upper")
        name = "farrington" if self.settings.original else "farrington_flexible"
        alarm = (observed > 0) & (observed > upper)
        return judged(name, self.variant, self.times, observed, expected, upper, alarm, reason, **found)


_FOUND = (
    "expected",
    "upper",
    "dispersion",
    "slope",
    "weighed_down",
    "error",
    "baseline_total",
    "baseline_size",
)


def _blocks(times: int, series: int, points: int) -> Iterator[tuple[slice, slice]]:
    """Cuts (times, series) into blocks of about so many points."""
    across = min(series, points)
    down = max(1, points // max(across, 1))
    for time in range(0, times, down):
        for first in range(0, series, across):
            yield slice(time, time + down), slice(first, first + across)


def _judge(
    raw: Floats,
    baseline: Baseline,
    settings: Settings,
    variant: Variant,
    population: Floats | None,
    population_now: Floats | float,
) -> tuple[dict[str, Floats], Ints]:
    """Expected value, bound and details of each point (rows, points), and why there are none."""
    known = ~np.isnan(raw)
    observed = known.astype(np.float64)
    counts = np.where(known, raw, 0.0)
    offsets = None if population is None else np.log(np.where(known, population, 1.0))
    found = _expected(counts, observed, baseline, settings, variant, offsets, np.log(population_now))
    size, total = observed.sum(axis=0), counts.sum(axis=0)
    with np.errstate(invalid="ignore"):
        upper = _bound(found, settings)
    reason = np.where(found.converged & np.isfinite(upper), Reason.COMPUTED, Reason.NO_CONVERGENCE)
    reason = np.where((reason != Reason.COMPUTED) & (total == 0), Reason.EMPTY_BASELINE, reason)
    reason = np.where(size <= baseline.seasons + settings.trend, Reason.MISSING_BASELINE, reason)
    values = {
        "expected": found.mean,
        "upper": upper,
        "dispersion": found.dispersion,
        "slope": found.slope,
        "weighed_down": found.weighed_down,
        "error": found.error,
        "baseline_total": total,
        "baseline_size": size,
    }
    return values, reason


def _expected(
    counts: Floats,
    observed: Floats,
    baseline: Baseline,
    settings: Settings,
    variant: Variant,
    offsets: Floats | None,
    offset_now: Floats | float,
) -> Expectation:
    """With the trend where it is kept: enough years, significant, and not above the largest count of the baseline."""
    reweighting = Reweighting(settings.weights_threshold) if settings.reweight else None
    errors = settings.errors(variant)

    def model(trend: bool, points: Bools | slice) -> Expectation:
        design = Design(baseline.clock, baseline.starts, trend)
        shift = None if offsets is None else offsets[:, points]
        now = offset_now if offsets is None else np.broadcast_to(offset_now, counts.shape[1])[points]
        return expect(counts[:, points], observed[:, points], design, reweighting, errors, shift, now)

    if not settings.trend or settings.years < LEAST_FOR_TREND:
        return _without_slope(model(False, slice(None)))
    found = model(True, slice(None))
    with np.errstate(invalid="ignore"):
        kept = found.converged & (found.trend_p < settings.trend_p) & (found.mean <= counts.max(axis=0))
    if kept.all():
        return found
    again = _without_slope(model(False, ~kept))
    return _merged(found, ~kept, again)


def _without_slope(found: Expectation) -> Expectation:
    nothing = np.full_like(found.slope, np.nan)
    return Expectation(
        found.mean, found.error, found.dispersion, nothing, nothing, found.weighed_down, found.converged
    )


def _merged(found: Expectation, points: Bools, again: Expectation) -> Expectation:
    for name in found.__dataclass_fields__:
        getattr(found, name)[points] = getattr(again, name)
    return found


def _bound(found: Expectation, settings: Settings) -> Floats:
    quantile = settings.quantile
    if settings.threshold is Threshold.DELTA:
        return normal_bound(found.mean, found.error, found.dispersion, settings.power, quantile)
    mean = found.mean
    if settings.threshold is Threshold.MUAN:
        mean = mean * np.exp(np.minimum(float(ndtri(quantile)) * found.error / found.mean, HIGHEST))
    return count_bound(mean, found.dispersion, quantile)
