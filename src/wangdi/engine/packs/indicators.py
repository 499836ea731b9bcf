"""From an author's indicator to the model's."""

from dataclasses import dataclass

from wangdi.engine.model.indicators import Better, Indicator, Span
from wangdi.engine.model.measures import Counted
from wangdi.engine.model.parameters import Parameter
from wangdi.engine.model.scoring import Amount
from wangdi.engine.model.types import NUMBER
from wangdi.engine.packs.breakdowns import BreakdownReader
from wangdi.engine.packs.library import PackFile, optional_text, text_of
from wangdi.engine.packs.measures import MeasureReader
from wangdi.engine.packs.names import Names
from wangdi.engine.packs.reading import Reader
from wangdi.engine.packs.scorecards import read_amount
from wangdi.engine.packs.shapes import IndicatorShape
from wangdi.engine.packs.syntax import Broken
from wangdi.engine.packs.yaml_tree import Path_


def read_indicator(names: Names, file: PackFile, name: str) -> Indicator | None:
    """An indicator of a pack; None when it has errors, which are reported."""
    return IndicatorReader(names, file).indicator(name, file.shape.indicators[name])


@dataclass(frozen=True)
class IndicatorReader(Reader):
    """Reads the indicators of one pack."""

    def indicator(self, name: str, shape: IndicatorShape) -> Indicator | None:
        path: Path_ = ("indicators", name)
        try:
            entity = self.names.entity(self.file, shape.entity, (*path, "entity"))
        except Broken:
            return None
        measure = MeasureReader(self.names, self.file, name, shape, entity).read()
        by = BreakdownReader(self.names, self.file, path, shape, entity).read()
        target, fine = self._target(shape.target, (*path, "target"))
        hidden = self._suppressed(shape, path)
        level = shape.target_level
        fine = (level is None or self.is_place_level(level, (*path, "target_level"))) and fine
        if measure is None or by is None or not fine or (hidden is None) != (shape.suppress_below is None):
            return None
        about = entity if isinstance(measure, Counted) else measure.parts[0].entity
        return self.names.library.build(
            self.file,
            "W3020",
            path,
            lambda: Indicator(
                self.file.name,
                name,
                text_of(shape.title),
                about,
                measure,
                Span(shape.span),
                Better(shape.better),
                target,
                optional_text(shape.definition),
                optional_text(shape.cumulative),
                by,
                hidden,
                level,
            ),
            key=True,
        )

    def _suppressed(self, shape: IndicatorShape, path: Path_) -> Amount | None:
        if shape.suppress_below is None:
            return None
        return read_amount(self, shape.suppress_below, (*path, "suppress_below"))

    def _target(self, name: str | None, path: Path_) -> tuple[Parameter | None, bool]:
        """The parameter (None when there is no target) and whether it could be found."""
        if name is None:
            return None, True
        target = self.parameter(name, path, "no parameter of this pack, as a target has to be")
        if target is not None and target.type != NUMBER:
            self.report("W2005", path, f"a target is a number, but '{name}' is a {target.type}")
            return None, False
        return target, target is not None
