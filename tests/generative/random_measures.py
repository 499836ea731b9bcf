"""Random indicators: of every measure and every rule of scoring, with breakdowns."""

from collections.abc import Sequence

from hypothesis import strategies as st

from generative.random_expressions import WORDS, Maker
from wangdi.engine.model.expressions import Call, Expression, Literal
from wangdi.engine.model.indicators import (
    Better,
    Dimension,
    Indicator,
    Measure,
    Ratio,
    Scorecard,
    ScoreLine,
    Span,
)
from wangdi.engine.model.measures import PER, Count, Mean, Proportion, Rate, Sum
from wangdi.engine.model.parameters import AppliesBy
from wangdi.engine.model.scoring import Amount, Band, Bands, FullOrZero, Proportional, ScoringRule
from wangdi.engine.model.types import Base

_AMOUNTS = (0, 0.25, 0.5, 0.7, 1, 3, 140)


def counted_indicator(make: Maker, name: str) -> Indicator:
    """An indicator that counts entities, now and then with breakdowns."""
    measure = make.one_of((_proportion, _count, _sum, _mean, _rate))(make)
    by = [
        dimension for number in range(make.draw(st.integers(0, 2))) for dimension in _dimension(make, number)
    ]
    return _indicator(make, name, measure, tuple(by))


def composed_indicators(make: Maker, figures: Sequence[Indicator]) -> list[Indicator]:
    """A ratio and a scorecard of some of the figures and of that ratio; nothing of no figures."""
    if not figures:
        return []
    ratio = _indicator(
        make, "ratio", Ratio(make.one_of(figures), make.one_of(figures), make.one_of((1, *PER)))
    )
    parts = make.draw(st.lists(st.sampled_from([*figures, ratio]), min_size=1, max_size=3))
    return [ratio, _indicator(make, "card", Scorecard(tuple(_line(make, part) for part in parts)))]


def _indicator(make: Maker, name: str, measure: Measure, by: tuple[Dimension, ...] = ()) -> Indicator:
    better = make.one_of(tuple(Better))
    return Indicator("sample", name, WORDS, make.entity, measure, Span.ON_THE_DAY, better, None, None, by=by)


def _dimension(make: Maker, number: int) -> list[Dimension]:
    category = make.expression(Base.TEXT, 2)
    return [Dimension(f"by_{number}", category)] if category.type.base is Base.TEXT else []


# -- counted --------------------------------------------------------------------------------------


def _number(make: Maker) -> Expression:
    """An expression that is a number for certain."""
    found = make.expression(Base.NUMBER, 2)
    return found if found.type.base is Base.NUMBER else Call("abs", (Literal(1),))


def _part(make: Maker) -> Expression:
    return _number(make) if make.draw(st.booleans()) else make.condition(2)


def _proportion(make: Maker) -> Measure:
    return Proportion(make.condition(2), make.condition(2))


def _count(make: Maker) -> Measure:
    return Count(make.condition(2))


def _sum(make: Maker) -> Measure:
    return Sum(_number(make), make.condition(2))


def _mean(make: Maker) -> Measure:
    return Mean(_number(make), make.condition(2))


def _rate(make: Maker) -> Measure:
    return Rate(_part(make), _part(make), make.one_of(PER))


# -- scorecards -----------------------------------------------------------------------------------


def _line(make: Maker, indicator: Indicator) -> ScoreLine:
    return ScoreLine(indicator, _amount(make, (10, 20.5)), _rule(make))


def _rule(make: Maker) -> ScoringRule:
    match make.one_of((Proportional, FullOrZero, Bands)):
        case sort if sort is Proportional:
            return Proportional(_amount(make), _amount(make))
        case sort if sort is FullOrZero:
            return FullOrZero(_amount(make))
        case _:
            rows = range(make.draw(st.integers(1, 3)))
            return Bands(tuple(Band(_amount(make), _amount(make, (0, 2.5, 10))) for _ in rows))


def _amount(make: Maker, numbers: Sequence[float] = _AMOUNTS) -> Amount:
    number = make.one_of(numbers)
    return Amount(make.parameter(number, AppliesBy.DAY) if make.draw(st.integers(0, 3)) == 0 else number)
