"""Which fields of a form are asked: those without a condition, and those whose condition the answers above them meet."""

from collections.abc import Container

from wangdi.engine.model.expressions import Call, Compare, Expression, IsNull, Literal, Logic, Not, RowValue
from wangdi.engine.model.fields import Field
from wangdi.engine.model.functions import HAS, NUMBER_OF
from wangdi.engine.model.types import Base

WORKABLE = (RowValue, Literal, Not, Logic, Compare, IsNull)
"""What a condition is made of, beside the functions: little enough for a form to work it out while it is filled in."""

WORKABLE_FUNCTIONS = (HAS, NUMBER_OF)


def depends_on(condition: Expression) -> tuple[str, ...]:
    """The fields that a condition looks at, in the order in which it names them."""
    return tuple(dict.fromkeys(node.name for node in condition.walk() if isinstance(node, RowValue)))


def flaw_of(condition: Expression, above: Container[str]) -> str | None:
    """What keeps a condition from being one of a form, in words; ``above`` are the fields before the one it is for."""
    if condition.type.base is not Base.BOOLEAN:
        return f"asked_if needs a true/false, but this is a {condition.type}"
    for node in condition.walk():
        if isinstance(node, Call) and node.function in WORKABLE_FUNCTIONS:
            continue
        if not isinstance(node, WORKABLE):
            what = f"{node.function}()" if isinstance(node, Call) else type(node).__name__.lower()
            return f"a form cannot work out {what} while it is filled in"
    later = next((name for name in depends_on(condition) if name not in above), None)
    return f"'{later}' does not stand above this field" if later is not None else None


def check_conditions(form: tuple[Field, ...]) -> None:
    """ValueError for a condition that is none, or looks at a field below its own."""
    above: set[str] = set()
    for field in form:
        flaw = flaw_of(field.asked_if, above) if field.asked_if is not None else None
        if flaw is not None:
            raise ValueError(f"field {field.name!r}: {flaw}")
        above.add(field.name)
