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


class UsualShape(Shape):
    min: float | int | None = None
    max: float | int | None = None
    source: str | None = None
    status: Literal["official", "unverified"] = "unverified"


def _listed(value: Any) -> Any:
    """One name may be written without a list around it."""
    return [value] if isinstance(value, str) else value


Names = Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])]


class FieldExchangeShape(Shape):
    as_: Annotated[
        Literal[
            "observation",
            "condition",
            "procedure",
            "medication",
            "reason",
            "priority",
            "setting",
            "identifier",
            "start",
            "end",
        ]
        | None,
        Field(alias="as"),
    ] = None
    certainty: Literal["provisional", "confirmed"] | None = None
    loinc: str | None = None
    panel: str | None = None
    codes: dict[str, str] = {}
    dosage: Names = []
    day: str | None = None
    after: str | None = None


class FieldShape(Shape):
    title: TextShape
    type: Literal[
        "text",
        "integer",
        "decimal",
        "boolean",
        "date",
        "time",
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
    others: str | None = None
    unit: str | None = None
    min: float | int | None = None
    max: float | int | None = None
    required: bool = False
    shared: bool = False
    asked_if: Expr | None = None
    section: TextShape | None = None
    usual: UsualShape | None = None
    record_of: str | None = None
    exchange: FieldExchangeShape | None = None


class TransitionShape(Shape):
    title: TextShape
    from_: Annotated[Names, Field(alias="from", min_length=1)]
    to: str
    by: Annotated[Names, Field(min_length=1)]
    side: Literal["holder", "origin"] = "holder"
    needs: Names = []
    asks: Names = []
    hand_over: str | None = None
    exceptional: bool = False


class EscalationShape(Shape):
    after: str = "0 days"
    title: TextShape | None = None
    because: TextShape | None = None


UrgencyWord = Literal["first", "usual", "later"]


class LimitShape(Shape):
    state: str
    within: str
    urgency: UrgencyWord = "usual"
    title: TextShape | None = None
    because: TextShape | None = None
    escalate: list[EscalationShape] = []


class WorkflowShape(Shape):
    states: Annotated[dict[Name, TextShape], Field(min_length=1)]
    final: Annotated[Names, Field(min_length=1)]
    resting: Names = []
    transitions: Annotated[dict[Name, TransitionShape], Field(min_length=1)]
    limits: list[LimitShape] = []


class QuickShape(Shape):
    title: TextShape
    group: str | None = None
    unless: str | None = None


class DiagnosisShape(Shape):
    icd10: str
    title: TextShape
    since: str | None = None


class KindExchangeShape(Shape):
    encounter: Literal["ambulatory", "emergency", "field", "home", "inpatient", "virtual"] | None = None
    request: bool = False
    to: str | None = None
    diagnosis: DiagnosisShape | None = None


class KindShape(Shape):
    title: TextShape
    about: Literal["resident", "worker", "institution", "place", "team", "asset"]
    fields: dict[Name, FieldShape] = {}
    workflow: WorkflowShape | None = None
    quick: QuickShape | None = None
    exchange: KindExchangeShape | None = None


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
    internal: bool = False
    unit: str | None = None
    is_: Annotated[Expr, Field(alias="is")]


def value_of(value: Any) -> Any:
    """A value may be written as its expression alone."""
    return {"is": value} if isinstance(value, str | int | float) else value


class GroupShape(Shape):
    title: TextShape
    entity: str | None = None
    internal: bool = False
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
    urgency: UrgencyWord = "usual"
    fades: str | None = None
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
    target_level: str | None = None
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
    unit: str | None = None


class EntityShape(Shape):
    present: Expr
