"""Supply and need by area: where there is too little, where too much."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wangdi.methods.sums import sums
from wangdi.methods.travel.pairs import Floats


@dataclass(frozen=True, slots=True)
class Balance:
    """By area, shape (n_areas,) each. ``surplus`` and ``deficit`` are from 0 up, and at most one of them is more."""

    supply: Floats
    need: Floats
    surplus: Floats
    deficit: Floats


def balance(
    area_of_supply: NDArray[np.int64],
    supply: Floats,
    area_of_people: NDArray[np.int64],
    people: Floats,
    per_person: float,
    n_areas: int,
) -> Balance:
    """Supply of each area against what its people need by a norm, ``per_person`` (0.0015 for 1.5 per thousand).

    Surplus of one area does not make up for a deficit of another.
    """
    have = sums(area_of_supply, supply, n_areas)
    need = sums(area_of_people, people, n_areas) * per_person
    return Balance(have, need, np.maximum(have - need, 0), np.maximum(need - have, 0))
