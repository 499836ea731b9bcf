"""Messages to pack authors: coded, located, all at once, each with a way to mend it. They are public API."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from unicodedata import east_asian_width


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
    """One problem: what is wrong at a place, and what to do. ``length``: how many characters to underline."""

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
            number, line = f"{self.location.line:>5}", source[self.location.line - 1]
            start = self.location.column - 1
            pad, marks = _cells(line[:start]), _cells(line[start : start + self.length])
            parts.append(f"{number} | {line}")
            parts.append(f"{' ' * len(number)} | {' ' * pad}{'^' * max(1, marks)}")
        if self.hint:
            parts.append(f"   {self.hint}")
        return "\n".join(parts)


def _cells(text: str) -> int:
    """How many cells of a terminal a text fills: a Chinese character fills two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


@dataclass
class Diagnostics:
    """Collects the problems of one reading of packs; ``texts`` holds the files they are about, by name."""

    found: list[Diagnostic] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def add(self, diagnostic: Diagnostic) -> None:
        if diagnostic not in self.found:
            self.found.append(diagnostic)

    @property
    def errors(self) -> list[Diagnostic]:
        return [d for d in self.found if d.severity is Severity.ERROR]

    def render(self) -> str:
        """All messages, in the order of files and lines, each with its source line."""
        lines = {file: text.split("\n") for file, text in self.texts.items()}
        ordered = sorted(self.found, key=lambda d: (d.location.file, d.location.line, d.location.column))
        return "\n".join(d.render(lines.get(d.location.file, [])) for d in ordered)


class PackError(Exception):
    """The packs have errors; ``diagnostics`` holds all of them."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        super().__init__(diagnostics.render())
        self.diagnostics = diagnostics


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, if any is alike."""
    return next(iter(get_close_matches(word.lower(), sorted(set(known)), n=1, cutoff=0.6)), None)


def suggest(word: str, known: Iterable[str]) -> str:
    """``did you mean …`` for the nearest known word, or the list of what is allowed when nothing is near."""
    choices = sorted(set(known))
    if meant := did_you_mean(word, choices):
        return meant
    if not choices:
        return "nothing of this sort is defined here"
    shown = ", ".join(choices[:12]) + (f", … ({len(choices)} in all)" if len(choices) > 12 else "")
    return f"allowed here: {shown}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``did you mean …`` for the nearest known word; nothing when none is near."""
    near = nearest(word, known)
    return f"did you mean '{near}'?" if near is not None else ""
