"""Turns what pydantic finds in a pack file into located messages in an author's words."""

from collections.abc import Iterable
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from wangdi.engine.diagnostics.messages import Diagnostic, Diagnostics, suggest
from wangdi.engine.packs.shapes import PackShape
from wangdi.engine.packs.yaml_tree import Document, Path_


def _models_in(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _shape_at(path: Path_) -> type[BaseModel]:
    """The shape that describes the mapping at a path: names inside a mapping of names are passed over."""
    shape: type[BaseModel] = PackShape
    for part in path:
        fields = {(info.alias or name): info for name, info in shape.model_fields.items()}
        if part in fields:
            shape = next(iter(_models_in(fields[str(part)].annotation)), shape)
    return shape


def _allowed_keys(path: Path_) -> list[str]:
    return [info.alias or name for name, info in _shape_at(path).model_fields.items()]


def _path_in(document: Document, loc: tuple[int | str, ...]) -> Path_:
    """pydantic's location without the names of union members and of key checks, which are in no file."""
    path: Path_ = ()
    for part in loc:
        if (*path, part) in document.values:
            path = (*path, part)
    return path


def report_shape_errors(document: Document, error: ValidationError, diagnostics: Diagnostics) -> None:
    """Adds one diagnostic per problem in the file."""
    for detail in error.errors():
        diagnostics.add(_diagnostic(document, detail))


def _diagnostic(document: Document, detail: ErrorDetails) -> Diagnostic:
    path = _path_in(document, detail["loc"])
    last = str(detail["loc"][-1]) if detail["loc"] else ""
    if detail["type"] == "extra_forbidden":
        hint = suggest(last, _allowed_keys(path[:-1]))
        return Diagnostic("W1003", document.where_key(path), f"unknown key '{last}'", hint, length=len(last))
    if detail["type"] == "missing":
        return Diagnostic("W1004", document.where_key(path), f"the key '{last}' is missing here", "add it")
    if last == "[key]":
        name = str(detail["input"])
        hint = "use lower-case Latin letters, digits and _, beginning with a letter"
        return Diagnostic("W1006", document.where_key(path), f"'{name}' is no name", hint, length=len(name))
    if detail["type"] == "string_pattern_mismatch":
        hint = "use lower-case Latin letters, digits and _, beginning with a letter"
        return Diagnostic("W1006", document.where(path), f"'{detail['input']}' is no name", hint)
    return Diagnostic("W1005", document.where(path), _in_words(detail))


def _in_words(detail: ErrorDetails) -> str:
    wanted = {
        "string_type": "a text",
        "int_type": "a whole number",
        "float_type": "a number",
        "bool_type": "true or false",
        "date_type": "a date such as 2025-01-31",
        "dict_type": "a mapping (key: value)",
        "model_type": "a mapping (key: value)",
        "list_type": "a list",
        "too_short": "at least one item",
        "string_too_short": "a text that is not empty",
    }.get(detail["type"])
    if wanted is None:
        return detail["msg"][0].lower() + detail["msg"][1:]
    return f"this should be {wanted}"
