"""What is told to another system, as the mappings need it: who, where, and a version of a record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text


@dataclass(frozen=True, slots=True)
class Organisation:
    code: str
    name: str
    type: Text | None = None


@dataclass(frozen=True, slots=True)
class Practitioner:
    code: str
    name: str
    institution: Organisation | None = None


@dataclass(frozen=True, slots=True)
class Hidden:
    """There is a value, which the receiver is not shown."""


HIDDEN = Hidden()


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it is about. ``sex`` by GB/T 2261.1; the identity number and the telephone are None where not known."""

    code: str
    name: str
    sex: str | None = None
    birth_date: date | None = None
    death_date: date | None = None
    address: str | None = None
    place: str | None = None
    institution: Organisation | None = None
    id_number: str | Hidden | None = None
    phone: str | Hidden | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """What fields of records refer to, by code; a code that is not in it is told as it stands."""

    institutions: Mapping[str, Organisation] = field(default_factory=dict)
    workers: Mapping[str, Practitioner] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToldRecord:
    """One version of a record. ``kind`` is that of ``pack``; ``values`` are as stored: days and codes as text."""

    pack: str
    pack_version: str
    kind: Kind
    record_id: str
    version: int
    person: Person
    occurred_on: date
    saved_at: datetime
    values: Mapping[str, Any]
    is_void: bool = False
    institution: Organisation | None = None
    worker: Practitioner | None = None
    directory: Directory = Directory()

    @property
    def is_amended(self) -> bool:
        """Whether what was said before is said otherwise now; a step of a workflow goes on with the same record."""
        return self.version > 1 and self.kind.workflow is None
