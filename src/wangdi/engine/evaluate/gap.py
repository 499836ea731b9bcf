"""The gap to the next tier: the cheapest clauses to raise, worked out exactly.

Shares become numbers of clauses, and costs whole numbers, so nothing is rounded. The cheapest choice is found by
dynamic programming over the clauses: how cheaply the first so many can bring a given number of further clauses to
each level. Every clause offers its present level and each higher one, at the cost of all unmet criteria up to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from wangdi.engine.evaluate.assessment import Assessment, ClauseResult, Mark
from wangdi.engine.evaluate.columnar.vectors import Array
from wangdi.engine.model.standards import COST_STEPS, LEVELS, Clause, Criterion, Level, Tier

_UNREACHABLE = np.int64(2**62)


@dataclass(frozen=True, slots=True)
class Missing:
    """A criterion that is still unmet; ``number`` counts from 1 within the clause's level."""

    level: Level
    number: int
    criterion: Criterion
    mark: Mark
    cost: float


@dataclass(frozen=True, slots=True)
class GapItem:
    """A clause to be raised, and everything that this takes."""

    clause: Clause
    present: Level | None
    wanted: Level
    missing: tuple[Missing, ...]

    @property
    def cost(self) -> float:
        return sum(round(one.cost * COST_STEPS) for one in self.missing) / COST_STEPS


@dataclass(frozen=True, slots=True)
class Gap:
    """What it takes to reach ``tier``. Not ``reachable``: no choice of clauses reaches it, or a share has no value."""

    tier: Tier
    reachable: bool
    items: tuple[GapItem, ...]

    @property
    def cost(self) -> float:
        return sum(round(item.cost * COST_STEPS) for item in self.items) / COST_STEPS


@dataclass(frozen=True, slots=True)
class Offer:
    """A clause as the choice sees it: its rank, and the cost (whole) of each higher rank it may get.

    ``least`` is the rank it has to get.
    """

    rank: int
    costs: tuple[tuple[int, int], ...]
    least: int = 0

    def options(self) -> list[tuple[int, int]]:
        """Ranks that satisfy what is required, with their costs, the present one first."""
        return [(r, c) for r, c in ((self.rank, 0), *self.costs) if r >= self.least]


def gap_to_next_tier(assessment: Assessment) -> Gap | None:
    """The cheapest way to the next tier; of equally cheap ones, one with the fewest clauses. None at the top."""
    tiers = assessment.standard.tiers
    reached = next((n for n, tier in enumerate(tiers, 1) if tier.name == assessment.tier), 0)
    if reached == len(tiers):
        return None
    tier, results = tiers[reached], assessment.applicable
    needs = [needed(tier, level, len(results), assessment.on) for level in LEVELS]
    clauses = [assessment.standard.numbered[result.number] for result in results]
    offers = [
        _offer(clause, result, tier, assessment.on) for clause, result in zip(clauses, results, strict=True)
    ]
    have = [assessment.reached(level) for level in LEVELS]
    chosen = None
    if results and not any(need is None for need in needs):
        chosen = cheapest(offers, [max((need or 0) - has, 0) for need, has in zip(needs, have, strict=True)])
    if chosen is None:
        return Gap(tier, False, ())
    items = (
        _item(clause, result, LEVELS[rank - 1], assessment.on)
        for clause, result, rank in zip(clauses, results, chosen, strict=True)
        if rank > result.rank
    )
    return Gap(tier, True, tuple(items))


def needed(tier: Tier, level: Level, applicable: int, on: date) -> int | None:
    """How many of the applicable clauses have to reach a level; None when that is unknown on the day."""
    if level not in tier.shares:
        return 0
    share = tier.share_on(level, on)
    if share is None or not applicable:
        return None
    return next((count for count in range(applicable + 1) if count / applicable >= share), None)


def cheapest(offers: Sequence[Offer], deficits: Sequence[int]) -> tuple[int, ...] | None:
    """The rank each clause should get so that so many more of them reach ranks 1, 2 and 3; None if none will do."""
    shape = tuple(deficit + 1 for deficit in deficits)
    best = np.full(shape, _UNREACHABLE)
    best[(0,) * len(shape)] = 0
    choices = []
    for offer in offers:
        best, choice = _with_one_more(best, offer, len(offers) + 1)
        choices.append(choice)
    state = tuple(deficits)
    if best[state] >= _UNREACHABLE:
        return None
    ranks = []
    for offer, choice in zip(reversed(offers), reversed(choices), strict=True):
        rank, _ = offer.options()[choice[state]]
        ranks.append(rank)
        state = tuple(max(left - gain, 0) for left, gain in zip(state, _gains(offer, rank), strict=True))
    return tuple(reversed(ranks))


def _with_one_more(best: Array, offer: Offer, weight: int) -> tuple[Array, Array]:
    """The costs when one more clause may be raised, and which of its options that takes.

    A raise costs its cost times ``weight`` and one: among equally cheap choices the one with the fewest raises wins.
    """
    ways = []
    for rank, cost in offer.options():
        gains = _gains(offer, rank)
        before = [np.maximum(np.arange(size) - gain, 0) for size, gain in zip(best.shape, gains, strict=True)]
        found = best[np.ix_(*before)]
        extra = cost * weight + (rank > offer.rank)
        ways.append(np.where(found < _UNREACHABLE, found + extra, _UNREACHABLE))
    if not ways:
        return np.full(best.shape, _UNREACHABLE), np.zeros(best.shape, np.int8)
    stacked = np.stack(ways)
    choice = stacked.argmin(axis=0)
    return np.take_along_axis(stacked, choice[None], axis=0)[0], choice.astype(np.int8)


def _gains(offer: Offer, rank: int) -> tuple[int, int, int]:
    """Whether the clause newly reaches ranks 1, 2 and 3."""
    one, two, three = (int(offer.rank < level.rank <= rank) for level in LEVELS)
    return one, two, three


def _offer(clause: Clause, result: ClauseResult, tier: Tier, on: date) -> Offer:
    costs, total = [], 0
    for level in clause.levels:
        total += sum(
            clause.cost_of(criterion, on)
            for criterion, mark in zip(clause.criteria[level], result.marks[level], strict=True)
            if mark is not Mark.MET
        )
        if level.rank > result.rank:
            costs.append((level.rank, total))
    least = max(
        (level.rank for level, numbers in tier.required.items() if clause.number in numbers), default=0
    )
    return Offer(result.rank, tuple(costs), least)


def _item(clause: Clause, result: ClauseResult, wanted: Level, on: date) -> GapItem:
    missing = (
        Missing(level, number, criterion, mark, clause.cost_of(criterion, on) / COST_STEPS)
        for level in clause.levels
        if level.rank <= wanted.rank
        for number, (criterion, mark) in enumerate(
            zip(clause.criteria[level], result.marks[level], strict=True), 1
        )
        if mark is not Mark.MET
    )
    return GapItem(clause, result.level, wanted, tuple(missing))
