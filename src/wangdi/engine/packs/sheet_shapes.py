"""How authors write a result sheet."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from wangdi.engine.packs.shapes import Expr, Shape, TextShape


class SheetRowShape(Shape):
    field: str | None = None
    title: TextShape | None = None
    shows: TextShape | None = None
    limits: TextShape | None = None
    high: Expr | None = None
    low: Expr | None = None
    notable: Expr | None = None


class SheetLineShape(Shape):
    says: TextShape
    when: Expr | None = None


class WithheldShape(Shape):
    says: TextShape
    when: Expr


def _row_of(value: Any) -> Any:
    """A row may be written as the name of its field alone."""
    return {"field": value} if isinstance(value, str) else value


class SheetSectionShape(Shape):
    title: TextShape
    when: Expr | None = None
    rows: list[
        Annotated[SheetRowShape, BeforeValidator(_row_of, json_schema_input_type=str | SheetRowShape)]
    ] = []
    lines: list[SheetLineShape] = []


class SheetShape(Shape):
    title: TextShape
    sections: Annotated[list[SheetSectionShape], Field(min_length=1)]
    next_steps: dict[str, TextShape] = {}
    withheld: list[WithheldShape] = []
