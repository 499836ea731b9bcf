"""Named results of a pack: values and groups."""

from dataclasses import dataclass, field

from wangdi.engine.model.expressions import Expression, TypeMismatch
from wangdi.engine.model.nodes import node
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import Base, Type


@node
class Named(Expression):
    """An expression that authors gave a name. Only the expression counts for equality; the name is for people.

    ``internal``: a step of other rules, told where these are explained and left out of lists of results.
    """

    entity: str
    expression: Expression
    pack: str = field(compare=False)
    name: str = field(compare=False)
    title: Text | None = field(compare=False)
    internal: bool = field(default=False, compare=False)

    @property
    def type(self) -> Type:
        return self.expression.type

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.expression,)


@node
class Membership(Named):
    """A group that another rule names: true for its members, false for everybody else, never null."""


@dataclass(frozen=True, slots=True)
class Group:
    """A set of entities: those for whom the condition is true. ``internal``: as of `Named`."""

    pack: str
    name: str
    title: Text
    entity: str
    condition: Expression
    internal: bool = False

    def __post_init__(self) -> None:
        if self.condition.type.base is not Base.BOOLEAN:
            raise TypeMismatch(f"a group needs a true/false, but this is a {self.condition.type}")

    def as_expression(self) -> Membership:
        return Membership(self.entity, self.condition, self.pack, self.name, self.title, self.internal)
