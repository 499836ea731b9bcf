"""The rules of one pack: from author's shapes to the model."""

from collections.abc import Iterable
from dataclasses import dataclass

from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.indicators import FigureValue
from wangdi.engine.model.named import Group
from wangdi.engine.model.overdue import Overdue
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.types import Base
from wangdi.engine.packs.reading import Reader
from wangdi.engine.packs.syntax import Broken
from wangdi.engine.packs.yaml_tree import Path_


@dataclass(frozen=True)
class RuleReader(Reader):
    """Reads groups, values and presence of one pack."""

    def groups(self) -> tuple[Group, ...]:
        """The pack's groups that could be read."""
        for name in [*self.file.shape.facts, *self.file.shape.values, *self.file.shape.groups]:
            self.try_local(name)
        return tuple(self.names.groups[name] for name in self.file.shape.groups if name in self.names.groups)

    def local(self, names: Iterable[str]) -> tuple[Expression, ...]:
        """Those of the pack's own names that could be read."""
        found = (self.try_local(name) for name in names)
        return tuple(expression for expression in found if expression is not None)

    def presence(self) -> tuple[tuple[str, Expression], ...]:
        """Per entity, the condition under which one is there on the day."""
        found = []
        for entity, shape in self.file.shape.entities.items():
            path: Path_ = ("entities", entity)
            try:
                self.names.entity(self.file, entity, path, key=True)
            except Broken:
                continue
            expression = self.expression((*path, "present"), shape.present, entity, Base.BOOLEAN)
            if expression is not None and not self._rests_on_itself(entity, expression):
                found.append((entity, expression))
        return tuple(found)

    def _rests_on_itself(self, entity: str, present: Expression) -> bool:
        """Reports a presence that looks at those below who would have to be present themselves."""
        for node in present.walk():
            gathered = {node.over} if isinstance(node, Rollup) else set()
            if isinstance(node, Overdue):
                gathered = {node.schedule.group.entity}
            if isinstance(node, FigureValue):
                gathered = {one.entity for one in node.indicator.counted}
            if entity in gathered:
                message = (
                    f"who is present among {REGISTERS[entity].table} depends on who is present among them"
                )
                hint = "look at entities of other registers only"
                self.report("W2006", ("entities", entity, "present"), message, hint)
                return True
        return False
