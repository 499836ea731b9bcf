"""Named results of a pack: values and groups."""

from dataclasses import dataclass, field, replace

from wangdi.engine.model.expressions import Expression, TypeMismatch, UnitMismatch
from wangdi.engine.model.nodes import node
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import Base, Type


@node
class Named(Expression):
    """An expression that authors gave a name. Only the expression counts for equality; the name is for people.

    ``internal``: a step of other rules, told where these are explained and left out of lists of results.
    ``unit``: of a number whose parts do not tell it, such as a product; None when they do, or it has none.
    """

    entity: str
    expression: Expression
    pack: str = field(compare=False)
    name: str = field(compare=False)
    title: Text | None = field(compare=False)
    internal: bool = field(default=False, compare=False)
    unit: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.unit is None:
            return
        found = self.expression.type
        if found.base is not Base.NUMBER:
            raise TypeMismatch(f"'{self.name}' has a unit but is no number: it is a {found}")
        if found.unit not in (None, self.unit):
            raise UnitMismatch(f"'{self.name}' is given in {self.unit}, its parts are in {found.unit}")

    @property
    def type(self) -> Type:
        found = self.expression.type
        return found if self.unit is None else replace(found, unit=self.unit)

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
