"""Roll-ups: one value per institution or place, drawn from the entities below it."""

from dataclasses import field
from enum import Enum

from wangdi.engine.model.expressions import Expression, TypeMismatch
from wangdi.engine.model.nodes import node
from wangdi.engine.model.seats import TREES, has_seat
from wangdi.engine.model.types import BOOLEAN, NUMBER, Base, Type

SCALE = 1_000_000
"""What is added up is rounded to millionths first, so that a sum is the same in whatever order it is made."""


class Gathering(Enum):
    """What is made of the values of the entities below."""

    COUNT = "count"
    ANY = "any"
    SUM = "sum"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"


_ALLOWED: dict[Gathering, tuple[Base, ...]] = {
    Gathering.COUNT: (Base.BOOLEAN,),
    Gathering.ANY: (Base.BOOLEAN,),
    Gathering.SUM: (Base.NUMBER,),
    Gathering.MEAN: (Base.NUMBER,),
    Gathering.MIN: (Base.NUMBER, Base.DATE),
    Gathering.MAX: (Base.NUMBER, Base.DATE),
}


@node
class Rollup(Expression):
    """Gathers ``of``, an expression about the entity ``over``, for an ``owner``: an institution or a place.

    Looked at are the entities that are present on the day and whose seat is the owner or lies under it; institutions
    over institutions and places over places: those strictly under it. ``count`` and ``any`` ask for whom ``of`` is
    true; the others skip nulls and are null when nothing is left. A sum (and the sum in a mean) is exact: each number
    is rounded to six decimals, half to even, then added without error; numbers beyond 2^53 in size are skipped.
    """

    operation: Gathering
    owner: str
    over: str
    of: Expression
    pack: str = field(compare=False)
    name: str = field(compare=False)

    def __post_init__(self) -> None:
        if self.owner not in TREES:
            raise TypeMismatch(
                f"nothing lies below a {self.owner}; roll-ups belong to institutions and places"
            )
        if not has_seat(self.over, self.owner):
            raise TypeMismatch(f"entity '{self.over}' does not lie below entity '{self.owner}'")
        allowed = _ALLOWED[self.operation]
        if self.of.type.base not in allowed:
            wanted = " or a ".join(base.value for base in allowed)
            raise TypeMismatch(f"{self.operation.value} needs a {wanted}, but this is a {self.of.type}")

    @property
    def type(self) -> Type:
        if self.operation is Gathering.ANY:
            return BOOLEAN
        return NUMBER if self.operation is Gathering.COUNT else self.of.type

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.of,)
