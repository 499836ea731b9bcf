"""Reads YAML into plain data and keeps, for every value, where it stands in the file.

Keys are always texts (so ``on:`` stays a word), dates become `date`, and only true/false are booleans.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
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

    def mark(self, path: Path_, *, key: bool = False) -> tuple[Location, int]:
        """Where a message about a path points, and how many characters it underlines, all on one line.

        The value at the path, or its nearest parent that exists; the key when asked for, or when the value
        goes over several lines.
        """
        while path and path not in self.values:
            path = path[:-1]
        spot = self.values.get(path, Spot(0, 1))
        if path in self.keys and (key or "\n" in self._written(spot)):
            spot = self.keys[path]
        return self.location(spot.start), max(1, len(self._written(spot).split("\n")[0]))

    def _written(self, spot: Spot) -> str:
        return self.text[spot.start : spot.end].rstrip()

    def source(self, path: Path_) -> tuple[str, int]:
        """The raw text of the value at a path and its offset in the file."""
        spot = self.values[path]
        return self.text[spot.start : spot.end], spot.start


class _Builder:
    def __init__(self, file: str, diagnostics: Diagnostics) -> None:
        self.file, self.diagnostics = file, diagnostics
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
                self._report_repeated(key, key_node.start_mark)
                continue
            self.keys[(*path, key)] = Spot(key_node.start_mark.index, key_node.end_mark.index)
            result[key] = self.build(value_node, (*path, key))
        return result

    def _report_repeated(self, key: str, mark: yaml.Mark) -> None:
        location = Location(self.file, mark.line + 1, mark.column + 1)
        hint = "keep one of them; the first is used here"
        self.diagnostics.add(
            Diagnostic("W1002", location, f"the key '{key}' stands twice", hint, length=len(key))
        )


def _scalar(node: yaml.Node) -> Any:
    """The value a plain word stands for; the text itself where YAML's older number formats are written."""
    text, tag = node.value, node.tag.rpartition(":")[2]
    try:
        match tag:
            case "null":
                return None
            case "int":
                # A leading zero is kept: it is a code, not a number.
                return text if text.startswith("0") and text != "0" else int(text)
            case "float":
                return float(text)
            case "timestamp":
                return date.fromisoformat(text)
            case "bool":
                return {"true": True, "false": False}.get(text.lower(), text)
    except ValueError:
        return text
    return text


_MAY_REFER = re.compile(r"\*[^\s*]")
"""Whatever may be a reference; going through the events of every file would take as long as reading it."""

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's reader where PyYAML was built with it: twenty times as fast."""


def read_document(path: Path, shown_as: str, diagnostics: Diagnostics) -> Document | None:
    """Reads one file; None, with a diagnostic, when it is no YAML. Messages call it ``shown_as``."""
    try:
        # Windows' editor puts a byte-order mark before the text, which utf-8-sig takes away.
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        hint = "open it in your editor and save it with the encoding UTF-8"
        diagnostics.add(
            Diagnostic("W1001", Location(shown_as, 1, 1), "the file is not written in UTF-8", hint)
        )
        return None
    diagnostics.texts[shown_as] = text
    node = _compose(text, shown_as, diagnostics)
    if node is None:
        return None
    builder = _Builder(shown_as, diagnostics)
    return Document(shown_as, text, builder.build(node, ()), builder.values, builder.keys)


def _compose(text: str, shown_as: str, diagnostics: Diagnostics) -> yaml.Node | None:
    try:
        node = _node_of(text, LOADER)
    except yaml.YAMLError:
        try:
            node = _node_of(text, yaml.SafeLoader)  # whose messages are the clearer ones
        except yaml.YAMLError as error:
            diagnostics.add(_unreadable(error, shown_as))
            return None
    if node is None:
        message, hint = "the file is empty", "a pack begins with the keys pack, title and version"
        diagnostics.add(Diagnostic("W1001", Location(shown_as, 1, 1), message, hint))
    return node


@lru_cache(maxsize=256)
def _node_of(text: str, loader: Any) -> yaml.Node | None:
    """The nodes, which nobody may change: the same packs are read many times, most of them unchanged."""
    events = yaml.parse(text, Loader=loader) if _MAY_REFER.search(text) else ()
    if any(isinstance(event, yaml.AliasEvent) for event in events):
        raise yaml.YAMLError("references (*name) are not used in packs; write the value out")
    return yaml.compose(text, Loader=loader)


def _unreadable(error: yaml.YAMLError, shown_as: str) -> Diagnostic:
    hint = "often an indentation is wrong, or a text with ': ' or '#' in it needs quotes"
    if not isinstance(error, yaml.MarkedYAMLError):
        return Diagnostic("W1001", Location(shown_as, 1, 1), f"this is no YAML: {error}", hint)
    problem, mark = str(error.problem or error.context), error.problem_mark or error.context_mark
    if "<stream end>" in problem and error.context_mark is not None:
        problem, mark = "what is opened here is not closed", error.context_mark
    location = Location(shown_as, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1)
    return Diagnostic("W1001", location, f"this is no YAML: {problem}", hint)
