"""From an author's channel of surveillance to the model's."""

from dataclasses import dataclass

from wangdi.engine.model.channels import CASES, Channel, Pace
from wangdi.engine.model.expressions import Expression, RowValue
from wangdi.engine.model.facts import Fact
from wangdi.engine.model.types import Base
from wangdi.engine.packs.library import text_of
from wangdi.engine.packs.reading import Reader
from wangdi.engine.packs.scopes import RowScope, fact_entity
from wangdi.engine.packs.shapes import ChannelShape
from wangdi.engine.packs.yaml_tree import Path_


@dataclass(frozen=True)
class ChannelReader(Reader):
    """Reads the channels of one pack. Methods return None when they reported what is wrong."""

    def channel(self, name: str, shape: ChannelShape) -> Channel | None:
        path: Path_ = ("channels", name)
        amount, known = (
            self._amount(shape.fact, (*path, "fact")),
            self.is_place_level(shape.level, (*path, "level")),
        )
        if amount is None or not known:
            return None
        kind, relation = self.names.library.kinds[amount.selection.kind], amount.selection.relation
        rows = RowScope(self.names, self.file, kind, relation)
        at = (*path, "fact" if shape.day is None else "day")
        day = self.names.library.expression(self.file, at, shape.day or "occurred_on", rows)
        if day is None or not self._is_date(day, at):
            return None
        return self.names.library.build(
            self.file,
            "W2005",
            (*path, "fact"),
            lambda: Channel(
                self.file.name,
                name,
                text_of(shape.title),
                amount,
                fact_entity(kind, relation),
                day,
                Pace(shape.every),
                shape.level,
                shape.unit or self._unit_of(amount) or CASES,
            ),
        )

    def _amount(self, name: str, path: Path_) -> Fact | None:
        facts = self.file.shape.facts
        if name not in facts:
            self.names.library.report_unknown(self.file, "W2003", path, "fact", name, facts)
            return None
        found = self.try_local(name)
        if found is None or isinstance(found, Fact):
            return found
        message = f"'{name}' gathers from others, but a channel counts records"
        self.report("W2005", path, message, "name a fact that counts records or adds them up")
        return None

    def _unit_of(self, amount: Fact) -> str | None:
        """That of the field that is added up, where it is a field."""
        if not isinstance(amount.of, RowValue):
            return None
        fields = self.names.library.kinds[amount.selection.kind].form
        return next((field.unit for field in fields if field.name == amount.of.name), None)

    def _is_date(self, day: Expression, path: Path_) -> bool:
        if day.type.base is not Base.DATE:
            message = f"a record counts on a date, but this is a {day.type}"
            self.report("W2005", path, message, "name a field of type date, or leave 'day' out")
        return day.type.base is Base.DATE
