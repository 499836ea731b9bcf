"""The tables of what a network decides, as files hold them: which place adopts which pack, and targets.

Unlike registers they have no code: their key columns together say what a row is about. References hold codes.
"""

from dataclasses import dataclass

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.text import Text


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A table whose rows are told apart by ``keys``."""

    table: str
    title: Text
    keys: tuple[str, ...]
    fields: tuple[Field, ...]


_PLACE = Field("place", Text("区划编码", "Place"), FieldType.REFERENCE, refers_to="place")

ADOPTIONS = DecisionTable(
    "adoptions",
    Text("采用", "Adoptions"),
    ("pack", "place", "since"),
    (
        Field("pack", Text("规则包", "Pack"), FieldType.TEXT, required=True),
        _PLACE,
        Field("since", Text("起始日期", "Since"), FieldType.DATE, required=True),
        Field("until", Text("截止日期", "Until"), FieldType.DATE),
        Field("edition", Text("版次", "Edition"), FieldType.TEXT),
        Field("in_force", Text("施行", "In force"), FieldType.BOOLEAN),
    ),
)
TARGETS = DecisionTable(
    "targets",
    Text("目标任务", "Targets"),
    ("indicator", "place", "institution", "period_start"),
    (
        Field("indicator", Text("指标", "Indicator"), FieldType.TEXT, required=True),
        _PLACE,
        Field("institution", Text("机构编码", "Institution"), FieldType.REFERENCE, refers_to="institution"),
        Field("period_start", Text("期间首日", "Period start"), FieldType.DATE, required=True),
        Field("value", Text("目标值", "Value"), FieldType.DECIMAL, required=True),
        Field("source", Text("依据", "Source"), FieldType.TEXT),
    ),
)
DECISIONS = {decided.table: decided for decided in (ADOPTIONS, TARGETS)}
