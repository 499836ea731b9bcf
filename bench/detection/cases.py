"""The same question to Wangdi and to R: a method with its settings."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bench.detection.surveillance import Series
from wangdi.methods.detection.arrays import Bools, Ints
from wangdi.methods.detection.baseline import Reach, baselines
from wangdi.methods.detection.calendar import Calendar
from wangdi.methods.detection.cusum import cusum
from wangdi.methods.detection.cusum_scales import Transformation
from wangdi.methods.detection.ears import Ears, ears
from wangdi.methods.detection.farrington import farrington
from wangdi.methods.detection.farrington_settings import FLEXIBLE, IMPROVED, ORIGINAL, Settings
from wangdi.methods.detection.harmonic import Model
from wangdi.methods.detection.prediction import Power, Threshold
from wangdi.methods.detection.result import Detection

OVERDISPERSION = 0.1


@dataclass(frozen=True)
class Case:
    """``call`` is R code without the times; ``earliest`` is the first time that has history enough.

    ``largest`` is the largest count that R's implementation can do. R tells nothing where one of the ``needed``
    latest counts is missing. ``weighing`` is how baselines are taken whose counts are weighed down.
    """

    name: str
    call: str
    judge: Callable[[Series, Ints], Detection]
    earliest: Callable[[Calendar], int]
    largest: float = math.inf
    needed: int = 0
    weighing: Reach | None = None

    def unanswered(self, series: Series, times: Ints) -> Bools:
        """Where R tells nothing, (series, times)."""
        missing = np.isnan(series.counts)
        backs = [missing[:, np.maximum(times - back, 0)] for back in range(self.needed)]
        return np.logical_or.reduce(backs) if backs else np.zeros((len(missing), len(times)), bool)

    def by_chance(self, series: Series, times: Ints) -> Bools:
        """Where R's answer turns on a rounding error, (series, times): a count that is alone in its season has no residual,
        R divides what rounding leaves by the square root of 0, and weighs the count by 1 or 0 as that is -Inf or Inf.
        """
        found = np.zeros((len(series.counts), len(times)), bool)
        if self.weighing is None:
            return found
        for baseline, together in baselines(series.calendar, times, self.weighing):
            for time in together.tolist():
                known = ~np.isnan(series.counts[:, time + baseline.back])
                sizes = np.add.reduceat(known, baseline.starts, axis=1, dtype=np.int64)
                found[:, times == time] = (sizes == 1).any(axis=1, keepdims=True)
        return found

    def apart(self, series: Series, times: Ints) -> tuple[Bools, Bools]:
        """The points that are not compared: unanswered by R, or by chance."""
        return self.unanswered(series, times), self.by_chance(series, times)

    def fits(self, series: Series) -> bool:
        return bool(np.nanmax(series.counts) <= self.largest)

    def r_call(self, first: int, last: int) -> str:
        """For the times from ``first`` through ``last``, which count from 1 in R."""
        method, _, options = self.call.partition("(")
        return f"{method}(range = {first + 1}:{last + 1}, {options}"


def ears_cases() -> list[Case]:
    return [
        _ears(method, baseline, alpha, least)
        for method in Ears
        for baseline, alpha, least in ((7, method.usual_alpha, 0.0), (14, 0.01, 0.5))
    ]


def _ears(method: Ears, baseline: int, alpha: float, least: float) -> Case:
    def judge(series: Series, times: Ints) -> Detection:
        return ears(series.counts, method, times=times, baseline=baseline, alpha=alpha, min_sigma=least)

    call = f"earsC(method = '{method}', baseline = {baseline}, alpha = {alpha}, minSigma = {least})"
    lag = {Ears.C1: 0, Ears.C2: 2, Ears.C3: 4}[method]
    return Case(f"EARS {method}, baseline {baseline}", call, judge, lambda calendar: baseline + lag)


def cusum_cases() -> list[Case]:
    means = ((None, "NULL"), (3.7, "3.7"), (Model.SEASON, "'glm'"))
    # R stops with an error at this transformation of a mean that changes over time.
    impossible = (Transformation.ANSCOMBE_NEGBIN, Model.SEASON)
    return [
        _cusum(one, mean, text) for one in Transformation for mean, text in means if (one, mean) != impossible
    ]


def _cusum(transformation: Transformation, mean: float | Model | None, text: str) -> Case:
    def judge(series: Series, times: Ints) -> Detection:
        per_year = series.calendar.per_year
        return cusum(
            series.counts,
            times,
            means=mean,
            transformation=transformation,
            alpha=OVERDISPERSION,
            per_year=per_year,
        )

    call = f"cusum(trans = '{transformation}', m = {text}, alpha = {OVERDISPERSION})"
    # R's table of this transformation ends here; its values beyond are some forty times too large.
    largest = 100 / OVERDISPERSION if transformation is Transformation.ANSCOMBE_NEGBIN else math.inf
    return Case(
        f"CUSUM {transformation}, m = {text}", call, judge, lambda calendar: calendar.length // 2, largest
    )


FARRINGTON = {
    "Farrington original": ORIGINAL,
    "Farrington original, other settings": replace(
        ORIGINAL, half_window=2, alpha=0.01, power=Power.HALF, reweight=False, cases=0
    ),
    "Farrington flexible, default": FLEXIBLE,
    "Farrington flexible, no weighing down": replace(FLEXIBLE, reweight=False, alpha=0.01, cases=0),
    "Farrington flexible, improved": IMPROVED,
    "Farrington flexible, muan": replace(IMPROVED, threshold=Threshold.MUAN, alpha=0.01),
    "Farrington flexible, 5 seasons, no power": replace(
        FLEXIBLE,
        half_window=4,
        seasons=5,
        weights_threshold=1.0,
        left_out=10,
        power=Power.NONE,
        cases=0,
        recent=1,
    ),
    "Farrington flexible, no trend": replace(FLEXIBLE, trend=False, power=Power.HALF, seasons=3, left_out=8),
}


def farrington_cases(years: int, per_year: int = 52) -> list[Case]:
    """All settings with so many years of baseline; windows and seasons shrunk for series by the month."""
    return [
        farrington_case(name, _fitting(replace(one, years=years), per_year))
        for name, one in FARRINGTON.items()
    ]


def _fitting(settings: Settings, per_year: int) -> Settings:
    if per_year >= 52:
        return settings
    seasons, left_out = min(settings.seasons, 4), min(settings.left_out, 3)
    return replace(settings, half_window=1, seasons=seasons, left_out=left_out)


def farrington_case(name: str, settings: Settings) -> Case:
    def judge(series: Series, times: Ints) -> Detection:
        return farrington(series.counts, series.calendar, settings=settings, times=times)

    def earliest(calendar: Calendar) -> int:
        times = range(calendar.length)
        reach = (t for t in times if calendar.years_before(t, settings.years)[-1] >= settings.half_window)
        return next(reach, calendar.length)

    control = r_control(settings)
    return Case(
        f"{name}, {settings.years} years",
        control,
        judge,
        earliest,
        needed=settings.recent,
        weighing=settings.reach if settings.reweight else None,
    )


def r_control(settings: Settings) -> str:
    """The call of R with these settings."""
    options = [
        f"b = {settings.years}, w = {settings.half_window}, reweight = {_logical(settings.reweight)}",
        f"alpha = {settings.alpha}, trend = {_logical(settings.trend)}, powertrans = '{settings.power}'",
        f"limit54 = c({settings.cases:g}, {settings.recent})",
    ]
    if settings.original:
        return f"farrington({', '.join(options)})"
    options += [
        f"weightsThreshold = {settings.weights_threshold}, pThresholdTrend = {settings.trend_p}",
        f"noPeriods = {settings.seasons}, pastWeeksNotIncluded = {settings.left_out}",
        f"thresholdMethod = '{settings.threshold}', glmWarnings = FALSE",
    ]
    return f"farringtonFlexible({', '.join(options)})"


def _logical(value: bool) -> str:
    return "TRUE" if value else "FALSE"
