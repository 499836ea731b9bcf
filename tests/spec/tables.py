"""The little tables of the specs, as text and as data."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from wangdi.engine.evaluate.columnar.values import PlainValue
from wangdi.engine.model.clocks import minutes_of
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.types import Base

Row = Mapping[str, str]


def parse_table(text: str) -> list[dict[str, str]]:
    """The rows of a table: a line of headings, then a line for each row, cells parted by |."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    heading, *rows = lines
    for row in rows:
        if len(row) != len(heading):
            raise ValueError(f"the row {row} has not as many cells as the heading {heading}")
    return [dict(zip(heading, row, strict=True)) for row in rows]


def headings(text: str) -> list[str]:
    return [cell.strip() for cell in text.strip().splitlines()[0].split("|")]


def turned(text: str) -> str:
    """A table of one row per expression as one of one row per entity (``resident 1`` heads the column of 1)."""
    rows = parse_table(text)
    entity = headings(text)[1].split()[0]
    lines = [" | ".join([entity, *(row["expression"] for row in rows)])]
    for heading in headings(text)[1:]:
        lines.append(" | ".join([heading.split()[1], *(row[heading] for row in rows)]))
    return "\n".join(lines)


def stored_value(field: Field, cell: str) -> Any:
    """A cell of given data; an empty one is null."""
    if not cell:
        return None
    match field.type:
        case FieldType.INTEGER:
            return int(cell)
        case FieldType.DECIMAL:
            return float(cell)
        case FieldType.BOOLEAN:
            return {"true": True, "false": False}[cell]
        case FieldType.DATE:
            return date.fromisoformat(cell)
        case FieldType.TIME:
            return minutes_of(cell)
        case FieldType.CHOICES:
            return cell.split()
        case _:
            return cell


def expected_value(base: Base, cell: str) -> PlainValue:
    """A cell of expected results; an empty one is null."""
    if not cell:
        return None
    match base:
        case Base.BOOLEAN:
            return {"true": True, "false": False}[cell]
        case Base.NUMBER:
            return float(cell)
        case Base.DATE:
            return date.fromisoformat(cell)
        case Base.TEXT:
            return cell
        case _:
            raise ValueError(f"a {base.value} has no value but null")
