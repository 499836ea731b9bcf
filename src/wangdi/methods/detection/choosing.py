"""Methods by the names that people choose them by, and which one fits a history."""

from dataclasses import replace
from enum import StrEnum

import numpy as np

from wangdi.methods.detection.arrays import Floats, Ints
from wangdi.methods.detection.calendar import Calendar, Unit
from wangdi.methods.detection.cusum import cusum
from wangdi.methods.detection.ears import Ears, ears
from wangdi.methods.detection.farrington import farrington
from wangdi.methods.detection.farrington_settings import FLEXIBLE, IMPROVED, ORIGINAL, Settings
from wangdi.methods.detection.first_cases import FirstCases, first_cases, with_first_cases
from wangdi.methods.detection.result import Detection, Variant

MOST_YEARS = 5
LEAST_YEARS = 3
"""Years of history from which on `AUTOMATIC` compares with the same season (with fewer there is no trend to be told
from growth).
"""
HALF_WINDOW = 3
AUTOMATIC_ALPHA = 0.005
"""As Noufaily et al. 2013 have it: among hundreds of series a twentieth, R's default, would be an alarm every day."""
RARE_SIGMA = 0.5
"""The least standard deviation of EARS where it was not asked for by name: one case after a week of none is no alarm
(Burkom).
"""


class Method(StrEnum):
    AUTOMATIC = "auto"
    FARRINGTON = "farrington"
    FLEXIBLE = "farrington-flexible"
    IMPROVED = "farrington-improved"
    C1 = "ears-c1"
    C2 = "ears-c2"
    C3 = "ears-c3"
    CUSUM = "cusum"
    FIRST_CASES = "first-cases"


_SETTINGS = {Method.FARRINGTON: ORIGINAL, Method.FLEXIBLE: FLEXIBLE, Method.IMPROVED: IMPROVED}
_EARS = {Method.C1: Ears.C1, Method.C2: Ears.C2, Method.C3: Ears.C3}


def years_of(calendar: Calendar, first: int) -> int:
    """Whole years before the time ``first`` that a window fits into, at most `MOST_YEARS`."""
    anniversaries = calendar.years_before(first, MOST_YEARS)
    return int((anniversaries >= _half_window(calendar)).sum())


def detect(
    counts: Floats,
    calendar: Calendar,
    method: Method,
    last: int,
    variant: Variant | None = None,
    alpha: float | None = None,
) -> Detection:
    """Judges the ``last`` times of all series.

    Farrington's methods take as many years of baseline as there are, at most five. `Method.AUTOMATIC` is the
    improved one from three years on, else EARS C2. Wherever Farrington has no answer the rule for first cases judges
    series with hardly any cases. Without a ``variant`` it is R's, but for C3, in which R's 1.20 lets today's count
    decide nothing.
    """
    times = np.arange(max(0, calendar.length - last), calendar.length)
    years = years_of(calendar, int(times[0]))
    if method is Method.AUTOMATIC and years < LEAST_YEARS:
        return with_first_cases(ears(counts, Ears.C2, times=times, alpha=alpha, min_sigma=RARE_SIGMA), counts)
    if method is Method.AUTOMATIC:
        method, alpha = Method.IMPROVED, AUTOMATIC_ALPHA if alpha is None else alpha
    chosen = variant or (Variant.TEXTBOOK if method is Method.C3 else Variant.R)
    if method in _SETTINGS:
        settings = _fitting(_SETTINGS[method], calendar, max(years, 1), alpha)
        found = farrington(counts, calendar, settings=settings, times=times, variant=chosen)
        return with_first_cases(found, counts)
    return _recent(counts, calendar, method, times, chosen, alpha)


def detect_recent(counts: Floats, times: Ints) -> Detection:
    """Judges times against those just before, by EARS C2, so that one case after none is no alarm."""
    return with_first_cases(ears(counts, Ears.C2, times=times, min_sigma=RARE_SIGMA), counts)


def detect_each(counts: Floats, calendar: Calendar, method: Method, last: int) -> list[Detection]:
    """Judges the ``last`` times, each as it would have been on its own day: with the years of baseline there were then.

    One detection for each run of times with as many years, in order. Where Farrington's methods have not a year to
    compare with, `Method.AUTOMATIC` stands in. A CUSUM adds up from the first of the times on.
    """
    first = max(0, calendar.length - last)
    if method is Method.CUSUM:
        return [detect(counts, calendar, method, last)]
    years = [years_of(calendar, time) for time in range(first, calendar.length)]
    found, begin = [], first
    for time in range(first + 1, calendar.length + 1):
        if time == calendar.length or years[time - first] != years[begin - first]:
            fitting = Method.AUTOMATIC if method in _SETTINGS and not years[begin - first] else method
            found.append(detect(counts[:, :time], calendar.until(time), fitting, time - begin))
            begin = time
    return found


def _recent(
    counts: Floats, calendar: Calendar, method: Method, times: Ints, variant: Variant, alpha: float | None
) -> Detection:
    if method in _EARS:
        return with_first_cases(
            ears(counts, _EARS[method], times=times, variant=variant, alpha=alpha), counts
        )
    if method is Method.CUSUM:
        if alpha is not None:
            raise ValueError("a CUSUM has a reference value and a limit, but no chance of a false alarm")
        return cusum(counts, times, per_year=calendar.per_year, variant=variant)
    return first_cases(counts, FirstCases() if alpha is None else FirstCases(alpha=alpha), times=times)


def _half_window(calendar: Calendar) -> int:
    return 1 if calendar.unit is Unit.MONTH else HALF_WINDOW


def _fitting(settings: Settings, calendar: Calendar, years: int, alpha: float | None) -> Settings:
    """For months a window of one before and after, four seasons and a quarter left out; else as it is."""
    seasons, left_out = min(settings.seasons, 4), min(settings.left_out, 3)
    fitted = replace(settings, years=years, alpha=settings.alpha if alpha is None else alpha)
    if calendar.unit is not Unit.MONTH:
        return fitted
    return replace(fitted, half_window=1, seasons=seasons, left_out=left_out)
