"""Reads YAML into plain data and keeps, for every value, where it stands in the file.

Keys are always texts (so ``on:`` stays a word), dates become `date`, and only true/false are booleans.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from wangdi.engine.diagnostics.messages import Diagnostic, Diagnostics, Location

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A value's place in the file's text: offsets of its first and one past its last character."""

    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """A YAML file: its data, and the spot of each value and each key by path."""

    file: str
    text: str
    data: Any
    values: Mapping[Path_, Spot]
    keys: Mapping[Path_, Spot]

    def location(self, offset: int) -> Location:
        """Line and column of a character of the file."""
        before = self.text[:offset]
        return Location(self.file, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)

    def where(self, path: Path_) -> Location:
        """The place of the value at a path, or of its nearest parent that exists."""
        while path and path not in self.values:
            path = path[:-1]
        return self.location(self.values[path].start if path in self.values else 0)

    def where_key(self, path: Path_) -> Location:
        """The place of the key at a path; of the value when it is an item of a list."""
        return self.location(self.keys[path].start) if path in self.keys else self.where(path)

    def source(self, path: Path_) -> tuple[str, int]:
        """The raw text of the value at a path and its offset in the file."""
        spot = self.values[path]
        return self.text[spot.start : spot.end], spot.start


class _Builder:
    def __init__(self, file: str, text: str, diagnostics: Diagnostics) -> None:
        self.file, self.text, self.diagnostics = file, text, diagnostics
        self.values: dict[Path_, Spot] = {}
        self.keys: dict[Path_, Spot] = {}

    def build(self, node: yaml.Node, path: Path_) -> Any:
        self.values[path] = Spot(node.start_mark.index, node.end_mark.index)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in result:
                mark = key_node.start_mark
                self.diagnostics.add(
                    Diagnostic(
                        "W1002",
                        Location(self.file, mark.line + 1, mark.column + 1),
                        f"the key '{key}' stands twice",
                        "keep one of them; the first is used here",
                        length=len(key),
                    )
                )
                continue
            self.keys[(*path, key)] = Spot(key_node.start_mark.index, key_node.end_mark.index)
            result[key] = self.build(value_node, (*path, key))
        return result


def _scalar(node: yaml.Node) -> Any:
    text, tag = node.value, node.tag.rpartition(":")[2]
    if tag == "null":
        return None
    if tag == "int":
        return int(text.replace("_", ""), 0) if not text.lstrip("+-").startswith("0") or text == "0" else text
    if tag == "float":
        return float(text)
    if tag == "bool":
        return {"true": True, "false": False}.get(text.lower(), text)
    if tag == "timestamp":
        return _date_or_text(text)
    return text


def _date_or_text(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def read_document(path: Path, shown_as: str, diagnostics: Diagnostics) -> Document | None:
    """Reads one file; None, with a diagnostic, when it is no YAML. ``shown_as`` is the name used in messages."""
    text = path.read_text("utf-8")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        location = Location(shown_as, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1)
        diagnostics.add(Diagnostic("W1001", location, f"this is no YAML: {error.problem or error.context}"))
        return None
    builder = _Builder(shown_as, text, diagnostics)
    data = builder.build(node, ()) if node is not None else None
    return Document(shown_as, text, data, builder.values, builder.keys)
