"""Random standards, and random judgements of their criteria."""

from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from generative.random_data import days
from generative.random_expressions import WORDS, Maker
from generative.random_rules import KINDS
from wangdi.engine.evaluate.reference.world import Record
from wangdi.engine.model.expressions import Expression, Literal, ParameterValue
from wangdi.engine.model.named import Group
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.model.parameters import AppliesBy, DatedValue, Parameter, Trust
from wangdi.engine.model.standards import (
    JUDGEMENT,
    LEVELS,
    REVIEWS,
    Chapter,
    Clause,
    Criterion,
    Evaluated,
    Judged,
    Level,
    Standard,
    Tier,
)

T = TypeVar("T")
SHARES = (0.1, 1 / 3, 0.5, 0.6, 2 / 3, 0.75, 0.9, 1, 1.0)
COSTS = (1, 2, 0.001, 0.1, 0.2, 0.3, 2.5, 1_000_000)


@st.composite
def standards(draw: DrawFn) -> Rulebook:
    """A rulebook with one standard for institutions."""
    make = Maker(draw, KINDS, "institution")
    group = Group("sample", "assessed", WORDS, "institution", _often_true(make))
    clauses = tuple(_clause(make, str(number)) for number in range(1, draw(st.integers(1, 5)) + 1))
    tiers = tuple(_tier(make, f"tier{number}", clauses) for number in range(draw(st.integers(1, 2))))
    first, last = draw(st.sampled_from(((None, None), (2000, None), (None, 2026), (2026, 2026))))
    standard = Standard(
        "sample",
        "capability",
        WORDS,
        "1",
        group,
        (Chapter("all", WORDS, clauses),),
        tiers,
        (),
        first,
        last,
    )
    return Rulebook((_pack(group, standard),))


def _pack(group: Group, standard: Standard) -> Pack:
    pack = Pack("sample", WORDS, "1", None, "", (), (), KINDS, (), (), (group,), (), (), ())
    return replace(pack, standards=(standard,))


def _clause(make: Maker, number: str) -> Clause:
    highest = make.draw(st.integers(1, 3))
    criteria = {
        level: tuple(_criterion(make) for _ in range(make.draw(st.integers(1, 2))))
        for level in LEVELS[:highest]
    }
    applies = _often_true(make) if make.draw(st.booleans()) else None
    return Clause(number, WORDS, criteria, applies, _cost(make))


def _criterion(make: Maker) -> Criterion:
    if make.draw(st.booleans()):
        return Judged(WORDS, (WORDS,), _cost(make))
    return Evaluated(WORDS, _often_true(make), _cost(make))


def _often_true(make: Maker) -> Expression:
    """Conditions drawn at random are mostly false, and would leave nothing to compare."""
    return make.condition(1) if make.draw(st.integers(0, 2)) == 0 else Literal(True)


def _share(make: Maker) -> Parameter:
    """A share that is mostly in force from the first day there is."""
    value = make.one_of(SHARES)
    if make.draw(st.integers(0, 3)) == 0:
        return make.parameter(value, AppliesBy.DAY)
    values = (DatedValue(date.min, value, "policy", Trust.OFFICIAL),)
    return Parameter("sample", "share", WORDS, None, values)


def _cost(make: Maker) -> Literal | ParameterValue | None:
    cost = make.one_of(COSTS)
    kinds = (None, Literal(cost), make.by_day(cost))
    return make.one_of(kinds)


def _tier(make: Maker, name: str, clauses: tuple[Clause, ...]) -> Tier:
    levels = make.draw(st.lists(st.sampled_from(LEVELS), min_size=1, unique=True))
    shares = {level: _share(make) for level in levels}
    required: dict[Level, tuple[str, ...]] = {}
    if make.draw(st.booleans()):
        clause = make.one_of(clauses)
        required[make.one_of(clause.levels)] = (clause.number,)
    return Tier(name, WORDS, shares, required)


@st.composite
def judgements(
    draw: DrawFn, rulebook: Rulebook, codes: list[str], year: int, as_of: date
) -> tuple[Record, ...]:
    """Judgements, most of them of criteria that the standard has, several of one criterion among them."""
    [standard] = rulebook.standards.values()
    if not codes:
        return ()
    exact = draw(st.booleans())

    def often(value: T, *others: T | None) -> T | None:
        return value if exact else draw(st.sampled_from((*(value,) * 5, *others)))

    found = []
    for number in range(draw(st.integers(0, 25))):
        clause, level, criterion, _ = draw(st.sampled_from(standard.criteria))
        reviews = (*(review.value for review in REVIEWS), "self", "self")
        values = {
            "standard": often("capability", "other", None),
            "year": often(year, year - 1, None),
            "review": often(draw(st.sampled_from(reviews)), "none", None),
            "clause": often(clause.number, "99", None),
            "level": often(level.value, "D", None),
            "criterion": often(criterion, 0, -1, 2, 99, 2**31, None),
            "met": draw(st.sampled_from((True, True, True, True, False, None))),
        }
        beside = [as_of - timedelta(days=1) if as_of > date.min else as_of, as_of]
        beside += [as_of + timedelta(days=1)] if as_of < date.max else []
        day = draw(st.sampled_from((*beside, as_of, as_of)) | days())
        record_id = draw(st.sampled_from(("a", "b", "中"))) + f"-{number}"
        found.append(Record(JUDGEMENT, record_id, draw(st.sampled_from(codes)), day, values=values))
    return tuple(found)
