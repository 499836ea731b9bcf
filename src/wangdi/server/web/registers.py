"""What a register says of one of its entities, as people read it."""

from wangdi.engine.model.fields import Field
from wangdi.engine.model.registers import Register
from wangdi.server.network.models import AnyEntity
from wangdi.server.web.words import NOTHING, value_in_words, wording


def shown_fields(register: Register) -> list[Field]:
    """The columns that a list shows: without code and name, which lead each row, and without what is sealed."""
    return [field for field in register.fields if field.name not in ("code", "name") and not field.sensitive]


def headings_of(register: Register) -> list[str]:
    return [wording(field.title) for field in shown_fields(register)]


def attributes_of(register: Register, one: AnyEntity) -> list[str]:
    """The values under `headings_of`: options by title, references by the name of what they refer to."""
    return [attribute_of(field, getattr(one, field.name)) for field in shown_fields(register)]


def attribute_of(field: Field, value: object) -> str:
    if field.refers_to is not None:
        return str(getattr(value, "name", NOTHING))
    return value_in_words(field, value)
