"""The network as a mixed-integer programme with side rows, for what does not nest; solved by HiGHS.

Columns are the flows of all arcs – those of possible postings whole, the rest then come out whole – and slacks for
what side rows may miss. Large programmes are cut down first: the linear relaxation gives the bound, what it settles
stays, and postings whose reduced cost is large are left out; then more are let in until the gap is small enough or
time is up (relaxation-induced pricing; see Wolsey, *Integer Programming*, 2nd ed. 2020, 7.6). The bound stays that
of the whole programme.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy import sparse

from wangdi.methods.dispatch.flow import cheapest
from wangdi.methods.dispatch.network import Network
from wangdi.methods.dispatch.plan import Plan, centres_of, measure
from wangdi.methods.dispatch.problem import Level, Problem
from wangdi.methods.dispatch.programme import WHOLE, Floats, Programme, programme

SMALL = 20_000
"""Postings up to which a programme goes to the solver uncut."""

LIKELY = 0.15
"""The share of possible postings that are tried first, those of the least reduced cost."""

FINER = 100
"""Prices of rows are not whole: costs are counted in hundredths when a relaxation is rounded."""

_BLEND = {Level.BROKEN: 1000, Level.UNCOVERED: 100, Level.UNMET: 10, Level.REPEATED: 1, Level.CHANGED: 1}
START_GAP = 0.001
"""Weights in longest distances, and how near the bound is near enough, for the plan that large programmes begin with."""

LEAST_SECONDS = 2.0
"""A last attempt is not given less time."""

LARGEST_COST = 10**7
"""Levels share a run while their weighted sum stays below this: the solver counts in doubles, to about nine
digits."""


class NoPlanInTime(Exception):
    """No plan was found before the time was up."""


@dataclass(frozen=True, eq=False)
class _Answer:
    """The best columns found, if any, the value of them, the bound; of a relaxation reduced costs and prices of rows."""

    x: Floats | None
    value: float
    bound: float
    reduced: Floats | None = None
    prices: Floats | None = None


@dataclass(frozen=True)
class Effort:
    """When to stop: a moment of `time.perf_counter`, or within this gap."""

    deadline: float
    gap: float

    @property
    def left(self) -> float:
        return max(self.deadline - time.perf_counter(), LEAST_SECONDS)


def run_highs(
    model: Programme,
    cost: Floats,
    upper: Floats,
    effort: Effort,
    *,
    whole: bool,
    start: Floats | None = None,
    lower: Floats | None = None,
) -> _Answer:
    """One run of HiGHS, as a linear programme or with whole postings; ``lower`` are postings that are made in any case."""
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("time_limit", effort.left), ("mip_rel_gap", effort.gap)):
        solver.setOptionValue(option, value)
    built = _highs_model(model, cost, upper, whole)
    if lower is not None:
        built.col_lower_ = lower
    solver.passModel(built)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        solver.setSolution(solution)
    solver.run()
    return _answer(solver, whole)


def _highs_model(model: Programme, cost: Floats, upper: Floats, whole: bool) -> highspy.HighsLp:
    matrix, lower, above = model.matrix, model.row_lower, model.row_upper
    if model.added:
        matrix = sparse.vstack([matrix, *(sparse.csr_matrix(row) for row, _ in model.added)]).tocsr()
        lower = np.concatenate([lower, np.full(len(model.added), -highspy.kHighsInf)])
        above = np.concatenate([above, [most for _, most in model.added]])
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = model.columns, len(lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(model.columns), upper
    lp.row_lower_, lp.row_upper_ = lower, above
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    if whole:
        postings = model.network.postings.stop
        kinds = [highspy.HighsVarType.kInteger] * postings
        lp.integrality_ = kinds + [highspy.HighsVarType.kContinuous] * (model.columns - postings)
    return lp


def _answer(solver: highspy.Highs, whole: bool) -> _Answer:
    info = solver.getInfo()
    solution = solver.getSolution()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = np.array(solution.col_value) if found else None
    value = info.objective_function_value if found else np.inf
    status = solver.getModelStatus()
    if whole:
        refuted = status == highspy.HighsModelStatus.kInfeasible
        return _Answer(x, value, np.inf if refuted else info.mip_dual_bound)
    optimal = status == highspy.HighsModelStatus.kOptimal
    if not optimal:
        return _Answer(x, value, -np.inf)
    return _Answer(x, value, value, np.array(solution.col_dual), np.array(solution.row_dual))


def minimise(model: Programme, cost: Floats, effort: Effort, start: Floats | None = None) -> _Answer:
    """The least ``cost·x`` with whole postings, and a bound of it. Raises NoPlanInTime."""
    postings = model.network.postings.stop
    if postings <= SMALL:
        answer = run_highs(model, cost, model.upper, effort, whole=True, start=start)
    else:
        answer = _by_cuts(model, cost, effort, start)
    if answer.x is None:
        raise NoPlanInTime
    return answer


def _by_cuts(model: Programme, cost: Floats, effort: Effort, start: Floats | None) -> _Answer:
    """Three searches, each among more postings than the one before, until one is near enough to the bound."""
    relaxed = run_highs(model, cost, model.upper, effort, whole=False)
    if relaxed.x is None or relaxed.reduced is None:
        return run_highs(model, cost, model.upper, effort, whole=True, start=start)
    bound = max(relaxed.bound, _bound_of_whole_cover(model, cost, relaxed, effort))
    best = _Answer(start, np.inf if start is None else float(cost @ start), bound)
    for share, search in ((4, _settled), (2, _among_likely), (1, _among_all)):
        limit = Effort(time.perf_counter() + effort.left / share, effort.gap / 2)
        found = search(model, cost, relaxed, limit, best.x)
        if found.x is not None and found.value < best.value:
            best = _Answer(found.x, found.value, best.bound)
        if search is _among_all:
            best = _Answer(best.x, best.value, max(best.bound, found.bound))
        if best.x is not None and best.value - best.bound <= max(effort.gap * abs(best.value), 1 - WHOLE):
            return best
    return best if best.x is not None else _in_need(model, cost, relaxed, best.bound)


def _settled(
    model: Programme, cost: Floats, relaxed: _Answer, effort: Effort, start: Floats | None
) -> _Answer:
    """Postings that the relaxation makes as a whole are made; the few others are chosen among the likely ones."""
    assert relaxed.x is not None
    postings = model.network.postings
    lower = np.zeros(model.columns)
    lower[postings][relaxed.x[postings] > 1 - WHOLE] = 1
    return run_highs(model, cost, _likely(model, relaxed, None), effort, whole=True, lower=lower)


def _among_likely(
    model: Programme, cost: Floats, relaxed: _Answer, effort: Effort, start: Floats | None
) -> _Answer:
    return run_highs(model, cost, _likely(model, relaxed, start), effort, whole=True, start=start)


def _among_all(
    model: Programme, cost: Floats, relaxed: _Answer, effort: Effort, start: Floats | None
) -> _Answer:
    return run_highs(model, cost, model.upper, effort, whole=True, start=start)


def _in_need(model: Programme, cost: Floats, relaxed: _Answer, bound: float) -> _Answer:
    """When no search found anything in its time: the rounded relaxation, if there is one."""
    near = rounded(model, cost, relaxed)
    return _Answer(near, np.inf if near is None else float(cost @ near), bound)


def rounded(model: Programme, cost: Floats, relaxed: _Answer) -> Floats | None:
    """Whole columns near a relaxation: the cheapest flow when side rows are paid for at their prices (Lagrangian rounding).

    What is soft may be missed, for its price: better than no plan when time is short. None if a hard row is broken.
    """
    assert relaxed.prices is not None
    nodes, arcs = model.network.nodes, len(model.network.tail)
    paid = model.matrix[nodes:].T @ relaxed.prices[nodes : model.matrix.shape[0]]
    adjusted = np.rint((cost - paid)[:arcs] * FINER).astype(np.int64)
    open_arcs = replace(model.network, capacity=model.upper[:arcs].astype(np.int64))
    x = model.completed(cheapest(open_arcs, adjusted))
    return x if model.holds(x) else None


def nobody_goes(model: Programme) -> Floats | None:
    """The columns when nobody is posted who need not be: something to begin with. None if that breaks a hard row."""
    arcs = len(model.network.tail)
    effort = np.zeros(arcs, np.int64)
    effort[model.network.postings] = 1
    open_arcs = replace(model.network, capacity=model.upper[:arcs].astype(np.int64))
    x = model.completed(cheapest(open_arcs, effort))
    return x if model.holds(x) else None


def _bound_of_whole_cover(model: Programme, cost: Floats, relaxed: _Answer, effort: Effort) -> float:
    """A bound from the two sides of a split: so many centres uncovered as the relaxation says, rounded down, or
    one more."""
    assert relaxed.x is not None
    uncovered = model.cost({Level.UNCOVERED: 1})
    count = float(uncovered @ relaxed.x)
    if abs(count - round(count)) < WHOLE:
        return relaxed.bound
    bounds = []
    for row, most in ((uncovered, np.floor(count)), (-uncovered, -np.ceil(count))):
        split = replace(model, added=[*model.added, (row, most)])
        bounds.append(run_highs(split, cost, model.upper, effort, whole=False).bound)
    return min(bounds)


def _likely(model: Programme, relaxed: _Answer, start: Floats | None) -> Floats:
    """Upper bounds that close postings of a large reduced cost."""
    assert relaxed.x is not None
    assert relaxed.reduced is not None
    postings = model.network.postings
    reduced = relaxed.reduced[postings]
    dropped = (reduced > max(float(np.quantile(reduced, LIKELY)), 1.0)) & (relaxed.x[postings] < WHOLE)
    if start is not None:
        dropped &= start[postings] < 0.5
    upper = model.upper.copy()
    upper[postings][dropped] = 0
    return upper


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
    found = minimise(model, model.cost(prices), effort)
    assert found.x is not None
    centre_of = centres_of(problem, found.x[model.network.postings] > 0.5)
    values = measure(problem, centre_of, tuple(prices))
    price = sum(prices[level] * value for level, value in values.items())
    bound = found.bound + model.constant(prices)
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
            found = _Answer(start, float(cost @ start), float(cost @ start))
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
