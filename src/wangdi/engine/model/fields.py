"""What a single column of a register or a single field of a form holds."""

from dataclasses import dataclass
from enum import Enum

from wangdi.engine.model.text import Text


class FieldType(Enum):
    """The types a field may have; the value is the word that pack authors write."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
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

    def __post_init__(self) -> None:
        has_options = self.type in (FieldType.CHOICE, FieldType.CHOICES)
        if has_options != bool(self.options):
            raise ValueError(f"field {self.name!r}: options belong to choices, and only to them")
        if (self.type is FieldType.REFERENCE) != (self.refers_to is not None):
            raise ValueError(f"field {self.name!r}: refers_to belongs to references, and only to them")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"field {self.name!r}: minimum is above maximum")

    @property
    def holds(self) -> tuple[object, ...]:
        """What shared fields of one name have in common."""
        return self.type, self.unit, self.option_codes, self.refers_to

    @property
    def option_codes(self) -> tuple[str, ...]:
        return tuple(option.code for option in self.options)
