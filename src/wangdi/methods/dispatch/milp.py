"""The network as a mixed-integer programme with side rows, for what does not nest; solved by HiGHS.

Columns are the flows of all arcs – those of possible postings whole, the rest then come out whole – and slacks for
what side rows may miss. Large programmes are solved from their relaxation (`large`).
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from wangdi.methods.dispatch.flow import cheapest
from wangdi.methods.dispatch.large import minimise_large
from wangdi.methods.dispatch.network import Network
from wangdi.methods.dispatch.plan import Plan, centres_of, measure
from wangdi.methods.dispatch.problem import Level, Problem
from wangdi.methods.dispatch.programme import WHOLE, Floats, Programme, programme
from wangdi.methods.dispatch.runs import Effort, run_highs
from wangdi.methods.highs import Answer

SMALL = 20_000
"""Postings up to which a programme goes to the solver uncut."""

_BLEND = {Level.BROKEN: 1000, Level.UNCOVERED: 100, Level.UNMET: 10, Level.REPEATED: 1, Level.CHANGED: 1}
START_GAP = 0.001
"""Weights in longest distances, and how near the bound is near enough, for the plan that large programmes begin with."""

LARGEST_COST = 10**7
"""Levels share a run while their weighted sum stays below this: the solver counts in doubles, to about nine
digits."""


class NoPlanInTime(Exception):
    """No plan was found before the time was up."""


def minimise(model: Programme, cost: Floats, effort: Effort, start: Floats | None = None) -> Answer:
    """The least ``cost·x`` with whole postings, and a bound of it. Raises NoPlanInTime."""
    postings = model.network.postings.stop
    if postings <= SMALL:
        answer = run_highs(model, cost, model.upper, effort, whole=True, start=start)
    else:
        answer = minimise_large(model, cost, effort, start)
    if answer.x is None:
        raise NoPlanInTime
    return answer


def nobody_goes(model: Programme) -> Floats | None:
    """The columns when nobody is posted who need not be: something to begin with. None if that breaks a hard row."""
    arcs = len(model.network.tail)
    effort = np.zeros(arcs, np.int64)
    effort[model.network.postings] = 1
    open_arcs = replace(model.network, capacity=model.upper[:arcs].astype(np.int64))
    x = model.completed(cheapest(open_arcs, effort))
    return x if model.holds(x) else None


def solve(
    problem: Problem,
    order: Sequence[Level],
    prices: Mapping[Level, int] | None,
    effort: Effort,
    began: float,
    network: Network,
) -> Plan:
    """The best plan found, with the bound of every level or of the price. Raises NoPlanInTime."""
    model = programme(problem, network)
    if prices is not None:
        return _priced(problem, model, prices, effort, began)
    stages = _Stages(problem, model, effort)
    stages.run(order)
    centre_of = centres_of(problem, stages.x[model.network.postings] > 0.5)
    values = measure(problem, centre_of, order)
    bounds = {level: stages.bounds.get(level, 0.0) for level in order}
    return Plan(problem, centre_of, values, bounds, "milp", time.perf_counter() - began)


def _priced(
    problem: Problem, model: Programme, prices: Mapping[Level, int], effort: Effort, began: float
) -> Plan:
    constant = model.constant(prices)
    found = minimise(model, model.cost(prices), replace(effort, constant=float(constant)))
    assert found.x is not None
    centre_of = centres_of(problem, found.x[model.network.postings] > 0.5)
    values = measure(problem, centre_of, tuple(prices))
    price = sum(prices[level] * value for level, value in values.items())
    bound = found.bound + constant
    seconds = time.perf_counter() - began
    return Plan(problem, centre_of, values, dict.fromkeys(values, 0.0), "milp", seconds, price, bound)


class _Stages:
    """Runs the levels in order; what one run reached is required of the runs after it."""

    def __init__(self, problem: Problem, model: Programme, effort: Effort) -> None:
        self.problem, self.model, self.effort = problem, model, effort
        self.bounds: dict[Level, float] = {}
        self.x: Floats = np.zeros(model.columns)

    def run(self, order: Sequence[Level]) -> None:
        runs = self._runs(order)
        start = nobody_goes(self.model)
        self.x = self.x if start is None else start
        if self.model.network.postings.stop > SMALL:
            start = self._blended(order)
        for number, levels in enumerate(runs):
            share = self.effort.left / (len(runs) - number)
            effort = Effort(time.perf_counter() + share, self.effort.gap)
            if levels == [Level.FARTHEST]:
                self._shorten(effort, start)
            else:
                self._minimise(levels, effort, start)
            start = self.x

    def _blended(self, order: Sequence[Level]) -> Floats:
        """A plan for levels weighed against one another: near what their strict order asks for, and quickly found."""
        far = int(self.problem.distance.max(initial=0)) + 1
        chosen = {level: _BLEND[level] * far for level in order if level in _BLEND}
        chosen |= {level: 1 for level in order if level is Level.DISTANCE}
        effort = Effort(time.perf_counter() + self.effort.left / 2, START_GAP)
        start = None if not self.x.any() else self.x
        found = minimise(self.model, self.model.cost(chosen), effort, start)
        assert found.x is not None
        self.x = found.x
        return self.x

    def _runs(self, order: Sequence[Level]) -> list[list[Level]]:
        runs: list[list[Level]] = []
        for level in order:
            joined = [*runs[-1], level] if runs else [level]
            if Level.FARTHEST in joined or not runs or not self._is_modest(joined):
                runs.append([level])
            else:
                runs[-1] = joined
        return runs

    def _is_modest(self, levels: Sequence[Level]) -> bool:
        chosen = self._weights(levels)
        return sum(weight * self._largest(level) for level, weight in chosen.items()) < LARGEST_COST

    def _largest(self, level: Level) -> int:
        """The largest value of a level; what is broken has no limit of its own, so it goes alone."""
        if level is Level.BROKEN and self.model.is_slack.any():
            return LARGEST_COST
        return self.model.network.largest(level) + abs(self.model.network.constants[level])

    def _weights(self, levels: Sequence[Level]) -> dict[Level, int]:
        result: dict[Level, int] = {}
        below = 0
        for level in reversed(levels):
            result[level] = below + 1
            below += result[level] * self._largest(level)
        return {level: result[level] for level in levels}

    def _minimise(self, levels: Sequence[Level], effort: Effort, start: Floats | None) -> None:
        chosen = self._weights(levels)
        cost, constant = self.model.cost(chosen), self.model.constant(chosen)
        if start is not None and round(float(cost @ start)) + constant == 0:
            found = Answer(start, float(cost @ start), float(cost @ start))
        else:
            found = minimise(self.model, cost, effort, start)
        assert found.x is not None
        self.x = found.x
        value = round(found.value)
        self.model.require(cost, value + 0.5)
        self.bounds |= split_bound(chosen, found.bound + constant, value + constant)

    def _shorten(self, effort: Effort, start: Floats | None) -> None:
        """The least farthest distance for which a plan is found; the bound is the nearest that was not refuted."""
        distance = self.problem.distance
        made = self.x[self.model.network.postings] > 0.5
        if start is None:
            made = self.model.upper[self.model.network.postings] > 0
        steps = np.unique(np.r_[0, distance[distance <= distance[made].max(initial=0)]])
        low, high, refuted = 0, len(steps) - 1, 0
        nothing = np.zeros(self.model.columns)
        while low < high and time.perf_counter() < effort.deadline:
            middle = (low + high) // 2
            upper = self._within(int(steps[middle]))
            share = Effort(min(effort.deadline, time.perf_counter() + effort.left / 3), 0.0)
            found = run_highs(self.model, nothing, upper, share, whole=True)
            if found.x is not None:
                self.x, high = found.x, middle
            else:
                refuted = middle + 1 if found.bound == np.inf else refuted
                low = middle + 1
        self.model.upper = self._within(int(steps[high]))
        if start is None:
            self.x = minimise(self.model, nothing, effort).x  # type: ignore[assignment]
        self.bounds[Level.FARTHEST] = float(steps[min(refuted, high)])

    def _within(self, farthest: int) -> Floats:
        upper = self.model.upper.copy()
        upper[self.model.network.postings][self.problem.distance > farthest] = 0
        return upper


def split_bound(chosen: Mapping[Level, int], bound: float, value: int) -> dict[Level, float]:
    """The bounds of levels that shared a run, from the bound of their weighted sum.

    Below the first level with room to better itself nothing is known, so the bound is 0.
    """
    left_bound, left_value = int(np.ceil(max(bound, 0.0) - WHOLE)), value
    bounds: dict[Level, float] = {}
    for level, weight in chosen.items():
        reached = left_value // weight
        least = max(-((weight - 1 - left_bound) // weight), 0)
        bounds[level] = float(min(least, reached))
        if bounds[level] < reached:
            return bounds
        left_bound, left_value = left_bound - weight * reached, left_value - weight * reached
    return bounds
