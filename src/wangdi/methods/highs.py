"""Linear and mixed integer programmes, solved by HiGHS (ERGO-Code/HiGHS, MIT).

Its 1.14.0 calls wrong answers optimal with presolve on (ERGO-Code/HiGHS#2961): 4 of 150 small covering programmes with
alternatives and a budget, by up to a quarter. Version 1.12 got all right.
"""

from dataclasses import dataclass, replace

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

EXACT = 1e-6
"""A gap near enough to none."""

_IMPOSSIBLE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """Minimise ``costs · x`` where row_lower ≤ rows x ≤ row_upper and lower ≤ x ≤ upper, x whole where ``whole`` says so.

    Costs must keep the programme bounded; ``whole`` is None for a linear programme. ``constant`` is no part of the answer's
    values, but a gap is relative to costs that include it.
    """

    costs: Floats
    rows: sparse.csr_matrix | sparse.csr_array
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    whole: Bools | None = None
    constant: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """``x``: the best found, None when none was; no x costs less than ``bound``, infinite where there is no x at all.

    ``reduced`` (of columns) and ``prices`` (of rows): of a linear programme that was solved.
    """

    x: Floats | None
    value: float
    bound: float
    reduced: Floats | None = None
    prices: Floats | None = None

    @property
    def impossible(self) -> bool:
        """Whether it is proved that there is no x."""
        return bool(self.bound == np.inf)


def solve(
    programme: Programme,
    seconds: float,
    gap: float,
    start: Floats | None = None,
    target: float | None = None,
    ceiling: float | None = None,
) -> Answer:
    """The best x after ``seconds`` (wall clock), or earlier when within ``gap`` (relative) of the bound or when x costs no
    more than ``target``; ``start``: one known. With a ``ceiling``, an x that costs more is none, and the bound is of those
    that cost less."""
    solver = _quiet(seconds)
    solver.setOptionValue("mip_rel_gap", gap)
    if target is not None:
        solver.setOptionValue("objective_target", target + programme.constant)
    if ceiling is not None:
        solver.setOptionValue("objective_bound", ceiling + programme.constant)
    solver.passModel(_model(programme))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        solver.setSolution(solution)
    solver.run()
    return _answer(solver, programme)


class Relaxed:
    """A linear programme that stays with its solver, so that another row costs a few steps and no new beginning."""

    def __init__(self, programme: Programme, seconds: float) -> None:
        self._programme = replace(programme, whole=None)
        self._solver = _quiet(seconds)
        self._solver.passModel(_model(self._programme))
        self._solver.run()
        self.answer = _answer(self._solver, self._programme)

    def split(self, row: Floats, below: float, above: float, seconds: float) -> tuple[Answer, Answer]:
        """The answers when ``row · x ≤ below`` and when ``−row · x ≤ −above`` besides, its price the last.

        The first is not sought further than to be dearer than the second: its bound is then the second's value.
        """
        at = np.flatnonzero(row)
        last = len(self._programme.row_lower)
        self._solver.addRow(-np.inf, np.inf, len(at), at.astype(np.int32), row[at])
        between = self._solver.getBasis()
        self._solver.changeRowBounds(last, above, np.inf)
        second = self._run(seconds)
        beside = self._solver.getBasis()
        if second.prices is not None:
            second = replace(second, prices=np.append(second.prices[:-1], -second.prices[-1]))
            self._solver.setOptionValue("objective_bound", second.value + self._programme.constant)
        self._solver.changeRowBounds(last, -np.inf, below)
        self._solver.setBasis(between)
        first = self._run(seconds)
        if self._solver.getModelStatus() == highspy.HighsModelStatus.kObjectiveBound:
            first = Answer(None, np.inf, second.value)
        if first.bound >= second.bound:
            self._solver.changeRowBounds(last, above, np.inf)
            self._solver.setBasis(beside)
        self._solver.setOptionValue("objective_bound", np.inf)
        return first, second

    def with_costs(self, costs: Floats, seconds: float) -> Answer:
        """The answer for other costs; after `split` within the cheaper half."""
        count = len(costs)
        self._solver.changeColsCost(count, np.arange(count, dtype=np.int32), costs)
        return self._run(seconds)

    def _run(self, seconds: float) -> Answer:
        self._solver.setOptionValue("time_limit", self._solver.getRunTime() + seconds)
        self._solver.run()
        return _answer(self._solver, self._programme)


def _quiet(seconds: float) -> highspy.Highs:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", seconds)
    return solver


def _model(programme: Programme) -> highspy.HighsLp:
    lp, rows = highspy.HighsLp(), programme.rows
    lp.num_col_, lp.num_row_ = len(programme.costs), len(programme.row_lower)
    lp.offset_ = programme.constant
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = programme.costs, programme.lower, programme.upper
    lp.row_lower_, lp.row_upper_ = programme.row_lower, programme.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = rows.indptr.astype(np.int32), rows.indices.astype(np.int32)
    lp.a_matrix_.value_ = rows.data
    if programme.whole is not None:
        kinds = np.full(len(programme.costs), highspy.HighsVarType.kContinuous, object)
        kinds[programme.whole] = highspy.HighsVarType.kInteger
        lp.integrality_ = kinds.tolist()
    return lp


def _answer(solver: highspy.Highs, programme: Programme) -> Answer:
    info, solution, status = solver.getInfo(), solver.getSolution(), solver.getModelStatus()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = np.array(solution.col_value) if found else None
    value = info.objective_function_value - programme.constant if found else np.inf
    if status in _IMPOSSIBLE:
        return Answer(None, np.inf, np.inf)
    if programme.whole is not None:
        return Answer(x, value, info.mip_dual_bound - programme.constant)
    if status != highspy.HighsModelStatus.kOptimal:
        return Answer(x, value, -np.inf)
    return Answer(x, value, value, np.array(solution.col_dual), np.array(solution.row_dual))
