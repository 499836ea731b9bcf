"""What is known of whom a reference names: the ``institution.type`` of a worker."""

from dataclasses import field
from typing import TypeAlias

from wangdi.engine.model.expressions import Attribute, Expression, RowRelated, RowValue, TypeMismatch
from wangdi.engine.model.facts import FactField
from wangdi.engine.model.nodes import node
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.types import Type


@node
class Related(Expression):
    """A register column of the ``entity`` that a reference names; null when it names nobody, or nobody registered."""

    reference: "Reference"
    entity: str
    name: str
    attribute_type: Type = field(compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.reference, Attribute | RowRelated | Related):
            named = REGISTERS[self.reference.entity].field(self.reference.name).refers_to
            if named != self.entity:
                raise TypeMismatch(f"'{self.reference.name}' names no {self.entity}")

    @property
    def type(self) -> Type:
        return self.attribute_type

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.reference,)


Reference: TypeAlias = Attribute | RowValue | RowRelated | FactField | Related
"""A column of a register or a field of a record that names an entity by its code."""
