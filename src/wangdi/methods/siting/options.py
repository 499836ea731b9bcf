"""What may be open where, and what a plan of stations says."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wangdi.engine.model.text import Text
from wangdi.methods.problems import BadInput
from wangdi.methods.siting.sites import Floats, Ints

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Options:
    """Ways to have a station, shape (m,) each; destinations of the pairs are options.

    ``site``: options of one site exclude each other, so an upgrade is a second option there. ``new``: counts as one of the
    stations to be opened. ``required``: one of its site's options must be open; an existing station that may be closed is
    neither. ``cost``: what having it costs, for budgets. ``capacity``: the most people it can serve, or infinite.
    """

    site: Ints
    new: Flags
    required: Flags
    cost: Floats
    capacity: Floats

    @classmethod
    def simple(cls, n_existing: int, n_candidates: int) -> Self:
        """Existing stations that stay, first, then candidates; no costs, no capacities."""
        m = n_existing + n_candidates
        new = np.arange(m) >= n_existing
        return cls(np.arange(m), new, ~new, np.zeros(m), np.full(m, np.inf))

    def __len__(self) -> int:
        return len(self.site)

    @property
    def limited(self) -> bool:
        return bool(np.isfinite(self.capacity).any())

    @property
    def alternatives(self) -> bool:
        """Whether some site has more than one option."""
        return len(np.unique(self.site)) < len(self.site)

    def check(self) -> None:
        """`BadInput` with everything that cannot be: negative costs, capacities of nothing."""
        problems = [
            Text(f"第 {at + 1} 个备选点：{zh}", f"option {at + 1}: {en}")
            for wrong, zh, en in (
                (~(self.cost >= 0), "费用应为不小于 0 的数", "its cost must be a number from 0 up"),
                (~(self.capacity > 0), "容量应大于 0", "its capacity must be more than 0"),
            )
            for at in np.flatnonzero(wrong).tolist()
        ]
        if problems:
            raise BadInput(problems)


@dataclass(frozen=True, slots=True)
class Siting:
    """A plan of stations. ``open``: options in ascending order; ``value`` and ``bound`` in the unit of the question.

    ``serving``: the open option that serves an origin (most of it, where capacities split it), -1 for none, shape (n,).
    ``served``: people served. ``proven``: no plan is better than this one, up to a ten-thousandth of the value.
    """

    open: Ints
    serving: Ints
    served: float
    value: float
    bound: float
    seconds: float
    cpu_seconds: float

    @property
    def gap(self) -> float:
        """The distance from the bound as a part of the value."""
        if self.value == self.bound:
            return 0.0
        return abs(self.value - self.bound) / max(abs(self.value), 1e-12)

    @property
    def proven(self) -> bool:
        return self.gap <= 1e-4
