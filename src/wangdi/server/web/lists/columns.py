"""The columns of a list: where each value stands in the store, what it looks like, how it is filtered and ordered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.expressions import BaseExpression

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.text import Text
from wangdi.server.network.models import MODELS
from wangdi.server.records.models import RecordVersion
from wangdi.server.web.words import NOTHING, Names, value_in_words

UNSET = "-"
"""What a filter says for "nothing was written down"."""


class Control(Enum):
    """How a column is filtered."""

    OPTIONS = "options"
    DAYS = "days"
    NUMBERS = "numbers"
    WORDS = "words"


_CONTROLS = {
    FieldType.CHOICE: Control.OPTIONS,
    FieldType.CHOICES: Control.OPTIONS,
    FieldType.BOOLEAN: Control.OPTIONS,
    FieldType.DATE: Control.DAYS,
    FieldType.INTEGER: Control.NUMBERS,
    FieldType.DECIMAL: Control.NUMBERS,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a register, at the lookup ``path`` of its rows."""

    field: Field
    path: str

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def control(self) -> Control:
        return _CONTROLS.get(self.field.type, Control.WORDS)

    @property
    def order(self) -> BaseExpression | F:
        """What the list is ordered by."""
        return F(self.path)

    def value(self, row: Any) -> Any:
        """As the store has it: None where nothing was written down."""
        return getattr(row, self.field.name)

    def words(self, row: Any, names: Names) -> str:
        return value_in_words(self.field, self.value(row), names)

    def plain(self, row: Any, names: Names) -> str | int | float | date | None:
        """For a spreadsheet: numbers and dates as such, everything else in words."""
        value = self.value(row)
        if value is None or value == "" or value == []:
            return None
        if self.field.type is FieldType.DATE:
            return value if isinstance(value, date) else date.fromisoformat(value)
        if self.field.type in (FieldType.INTEGER, FieldType.DECIMAL) and isinstance(value, int | float):
            return value
        return self.words(row, names)

    def is_option(self, code: str) -> Q:
        """Rows whose answer is, or has among it, this option."""
        if code == UNSET:
            return self.is_unset()
        return Q(**{self.path: code == "true" if self.field.type is FieldType.BOOLEAN else code})

    def is_unset(self) -> Q:
        return Q(**{f"{self.path}__isnull": True})

    def between(self, low: Any, high: Any) -> Q:
        """Both included; None: no limit."""
        found = Q() if low is None else Q(**{f"{self.path}__gte": self.limit(low)})
        return found if high is None else found & Q(**{f"{self.path}__lte": self.limit(high)})

    def limit(self, value: Any) -> Any:
        return value

    def has_words(self, words: str) -> Q:
        return Q(**{f"{self.path}__icontains": words})


@dataclass(frozen=True, slots=True)
class Named(Column):
    """A column that names an entity by its key: shown, ordered and searched by that entity's name."""

    @property
    def order(self) -> F:
        return F(f"{self.path}__name")

    def words(self, row: Any, names: Names) -> str:
        return str(getattr(self.value(row), "name", NOTHING))

    def has_words(self, words: str) -> Q:
        return Q(**{f"{self.path}__name__icontains": words}) | Q(**{f"{self.path}__code": words})


@dataclass(frozen=True, slots=True)
class Answer(Column):
    """A field of a kind of record, kept in the record's values."""

    def value(self, row: Any) -> Any:
        return row.values.get(self.field.name)

    def is_option(self, code: str) -> Q:
        if self.field.type is FieldType.CHOICES and code != UNSET:
            return Q(**{f"{self.path}__icontains": f'"{code}"'})
        return Column.is_option(self, code)

    def limit(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    def has_words(self, words: str) -> Q:
        if self.field.refers_to is None:
            return Column.has_words(self, words)
        named = MODELS[self.field.refers_to]._default_manager.filter(Q(name__icontains=words) | Q(code=words))
        return Q(**{f"{self.path}__in": list(named.values_list("code", flat=True)[:_MOST_NAMED])})


_MOST_NAMED = 900
"""Codes that one condition may hold: SQLite takes some thousand values."""


@dataclass(frozen=True, slots=True)
class Subject(Column):
    """Whom a record is about, by name."""

    about: str = "resident"

    @property
    def order(self) -> BaseExpression:
        return Subquery(MODELS[self.about]._default_manager.filter(pk=OuterRef("subject")).values("name"))

    def words(self, row: Any, names: Names) -> str:
        return names.get((self.about, str(row.subject)), NOTHING)

    def has_words(self, words: str) -> Q:
        found = MODELS[self.about]._default_manager.filter(Q(name__icontains=words) | Q(code=words))
        return Q(subject__in=found.values("pk"))


def register_columns(entity: str) -> list[Column]:
    """The name, the code, and the other columns of a register; what is sealed is left out."""
    fields = [field for field in REGISTERS[entity].fields if not field.sensitive]
    first = sorted(fields, key=lambda field: (field.name != "name", field.name != "code"))
    return [
        Named(field, field.name) if field.refers_to is not None else Column(field, field.name)
        for field in first
    ]


_AT = Field("at", Text("服务机构", "Institution"), FieldType.TEXT)
_BY = Field("by", Text("服务人员", "Worker"), FieldType.TEXT)


@dataclass(frozen=True, slots=True)
class _Done(Named):
    """The institution or the worker of a record."""

    def value(self, row: RecordVersion) -> Any:
        return getattr(row, self.path)


def kind_columns(about: str, fields: Sequence[Field]) -> list[Column]:
    """Subject, day, institution and worker, then the fields of the kind."""
    subject = Field("subject", REGISTERS[about].title, FieldType.TEXT)
    day = Field("occurred_on", Text("日期", "Date"), FieldType.DATE)
    envelope: list[Column] = [
        Subject(subject, "subject", about),
        Column(day, "occurred_on"),
        _Done(_AT, "institution"),
        _Done(_BY, "worker"),
    ]
    return [*envelope, *(Answer(field, f"values__{field.name}") for field in fields)]
