"""A pack file as a whole: its sections."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from wangdi.engine.packs.shapes import (
    ChannelShape,
    EntityShape,
    FactShape,
    GroupShape,
    IndicatorShape,
    KindShape,
    Name,
    OptionsShape,
    ParameterShape,
    ScheduleShape,
    Shape,
    SourceShape,
    StandardShape,
    TextShape,
    ValueShape,
    Wording,
    value_of,
)
from wangdi.engine.packs.sheet_shapes import SheetShape


class PackShape(Shape):
    """One pack file."""

    pack: Name
    title: TextShape
    version: Wording
    summary: TextShape | None = None
    entity: str = "resident"
    adoption: Literal["everywhere", "by_place"] = "everywhere"
    editions: dict[str, TextShape] = {}
    sources: dict[Name, SourceShape] = {}
    parameters: dict[Name, ParameterShape] = {}
    entities: dict[str, EntityShape] = {}
    options: dict[Name, Annotated[OptionsShape, Field(min_length=1)]] = {}
    kinds: dict[Name, KindShape] = {}
    facts: dict[Name, FactShape] = {}
    values: dict[
        Name,
        Annotated[
            ValueShape, BeforeValidator(value_of, json_schema_input_type=str | int | float | ValueShape)
        ],
    ] = {}
    groups: dict[Name, GroupShape] = {}
    schedules: dict[Name, ScheduleShape] = {}
    indicators: dict[Name, IndicatorShape] = {}
    standards: dict[Name, StandardShape] = {}
    channels: dict[Name, ChannelShape] = {}
    sheets: dict[Name, SheetShape] = {}


SECTIONS = frozenset(
    {
        *("editions", "sources", "parameters", "entities", "options", "kinds", "facts"),
        *("values", "groups", "schedules", "indicators", "standards", "channels", "sheets"),
    }
)
"""The keys of a pack that hold things by name."""
