"""Where entities stand in the trees of places and of institutions: it decides where they are counted."""

from wangdi.engine.model.registers import REGISTERS

TREES = tuple(entity for entity, register in REGISTERS.items() if register.is_tree)
"""The registers whose entities lie one above another; figures and roll-ups exist for them."""


def seat_columns(entity: str) -> tuple[str, ...]:
    """The columns of a register that say at which place and institution its entities are."""
    names = {field.name for field in REGISTERS[entity].fields}
    return tuple(tree for tree in TREES if tree in names)


def has_seat(entity: str, tree: str) -> bool:
    """Whether entities stand somewhere in a tree: themselves, by a column, or at the place of their institution."""
    columns = seat_columns(entity)
    return entity == tree or tree in columns or (tree == "place" and "institution" in columns)
