"""One run of the solver on a programme of postings, and how much effort it may take."""

import time
from dataclasses import dataclass

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
) -> Answer:
    """One run of HiGHS, as a linear programme or with whole postings; ``lower`` are postings that are made in any case.

    A plan that costs no more than ``target`` ends it.
    """
    rows, least, most = model.all_rows()
    asked = highs.Programme(
        cost,
        rows,
        least,
        most,
        np.zeros(model.columns) if lower is None else lower,
        upper,
        model.is_whole if whole else None,
        effort.constant,
    )
    return highs.solve(asked, effort.left, effort.gap, start, target)
