"""What plans take from below is found wherever it stands in a rule."""

from dataclasses import dataclass

from wangdi.engine.model.expressions import Expression, Literal, Not
from wangdi.engine.model.rollups import Gathering, Rollup
from wangdi.engine.model.types import BOOLEAN, Type
from wangdi.engine.plan.stages import from_below


@dataclass(frozen=True, slots=True)
class MadeOnAsking(Expression):
    """A node that makes its children each time it is asked for them, as `Overdue` does."""

    inside: Expression

    @property
    def type(self) -> Type:
        return BOOLEAN

    @property
    def children(self) -> tuple[Expression, ...]:
        return (Not(self.inside),)


def test_a_rollup_is_found_behind_nodes_that_are_gone_when_the_next_is_made() -> None:
    rollup = Rollup(Gathering.ANY, "institution", "institution", Literal(False), "sample", "rollup")
    before = [MadeOnAsking(Literal(True)) for _ in range(20)]
    assert list(from_below([MadeOnAsking(rollup), *before])) == [rollup]
