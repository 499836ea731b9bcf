"""What a single column of a register or a single field of a form holds."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from wangdi.engine.model.clocks import MINUTES, minutes_of
from wangdi.engine.model.exchange import FieldExchange
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import BOOLEAN, DATE, NUMBER, TEXT, Base, Type
from wangdi.engine.model.usual import Usual


class FieldType(Enum):
    """The types a field may have; the value is the word that pack authors write."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    """A time of day; stored as 09:35, in rules the minutes since midnight (`clocks`)."""
    CHOICE = "choice"
    CHOICES = "choices"
    """Several options at once (多选); stored as a list of codes. Rules ask what is among them, and how many they are."""
    REFERENCE = "reference"
    """The code of an entity in another register."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice: the code that is stored and the wording that is shown."""

    code: str
    title: Text


@dataclass(frozen=True, slots=True)
class Field:
    """A named, typed column. Limits are inclusive and in ``unit``.

    ``ordered`` choices may be compared with ``<`` and ``>=`` in rules, in the order of ``options``.
    """

    name: str
    title: Text
    type: FieldType
    options: tuple[Option, ...] = ()
    ordered: bool = False
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    required: bool = False
    refers_to: str | None = None
    sensitive: bool = False
    """Identifies a person: encrypted at rest, masked on screen, not usable in rules."""
    shared: bool = False
    """Of one visit: whichever kinds have a shared field of this name, its value is the same, and typed once."""
    asked_if: Expression | None = None
    """A condition on the fields above it: while it is not true, the field is not asked and holds nothing; None: always
    asked. A ``required`` field is required where it is asked."""
    section: Text | None = None
    """The heading of the form that the field stands under; fields under one heading follow one another."""
    usual: Usual | None = None
    """Where nearly all values of a number lie. Others are asked about, and taken."""
    others: str | None = None
    """The option that answers of a file are taken as which are none of the options; None: they are refused."""
    exchange: FieldExchange | None = None
    """How it is told to other systems besides being an answer of the form."""
    record_of: str | None = None
    """The kind of the record that this one belongs to: the text holds that record's id, or what `record_by` says."""
    record_by: str | None = None
    """A text of that record's form, such as its number, which this field holds instead of the id."""

    def __post_init__(self) -> None:
        has_options = self.type in (FieldType.CHOICE, FieldType.CHOICES)
        if has_options != bool(self.options):
            raise ValueError(f"field {self.name!r}: options belong to choices, and only to them")
        if (self.type is FieldType.REFERENCE) != (self.refers_to is not None):
            raise ValueError(f"field {self.name!r}: refers_to belongs to references, and only to them")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"field {self.name!r}: minimum is above maximum")
        if self.record_of is not None and self.type is not FieldType.TEXT:
            raise ValueError(f"field {self.name!r}: only a text holds the id of a record")
        if self.others is not None and (
            self.type is not FieldType.CHOICE or self.others not in self.option_codes
        ):
            raise ValueError(f"field {self.name!r}: others is one of the options of a single choice")
        if self.usual is not None:
            self._check_usual(self.usual)
        if self.shared and self.asked_if is not None:
            raise ValueError(f"field {self.name!r}: what several forms share is always asked")

    def _check_usual(self, usual: Usual) -> None:
        if self.type not in (FieldType.INTEGER, FieldType.DECIMAL):
            raise ValueError(f"field {self.name!r}: only numbers have usual values")
        flaw = usual.flaw_within(self.minimum, self.maximum)
        if flaw is not None:
            raise ValueError(f"field {self.name!r}: {flaw}")

    def is_unusual(self, value: object) -> bool:
        """Whether a stored value is allowed but lies outside what is usual."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return self.usual is not None and is_number and self.usual.doubts(value)  # type: ignore[arg-type]

    @property
    def owner(self) -> str:
        """As a pack writes it: ``alert``, ``goal_task.task_number``; empty for a field that names no record."""
        return ".".join(part for part in (self.record_of, self.record_by) if part)

    @property
    def is_coded(self) -> bool:
        """Whether values of rules are told in other words: the title of an option, 09:35 for minutes."""
        return bool(self.options) or self.type is FieldType.TIME

    @property
    def holds(self) -> tuple[object, ...]:
        """What shared fields of one name have in common."""
        return self.type, self.unit, self.option_codes, self.refers_to

    @property
    def option_codes(self) -> tuple[str, ...]:
        return tuple(option.code for option in self.options)


_FIELD_TYPES = {
    FieldType.TEXT: TEXT,
    FieldType.REFERENCE: TEXT,
    FieldType.INTEGER: NUMBER,
    FieldType.DECIMAL: NUMBER,
    FieldType.BOOLEAN: BOOLEAN,
    FieldType.DATE: DATE,
    FieldType.TIME: Type(Base.NUMBER, unit=MINUTES),
}


def type_of_field(column: Field) -> Type | None:
    """The type a field's value has in rules; None for fields that rules may not use."""
    if column.sensitive:
        return None
    if column.type is FieldType.CHOICES:
        return Type(Base.CHOICES, column.option_codes)
    if column.type is FieldType.CHOICE:
        return Type(Base.TEXT, column.option_codes, column.ordered)
    found = _FIELD_TYPES[column.type]
    return Type(found.base, unit=column.unit) if found is NUMBER else found


def value_in_rules(column: Field, stored: object) -> object:
    """A stored value as rules see it: days and times of day are stored as texts. What is no time of day is unknown.

    ValueError for a text that is no day.
    """
    if isinstance(stored, str) and column.type is FieldType.DATE:
        return date.fromisoformat(stored)
    if isinstance(stored, str) and column.type is FieldType.TIME:
        return minutes_of(stored)
    return stored
