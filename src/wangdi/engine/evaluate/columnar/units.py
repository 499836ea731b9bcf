"""Where an entity is counted: its place and its institution, and everything above them."""

from dataclasses import dataclass

import numpy as np

from wangdi.engine.evaluate.columnar.results import roll_up
from wangdi.engine.evaluate.columnar.vectors import Array, Flags


@dataclass(frozen=True)
class Tree:
    """Places or institutions by position; ``parent`` is the position above, −1 at the top."""

    parent: Array

    @property
    def size(self) -> int:
        return len(self.parent)


@dataclass(frozen=True)
class Units:
    """The combinations of place and institution that occur, so that one count serves both trees.

    ``unit`` gives each entity's combination; ``place`` and ``institution`` the positions a combination stands for
    (−1: none, counted nowhere in that tree).
    """

    unit: Array
    place: Array
    institution: Array

    @property
    def size(self) -> int:
        return len(self.place)

    def inside(self, seat: str, chosen: Flags) -> Flags:
        """Which entities are counted in one of the ``chosen`` places or institutions (by position)."""
        position = self.place if seat == "place" else self.institution
        flags: Flags = np.append(chosen, False)[position][self.unit]
        return flags

    def by_place(self, rows: Array, places: Tree, combine: np.ufunc = np.add) -> Array:
        """Rows per unit as rows per place, everything under a place included."""
        return roll_up(_regroup(rows, self.place, places.size, combine), places.parent, combine)

    def by_institution(self, rows: Array, institutions: Tree, combine: np.ufunc = np.add) -> Array:
        """Rows per unit as rows per institution, everything under it included."""
        return roll_up(
            _regroup(rows, self.institution, institutions.size, combine), institutions.parent, combine
        )


def make_units(place: Array, institution: Array, institutions: int) -> Units:
    """The units of entities with these places and institutions (positions, −1 for none)."""
    key = (place.astype(np.int64) + 1) * (institutions + 1) + institution + 1
    change = np.flatnonzero(np.diff(key, prepend=key[:1] - 1))
    if len(change) * 4 > len(key):
        found, unit = np.unique(key, return_inverse=True)
    else:  # neighbours mostly share their unit: sort the runs, not the people
        found, of_run = np.unique(key[change], return_inverse=True)
        unit = np.repeat(of_run, np.diff(change, append=len(key)))
    return Units(unit.astype(np.int32), found // (institutions + 1) - 1, found % (institutions + 1) - 1)


def _regroup(rows: Array, target: Array, size: int, combine: np.ufunc) -> Array:
    nothing = 0 if combine is np.add else np.inf
    result = np.full((len(rows), size + 1), nothing, dtype=rows.dtype)
    combine.at(result.T, target, rows.T)
    return result[:, :size]
