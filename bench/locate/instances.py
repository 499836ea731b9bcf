"""Published instances, read from ``bench/data/instances``, and their known optima.

The files are not kept here. OR-Library (J. E. Beasley, MIT licence): pmed1–pmed40, scp41–scpd5; CVRPLIB set X
(E. Uchoa et al., 2017). Public copies that are whole: pmed in timothy-ch-cheung/k-center at d11f3e40
(src/server/dataset/ORLIB), scp in pinam45/USCP_instances at 63f47d10 (OR-Library), X in PyVRP/Instances at 1445e12e (CVRP).
Clone them anywhere, then ``python -m bench.locate.instances CLONE [CLONE …]`` copies what is needed.
"""

import shutil
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from bench.setting import DATA

FOLDER = DATA / "instances"
Floats = NDArray[np.float64]

PMED = dict(
    enumerate(
        (
            *(5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255),
            *(7696, 6634, 4374, 2968, 1729, 8162, 6999, 4809, 2845, 1789),
            *(9138, 8579, 4619, 2961, 1828, 9917, 8307, 4498, 3033, 1989),
            *(10086, 9297, 4700, 3013, 10400, 9934, 5057, 11060, 9423, 5128),
        ),
        start=1,
    )
)
"""Optima as OR-Library gives them."""

_SCP = {
    "4": (429, 512, 516, 494, 512, 560, 430, 492, 641, 514),
    "5": (253, 302, 226, 242, 211, 213, 293, 288, 279, 265),
    "6": (138, 146, 145, 131, 161),
    "a": (253, 252, 232, 234, 236),
    "b": (69, 76, 80, 79, 72),
    "c": (227, 219, 243, 219, 215),
    "d": (60, 66, 72, 62, 61),
}
SCP = {f"{name}{place}": best for name, bests in _SCP.items() for place, best in enumerate(bests, start=1)}


class InstancesMissing(Exception):
    """The files of a set are not in `FOLDER`."""


def whole(file: str) -> Path:
    found = FOLDER / file
    if not found.exists():
        raise InstancesMissing(
            f"{found} is missing: see the top of bench/locate/instances.py for how to get it"
        )
    return found


def read_pmed(number: int) -> tuple[Floats, int]:
    """Shortest distances between all n nodes, shape (n, n), and p. The last of two edges between the same nodes counts."""
    numbers = [int(word) for word in whole(f"pmed{number}.txt").read_text().split()]
    n, n_edges, p = numbers[:3]
    if len(numbers) != 3 + 3 * n_edges:
        raise InstancesMissing(f"pmed{number}.txt is a truncated or edited copy")
    lengths = np.zeros((n, n))
    for first, second, length in zip(*(iter(numbers[3:]),) * 3, strict=True):
        lengths[first - 1, second - 1] = lengths[second - 1, first - 1] = length
    return np.asarray(shortest_path(lengths, directed=False)), p


def read_scp(name: str) -> tuple[csr_array, Floats]:
    """Which columns cover each row, shape (rows, columns), and the costs of columns."""
    numbers = np.array(whole(f"scp{name}.txt").read_text().split(), dtype=np.int64)
    n, m = numbers[:2]
    at, starts, columns = 2 + m, [0], []
    for _ in range(n):
        columns.append(numbers[at + 1 : at + 1 + numbers[at]] - 1)
        starts.append(starts[-1] + int(numbers[at]))
        at += numbers[at] + 1
    if at != len(numbers):
        raise InstancesMissing(f"scp{name}.txt is a truncated or edited copy")
    found = np.concatenate(columns)
    return csr_array((np.ones(len(found)), found, starts), (n, m)), numbers[2 : 2 + m].astype(np.float64)


def invented_county(seed: int, n: int = 20_000, m: int = 500) -> tuple[Floats, Floats, Floats]:
    """Points of n villages around forty towns, m of them as candidates, and the people of each village."""
    generator = np.random.default_rng(seed)
    towns = generator.uniform((114.2, 29.7), (115.4, 30.8), (40, 2))
    villages = towns[generator.integers(0, 40, n)] + generator.normal(0, 0.035, (n, 2))
    candidates = villages[generator.choice(n, m, replace=False)]
    return villages, candidates, generator.integers(20, 900, n).astype(np.float64)


def main() -> None:
    """Copy what is needed out of clones."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    names = {f"pmed{number}.txt" for number in PMED} | {f"scp{name}.txt" for name in SCP}
    for clone in map(Path, sys.argv[1:]):
        for file in clone.rglob("*"):
            if file.name in names or file.match("X-n*.vrp") or file.match("X-n*.sol"):
                shutil.copyfile(file, FOLDER / file.name)
    print(f"{len(list(FOLDER.iterdir()))} files in {FOLDER}")


if __name__ == "__main__":
    main()
