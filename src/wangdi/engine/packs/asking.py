"""From the ``asked_if`` of an author's fields to conditions of the form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.asking import flaw_of
from wangdi.engine.model.expressions import Expression, RowValue
from wangdi.engine.model.fields import Field, type_of_field
from wangdi.engine.packs.library import Library, PackFile
from wangdi.engine.packs.shapes import FieldShape
from wangdi.engine.packs.syntax import Broken, Unknown
from wangdi.engine.packs.yaml_tree import Path_


@dataclass(frozen=True)
class FormScope:
    """Names in a field's condition: the fields of its form that stand above it."""

    library: Library
    kind: str
    above: Mapping[str, Field]
    below: frozenset[str]

    def resolve(self, parts: tuple[str, ...]) -> Expression | Unknown:
        name = ".".join(parts)
        found = type_of_field(self.above[name]) if name in self.above else None
        if found is not None:
            return RowValue(self.kind, name, found)
        if self.library.excuses(*parts):
            raise Broken
        if name in self.below:
            message = f"'{name}' does not stand above this field"
            return Unknown("W3004", message, "a form is filled in from the top: move one of the two")
        hint = suggest(name, self.above) or "a condition looks at the fields of its own form"
        return Unknown("W2003", f"the form has no field '{name}' above this one", hint)


def with_conditions(
    library: Library, file: PackFile, kind: str, fields: tuple[Field, ...], shapes: Mapping[str, FieldShape]
) -> tuple[Field, ...]:
    """The fields of a form with their conditions; one without where its condition was reported."""
    above: dict[str, Field] = {}
    complete = []
    for field in fields:
        text = shapes[field.name].asked_if
        if text is not None:
            below = frozenset(one.name for one in fields) - above.keys()
            field = _with_condition(library, file, FormScope(library, kind, above, below), field, text)
        complete.append(field)
        above[field.name] = field
    return tuple(complete)


def _with_condition(library: Library, file: PackFile, scope: FormScope, field: Field, text: str) -> Field:
    path: Path_ = ("kinds", scope.kind, "fields", field.name, "asked_if")
    condition = library.expression(file, path, text, scope)
    if condition is None:
        return field
    flaw = flaw_of(condition, scope.above)
    if flaw is not None:
        hint = "compare fields of the form; join with and, or, not; ask is null, has(…), number_of(…)"
        library.report(file, "W3004", path, flaw, hint)
        return field
    made = library.build(file, "W3004", path, lambda: replace(field, asked_if=condition))
    return made or field
