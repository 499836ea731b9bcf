"""Forms with conditions, and answers to them, at random."""

from collections.abc import Iterator, Mapping
from datetime import date
from random import Random
from typing import Any

from wangdi.engine.model.expressions import (
    Call,
    Comparator,
    Compare,
    Connective,
    Expression,
    IsNull,
    Literal,
    Logic,
    Not,
    RowValue,
)
from wangdi.engine.model.fields import Field, FieldType, Option, type_of_field
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text

_OPTIONS = tuple(Option(code, Text(f"选项{code}", f"option {code}")) for code in ("1", "2", "3"))
_SORTS = (
    FieldType.BOOLEAN,
    FieldType.CHOICE,
    FieldType.CHOICES,
    FieldType.INTEGER,
    FieldType.DATE,
    FieldType.TIME,
    FieldType.TEXT,
)
_CONSTANTS: Mapping[FieldType, tuple[Any, ...]] = {
    FieldType.BOOLEAN: (True, False),
    FieldType.CHOICE: ("1", "2", "3"),
    FieldType.INTEGER: (-1, 0, 1, 10, 140),
    FieldType.DATE: (date(2026, 1, 9), date(2026, 1, 10), date(2026, 11, 1)),
    FieldType.TIME: (0, 575, 1439),
    FieldType.TEXT: ("是", "no"),
}
LENGTH = 7


def random_kind(random: Random) -> Kind:
    """A form whose fields but for the first mostly have conditions."""
    fields: list[Field] = []
    for number in range(LENGTH):
        sort = random.choice(_SORTS)
        several = sort in (FieldType.CHOICE, FieldType.CHOICES)
        options = _OPTIONS if several else ()
        condition = _condition(random, fields, 3) if fields and random.random() < 0.8 else None
        title = Text(f"项目{number}", f"Field {number}")
        ordered = sort is FieldType.CHOICE and random.random() < 0.5
        fields.append(Field(f"f{number}", title, sort, options, ordered, asked_if=condition))
    return Kind("visit", Text("随访", "Visit"), "resident", tuple(fields))


def _condition(random: Random, above: list[Field], depth: int) -> Expression:
    roll = random.random() if depth else 1.0
    if roll < 0.2:
        return Not(_condition(random, above, depth - 1))
    if roll < 0.5:
        joined = tuple(_condition(random, above, depth - 1) for _ in range(random.choice((2, 3))))
        return Logic(random.choice(tuple(Connective)), joined)
    return _test(random, random.choice(above))


def _test(random: Random, field: Field) -> Expression:
    found = type_of_field(field)
    assert found is not None
    value = RowValue("visit", field.name, found)
    if random.random() < 0.2:
        return IsNull(value)
    if field.type is FieldType.BOOLEAN and random.random() < 0.5:
        return value
    if field.type is FieldType.CHOICES:
        asked = Call("has", (value, Literal(random.choice(field.option_codes))))
        count = Call("number_of", (value,))
        return asked if random.random() < 0.5 else Compare(Comparator.GE, count, Literal(2))
    has_order = field.type in (FieldType.INTEGER, FieldType.DATE, FieldType.TIME) or field.ordered
    usable = [one for one in Comparator if has_order or not one.is_order]
    return Compare(random.choice(usable), value, Literal(random.choice(_CONSTANTS[field.type])))


def random_values(random: Random, kind: Kind) -> Mapping[str, Any]:
    """Answers to some of the fields, whether they are asked or not."""
    return {field.name: _value(random, field) for field in kind.form if random.random() < 0.7}


def _value(random: Random, field: Field) -> Any:
    if field.type is FieldType.CHOICES:
        return random.sample(field.option_codes, random.randint(1, 3))
    return random.choice(_CONSTANTS[field.type])


def samples(count: int) -> Iterator[tuple[Kind, Mapping[str, Any]]]:
    """Forms and answers; always the same ones."""
    random = Random(20261123)
    for number in range(count):
        if number % 5 == 0:
            kind = random_kind(random)
        yield kind, random_values(random, kind)
