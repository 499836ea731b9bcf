"""From the plain data of a pack file to its shape; what pydantic finds becomes messages in an author's words.

A part that is wrong is reported and left out, so that everything else in the file is checked as well.
"""

import re
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from wangdi.engine.diagnostics.messages import Diagnostic, Diagnostics, did_you_mean, suggest
from wangdi.engine.packs.pack_shape import SECTIONS, PackShape
from wangdi.engine.packs.shapes import TextShape
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
        ShapeErrors(document, PackShape, diagnostics).report(details)
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


@dataclass(frozen=True)
class ShapeErrors:
    """Tells what pydantic finds in a file, or in the part of it below ``inside``, that should have the shape ``root``.

    ``written`` turns the keys of the shape into those of the file, where an author writes something shorter.
    """

    document: Document
    root: type[BaseModel]
    diagnostics: Diagnostics
    inside: Path_ = ()
    written: Callable[[Path_], Path_] = field(default=lambda path: path)

    def report(self, details: Iterable[ErrorDetails]) -> None:
        """Adds one diagnostic per problem; what the members of a union say of one value is one problem."""
        wanted: dict[Path_, list[ErrorDetails]] = {}
        for detail in details:
            path = self._path(detail["loc"])
            diagnostic = self._key_problem(path, detail)
            if diagnostic is not None:
                self.diagnostics.add(diagnostic)
            else:
                wanted.setdefault(path, []).append(detail)
        for path, found in wanted.items():
            location, length = self.document.mark(path)
            message = "this should be " + " or ".join(dict.fromkeys(map(_in_words, found)))
            hint = _words_hint(found) or self._value_hint(path)
            self.diagnostics.add(Diagnostic("W1005", location, message, hint, length=length))

    def _value_hint(self, path: Path_) -> str:
        if self._shape_at(path) is TextShape:
            return "write {zh: 中文, en: English}"
        value: Any = self.document.data
        for part in path:
            value = value[part]
        return "put it in quotes if it is meant as a text" if isinstance(value, int | float | date) else ""

    def _key_problem(self, path: Path_, detail: ErrorDetails) -> Diagnostic | None:
        """What is wrong with a key or a name; None when it is the value that is wrong."""
        last = str(detail["loc"][-1]) if detail["loc"] else ""
        location, length = self.document.mark(path, key=True)
        match detail["type"]:
            case "extra_forbidden":
                hint = suggest(last, _keys_of(self._shape_at(path[:-1])))
                if detail["input"] is None and not last.isidentifier():
                    hint = "a comma inside { } begins a new key: put the whole value before it in quotes"
                return Diagnostic("W1003", location, f"unknown key '{last}'", hint, length=length)
            case "missing":
                at_top = path == ()
                hint = f"add '{last}: …' at the top of the file" if at_top else f"add '{last}: …'"
                return Diagnostic("W1004", location, f"the key '{last}' is missing here", hint, length=length)
            case "string_pattern_mismatch":
                if last != "[key]":
                    location, length = self.document.mark(path)
                message = f"'{detail['input']}' is no name"
                return Diagnostic("W1006", location, message, NAMES_HINT, length=length)
        return None

    def _path(self, loc: Path_) -> Path_:
        """pydantic's location without the names of union members and of key checks, which are in no file."""
        path = self.inside
        for part in self.written(loc):
            if (*path, part) in self.document.values:
                path = (*path, part)
        return path

    def _shape_at(self, path: Path_) -> type[BaseModel] | None:
        """The shape of the value at a path; None when it is no mapping with keys of the language."""
        annotation: Any = self.root
        for part in path[len(self.inside) :]:
            annotation = _annotation_of(annotation, str(part))
        return _model_among(_members(annotation))


def _keys_of(shape: type[BaseModel] | None) -> list[str]:
    return [info.alias or name for name, info in shape.model_fields.items()] if shape else []


def _words_hint(details: Iterable[ErrorDetails]) -> str:
    """The word that was probably meant, where only certain words fit."""
    words = [word for detail in details for word in _allowed_words(detail)]
    given = next((detail["input"] for detail in details if isinstance(detail["input"], str)), "")
    return did_you_mean(given, words)


def _allowed_words(detail: ErrorDetails) -> list[str]:
    return re.findall(r"'([^']*)'", _in_words(detail)) if detail["type"] == "literal_error" else []


def _annotation_of(annotation: Any, part: str) -> Any:
    """The type of what stands at a key or a number inside a value of the given type."""
    members = _members(annotation)
    shape = _model_among(members)
    by_key = (
        {info.alias or name: info.annotation for name, info in shape.model_fields.items()} if shape else {}
    )
    if part in by_key:
        return by_key[part]
    return next((get_args(member)[-1] for member in members if get_origin(member) in (dict, list)), None)


def _members(annotation: Any) -> list[Any]:
    """The members of a union, or the type itself, without what `Annotated` adds to them."""
    plain = get_args(annotation)[0] if hasattr(annotation, "__metadata__") else annotation
    if get_origin(plain) in (Union, UnionType):
        return [member for part in get_args(plain) for member in _members(part)]
    return [plain]


def _model_among(members: Iterable[Any]) -> type[BaseModel] | None:
    return next((one for one in members if isinstance(one, type) and issubclass(one, BaseModel)), None)


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
