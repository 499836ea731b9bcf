"""One run of the solver on a programme of postings, and how much effort it may take."""

import time
from dataclasses import dataclass, replace

import numpy as np

from wangdi.methods import highs
from wangdi.methods.dispatch.programme import WHOLE, Floats, Programme
from wangdi.methods.highs import Answer

LEAST_SECONDS = 2.0
"""A last attempt is not given less time."""


@dataclass(frozen=True)
class Effort:
    """When to stop: a moment of `time.perf_counter`, or within this gap, relative to costs that include ``constant``."""

    deadline: float
    gap: float
    constant: float = 0.0

    def enough(self, value: float, bound: float) -> bool:
        """Whether a value is as near the bound as it has to be."""
        return value - bound <= max(self.gap * abs(value + self.constant), 1 - WHOLE)

    @property
    def left(self) -> float:
        return max(self.deadline - time.perf_counter(), LEAST_SECONDS)

    def share(self, part: float, gap: float) -> "Effort":
        """A part of the seconds left, until within another gap."""
        return Effort(time.perf_counter() + self.left * part, gap, self.constant)


def asked(
    model: Programme,
    cost: Floats,
    upper: Floats,
    effort: Effort,
    *,
    whole: bool,
    lower: Floats | None = None,
) -> highs.Programme:
    """What HiGHS is asked."""
    rows, least, most = model.all_rows()
    return highs.Programme(
        cost,
        rows,
        least,
        most,
        np.zeros(model.columns) if lower is None else lower,
        upper,
        model.is_whole if whole else None,
        effort.constant,
    )


def run_highs(
    model: Programme,
    cost: Floats,
    upper: Floats,
    effort: Effort,
    *,
    whole: bool,
    start: Floats | None = None,
    lower: Floats | None = None,
    target: float | None = None,
    ceiling: float | None = None,
    looks: int | None = None,
) -> Answer:
    """One run of HiGHS, as a linear programme or with whole postings; ``lower`` are postings that are made in any case.

    A plan that costs no more than ``target`` ends it; one that costs more than ``ceiling`` is none; ``looks`` limit it
    by steps instead of seconds.
    """
    programme = asked(model, cost, upper, effort, whole=whole, lower=lower)
    if lower is None or not whole:
        return highs.solve(programme, effort.left, effort.gap, start, target, ceiling, looks)
    return _solve_free(programme, effort, start, target, ceiling, looks)


def _solve_free(
    programme: highs.Programme,
    effort: Effort,
    start: Floats | None,
    target: float | None,
    ceiling: float | None,
    looks: int | None,
) -> Answer:
    """The same as the solver's answer, which sees only the columns that are free: reading the others takes it longer."""
    free = programme.upper > programme.lower
    settled = np.where(free, 0.0, programme.lower)
    taken = programme.rows @ settled
    rows = programme.rows[:, free].tocsr()
    least, most = programme.row_lower - taken, programme.row_upper - taken
    used = np.diff(rows.indptr) > 0
    if ((least > WHOLE) | (most < -WHOLE))[~used].any():
        return Answer(None, np.inf, np.inf)
    paid = float(programme.costs @ settled)
    smaller = highs.Programme(
        programme.costs[free],
        rows[used],
        least[used],
        most[used],
        programme.lower[free],
        programme.upper[free],
        None if programme.whole is None else programme.whole[free],
        programme.constant + paid,
    )
    found = highs.solve(
        smaller,
        effort.left,
        effort.gap,
        None if start is None else start[free],
        None if target is None else target - paid,
        None if ceiling is None else ceiling - paid,
        looks,
    )
    if found.x is None:
        return replace(found, bound=found.bound + paid)
    x = settled
    x[free] = found.x
    return Answer(x, found.value + paid, found.bound + paid)
