"""Messages to pack authors: coded, located, all at once, each with a way to mend it. They are public API."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from pathlib import Path


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Location:
    """Where in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem: what is wrong at a place, and what to do. ``length`` is how many characters to underline."""

    code: str
    location: Location
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    length: int = 1

    def render(self, source: Sequence[str] = ()) -> str:
        """The message as the terminal shows it, with the line it is about when the file's lines are given."""
        parts = [f"{self.location}  {self.severity.value}  {self.code}  {self.message}"]
        if 0 < self.location.line <= len(source):
            number = f"{self.location.line:>5}"
            parts.append(f"{number} | {source[self.location.line - 1]}")
            pad = " " * (self.location.column - 1)
            parts.append(f"{' ' * len(number)} | {pad}{'^' * max(1, self.length)}")
        if self.hint:
            parts.append(f"   {self.hint}")
        return "\n".join(parts)


@dataclass
class Diagnostics:
    """Collects the problems of one reading of packs."""

    found: list[Diagnostic] = field(default_factory=list)

    def add(self, diagnostic: Diagnostic) -> None:
        if diagnostic not in self.found:
            self.found.append(diagnostic)

    @property
    def errors(self) -> list[Diagnostic]:
        return [d for d in self.found if d.severity is Severity.ERROR]

    def render(self) -> str:
        """All messages, in the order of files and lines, each with its source line."""
        sources: dict[str, list[str]] = {}
        ordered = sorted(self.found, key=lambda d: (d.location.file, d.location.line, d.location.column))
        for diagnostic in ordered:
            file = diagnostic.location.file
            if file not in sources:
                path = Path(file)
                sources[file] = path.read_text("utf-8").splitlines() if path.is_file() else []
        return "\n".join(d.render(sources[d.location.file]) for d in ordered)


class PackError(Exception):
    """The packs have errors; ``diagnostics`` holds all of them."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        super().__init__(diagnostics.render())
        self.diagnostics = diagnostics


def suggest(word: str, known: Iterable[str]) -> str:
    """``did you mean …`` for the nearest known word, or the list of what is allowed when nothing is near."""
    choices = sorted(set(known))
    near = get_close_matches(word, choices, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    if not choices:
        return "nothing of this sort is defined here"
    shown = ", ".join(choices[:12]) + (f", … ({len(choices)} in all)" if len(choices) > 12 else "")
    return f"allowed here: {shown}"
