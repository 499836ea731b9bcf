"""A Poisson regression on season, with or without a trend, of many series at once."""

from enum import StrEnum

import numpy as np

from wangdi.methods.detection.arrays import Bools, Floats, Ints
from wangdi.methods.detection.quasipoisson import HIGHEST, MOST_STEPS, SMALLEST, TOLERANCE


class Model(StrEnum):
    SEASON = "glm"
    """Intercept and one pair of sine and cosine of the year."""
    SEASON_AND_TREND = "glmtrend"
    """The same with a linear trend on the logarithm."""


def harmonic_means(before: Floats, times: Ints, model: Model, per_year: int, last_step: bool) -> Floats:
    """What the model, fitted to the counts ``before`` (series, past), expects at ``times``: (series, times).

    NaN where there are fewer counts than coefficients, or no estimate; 0 where all counts are 0. Missing counts are
    left out. With ``last_step`` a fit that has not converged is taken as it stands, as R does with a warning.
    """
    past = np.arange(before.shape[1])
    observed = ~np.isnan(before)
    design = _design(past, model, per_year)
    coefficients, converged = _fit(np.where(observed, before, 0.0), observed, design)
    linear = np.clip(coefficients @ _design(times, model, per_year).T, -HIGHEST, HIGHEST)
    expected = np.maximum(np.exp(linear), SMALLEST)
    enough = observed.sum(axis=1) > design.shape[1]
    expected[~((converged | last_step) & enough)] = np.nan
    expected[enough & (np.where(observed, before, 0).sum(axis=1) == 0)] = 0.0
    return expected


def _design(times: Ints, model: Model, per_year: int) -> Floats:
    angle = 2 * np.pi * (times + 1) / per_year
    columns = [np.ones(len(times)), np.cos(angle), np.sin(angle)]
    if model is Model.SEASON_AND_TREND:
        columns.append(times / per_year)
    return np.stack(columns, axis=1)


def _weighted(design: Floats, weights: Floats, target: Floats) -> Floats:
    """The coefficients of a weighted least-squares fit per series, by QR: weights of an outbreak's season differ by
    many powers of ten.
    """
    roots = np.sqrt(weights)
    q, r = np.linalg.qr(roots[..., None] * design)
    diagonal = np.arange(design.shape[1])
    singular = np.abs(r[:, diagonal, diagonal]).min(axis=1) == 0
    r[singular] = np.eye(design.shape[1])
    found: Floats = np.linalg.solve(r, np.einsum("sta,st->sa", q, roots * target)[..., None])[..., 0]
    return found


def _fit(counts: Floats, observed: Bools, design: Floats) -> tuple[Floats, Bools]:
    """Iteratively reweighted least squares of all series together; each stops when its own deviance does."""
    series, width = len(counts), design.shape[1]
    coefficients, converged = np.zeros((series, width)), np.zeros(series, bool)
    if not counts.size:
        return coefficients, converged
    mean = counts + 0.1
    predictor = np.log(mean)
    deviance = np.full(series, np.inf)
    active = np.arange(series)
    for _ in range(MOST_STEPS):
        y, mu, seen = counts[active], mean[active], observed[active]
        found = _weighted(design, np.where(seen, mu, 0.0), predictor[active] + (y - mu) / mu)
        linear = np.minimum(found @ design.T, HIGHEST)
        mu = np.maximum(np.exp(linear), SMALLEST)
        logarithms = np.log(np.where(y > 0, y, 1.0)) - linear
        now = 2 * np.where(seen, np.where(y > 0, y * logarithms, 0) - (y - mu), 0).sum(axis=1)
        coefficients[active], mean[active], predictor[active] = found, mu, linear
        done = np.abs(now - deviance[active]) / (np.abs(now) + 0.1) < TOLERANCE
        deviance[active] = now
        converged[active[done]] = True
        active = active[~done]
        if not len(active):
            break
    return coefficients, converged
