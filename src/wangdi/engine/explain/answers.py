"""Which field a value is taken from, and what a value of it is called."""

from wangdi.engine.evaluate.reference.world import World
from wangdi.engine.model.clocks import clock_of
from wangdi.engine.model.expressions import Attribute, Expression, RowRelated, RowValue
from wangdi.engine.model.facts import FactField, OwnerValue, PreviousValue
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import ENVELOPE
from wangdi.engine.model.named import Named
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.related import Related
from wangdi.engine.model.text import Text

MISSING = Text("未记录", "not recorded")

_ENVELOPE = {column.name: column for column in ENVELOPE}


def field_of(rulebook: Rulebook, expression: Expression) -> Field | None:
    """The form field or register column whose options a value is one of; None for what is worked out."""
    match expression:
        case Named(expression=inner) | OwnerValue(inner):
            return field_of(rulebook, inner)
        case RowValue(kind, name) | PreviousValue(kind, name):
            return _ENVELOPE.get(name) or rulebook.kinds[kind].field(name)
        case FactField(fact, name):
            return _ENVELOPE.get(name) or rulebook.kinds[fact.selection.kind].field(name)
        case RowRelated() | Attribute() | Related():
            return REGISTERS[expression.entity].field(expression.name)
        case _:
            return None


def answer_in_words(world: World, field: Field, value: object) -> Text:
    """A value as people read it: options by title, institutions and workers by name."""
    if value is None or value == []:
        return MISSING
    if isinstance(value, list):
        answers = [answer_in_words(world, field, one) for one in value]
        return Text("、".join(one.zh for one in answers), ", ".join(one.en for one in answers))
    for option in field.options:
        if option.code == value:
            return option.title
    text = clock_of(value) if field.type is FieldType.TIME and isinstance(value, int) else str(value)
    if field.refers_to is not None:
        text = str(world.attributes(field.refers_to, text).get("name") or text)
    return Text(text, text) if text.strip() else MISSING
