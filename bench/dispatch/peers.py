"""The same choice given to general solvers: one variable per possible posting, one row per requirement."""

import time
from dataclasses import dataclass

import highspy
import numpy as np
from ortools.sat.python import cp_model
from scipy import sparse

from bench.dispatch.instances import Instance
from wangdi.methods.dispatch.problem import Ints, Problem

UNCOVERED_COSTS = 1_000_000
"""An uncovered centre costs 10,000 km, in units of ten metres."""

BROKEN_COSTS = 100_000
REPEATED_COSTS = 1_000
CP_WORKERS = 8
"""With as many workers as this machine has cores CP-SAT runs no worker that uses linear relaxations."""


@dataclass(frozen=True)
class Outcome:
    """The price of the plan found, the bound, and what it took. None where no plan was found."""

    price: float | None
    bound: float
    wall: float
    cpu: float

    @property
    def gap(self) -> float:
        return float("inf") if self.price is None else (self.price - self.bound) / self.price


@dataclass(frozen=True, eq=False)
class Rows:
    """``least ≤ matrix · x ≤ most`` over possible postings, and the constant of the price."""

    matrix: sparse.csr_matrix
    least: Ints
    most: Ints
    cost: Ints
    constant: int


def rows_of(problem: Problem, *, rotation: bool) -> Rows:
    """Each doctor and each centre once, floors, and side rows written out in full (hard, as nothing prices them)."""
    arcs = len(problem.doctor)
    entries: list[tuple[Ints, Ints]] = []
    least, most = [], []

    def add(columns: Ints, values: Ints, low: float, high: float) -> None:
        entries.append((columns, values))
        least.append(low)
        most.append(high)

    ones = np.ones(arcs, np.int64)
    for index, count in ((problem.doctor, problem.doctors), (problem.centre, problem.centres)):
        order = np.argsort(index, kind="stable")
        for some in np.split(order, np.searchsorted(index[order], np.arange(1, count))):
            add(some, ones[some], 0, 1)
    for limit in problem.limits:
        some = np.flatnonzero(np.isin(problem.doctor, limit.members))
        add(some, ones[some], 0, limit.capacity)
    for row in problem.rows:
        dense = np.zeros(arcs, np.int64)
        dense[row.arcs] += row.coefficients
        if row.whole is not None:
            dense[row.whole] += row.per_whole
        some = np.flatnonzero(dense)
        low = -np.inf if row.least is None else row.least
        add(some, dense[some], low, np.inf if row.most is None else row.most)
    cost = (
        problem.distance
        - UNCOVERED_COSTS
        + (REPEATED_COSTS * problem.tiers[problem.doctor] if rotation else 0)
    )
    starts = np.cumsum([0, *(len(columns) for columns, _ in entries)])
    matrix = sparse.csr_matrix(
        (np.concatenate([v for _, v in entries]), np.concatenate([c for c, _ in entries]), starts),
        shape=(len(entries), arcs),
    )
    return Rows(matrix, np.array(least), np.array(most), cost, UNCOVERED_COSTS * problem.centres)


def plain_highs(problem: Problem, seconds: float, *, rotation: bool, gap: float = 0.0) -> Outcome:
    """HiGHS on the rows as they are."""
    wall, cpu = time.perf_counter(), time.process_time()
    rows = rows_of(problem, rotation=rotation)
    model = highspy.HighsLp()
    arcs = len(problem.doctor)
    model.num_col_, model.num_row_, model.offset_ = arcs, len(rows.least), float(rows.constant)
    model.col_cost_ = rows.cost.astype(float)
    model.col_lower_, model.col_upper_ = np.zeros(arcs), np.ones(arcs)
    model.row_lower_, model.row_upper_ = rows.least.astype(float), rows.most.astype(float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = rows.matrix.indptr, rows.matrix.indices
    model.a_matrix_.value_ = rows.matrix.data.astype(float)
    model.integrality_ = [highspy.HighsVarType.kInteger] * arcs
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("time_limit", seconds), ("mip_rel_gap", gap)):
        solver.setOptionValue(option, value)
    solver.passModel(model)
    solver.run()
    info = solver.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    price = info.objective_function_value if found else None
    return Outcome(price, info.mip_dual_bound, time.perf_counter() - wall, time.process_time() - cpu)


def cp_sat(problem: Problem, seconds: float, *, rotation: bool, gap: float = 0.0) -> Outcome:
    """CP-SAT with eight workers and linear relaxations on."""
    wall, cpu = time.perf_counter(), time.process_time()
    rows = rows_of(problem, rotation=rotation)
    model = cp_model.CpModel()
    variables = [model.new_bool_var("") for _ in range(len(problem.doctor))]
    matrix = rows.matrix
    for row in range(len(rows.least)):
        some = slice(matrix.indptr[row], matrix.indptr[row + 1])
        chosen = [variables[column] for column in matrix.indices[some]]
        total = cp_model.LinearExpr.weighted_sum(chosen, matrix.data[some].tolist())
        if np.isfinite(rows.most[row]):
            model.add(total <= int(rows.most[row]))
        if np.isfinite(rows.least[row]) and rows.matrix.data[some].min(initial=0) < 0:
            model.add(total >= int(rows.least[row]))
    model.minimize(cp_model.LinearExpr.weighted_sum(variables, rows.cost.tolist()) + rows.constant)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = CP_WORKERS
    solver.parameters.linearization_level = 2
    solver.parameters.relative_gap_limit = gap
    status = solver.solve(model)
    price = solver.objective_value if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None
    bound = solver.best_objective_bound
    return Outcome(price, bound, time.perf_counter() - wall, time.process_time() - cpu)


def greedy(problem: Problem) -> Outcome:
    """What is done by hand: the centre with the fewest doctors in reach first, the nearest doctor who is free."""
    wall, cpu = time.perf_counter(), time.process_time()
    order = np.lexsort((problem.distance, problem.centre))
    choices = np.split(order, np.searchsorted(problem.centre[order], np.arange(1, problem.centres)))
    room = [limit.capacity for limit in problem.limits]
    limits_of: list[list[int]] = [[] for _ in range(problem.doctors)]
    for index, limit in enumerate(problem.limits):
        for member in limit.members.tolist():
            limits_of[member].append(index)
    is_away = [False] * problem.doctors
    price = 0
    for centre in sorted(range(problem.centres), key=lambda at: len(choices[at])):
        for arc in choices[centre].tolist():
            doctor = int(problem.doctor[arc])
            if not is_away[doctor] and all(room[index] for index in limits_of[doctor]):
                is_away[doctor] = True
                price += int(problem.distance[arc])
                for index in limits_of[doctor]:
                    room[index] -= 1
                break
        else:
            price += UNCOVERED_COSTS
    return Outcome(price, 0.0, time.perf_counter() - wall, time.process_time() - cpu)


def sized(instance: Instance) -> str:
    problem = instance.problem
    return f"{problem.doctors:,} doctors × {problem.centres:,} centres, {len(problem.doctor):,} possible postings"
