"""Linear and mixed integer programmes, solved by HiGHS (ERGO-Code/HiGHS, MIT).

Its 1.14.0 calls wrong answers optimal with presolve on (ERGO-Code/HiGHS#2961): 4 of 150 small covering programmes with
alternatives and a budget, by up to a quarter. Version 1.12 got all right.
"""

from dataclasses import dataclass

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
) -> Answer:
    """The best x after ``seconds`` (wall clock), or earlier when within ``gap`` (relative) of the bound or when x costs no
    more than ``target``; ``start``: one known."""
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("time_limit", seconds), ("mip_rel_gap", gap)):
        solver.setOptionValue(option, value)
    if target is not None:
        solver.setOptionValue("objective_target", target + programme.constant)
    solver.passModel(_model(programme))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        solver.setSolution(solution)
    solver.run()
    return _answer(solver, programme)


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
