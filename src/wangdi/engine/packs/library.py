"""The packs being read together, and the one place that reports on them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from wangdi.engine.diagnostics.messages import Diagnostic, Diagnostics, Severity, suggest
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.fields import Field
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.parameters import Parameter, Source
from wangdi.engine.model.text import Text
from wangdi.engine.packs.pack_shape import PackShape
from wangdi.engine.packs.shapes import TextShape
from wangdi.engine.packs.syntax import ExpressionReader, Scope
from wangdi.engine.packs.yaml_tree import Document, Path_

T = TypeVar("T")


def text_of(shape: TextShape) -> Text:
    return Text(shape.zh, shape.en)


def optional_text(shape: TextShape | None) -> Text | None:
    return Text(shape.zh, shape.en) if shape is not None else None


@dataclass(frozen=True)
class PackFile:
    """One pack as read: what the author wrote and where each value stands."""

    shape: PackShape
    document: Document

    @property
    def name(self) -> str:
        return self.shape.pack


@dataclass
class Library:
    """All packs of one reading, with what is known of them so far."""

    files: dict[str, PackFile]
    diagnostics: Diagnostics
    sources: dict[tuple[str, str], Source] = field(default_factory=dict)
    parameters: dict[tuple[str, str], Parameter] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    shared: dict[tuple[str, str], tuple[str, Field]] = field(default_factory=dict)
    """By register and name: the first kind that has a shared field of that name, and the field."""
    lost: set[str] = field(default_factory=set)
    """Names whose definitions were reported and left out."""
    unreadable: bool = False
    """Whether a whole file was left out, so that any name may be defined there."""

    def excuses(self, *names: str) -> bool:
        """Whether a name is unknown only because of what was reported already."""
        return self.unreadable or not self.lost.isdisjoint(names)

    def report(
        self,
        file: PackFile,
        code: str,
        path: Path_,
        message: str,
        hint: str = "",
        *,
        key: bool = False,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Adds a diagnostic at the value (or the key) of a path."""
        location, length = file.document.mark(path, key=key)
        self.diagnostics.add(Diagnostic(code, location, message, hint, severity, length))

    def report_unknown(
        self, file: PackFile, code: str, path: Path_, sort: str, name: str, known: Iterable[str]
    ) -> None:
        """Reports a name that stands for nothing, unless its definition was reported already."""
        if not self.excuses(name):
            self.report(file, code, path, f"unknown {sort} '{name}'", suggest(name, known))

    def expression(self, file: PackFile, path: Path_, text: str, scope: Scope) -> Expression | None:
        """The expression written at a path; None when diagnostics were added."""
        source, start = file.document.source(path)

        reader = ExpressionReader(
            source, lambda offset: file.document.location(start + offset), scope, self.diagnostics
        )
        return reader.read(text)

    def build(
        self, file: PackFile, code: str, path: Path_, make: Callable[[], T], *, key: bool = False
    ) -> T | None:
        """Builds a model node; a mistake the node finds becomes a diagnostic at the path."""
        try:
            return make()
        except ValueError as error:
            self.report(file, code, path, str(error), key=key)
            return None
