"""Which columns the tables of the lake have, and of which type.

Keys and whole numbers are int32, dates date32, decimals float64; choices, texts, times of day, lists of choices are text.
What identifies a person (identity number, telephone, name, address, household) stays out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import Register

NO_COUNTY = "-"
"""The partition of residents who live in no county, and of the records about them."""

COUNTY = "county"

_SQL_TYPES = {
    FieldType.TEXT: "VARCHAR",
    FieldType.INTEGER: "INTEGER",
    FieldType.DECIMAL: "DOUBLE",
    FieldType.BOOLEAN: "BOOLEAN",
    FieldType.DATE: "DATE",
    FieldType.TIME: "VARCHAR",
    FieldType.CHOICE: "VARCHAR",
    FieldType.CHOICES: "VARCHAR",
    FieldType.REFERENCE: "INTEGER",
}
_PERSONAL = {"name", "address", "household"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column by name and DuckDB type."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A table of the lake. ``order`` is how its rows are sorted within each file."""

    table: str
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    by_county: bool

    @property
    def key(self) -> str:
        return key_of(self.table)

    @property
    def signature(self) -> str:
        """Tells layouts apart: a table whose signature changed is built anew."""
        return " ".join(f"{column.name}:{column.type}" for column in self.columns)


def lake_fields(register: Register) -> tuple[Field, ...]:
    """The fields of a register that the lake has."""
    person = any(field.sensitive for field in register.fields)
    return tuple(
        field for field in register.fields if not field.sensitive and not (person and field.name in _PERSONAL)
    )


def register_layout(register: Register) -> Layout:
    columns = (
        Column("id", "INTEGER"),
        *_columns(lake_fields(register)),
        *((Column("path", "VARCHAR"),) if register.is_tree else ()),
    )
    return Layout(register.table, columns, ("id",), by_county=register.entity == "resident")


def kind_layout(kind: Kind) -> Layout:
    columns = (
        Column("id", "VARCHAR"),
        Column("subject", "INTEGER"),
        Column("institution", "INTEGER"),
        Column("worker", "INTEGER"),
        Column("occurred_on", "DATE"),
        Column("seq", "BIGINT"),
        *(Column(field.name, value_type(field)) for field in kind.fields),
    )
    order = ("subject", "occurred_on", "id")
    return Layout(kind_table(kind.name), columns, order, by_county=kind.about == "resident")


def kind_table(name: str) -> str:
    """The table of the lake that holds a kind's records."""
    return f"records_{name}"


def key_of(table: str) -> str:
    """The column whose rows of one value are never in two files: the first in the table's order."""
    return "subject" if table.startswith(kind_table("")) else "id"


def value_type(field: Field) -> str:
    """The type of a record's value: references stay codes there, since forms store codes."""
    return "VARCHAR" if field.type is FieldType.REFERENCE else _SQL_TYPES[field.type]


def _columns(fields: Iterable[Field]) -> Iterable[Column]:
    return (Column(field.name, _SQL_TYPES[field.type]) for field in fields)
