"""Linear and mixed integer programmes, solved by HiGHS (ERGO-Code/HiGHS, MIT).

Its 1.14.0 calls wrong answers optimal with presolve on (ERGO-Code/HiGHS#2961): 4 of 150 small covering programmes with
alternatives and a budget, by up to a quarter. Version 1.12 got all right.
"""

from dataclasses import dataclass, replace

import highspy
import numpy as np
import numpy.typing as npt
from highspy.highs import HighsCallbackEvent
from scipy import sparse

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
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
    looks: int | None = None,
) -> Answer:
    """The best x after ``seconds`` (wall clock), or earlier when within ``gap`` (relative) of the bound or when x costs no
    more than ``target``; ``start``: one known. With a ``ceiling``, an x that costs more is none, and the bound is of those
    that cost less.

    ``looks``: so many times at most the solver may look whether to go on – at every node, round of cuts and dive – which
    ends it at the same place however busy the machine is."""
    solver = _quiet(seconds)
    solver.setOptionValue("mip_rel_gap", gap)
    if target is not None:
        solver.setOptionValue("objective_target", target + programme.constant)
    if ceiling is not None:
        solver.setOptionValue("objective_bound", ceiling + programme.constant)
    if looks is not None:
        solver.cbMipInterrupt += _Looks(looks)
    solver.passModel(_model(programme))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        solver.setSolution(solution)
    solver.run()
    return _answer(solver, programme)


class _Looks:
    """Ends a run of the solver when it has looked so many times whether to go on."""

    def __init__(self, left: int) -> None:
        self._left = left

    def __call__(self, event: HighsCallbackEvent) -> None:
        self._left -= 1
        if self._left < 0:
            event.interrupt()


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
        last = self._row_besides(row)
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

    def with_room(
        self, rows: Ints, room: Floats, prices: Floats, row: Floats, value: float, seconds: float
    ) -> Answer:
        """The answer when ``rows``, each with one limit, keep ``room`` to their limits, a unit that they do not keep at its
        price, and ``row · x = value``; its value is that of the columns alone. For the same rows each time."""
        at, columns = self._row_besides(row), len(self._programme.costs)
        self._solver.changeRowBounds(at, value, value)
        if self._solver.getNumCol() == columns:
            for index in rows.tolist():
                sign = np.array([-1.0 if self._programme.row_lower[index] == -np.inf else 1.0])
                self._solver.addCol(0.0, 0.0, 0.0, 1, np.array([index], np.int32), sign)
        for last, (index, most, price) in enumerate(
            zip(rows.tolist(), room.tolist(), prices.tolist(), strict=True), columns
        ):
            least, limit = self._programme.row_lower[index], self._programme.row_upper[index]
            self._solver.changeRowBounds(index, least + most, limit - most)
            self._solver.changeColBounds(last, 0.0, most)
            self._solver.changeColCost(last, price)
        answer = self._run(seconds)
        if answer.x is None or answer.reduced is None:
            return answer
        x = answer.x[:columns]
        worth = float(self._programme.costs @ x)
        return Answer(x, worth, -np.inf, answer.reduced[:columns], answer.prices)

    def _row_besides(self, row: Floats) -> int:
        """The index of the one row that the programme has not, put there when it is not yet."""
        last = len(self._programme.row_lower)
        if self._solver.getNumRow() == last:
            at = np.flatnonzero(row)
            self._solver.addRow(-np.inf, np.inf, len(at), at.astype(np.int32), row[at])
        return last

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
