"""A problem as rows and columns: the network's conservation, limits that cross, side rows, teams."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

from wangdi.methods.dispatch.network import Network
from wangdi.methods.dispatch.problem import Bools, Ints, Level, Problem, SideRow

Floats = npt.NDArray[np.float64]

WHOLE = 1e-6
"""How far from whole a number may be by rounding."""


@dataclass(eq=False)
class Programme:
    """``min cost·x`` with rows ``lower ≤ A x ≤ upper``; ``x`` are the network's arcs, then counts of wholes and
    slacks."""

    network: Network
    upper: Floats
    matrix: sparse.csr_matrix
    row_lower: Floats
    row_upper: Floats
    is_slack: Bools
    is_count: Bools
    counts: list[tuple[int, Ints]]
    slacks: list[tuple[int, int]]
    added: list[tuple[Floats, float]] = field(default_factory=list)

    @property
    def columns(self) -> int:
        return len(self.upper)

    def cost(self, chosen: Mapping[Level, int]) -> Floats:
        """Weighted costs of the levels; a unit of slack is a unit of what is broken."""
        arcs = sum((weight * self.network.costs[level] for level, weight in chosen.items()), np.zeros(1))
        slack = self.is_slack * chosen.get(Level.BROKEN, 0)
        return np.concatenate([np.broadcast_to(arcs, len(self.network.tail)), slack]).astype(np.float64)

    def constant(self, chosen: Mapping[Level, int]) -> int:
        return sum(weight * self.network.constants[level] for level, weight in chosen.items())

    @property
    def is_whole(self) -> Bools:
        """Columns that have to be whole: postings and counts; flows of the network then are."""
        result = np.zeros(self.columns, np.bool_)
        result[: self.network.postings.stop] = True
        result[len(self.network.tail) :] = self.is_count
        return result

    def all_rows(self) -> tuple[sparse.csr_matrix, Floats, Floats]:
        """The rows with those required since, and the least and most of each."""
        if not self.added:
            return self.matrix, self.row_lower, self.row_upper
        added = [sparse.csr_matrix(row) for row, _ in self.added]
        least = np.full(len(added), -np.inf)
        most = [limit for _, limit in self.added]
        return (
            sparse.vstack([self.matrix, *added]).tocsr(),
            np.concatenate([self.row_lower, least]),
            np.concatenate([self.row_upper, most]),
        )

    def completed(self, flow: Ints) -> Floats:
        """Columns for a flow of the network: counts as they are, slacks as large as rows are missed."""
        x = np.zeros(self.columns)
        x[: len(flow)] = flow
        for column, arcs in self.counts:
            x[column] = flow[arcs].sum()
        missed = np.maximum(self.row_lower - self.matrix @ x, self.matrix @ x - self.row_upper)
        for row, column in self.slacks:
            x[column] = max(missed[row], 0.0)
        return x

    def holds(self, x: Floats) -> bool:
        """Whether the columns keep every row."""
        value = self.matrix @ x
        inside = (
            (value >= self.row_lower - WHOLE)
            & (value <= self.row_upper + WHOLE)
            & (x[self.upper < 0.5].max(initial=0) < 0.5)
        )
        return bool(inside.all()) and all(float(row @ x) <= most + WHOLE for row, most in self.added)

    def require(self, cost: Floats, most: float) -> None:
        """From now on ``cost·x`` stays at or below ``most``."""
        self.added.append((cost, most))


def programme(problem: Problem, network: Network) -> Programme:
    """The network's conservation, the limits that cross, the side rows and the teams."""
    rows = _Rows(len(network.tail))
    arcs = np.arange(len(network.tail))
    ends = np.concatenate([network.tail, network.head])
    signs = np.concatenate([np.ones(len(arcs)), -np.ones(len(arcs))])
    rows.add_block(ends, np.concatenate([arcs, arcs]), signs, network.supply)
    for index in network.crossing:
        limit = problem.limits[index]
        into = np.flatnonzero(np.isin(network.head, network.doctor_node[limit.members]))
        rows.add(into, np.ones(len(into)), None, limit.capacity)
        rows.add(into, np.ones(len(into)), min(limit.least, len(into)), None, soft=True)
    for row in problem.rows:
        columns, values = rows.counted(row)
        for least, most in ((row.least, None), (None, row.most)):
            if least is not None or most is not None:
                rows.add(columns, values, least, most, soft=True)
    upper = network.capacity.astype(np.float64)
    _bind_teams(problem, rows, upper)
    return rows.programme(network, upper)


