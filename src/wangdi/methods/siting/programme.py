"""Mixed integer programmes, solved by the HiGHS that SciPy carries.

Not by the package ``highspy``: its 1.14.0 calls wrong answers optimal with presolve on (ERGO-Code/HiGHS#2961): 4 of 150
small covering programmes with alternatives and a budget, by up to a quarter. Version 1.12, in SciPy 1.17, got all right.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from wangdi.methods.siting.sites import Floats

INFEASIBLE = 2
"""SciPy's status for a programme without a solution."""


@dataclass(frozen=True, slots=True)
class Programme:
    """Minimise Σ costs × x where row_lower ≤ rows x ≤ row_upper, 0 ≤ x ≤ 1, x whole where ``whole`` says so."""

    costs: Floats
    whole: NDArray[np.bool_]
    rows: csr_array
    row_lower: Floats
    row_upper: Floats


@dataclass(frozen=True, slots=True)
class Solved:
    """``values``: the best x found, None when none was. No x costs less than ``bound``. ``impossible``: there is none."""

    values: Floats | None
    bound: float
    impossible: bool


def solve_programme(programme: Programme, seconds: float, gap: float = 1e-6) -> Solved:
    """The best x known after ``seconds`` (wall clock), or earlier when it is within ``gap`` (relative) of the bound."""
    found = milp(
        programme.costs,
        integrality=programme.whole.astype(np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(programme.rows, programme.row_lower, programme.row_upper),
        options={"time_limit": seconds, "mip_rel_gap": gap},
    )
    bound = -np.inf if found.mip_dual_bound is None else float(found.mip_dual_bound)
    return Solved(found.x, bound, found.status == INFEASIBLE)
