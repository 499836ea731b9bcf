"""Scorecards in plain Python: one unit, line by line."""

from collections.abc import Sequence
from datetime import date

from wangdi.engine.model.indicators import Better, Scorecard, ScoreLine
from wangdi.engine.model.scoring import Bands, FullOrZero, Proportional


def score(card: Scorecard, values: Sequence[float | None], day: date) -> tuple[float, float]:
    """The points reached and the points that could be had; ``values`` are those of the lines' indicators."""
    reached = attainable = 0.0
    for line, value in zip(card.lines, values, strict=True):
        weight = line.weight.on(day)
        points = points_of(line, value, day)
        if weight is not None and points is not None:
            reached += points
            attainable += weight
    return reached, attainable


def points_of(line: ScoreLine, value: float | None, day: date) -> float | None:
    """What a line gives for a value; None where it is not applicable."""
    weight = line.weight.on(day)
    amounts = [amount.on(day) for amount in line.rule.amounts]
    if value is None or weight is None:
        return None
    numbers = [amount for amount in amounts if amount is not None]
    if len(numbers) < len(amounts):
        return None
    match line.rule:
        case FullOrZero():
            return weight if _reaches(line, value, numbers[0]) else 0.0
        case Bands():
            steps = zip(numbers[::2], numbers[1::2], strict=True)
            return next((points for threshold, points in steps if _reaches(line, value, threshold)), 0.0)
        case Proportional():
            zero, full = numbers
            if _reaches(line, value, full):
                return weight
            if not _reaches(line, value, zero):
                return 0.0
            return weight * ((value - zero) / (full - zero))


def _reaches(line: ScoreLine, value: float, threshold: float) -> bool:
    return value >= threshold if line.indicator.better is Better.HIGHER else value <= threshold
