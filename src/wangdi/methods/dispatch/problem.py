"""What is to be decided: doctors, centres, possible postings, and what is required of them. Indexes throughout."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NOBODY = -1
"""No centre, no team, no doctor."""

LARGEST_DISTANCE = 10**9


class Level(IntEnum):
    """What is made small, each before the next; the unit of its value."""

    BROKEN = 0
    """Units by which requirements are missed (people, or units of a side row)."""
    UNCOVERED = 1
    """Centres without any doctor."""
    UNMET = 2
    """Doctors that centres lack in all, and again by specialty where one is asked for, each as often as its need weighs."""
    REPEATED = 3
    """Earlier postings of those posted: with it small nobody goes twice before everybody went once."""
    FARTHEST = 4
    """The longest distance anybody travels."""
    DISTANCE = 5
    """The distance all travel together."""
    CHANGED = 6
    """Postings of last time that do not go on."""
    MOVED = 7
    """Postings of another plan that this one does not make; for comparing two plans, where many are equally good."""


ORDER = (
    Level.BROKEN,
    Level.UNCOVERED,
    Level.UNMET,
    Level.REPEATED,
    Level.FARTHEST,
    Level.DISTANCE,
    Level.CHANGED,
)


@dataclass(frozen=True)
class InvalidProblem(ValueError):
    """The problem does not hang together; every fault of it."""

    faults: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.faults)


@dataclass(frozen=True, eq=False)
class Limit:
    """How many of these doctors are posted: from ``least`` to ``most``. ``most`` below their number is a
    hospital's floor."""

    name: str
    members: Ints
    least: int = 0
    most: int | None = None
    family: str = "limit"

    @property
    def capacity(self) -> int:
        """The most of them that can be posted."""
        return len(self.members) if self.most is None else max(0, min(self.most, len(self.members)))


@dataclass(frozen=True, eq=False)
class SideRow:
    """``least ≤ Σ coefficient · posting + per_whole · (number of postings among whole) ≤ most``.

    What does not nest: shares (3 of 10 sent to a county are senior: 10 for each senior, −3 for each of the whole),
    means of travel.
    Rows with one and the same ``whole`` share its count.
    """

    name: str
    arcs: Ints
    coefficients: Ints
    least: int | None = None
    most: int | None = None
    whole: Ints | None = None
    per_whole: int = 0
    family: str = "row"

    def total(self, made: Bools) -> int:
        """The sum for the possible postings that are made."""
        counted = 0 if self.whole is None else self.per_whole * int(made[self.whole].sum())
        return int(made[self.arcs] @ self.coefficients) + counted


@dataclass(frozen=True, eq=False)
class Problem:
    """Doctors × centres with everything required.

    ``doctor``, ``centre``, ``distance`` are one row per possible posting (who may go where, in metres or any whole
    unit).
    ``specialty``, ``tier`` (postings so far), ``fixed``, ``last`` and ``model`` (a centre or NOBODY) are per
    doctor; ``wanted`` and ``most``
    per centre: the doctors it lacks, and the most it takes. ``need`` has rows (centre, specialty, wanted), each doctor
    missing of one counts ``weight`` (1). ``limits`` bound
    how many of a set of doctors go; ``teams`` go to one centre together or stay; ``rows`` bound sums over postings.
    Raises InvalidProblem.
    """

    doctors: int
    centres: int
    doctor: Ints
    centre: Ints
    distance: Ints
    specialty: Ints
    wanted: Ints
    most: Ints
    need: Ints = field(default_factory=lambda: np.zeros((0, 3), np.int64))
    weight: Ints | None = None
    tier: Ints | None = None
    fixed: Ints | None = None
    last: Ints | None = None
    model: Ints | None = None
    limits: Sequence[Limit] = ()
    teams: Sequence[Sequence[int]] = ()
    rows: Sequence[SideRow] = ()

    def __post_init__(self) -> None:
        faults = tuple(_faults(self))
        if faults:
            raise InvalidProblem(faults)

    @property
    def weights(self) -> Ints:
        return np.ones(len(self.need), np.int64) if self.weight is None else self.weight

    @property
    def tiers(self) -> Ints:
        return np.zeros(self.doctors, np.int64) if self.tier is None else self.tier

    @property
    def pinned(self) -> Ints:
        return np.full(self.doctors, NOBODY, np.int64) if self.fixed is None else self.fixed

    @property
    def before(self) -> Ints:
        return np.full(self.doctors, NOBODY, np.int64) if self.last is None else self.last

    @property
    def modelled(self) -> Ints:
        return np.full(self.doctors, NOBODY, np.int64) if self.model is None else self.model


def _faults(problem: Problem) -> Iterator[str]:
    yield from _wrong_lengths(problem)
    yield from _outside("doctor", problem.doctor, problem.doctors)
    yield from _outside("centre", problem.centre, problem.centres)
    if (
        len(problem.distance)
        and not 0 <= problem.distance.min() <= problem.distance.max() <= LARGEST_DISTANCE
    ):
        yield f"distance: from 0 to {LARGEST_DISTANCE}"
    pairs = problem.doctor * max(problem.centres, 1) + problem.centre
    if len(np.unique(pairs)) < len(pairs):
        yield "a doctor and a centre stand together more than once"
    yield from _outside("need", problem.need[:, 0], problem.centres)
    if len(np.unique(problem.need[:, :2], axis=0)) < len(problem.need):
        yield "need: a centre asks for a specialty more than once"
    for name, amounts in (("wanted", problem.wanted), ("most", problem.most), ("need", problem.need[:, 2])):
        if len(amounts) and amounts.min() < 0:
            yield f"{name}: below 0"
    for name, column in (("tier", problem.tier), ("weight", problem.weight)):
        if column is not None and len(column) and column.min() < 0:
            yield f"{name}: below 0"
    for limit in problem.limits:
        yield from _outside(f"limit {limit.name}", limit.members, problem.doctors)
        if limit.least < 0 or (limit.most is not None and limit.most < 0):
            yield f"limit {limit.name}: below 0"
    yield from _faults_of_teams(problem)
    for row in problem.rows:
        yield from _outside(f"row {row.name}", row.arcs, len(problem.doctor))
        if row.whole is not None:
            yield from _outside(f"whole of row {row.name}", row.whole, len(problem.doctor))


def _wrong_lengths(problem: Problem) -> Iterator[str]:
    arcs, doctors, centres = len(problem.doctor), problem.doctors, problem.centres
    lengths = {"centre": arcs, "distance": arcs, "specialty": doctors, "wanted": centres, "most": centres}
    optional = {
        "weight": len(problem.need),
        "tier": doctors,
        "fixed": doctors,
        "last": doctors,
        "model": doctors,
    }
    for name, length in (lengths | optional).items():
        column = getattr(problem, name)
        if column is not None and len(column) != length:
            yield f"{name}: {len(column)} values instead of {length}"


def _faults_of_teams(problem: Problem) -> Iterator[str]:
    members = [member for team in problem.teams for member in team]
    yield from _outside("team", np.array(members, np.int64), problem.doctors)
    if len(set(members)) < len(members):
        yield "team: a doctor is in two"


def _outside(name: str, index: Ints, count: int) -> Iterator[str]:
    if len(index) and not 0 <= index.min() <= index.max() < count:
        yield f"{name}: an index is not from 0 to {count - 1}"
