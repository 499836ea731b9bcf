"""Where a sketch's records are prepared: what is drawn besides their fields, and formulas over it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from wangdi.demo.arrays import NEVER, Bools, Column, Floats, Ints, integers
from wangdi.demo.sketches.answers import Writer
from wangdi.demo.sketches.crowds import Crowd
from wangdi.demo.sketches.formulas import days, holds, numbers
from wangdi.demo.sketches.lookups import Lookup, Occasions, Written
from wangdi.demo.sketches.shapes import Answer, Sketch


@dataclass(frozen=True)
class Desk:
    """The random numbers of one sketch, and what everybody owns."""

    crowd: Crowd
    own: Mapping[str, Column]
    drawn: Mapping[str, Answer]
    earlier: Written | None
    labels: tuple[str, ...]
    generator: np.random.Generator

    @classmethod
    def open(cls, name: str, sketch: Sketch, crowd: Crowd, earlier: Written | None) -> "Desk":
        generator = crowd.stream(f"{name} sketch")
        everybody = Occasions(
            integers(np.arange(len(crowd))), np.full(len(crowd), crowd.setting.as_of, np.int32)
        )
        writer = Writer(crowd, everybody, None, crowd.stream(f"{name} own"))
        own = writer.put(sketch.own) if sketch.own else {}
        return cls(crowd, own, sketch.drawn, earlier, sketch.when.labels, generator)

    def draw(self, occasions: Occasions) -> Occasions:
        """The same occasions with what is drawn for each."""
        if not self.drawn:
            return occasions
        writer = Writer(self.crowd, occasions, self.earlier, self.generator, self.labels, self.own)
        return replace(occasions, drawn=writer.put(self.drawn))

    def drawing_also(self, name: str, formula: str) -> "Desk":
        """A desk that works out one value more for each record."""
        return replace(self, drawn={**self.drawn, name: Answer.model_validate({"is": formula})})

    def days(self, formula: str, occasions: Occasions) -> Ints:
        return days(formula, self._lookup(occasions), len(occasions), self.crowd.setting.seed, int(NEVER))

    def holds(self, formula: str, occasions: Occasions) -> Bools:
        return holds(formula, self._lookup(occasions), len(occasions), self.crowd.setting.seed)

    def numbers(self, formula: str, occasions: Occasions) -> Floats:
        return numbers(formula, self._lookup(occasions), len(occasions), self.crowd.setting.seed)

    def _lookup(self, occasions: Occasions) -> Lookup:
        return Lookup(self.crowd, occasions, self.own, self.earlier, {})
