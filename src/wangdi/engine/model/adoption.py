"""Adoption: which place has which pack in force, from which day, in which edition."""

from dataclasses import dataclass, field
from datetime import date

from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.nodes import node
from wangdi.engine.model.types import BOOLEAN, Type


@dataclass(frozen=True, slots=True)
class Adoption:
    """A decision about one pack at one place and everything under it, from ``since`` on.

    ``place`` is a code; None: the whole network, above all places. At one place the newest decision counts; the
    nearest place up the tree that has decided settles the matter. The pack is in force through ``until`` (that day
    included; None: without end), or not at all when the decision is against it. A pack, a place and a first day
    have one decision.
    """

    pack: str
    place: str | None
    since: date
    until: date | None = None
    edition: str | None = None
    in_force: bool = True

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise ValueError("an adoption does not end before it begins")

    def holds_on(self, day: date) -> bool:
        """Whether the pack is in force on a day on which this decision counts."""
        return self.in_force and (self.until is None or day <= self.until)


@node
class Adopted(Expression):
    """Whether a pack is in force where the entity is: at its place, or else at the place of its institution."""

    pack: str
    entity: str

    @property
    def type(self) -> Type:
        return BOOLEAN


@node
class Edition(Expression):
    """The edition of a pack that is in force where the entity is; null where none is, or one the pack lacks."""

    pack: str
    entity: str
    edition_type: Type = field(compare=False)

    @property
    def type(self) -> Type:
        return self.edition_type
