"""From an author's series to the model's."""

from dataclasses import dataclass
from typing import Any

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.series import Series, SeriesStep
from wangdi.engine.model.types import Base
from wangdi.engine.packs.lengths import LengthReader
from wangdi.engine.packs.library import text_of
from wangdi.engine.packs.shapes import SeriesShape, StepShape
from wangdi.engine.packs.yaml_tree import Path_

_LENGTHS = {
    "from": "earliest",
    "by": "by",
    "before": "before",
    "until": "until",
    "min_interval": "min_interval",
    "grace": "grace",
}
"""The authors' keys of a step that hold lengths of time, and what the model calls them."""


@dataclass(frozen=True)
class SeriesReader(LengthReader):
    """Reads the series of one pack."""

    def series(self, shape: SeriesShape, path: Path_, entity: str) -> Series | None:
        bases = {"anchor": Base.DATE, "stop": Base.BOOLEAN}
        parts = self.given_expressions(shape, bases, path, entity)
        names = list(shape.steps)
        steps = [
            self._step(name, shape, names[:number], (*path, "steps", name), entity)
            for number, name in enumerate(names)
        ]
        complete = tuple(step for step in steps if step is not None)
        if None in parts.values() or len(complete) < len(steps):
            return None
        return Series(steps=complete, **parts)

    def _step(
        self, name: str, series: SeriesShape, earlier: list[str], path: Path_, entity: str
    ) -> SeriesStep | None:
        shape = series.steps[name]
        bases = {"given": Base.DATE, "not_before": Base.DATE, "when": Base.BOOLEAN}
        parts = self.given_expressions(shape, bases, path, entity) | self._lengths(
            series, shape, path, entity
        )
        because = self.sentence(shape.because, (*path, "because"), entity)
        if shape.after is not None and shape.after not in earlier:
            message = f"'{shape.after}' is no earlier step of this series"
            later = "write this step below that one" if shape.after in series.steps else None
            self.report("W2112", (*path, "after"), message, later or suggest(shape.after, earlier))
            return None
        if None in parts.values():
            return None
        return self.names.library.build(
            self.file,
            "W3003",
            path,
            lambda: SeriesStep(
                name,
                text_of(shape.title),
                after=shape.after,
                report_missed=shape.report_missed,
                because=because,
                **parts,
            ),
            key=True,
        )

    def _lengths(self, series: SeriesShape, shape: StepShape, path: Path_, entity: str) -> dict[str, Any]:
        """The lengths that are given for a step, or its grace for all of them."""
        written = shape.model_dump(by_alias=True)
        found = {
            _LENGTHS[key]: self.length(written[key], (*path, key), entity)
            for key in _LENGTHS
            if written.get(key) is not None
        }
        if "grace" not in found and series.grace is not None:
            found["grace"] = self.length(series.grace, (*path[:-2], "grace"), entity)
        return found
