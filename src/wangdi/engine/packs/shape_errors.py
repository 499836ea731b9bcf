"""From the plain data of a pack file to its shape; what pydantic finds becomes messages in an author's words.

A part that is wrong is reported and left out, so that everything else in the file is checked as well.
"""

from collections.abc import Iterable
from copy import deepcopy
from datetime import date
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from wangdi.engine.diagnostics.messages import Diagnostic, Diagnostics, suggest
from wangdi.engine.packs.shapes import SECTIONS, PackShape, TextShape
from wangdi.engine.packs.yaml_tree import Document, Path_

NAMES_HINT = "use lower-case Latin letters, digits and _, beginning with a letter"
STAND_INS: dict[str, Any] = {"title": {"zh": "?", "en": "?"}, "version": "?"}


def read_shape(document: Document, diagnostics: Diagnostics) -> tuple[PackShape | None, frozenset[str]]:
    """The pack as written, without the parts that were reported, and the names of those parts.

    None when not even the pack's own name can be read.
    """
    data, lost = document.data, set[str]()
    while True:
        try:
            return PackShape.model_validate(data), frozenset(lost)
        except ValidationError as error:
            details = error.errors()
        data = deepcopy(data) if data is document.data else data
        _report(document, details, diagnostics)
        before = deepcopy(data)
        if not _leave_out(data, details, lost) or data == before:
            return None, frozenset(lost)


def _leave_out(data: Any, details: list[ErrorDetails], lost: set[str]) -> bool:
    """Removes the smallest parts that have a name and are wrong; whether the file is still worth reading."""
    for detail in details:
        loc = detail["loc"]
        if not loc or loc[0] == "pack":
            return False
        top = str(loc[0])
        if detail["type"] == "extra_forbidden":
            _remove(data, loc)
        elif top in SECTIONS and len(loc) > 1:
            lost.add(str(loc[1]))
            _remove(data, loc[:2])
        elif top in STAND_INS:
            data[top] = STAND_INS[top]
        else:
            _remove(data, loc[:1])
    return True


def _remove(data: Any, loc: tuple[int | str, ...]) -> None:
    for part in loc[:-1]:
        # The names of pydantic's union members are in the location, but not in the data.
        data = (
            data.get(part, data) if isinstance(data, dict) else data[part] if isinstance(part, int) else data
        )
    if isinstance(data, dict):
        data.pop(loc[-1], None)


# -- messages -------------------------------------------------------------------------------------------


def _report(document: Document, details: list[ErrorDetails], diagnostics: Diagnostics) -> None:
    """Adds one diagnostic per problem; what the members of a union say of one value is one problem."""
    wanted: dict[Path_, list[str]] = {}
    for detail in details:
        path = _path_in(document, detail["loc"])
        diagnostic = _key_problem(document, path, detail)
        if diagnostic is not None:
            diagnostics.add(diagnostic)
        else:
            wanted.setdefault(path, []).append(_in_words(detail))
    for path, words in wanted.items():
        location, length = document.mark(path)
        message = "this should be " + " or ".join(dict.fromkeys(words))
        diagnostics.add(Diagnostic("W1005", location, message, _value_hint(document, path), length=length))


def _value_hint(document: Document, path: Path_) -> str:
    if _shape_at(path) is TextShape:
        return "write {zh: 中文, en: English}"
    value: Any = document.data
    for part in path:
        value = value[part]
    return "put it in quotes if it is meant as a text" if isinstance(value, int | float | date) else ""


def _key_problem(document: Document, path: Path_, detail: ErrorDetails) -> Diagnostic | None:
    """What is wrong with a key or a name; None when it is the value that is wrong."""
    last = str(detail["loc"][-1]) if detail["loc"] else ""
    location, length = document.mark(path, key=True)
    match detail["type"]:
        case "extra_forbidden":
            hint = suggest(last, _allowed_keys(path[:-1]))
            return Diagnostic("W1003", location, f"unknown key '{last}'", hint, length=length)
        case "missing":
            hint = f"add '{last}: …'" if path else f"add '{last}: …' at the top of the file"
            return Diagnostic("W1004", location, f"the key '{last}' is missing here", hint, length=length)
        case "string_pattern_mismatch":
            if last != "[key]":
                location, length = document.mark(path)
            message = f"'{detail['input']}' is no name"
            return Diagnostic("W1006", location, message, NAMES_HINT, length=length)
    return None


def _path_in(document: Document, loc: tuple[int | str, ...]) -> Path_:
    """pydantic's location without the names of union members and of key checks, which are in no file."""
    path: Path_ = ()
    for part in loc:
        if (*path, part) in document.values:
            path = (*path, part)
    return path


def _allowed_keys(path: Path_) -> list[str]:
    shape = _shape_at(path)
    return [info.alias or name for name, info in shape.model_fields.items()] if shape else []


def _shape_at(path: Path_) -> type[BaseModel] | None:
    """The shape of the value at a path; None when it is no mapping with keys of the language."""
    annotation: Any = PackShape
    for part in path:
        shape = next(iter(_models_in(annotation)), None)
        if get_origin(_plain(annotation)) in (dict, list):
            annotation = get_args(_plain(annotation))[-1]
        elif shape is not None:
            by_key = {info.alias or name: info.annotation for name, info in shape.model_fields.items()}
            annotation = by_key.get(str(part))
    container = get_origin(_plain(annotation)) in (dict, list)
    return None if container else next(iter(_models_in(annotation)), None)


def _plain(annotation: Any) -> Any:
    """The type itself, without what `Annotated` adds to it; of a union the container among its members."""
    plain = get_args(annotation)[0] if hasattr(annotation, "__metadata__") else annotation
    members = map(_plain, get_args(plain)) if get_origin(plain) in (Union, UnionType) else ()
    return next((member for member in members if get_origin(member) in (dict, list)), plain)


def _models_in(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


_WANTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "none_required": "empty",
    "date_type": "a date such as 2025-01-31",
    "dict_type": "a mapping (key: value); leave the key out when there is nothing to say",
    "model_type": "a mapping (key: value)",
    "list_type": "a list",
    "too_short": "one item or more",
    "string_too_short": "a text that is not empty",
}


def _in_words(detail: ErrorDetails) -> str:
    """What the value should be."""
    if detail["type"] == "literal_error":
        return str(detail["ctx"]["expected"])
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    return _WANTED.get(detail["type"], detail["msg"])
