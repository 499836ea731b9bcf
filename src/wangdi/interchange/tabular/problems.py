"""What is wrong with a file, and what is only worth knowing: where it is, and the words of the catalogue filled in."""

from collections.abc import Mapping
from dataclasses import dataclass

from wangdi.engine.model.text import Text
from wangdi.interchange.tabular.catalogue import CATALOGUE

DETAIL_LIMIT = 1000
"""How many problems of one code in one column of one table are described one by one; the rest are counted."""


PROBLEM_SHEET = "问题清单 Problems"
"""The sheet that lists the problems in an annotated workbook; passed over when that is imported again."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the user's files. ``row`` is the number Excel shows; empty parts do not apply.

    ``column`` is the heading as the user wrote it, ``letter`` its Excel letter, ``field`` our name for it.
    """

    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    letter: str | None = None
    field: str | None = None

    def __str__(self) -> str:
        cell = f"{self.letter or ''}{self.row or ''}"
        parts = [self.file, self.sheet, cell or None, self.column]
        return " › ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. ``value`` is what the cell holds; masked when the field identifies a person."""

    code: str
    table: str | None
    where: Place
    value: str | None
    message: Text
    hint: Text

    def __str__(self) -> str:
        return f"{self.where}  {self.code}  {self.message.zh} {self.hint.zh}"


@dataclass(frozen=True, slots=True)
class ProblemTotal:
    """How many problems of one code a column of a table has in all, and how many are described in detail."""

    code: str
    table: str | None
    field: str | None
    total: int
    detailed: int


@dataclass(frozen=True, slots=True)
class Note:
    """Something that does not stop the import; ``rows`` are the first few of ``count`` rows concerned."""

    code: str
    table: str | None
    where: Place
    message: Text
    count: int = 1
    rows: tuple[int, ...] = ()

    def __str__(self) -> str:
        return f"{self.where}  {self.code}  {self.message.zh}"


def wording(code: str, parameters: Mapping[str, object]) -> tuple[Text, Text]:
    """The message and the hint of a code, its parameters filled in; KeyError when a parameter is missing."""
    entry = CATALOGUE[code]
    return _filled(entry.message, parameters), _filled(entry.hint, parameters)


def _filled(text: Text, parameters: Mapping[str, object]) -> Text:
    return Text(text.zh.format_map(parameters), text.en.format_map(parameters))


def masked(value: str) -> str:
    """An identifying value with only its first three and last two characters left."""
    if len(value) < 8:
        return "*" * len(value)
    return value[:3] + "*" * (len(value) - 5) + value[-2:]


def did_you_mean(zh: str | None, en: str | None = None) -> Mapping[str, object]:
    """Message parameters that suggest a nearest name, empty when there is none."""
    if zh is None:
        return {"nearest_zh": "", "nearest_en": ""}
    return {"nearest_zh": f"，是不是“{zh}”？", "nearest_en": f"; did you mean '{en or zh}'?"}
