"""Series of counts of many sorts, the awkward ones included."""

import numpy as np

from bench.detection.surveillance import Series
from wangdi.methods.detection.arrays import Floats
from wangdi.methods.detection.calendar import Calendar, Unit

FIRST_MONDAY = np.datetime64("2015-01-05")


def random_series(series: int, times: int, seed: int, *, dated: bool = True, missing: bool = False) -> Series:
    """Seasonal counts with means from 0.02 to 500, trends, overdispersion, outbreaks, long runs of zeros; a tenth
    with gaps if wanted.
    """
    random = np.random.default_rng(seed)
    counts = _counts(random, series, times)
    if missing:
        gaps = random.random(counts.shape) < 0.1
        counts[: max(1, series // 10)][gaps[: max(1, series // 10)]] = np.nan
    days = FIRST_MONDAY + 7 * np.arange(times)
    calendar = Calendar.dated(days, Unit.WEEK) if dated else Calendar.numbers(times)
    return Series(f"random-{seed}", counts, calendar)


def _counts(random: np.random.Generator, series: int, times: int) -> Floats:
    week = np.arange(times)
    one = (series, 1)
    level = np.exp(random.uniform(np.log(0.02), np.log(500), one))
    season = random.uniform(0, 1.2, one) * np.cos(2 * np.pi * (week / 52.18 - random.random(one)))
    trend = random.normal(0, 0.35, one) * (random.random(one) < 0.6) * (week - times) / 52
    mean = level * np.exp(np.clip(season + trend, -12, 6))
    dispersion = 1 + random.gamma(0.7, 2.0, one) * (random.random(one) < 0.7)
    counts = np.where(dispersion > 1, _overdispersed(random, mean, dispersion), random.poisson(mean))
    counts = counts + _outbreaks(random, mean, series, times)
    silent = random.random(series) < 0.08
    counts[silent, : times - random.integers(1, 60)] = 0
    return counts.astype(np.float64)


def _overdispersed(random: np.random.Generator, mean: Floats, dispersion: Floats) -> Floats:
    excess = np.maximum(dispersion - 1, 1e-9)
    return random.poisson(random.gamma(mean / excess, excess)).astype(np.float64)


def _outbreaks(random: np.random.Generator, mean: Floats, series: int, times: int) -> Floats:
    """Up to four per series, of a few weeks each."""
    found = np.zeros((series, times))
    for _ in range(4):
        start = random.integers(0, times, series)
        length = random.integers(1, 9, series)
        within = (np.arange(times) >= start[:, None]) & (np.arange(times) < (start + length)[:, None])
        size = (random.random(series) < 0.5)[:, None] * random.gamma(1.0, 3.0, (series, 1))
        found += random.poisson(within * size * np.sqrt(mean + 1))
    return found
