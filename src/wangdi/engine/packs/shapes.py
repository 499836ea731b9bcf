"""How authors write a pack: the keys, their types, and nothing about their meaning.

The shapes are also what the JSON Schema for editors is made from.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

NAME = r"^[a-z][a-z0-9_]*$"
Name = Annotated[str, Field(pattern=NAME)]


def _text_of(value: Any) -> Any:
    """Numbers and true/false are fine where an expression or a version is meant."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float | date) else value


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("a text that is not empty")
    return text


Expr = Annotated[
    str,
    BeforeValidator(_text_of, json_schema_input_type=str | int | float | bool),
    AfterValidator(_not_blank),
]
Wording = Annotated[str, AfterValidator(_not_blank)]


class Shape(BaseModel):
    """Strict: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TextShape(Shape):
    zh: Wording
    en: Wording


class SourceShape(Shape):
    title: TextShape
    number: str | None = None
    date: Expr | None = None
    address: str | None = None
    status: Literal["official", "unverified"] = "official"


class DatedValueShape(Shape):
    since: date
    value: bool | int | float | date | str | None
    source: str | None = None
    status: Literal["official", "unverified"] | None = None
    checked_on: date | None = None


class ParameterShape(Shape):
    title: TextShape
    unit: str | None = None
    source: str
    status: Literal["official", "unverified"] = "official"
    applies_by: Literal["day", "birth_date"] = "day"
    values: Annotated[list[DatedValueShape], Field(min_length=1)]


OptionsShape = dict[str, TextShape]


def _name_or_table(value: Any) -> str:
    return "name" if isinstance(value, str) else "table"


class FieldShape(Shape):
    title: TextShape
    type: Literal[
        "text",
        "integer",
        "decimal",
        "boolean",
        "date",
        "choice",
        "choices",
        "institution",
        "worker",
        "place",
    ]
    options: Annotated[
        Annotated[str, Tag("name")] | Annotated[OptionsShape, Tag("table")], Discriminator(_name_or_table)
    ] = {}
    ordered: bool = False
    unit: str | None = None
    min: float | int | None = None
    max: float | int | None = None
    required: bool = False
    shared: bool = False


def _listed(value: Any) -> Any:
    """One name may be written without a list around it."""
    return [value] if isinstance(value, str) else value


Names = Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])]


class TransitionShape(Shape):
    title: TextShape
    from_: Annotated[Names, Field(alias="from", min_length=1)]
    to: str
    by: Annotated[Names, Field(min_length=1)]
    side: Literal["holder", "origin"] = "holder"
    needs: Names = []
    asks: Names = []
    hand_over: str | None = None


class EscalationShape(Shape):
    after: str = "0 days"
    title: TextShape | None = None
    because: TextShape | None = None


class LimitShape(Shape):
    state: str
    within: str
    title: TextShape | None = None
    because: TextShape | None = None
    escalate: list[EscalationShape] = []


class WorkflowShape(Shape):
    states: Annotated[dict[Name, TextShape], Field(min_length=1)]
    final: Annotated[Names, Field(min_length=1)]
    transitions: Annotated[dict[Name, TransitionShape], Field(min_length=1)]
    limits: list[LimitShape] = []


class KindShape(Shape):
    title: TextShape
    about: Literal["resident", "worker", "institution", "place", "team", "asset"]
    fields: dict[Name, FieldShape] = {}
    workflow: WorkflowShape | None = None


class FactShape(Shape):
    latest: str | None = None
    first: str | None = None
    nth: str | None = None
    count: Expr | None = None
    count_distinct: str | None = None
    sum: Expr | None = None
    min: Expr | None = None
    max: Expr | None = None
    mean: Expr | None = None
    any: Expr | None = None
    most_per_day: str | None = None
    over: str | None = None
    entity: str | None = None
    relation: Literal["about", "at", "by", "living_in", "looked_after_by"] = "about"
    during: str | None = None
    where: Expr | None = None
    of: Expr | None = None
    n: int | None = None


class ValueShape(Shape):
    title: TextShape | None = None
    entity: str | None = None
    is_: Annotated[Expr, Field(alias="is")]


def _value_of(value: Any) -> Any:
    """A value may be written as its expression alone."""
    return {"is": value} if isinstance(value, str | int | float) else value


class GroupShape(Shape):
    title: TextShape
    entity: str | None = None
    when: Expr


class IntervalShape(Shape):
    when: Expr | None = None
    then: str
    because: TextShape | None = None


class DutyShape(Shape):
    """What all shapes of a schedule share."""

    responsible: Expr | None = None


class EveryShape(DutyShape):
    after: str
    start: Expr
    first: str
    first_because: TextShape | None = None
    intervals: Annotated[list[IntervalShape], Field(min_length=1)]
    stop: Expr | None = None
    until: Expr | None = None


class OncePerYearShape(DutyShape):
    satisfied: Expr
    not_before: Expr | None = None
    because: TextShape | None = None


class OncePerShape(OncePerYearShape):
    calendar: Literal["year", "half_year", "quarter", "month"]


class DeadlineShape(DutyShape):
    from_: Annotated[Expr, Field(alias="from")]
    within: str
    done: Expr
    stop: Expr | None = None
    because: TextShape | None = None


class StepShape(Shape):
    title: TextShape
    given: Expr
    from_: Annotated[str | None, Field(alias="from")] = None
    by: str | None = None
    before: str | None = None
    until: str | None = None
    after: str | None = None
    min_interval: str | None = None
    not_before: Expr | None = None
    grace: str | None = None
    when: Expr | None = None
    report_missed: bool = False
    because: TextShape | None = None


class SeriesShape(DutyShape):
    anchor: Expr
    stop: Expr | None = None
    grace: str | None = None
    steps: Annotated[dict[Name, StepShape], Field(min_length=1)]


class EachShape(DutyShape):
    record: str
    where: Expr | None = None
    from_: Annotated[Expr, Field(alias="from")]
    within: str
    because: TextShape | None = None


class ScheduleShape(Shape):
    model_config = ConfigDict(
        json_schema_extra={"if": {"not": {"required": ["each"]}}, "then": {"required": ["group", "service"]}}
    )

    title: TextShape
    group: str | None = None
    service: str | None = None
    lead: str = "0 days"
    every: EveryShape | None = None
    once_per: OncePerShape | None = None
    once_per_year: OncePerYearShape | None = None
    series: SeriesShape | None = None
    deadline: DeadlineShape | None = None
    each: EachShape | None = None


AmountShape = str | int | float
"""A number, or the name of a parameter."""
BandShape = Annotated[list[AmountShape], Field(min_length=2, max_length=2)]


class ScoreLineShape(Shape):
    indicator: str
    weight: AmountShape
    rule: Literal["proportional", "full_or_zero"] | None = None
    zero: AmountShape | None = None
    full: AmountShape | None = None
    bands: Annotated[list[BandShape], Field(min_length=1)] | None = None


class IndicatorShape(Shape):
    model_config = ConfigDict(
        json_schema_extra={
            "dependencies": {
                "numerator": ["denominator"],
                "denominator": ["numerator"],
                "sum": ["of"],
                "mean": ["of"],
            }
        }
    )

    title: TextShape
    entity: str | None = None
    numerator: Expr | None = None
    denominator: Expr | None = None
    count: Expr | None = None
    sum: Expr | None = None
    mean: Expr | None = None
    of: Expr | None = None
    per: int | None = None
    ratio_of: Annotated[list[str], Field(min_length=2, max_length=2)] | None = None
    scorecard: Annotated[list[ScoreLineShape], Field(min_length=1)] | None = None
    by: Names = []
    age_bands: list[int] | None = None
    suppress_below: AmountShape | None = None
    span: Literal["year_to_date", "on_the_day"]
    better: Literal["higher", "lower"] = "higher"
    target: Expr | None = None
    definition: TextShape | None = None
    cumulative: TextShape | None = None


class CriterionShape(Shape):
    when: Expr | None = None
    title: TextShape | None = None
    judged: TextShape | None = None
    evidence: list[TextShape] = []
    cost: int | float | str | None = None


Criteria = Annotated[list[CriterionShape], Field(min_length=1)]


class ClauseShape(Shape):
    number: Expr
    title: TextShape
    applies: Expr | None = None
    cost: int | float | str | None = None
    C: Criteria
    B: Criteria | None = None
    A: Criteria | None = None


class ChapterShape(Shape):
    name: Name
    title: TextShape
    clauses: Annotated[list[ClauseShape], Field(min_length=1)]


class TierShape(Shape):
    name: Name
    title: TextShape
    shares: dict[Literal["C", "B", "A"], str] = {}
    required: dict[Literal["C", "B", "A"], list[Expr]] = {}


class StandardShape(Shape):
    title: TextShape
    edition: Expr
    group: str
    sources: list[str] = []
    first_year: int | None = None
    last_year: int | None = None
    chapters: Annotated[list[ChapterShape], Field(min_length=1)]
    tiers: Annotated[list[TierShape], Field(min_length=1)]


class ChannelShape(Shape):
    title: TextShape
    fact: str
    day: Expr | None = None
    every: Literal["day", "week", "month"]
    level: str


class EntityShape(Shape):
    present: Expr


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
            ValueShape, BeforeValidator(_value_of, json_schema_input_type=str | int | float | ValueShape)
        ],
    ] = {}
    groups: dict[Name, GroupShape] = {}
    schedules: dict[Name, ScheduleShape] = {}
    indicators: dict[Name, IndicatorShape] = {}
    standards: dict[Name, StandardShape] = {}
    channels: dict[Name, ChannelShape] = {}


SECTIONS = frozenset(
    {
        *("editions", "sources", "parameters", "entities", "options", "kinds", "facts"),
        *("values", "groups", "schedules", "indicators", "standards", "channels"),
    }
)
"""The keys of a pack that hold things by name."""
