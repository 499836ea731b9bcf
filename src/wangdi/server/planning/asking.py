"""What a plan is asked: the fields of its question, and the answers with everything that is wrong with them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.calendar import Duration
from wangdi.engine.model.fields import Field, FieldType, Option
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.text import Text
from wangdi.methods.problems import BadInput
from wangdi.server.evaluation.declarations import Shape, Title
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.network.models import Place
from wangdi.server.records.validation import checked_fields


class OfParameter(Shape):
    """A parameter of a pack: its value on the day is the default; of a length of time, its number."""

    pack: str
    name: str

    def value_on(self, day: date) -> float | None:
        for pack in rulebook().packs:
            for one in pack.parameters:
                if (pack.name, one.name) == (self.pack, self.name):
                    value = one.value_on(day)
                    amount = value.amount if isinstance(value, Duration) else value
                    return float(amount) if isinstance(amount, int | float) else None
        return None

    def problem_in(self, rules: Rulebook) -> str | None:
        """What to tell where no pack has it."""
        known = {pack.name: [one.name for one in pack.parameters] for pack in rules.packs}
        if self.pack not in known:
            return f"pack {self.pack}: {suggest(self.pack, known)}"
        if self.name not in known[self.pack]:
            return f"parameter {self.name}: {suggest(self.name, known[self.pack])}"
        return None


def unknown_fields(rules: Rulebook, kind: str, names: Iterable[str]) -> list[str]:
    """What to tell of a kind, or fields of it, that no pack declares."""
    kinds = rules.kinds
    if kind not in kinds:
        return [f"kind {kind}: {suggest(kind, kinds)}"]
    known = {field.name for field in kinds[kind].form}
    return [f"{kind}.{name}: {suggest(name, known)}" for name in sorted(set(names) - known)]


class AskedNumber(Shape):
    """A number that may be set; one without a default may be left out."""

    title: Title
    unit: str | None = None
    default: float | None = None
    parameter: OfParameter | None = None
    whole: bool = False
    least: float
    most: float

    def asked(self, name: str, day: date) -> "Asked":
        default = self.default if self.parameter is None else self.parameter.value_on(day)
        sort = FieldType.INTEGER if self.whole else FieldType.DECIMAL
        as_number = int(default) if self.whole and default is not None else default
        required = default is not None
        asked = Field(
            name,
            self.title.text,
            sort,
            unit=self.unit,
            minimum=self.least,
            maximum=self.most,
            required=required,
        )
        return Asked(asked, as_number)


@dataclass(frozen=True, slots=True)
class Asked:
    """A field of the question, and its answer where nobody says another."""

    field: Field
    default: Any = None


def one_of(name: str, title: Text, options: Iterable[tuple[str, Text]], default: str) -> Asked:
    """A field of which one option is chosen."""
    found = tuple(Option(code, text) for code, text in options)
    return Asked(Field(name, title, FieldType.CHOICE, found, required=True), default)


def some_of(
    name: str, title: Text, options: Iterable[tuple[str, Text]], default: Sequence[str], required: bool = True
) -> Asked:
    """A field of which several options may be chosen."""
    found = tuple(Option(code, text) for code, text in options)
    return Asked(Field(name, title, FieldType.CHOICES, found, required=required), list(default))


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that somebody brought: what they call it, and where it lies."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, for a place (None: for all), on a day, with ``values`` by the names of fields."""

    place: Place | None
    as_of: date
    values: Mapping[str, Any]
    files: Mapping[str, KeptFile] = field(default_factory=dict)

    def number(self, name: str) -> float:
        return float(self.values[name])

    def number_or_none(self, name: str) -> float | None:
        value = self.values.get(name)
        return None if value is None else float(value)


class InvalidAnswers(BadInput):
    """Answers that do not fit their fields; ``by_field`` says what is wrong at each."""

    def __init__(self, by_field: Mapping[str, Text]) -> None:
        super().__init__(list(by_field.values()))
        self.by_field = dict(by_field)


def answers(asked: Sequence[Asked], given: Mapping[str, Any]) -> dict[str, Any]:
    """All values: what is given, and the defaults of what is not mentioned. Raises InvalidAnswers.

    ``given`` may hold texts, as forms and commands write them; None or an empty text is an answer that is left out.
    """
    names = [one.field.name for one in asked]
    unknown = {
        name: Text(
            f"没有 {name} 这一项：{suggest(name, names)}", f"there is no {name}: {suggest(name, names)}"
        )
        for name, value in given.items()
        if name not in names and value not in (None, "", [])
    }
    whole = {one.field.name: _read(one.field, given.get(one.field.name, one.default)) for one in asked}
    kept, problems = checked_fields([one.field for one in asked], whole)
    titles = {one.field.name: one.field.title for one in asked}
    wrong = {
        problem.field: Text(
            f"{titles[problem.field].zh}：{problem.message.zh}",
            f"{titles[problem.field].en}: {problem.message.en}",
        )
        for problem in problems
    }
    if unknown or wrong:
        raise InvalidAnswers(unknown | wrong)
    return kept


def _read(of: Field, value: Any) -> Any:
    """A number out of a text; what is none stays a text, and the check says so."""
    if not isinstance(value, str) or of.type not in (FieldType.INTEGER, FieldType.DECIMAL):
        return int(value) if of.type is FieldType.INTEGER and _is_whole(value) else value
    try:
        number = float(value) if value.strip() else None
    except ValueError:
        return value
    if number is not None and of.type is FieldType.INTEGER and number.is_integer():
        return int(number)
    return number


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def told_answers(asked: Sequence[Asked], values: Mapping[str, Any]) -> list[tuple[Text, Any, Field]]:
    """Titles and values of what was asked, in order, those left out not among them."""
    return [(one.field.title, values[one.field.name], one.field) for one in asked if one.field.name in values]
