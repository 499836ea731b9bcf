"""A network made again by another process: the same arguments make the same one.

It is found by its name there, in a program that has started nothing but this: so it stands here, where no Django is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from wangdi.demo.density import Density
from wangdi.demo.network import Network, Piece, Progress
from wangdi.demo.sketches.shapes import Sketch
from wangdi.engine.model.kinds import Kind


@dataclass(frozen=True)
class Wanted:
    """What a network is made of. Can be pickled."""

    residents: int
    as_of: date
    kinds: Mapping[str, Kind]
    density: Density
    sketches: Mapping[str, Sketch]

    def network(self) -> Network:
        return Network(
            self.residents, as_of=self.as_of, kinds=self.kinds, density=self.density, sketches=self.sketches
        )


def records_again(wanted: Wanted, told: Progress) -> Iterator[Piece]:
    """The pieces of its records, as `Network.record_batches` gives them."""
    return wanted.network().record_batches(told)
