"""A field's condition as a small JSON tree, which a few lines of script work out while a form is filled in.

``["value", NAME, SORT, OTHERWISE]`` is what stands in the form's field of that name, or ``OTHERWISE`` (texts, as typed)
where the form does not show it; ``SORT`` says how the text is read. ``["constant", VALUE]``; ``["not", A]``;
``["and", …]``; ``["or", …]``; ``["compare", OPERATOR, A, B, OPTIONS]``, by the order of ``OPTIONS`` where there are any;
``["empty", A]``; ``["has", A, OPTION]``; ``["number_of", A]``. Null as in rules. The script is ``static/web/asking.js``.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wangdi.engine.model.asking import depends_on
from wangdi.engine.model.expressions import (
    Call,
    Compare,
    Expression,
    IsNull,
    Literal,
    Logic,
    Not,
    RowValue,
)
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.server.web.words import say, wording

VALUE_PREFIX = "v-"
"""Keeps the kind's own fields apart from the date, the worker and the institution. Before it stands, where a form
records several kinds, what tells their fields apart: the prefix."""

Tree = list[Any]

_SORTS = {
    FieldType.INTEGER: "number",
    FieldType.DECIMAL: "number",
    FieldType.TIME: "clock",
    FieldType.BOOLEAN: "flag",
    FieldType.CHOICES: "several",
}


def name_of(field: Field, prefix: str) -> str:
    """What a field is called in the form. Shared fields have one name, whichever kinds of a visit have them."""
    return VALUE_PREFIX + field.name if field.shared else prefix + VALUE_PREFIX + field.name


def condition_of(field: Field, kind: Kind, typed: Mapping[str, Sequence[str]], prefix: str) -> str:
    """The condition of a field as JSON; empty where it has none. ``typed`` is what stands in the form, also in fields
    that are not shown."""
    if field.asked_if is None:
        return ""
    return json.dumps(Translator(kind, typed, prefix).tree(field.asked_if), ensure_ascii=False)


def deciding(field: Field, kind: Kind) -> str:
    """The titles of the fields that decide whether a field is asked, in the reader's language."""
    names = depends_on(field.asked_if) if field.asked_if is not None else ()
    return say("”“", ", ").join(wording(kind.field(name).title) for name in names)


@dataclass(frozen=True, slots=True)
class Translator:
    """Makes trees of the conditions of one form."""

    kind: Kind
    typed: Mapping[str, Sequence[str]]
    prefix: str = ""

    def tree(self, node: Expression) -> Tree:
        match node:
            case RowValue(_, name):
                return self._value(self.kind.field(name))
            case Literal(value):
                return ["constant", value.isoformat() if isinstance(value, date) else value]
            case Not(operand):
                return ["not", self.tree(operand)]
            case Logic(connective, operands):
                return [connective.value, *map(self.tree, operands)]
            case Compare(comparator, left, right):
                options = list(node.options) if comparator.is_order else []
                return ["compare", comparator.value, self.tree(left), self.tree(right), options]
            case IsNull(operand):
                return ["empty", self.tree(operand)]
            case Call(function, arguments):
                return [function, *map(self.tree, arguments)]
            case _:
                raise TypeError(f"no condition of a form: {node!r}")

    def _value(self, field: Field) -> Tree:
        sort = _SORTS.get(field.type, "text")
        return ["value", name_of(field, self.prefix), sort, list(self.typed.get(field.name, ()))]
