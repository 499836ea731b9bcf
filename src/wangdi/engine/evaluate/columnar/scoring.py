"""Scorecards over arrays: the points of each unit, line by line."""

from collections.abc import Mapping
from datetime import date

import numpy as np

from wangdi.engine.evaluate.columnar.results import Amounts
from wangdi.engine.evaluate.columnar.vectors import Array, Flags, Vector
from wangdi.engine.model.indicators import Better, Indicator, Scorecard, ScoreLine
from wangdi.engine.model.scoring import Amount, Bands, FullOrZero, Proportional


def score(card: Scorecard, values: Mapping[Indicator, Vector], day: date) -> tuple[Amounts, Amounts]:
    """The points reached and the points that could be had, at each unit; 0 of 0 where no line is applicable."""
    size = max(len(vector) for vector in values.values())
    reached, attainable = np.zeros(size), np.zeros(size)
    for line in card.lines:
        if any(amount.on(day) is None for amount in line.amounts):
            continue
        vector = values[line.indicator]
        points = np.broadcast_to(_points(line, vector.data, day), (size,))
        reached += np.where(vector.validity, points, 0.0)
        attainable += np.where(vector.validity, _number(line.weight, day), 0.0)
    return reached, attainable


def _points(line: ScoreLine, value: Array, day: date) -> Array:
    """What a line gives for each value."""
    weight, rule = _number(line.weight, day), line.rule
    match rule:
        case FullOrZero(full):
            return np.where(_reaches(line, value, _number(full, day)), weight, 0.0)
        case Bands(bands):
            steps = [(_number(band.threshold, day), _number(band.points, day)) for band in bands]
            found = [_reaches(line, value, threshold) for threshold, _ in steps]
            return np.select(found, [points for _, points in steps], 0.0)
        case Proportional(zero, full):
            return _between(line, value, _number(zero, day), _number(full, day), weight)


def _between(line: ScoreLine, value: Array, zero: float, full: float, weight: float) -> Array:
    inside = ~_reaches(line, value, full) & _reaches(line, value, zero)
    share = np.divide(value - zero, full - zero, out=np.zeros(value.shape), where=inside)
    return np.where(_reaches(line, value, full), weight, weight * share)


def _reaches(line: ScoreLine, value: Array, threshold: float) -> Flags:
    flags: Flags = value >= threshold if line.indicator.better is Better.HIGHER else value <= threshold
    return flags


def _number(amount: Amount, day: date) -> float:
    """The number in force, which lines are asked for before they count."""
    found = amount.on(day)
    if found is None:
        raise ValueError("an amount that is not in force counts for nothing")
    return found
