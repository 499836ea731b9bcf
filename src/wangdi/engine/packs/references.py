"""Names that follow references: ``institution.type``, ``institution.place.level``."""

from collections.abc import Mapping
from functools import cache

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.fields import type_of_field
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.related import Reference, Related
from wangdi.engine.model.types import Type
from wangdi.engine.packs.syntax import Unknown


@cache
def register_types(entity: str) -> Mapping[str, Type]:
    """The columns of a register that rules may use, with their types."""
    typed = ((f.name, type_of_field(f)) for f in REGISTERS[entity].fields)
    return {name: found for name, found in typed if found is not None}


@cache
def references_of(entity: str) -> Mapping[str, str]:
    """The columns of a register that name somebody or something, with the entity that they name."""
    return {field.name: field.refers_to for field in REGISTERS[entity].fields if field.refers_to is not None}


def references_in(kind: Kind) -> dict[str, str]:
    """The fields of a record that name somebody or something, with the entity that they name."""
    return {field.name: field.refers_to for field in kind.fields if field.refers_to is not None}


def follow(
    start: Reference, name: str, references: Mapping[str, str], further: tuple[str, ...]
) -> Expression | Unknown:
    """Where dotted names lead from ``start``, which is called ``name``; itself without ``further`` ones.

    ``references``: what beside ``start`` names an entity, with which.
    """
    if not further:
        return start
    if name not in references:
        message = f"'{name}' names no entity, so it has no '{further[0]}'"
        return Unknown("W2003", message, suggest(name, references))
    entity, column = references[name], further[0]
    types = register_types(entity)
    if column not in types:
        return Unknown("W2003", f"entity '{entity}' has no '{column}'", suggest(column, types))
    found = Related(start, entity, column, types[column])
    return follow(found, column, references_of(entity), further[1:])
