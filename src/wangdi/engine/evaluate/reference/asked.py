"""What schedules, items of records and figures ask the reference evaluator: it uses them, so they know it by this alone."""

from collections.abc import Iterator
from typing import Any, Protocol

from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.reference.world import Record, World
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.facts import Selection
from wangdi.engine.model.named import Group


class Evaluator(Protocol):
    """An evaluator of one entity at one moment, which knows those below it. What each means: see `ReferenceEvaluator`."""

    @property
    def world(self) -> World: ...

    @property
    def entity(self) -> str: ...

    @property
    def code(self) -> str: ...

    @property
    def moment(self) -> Moment: ...

    def value(self, node: Expression, row: Record | None = None) -> Any: ...

    def is_true(self, condition: Expression, row: Record | None = None) -> bool: ...

    def is_concerned(self, pack: str) -> bool: ...

    def is_member(self, group: Group) -> bool: ...

    def selected(self, selection: Selection) -> list[Record]: ...

    def present_below(self, entity: str, tree: str, code: str) -> Iterator["Evaluator"]: ...
