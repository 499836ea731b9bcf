"""From an author's indicator to the model's."""

from dataclasses import dataclass

from wangdi.engine.model.indicators import Better, Indicator, Span
from wangdi.engine.model.parameters import Parameter
from wangdi.engine.model.types import NUMBER, Base
from wangdi.engine.packs.library import PackFile, optional_text, text_of
from wangdi.engine.packs.names import Names
from wangdi.engine.packs.reading import Reader
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
        numerator = self.expression((*path, "numerator"), shape.numerator, entity, Base.BOOLEAN)
        denominator = self.expression((*path, "denominator"), shape.denominator, entity, Base.BOOLEAN)
        target, fine = self._target(shape.target, (*path, "target"))
        if numerator is None or denominator is None or not fine:
            return None
        return Indicator(
            self.file.name,
            name,
            text_of(shape.title),
            entity,
            numerator,
            denominator,
            Span(shape.span),
            Better(shape.better),
            target,
            optional_text(shape.definition),
            optional_text(shape.cumulative),
        )

    def _target(self, name: str | None, path: Path_) -> tuple[Parameter | None, bool]:
        """The parameter (None when there is no target) and whether it could be found."""
        if name is None:
            return None, True
        target = self.parameter(name, path, "no parameter of this pack, as a target has to be")
        if target is not None and target.type != NUMBER:
            self.report("W2005", path, f"a target is a share from 0 to 1, but '{name}' is a {target.type}")
            return None, False
        return target, target is not None