def _bind_teams(problem: Problem, rows: "_Rows", upper: Floats) -> None:
    """Members go where the first of them goes; where one of them cannot go, nobody does."""
    at = {
        pair: arc
        for arc, pair in enumerate(zip(problem.doctor.tolist(), problem.centre.tolist(), strict=True))
    }
    for team in problem.teams:
        for member in team:
            for arc in np.flatnonzero(problem.doctor == member).tolist():
                others = [at.get((other, int(problem.centre[arc]))) for other in team]
                if None in others or int(problem.most[problem.centre[arc]]) < len(team):
                    upper[arc] = 0
                elif member != team[0]:
                    rows.add(np.array([others[0], arc]), np.array([1.0, -1.0]), 0, 0)


class _Rows:
    """Collects rows; a soft one gets a slack of its own on the side that may be missed."""

    def __init__(self, arcs: int) -> None:
        self.arcs = arcs
        self.row: list[npt.NDArray[np.int64]] = []
        self.column: list[npt.NDArray[np.int64]] = []
        self.value: list[Floats] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.wholes: dict[bytes, int] = {}
        self.counts: list[tuple[int, Ints]] = []
        self.slacks: list[tuple[int, int]] = []
        self.extra = 0

    def counted(self, row: SideRow) -> tuple[Ints, Floats]:
        """The row's columns and coefficients; a share is of two counts, its part and its whole, columns of their own.

        Counts are whole, so the solver can branch on how many go to a county and round the share for each.
        """
        values = row.coefficients.astype(np.float64)
        if row.whole is None or not len(row.whole):
            return row.arcs, values
        columns, of_whole = np.array([self._count(row.whole)]), np.array([float(row.per_whole)])
        if not len(values):
            return columns, of_whole
        if values.min() < values.max():
            return np.append(row.arcs, columns), np.append(values, of_whole)
        return np.append(self._count(row.arcs), columns), np.append(values[0], of_whole)

    def _count(self, arcs: Ints) -> int:
        """The column that counts these postings, made once."""
        key = np.sort(arcs).tobytes()
        if key not in self.wholes:
            self.wholes[key] = self._new_column()
            self.counts.append((self.wholes[key], arcs))
            ones = np.append(np.ones(len(arcs)), -1.0)
            self.add(np.append(arcs, self.wholes[key]), ones, 0, 0)
        return self.wholes[key]

    def _new_column(self) -> int:
        self.extra += 1
        return self.arcs + self.extra - 1

    def add_block(self, row: Ints, column: Ints, value: Floats, equal: Ints) -> None:
        self._put(row + len(self.lower), column, value)
        self.lower += equal.astype(float).tolist()
        self.upper += equal.astype(float).tolist()

    def add(
        self, columns: Ints, values: npt.ArrayLike, least: int | None, most: int | None, *, soft: bool = False
    ) -> None:
        here = len(self.lower)
        self._put(np.full(len(columns), here), columns, np.asarray(values, np.float64))
        if soft:
            sign = 1.0 if least is not None else -1.0
            column = self._new_column()
            self.slacks.append((here, column))
            self._put(np.array([here]), np.array([column]), np.array([sign]))
        self.lower.append(-np.inf if least is None else least)
        self.upper.append(np.inf if most is None else most)

    def _put(self, row: Ints, column: Ints, value: Floats) -> None:
        self.row.append(row)
        self.column.append(column)
        self.value.append(value)

    def programme(self, network: Network, upper: Floats) -> Programme:
        shape = (len(self.lower), self.arcs + self.extra)
        entries = (np.concatenate(self.row), np.concatenate(self.column))
        matrix = sparse.csr_matrix((np.concatenate(self.value), entries), shape=shape)
        bounds = np.concatenate([upper, np.full(self.extra, np.inf)])
        is_slack = np.zeros(self.extra, np.bool_)
        is_slack[np.array([column for _, column in self.slacks], np.int64) - self.arcs] = True
        is_count = np.zeros(self.extra, np.bool_)
        is_count[np.array([column for column, _ in self.counts], np.int64) - self.arcs] = True
        return Programme(
            network,
            bounds,
            matrix,
            np.array(self.lower),
            np.array(self.upper),
            is_slack,
            is_count,
            self.counts,
            self.slacks,
        )
