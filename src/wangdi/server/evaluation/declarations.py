"""Files beside packs in which a planner, a watcher or a page is told what to take from them: ``dispatch.yaml``,
``watch.yaml``, ``home.yaml``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.text import Text
from wangdi.server.common.problems import DeclarationError
from wangdi.server.evaluation.rules import CONTENT, Rules, rules


class NotDeclared(DeclarationError):
    """No pack in force has such a file beside it."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong, and at which keys of the file."""

    path: Sequence[str | int]
    message: str


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


S = TypeVar("S", bound=Shape)


class Title(Shape):
    zh: str
    en: str

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


@dataclass(frozen=True, eq=False, slots=True)
class DeclarationFile(Generic[S]):
    """A file that at most one pack has beside it: its name, what it says, and what of it no pack has."""

    name: str
    shape: type[S]
    problems: Callable[[S, Rulebook], Iterable[str | Flaw]]

    def in_force(self) -> S:
        """What the file beside the packs in force says. Raises DeclarationError with all that is wrong, NotDeclared."""
        found: S = _in_force(self, rules())
        return found

    def if_in_force(self) -> S | None:
        """None where there is none, or none that fits, for those who can do without."""
        try:
            return self.in_force()
        except DeclarationError:
            return None

    def among(self, folders: Iterable[Path], rulebook: Rulebook) -> S:
        """What the file in one of the folders says. Raises DeclarationError, NotDeclared."""
        return self.read(*only_file(self.name, folders), rulebook)

    def read(self, text: str, name: str, rulebook: Rulebook) -> S:
        """What a text says. Raises DeclarationError with all that is wrong; ``name`` is what messages call it."""
        return read_shape(self.shape, text, name, lambda found: self.problems(found, rulebook))


MOST_KEPT = 32
"""Declarations that a process keeps read: every one of a few sets of packs."""


@lru_cache(maxsize=MOST_KEPT)
def _in_force(file: DeclarationFile[Any], found: Rules) -> Any:
    return file.among(found.folders.values(), found.rulebook)


def only_file(name: str, folders: Iterable[Path] | None = None) -> tuple[str, str]:
    """The text of the one file of that name beside packs, and what messages call it. Raises DeclarationError, NotDeclared.

    Beside the packs in force, unless the ``folders`` of others are given.
    """
    among = rules().folders.values() if folders is None else folders
    files = [folder / name for folder in among if (folder / name).exists()]
    if not files:
        raise NotDeclared(f"{name}: 没有规则包带有这个文件 / no pack has this file beside it")
    if len(files) > 1:
        packs = ", ".join(file.parent.name for file in files)
        raise DeclarationError(f"{name}: 只能有一个，现有于 / only one may be there, but it is in {packs}")
    base = CONTENT.parent if files[0].is_relative_to(CONTENT.parent) else files[0].parents[1]
    return files[0].read_text(encoding="utf-8"), str(files[0].relative_to(base))


def read_shape(shape: type[S], text: str, name: str, problems: Callable[[S], Iterable[str | Flaw]]) -> S:
    """What a file declares; ``problems`` says what of it no pack has. Raises DeclarationError with all that is wrong.

    A flaw that says at which keys it lies is told with its line.
    """
    try:
        found = shape.model_validate(yaml.safe_load(text))
    except ValidationError as error:
        flaws = [
            Flaw(one["loc"], f"{'.'.join(map(str, one['loc']))}: {one['msg']}") for one in error.errors()
        ]
        raise DeclarationError("\n".join(_located(flaw, text, name) for flaw in flaws)) from None
    except yaml.YAMLError as error:
        raise DeclarationError(f"{name}: {error}") from None
    wrong = list(problems(found))
    if wrong:
        raise DeclarationError("\n".join(_located(one, text, name) for one in wrong))
    return found


def _located(one: str | Flaw, text: str, name: str) -> str:
    if isinstance(one, str):
        return f"{name}: {one}"
    return f"{name}:{_line_of(yaml.compose(text, yaml.SafeLoader), one.path)}: {one.message}"


def _line_of(node: yaml.Node | None, path: Sequence[str | int]) -> int:
    """The line of the value at a path, or of the last key on the way that is there."""
    line = 1 if node is None else node.start_mark.line + 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == str(step)), None)
            if pair is None:
                continue  # a name that only the shape has, such as that of one of several forms
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line
