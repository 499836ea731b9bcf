"""What indicators measure, in words."""

from collections.abc import Iterator

from wangdi.engine.handbook.words import Words
from wangdi.engine.model.indicators import Better, Indicator, Measure, Ratio, Scorecard, ScoreLine
from wangdi.engine.model.measures import PERCENT, Count, Mean, Proportion, Rate, Sum
from wangdi.engine.model.scoring import Amount, Bands, FullOrZero, Proportional

Point = tuple[str, str]
"""A word, and what is said under it."""


def measure_in_words(words: Words, measure: Measure) -> Iterator[Point]:
    """What a figure is made from."""
    match measure:
        case Proportion(numerator, denominator):
            yield words.say("分子", "Numerator"), words.phrase(numerator)
            yield words.say("分母", "Denominator"), words.phrase(denominator)
        case Rate(numerator, denominator, per):
            yield words.say("分子", "Numerator"), words.phrase(numerator)
            yield words.say("分母", "Denominator"), words.phrase(denominator)
            yield _per(words, per)
        case Count(of):
            yield words.say("计数", "Count"), words.phrase(of)
        case Sum(number, of):
            yield words.say("合计", "Sum"), words.phrase(number)
            yield words.say("对象", "Of whom"), words.phrase(of)
        case Mean(number, of):
            yield words.say("均值", "Mean"), words.phrase(number)
            yield words.say("对象", "Of whom"), words.phrase(of)
        case Ratio(above, below, per):
            yield words.say("比", "Ratio"), f"{words.quoted(above.title)} / {words.quoted(below.title)}"
            if per > 1:
                yield _per(words, per)
        case Scorecard(lines):
            for line in lines:
                name = f"{words.say('计分', 'Points for')} {words.of(line.indicator.title)}"
                yield name, _line(words, line)
        case _:
            raise TypeError(f"no words for {measure!r}")


def breakdown_in_words(words: Words, indicator: Indicator) -> Iterator[Point]:
    """By what a figure is broken down, and what is hidden of it."""
    names = (
        words.say("年龄组", "age band") + f" {', '.join(dimension.order)}"
        if dimension.name == "age_band"
        else words.phrase(dimension.category)
        for dimension in indicator.by
    )
    yield words.say("分组", "Broken down by"), words.listed(names)
    hidden = indicator.suppress_below
    yield (
        words.say("小数隐去", "Hidden from the public"),
        words.say(f"小于{_amount(words, hidden)}", f"fewer than {_amount(words, hidden)}") if hidden else "",
    )


def _per(words: Words, per: int) -> Point:
    if per == PERCENT:
        return words.say("表示", "Told"), words.say("百分数", "in percent")
    return words.say("每", "Per"), f"{per}"


def _line(words: Words, line: ScoreLine) -> str:
    """At which values a line of a scorecard gives how many points."""
    weight = _amount(words, line.weight)
    higher = line.indicator.better is Better.HIGHER
    reach = words.say("不低于", "at least") if higher else words.say("不高于", "at most")
    match line.rule:
        case FullOrZero(full):
            at = _amount(words, full)
            return words.say(f"{reach}{at}得{weight}分，否则0分", f"{weight} for {reach} {at}, else 0")
        case Proportional(zero, full):
            first, last = _amount(words, zero), _amount(words, full)
            return words.say(
                f"由{first}到{last}按比例得0到{weight}分",
                f"0 to {weight}, in proportion from {first} to {last}",
            )
        case Bands(bands):
            return words.listed(
                words.say(
                    f"{reach}{_amount(words, band.threshold)}得{_amount(words, band.points)}分",
                    f"{_amount(words, band.points)} for {reach} {_amount(words, band.threshold)}",
                )
                for band in bands
            )


def _amount(words: Words, amount: Amount) -> str:
    given = amount.given
    return words.value(given) if isinstance(given, int | float) else words.parameter(given)
