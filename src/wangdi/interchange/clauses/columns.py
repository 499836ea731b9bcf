"""The two sheets of a clause workbook and their columns."""

from dataclasses import dataclass

from wangdi.engine.model.standards import LEVELS
from wangdi.engine.model.text import Text


@dataclass(frozen=True, slots=True)
class Column:
    """``required``: the heading has to be there. What a cell takes is said in ``help``."""

    name: str
    title: Text
    help: Text
    required: bool = False
    width: int = 14


CLAUSES = "条款"
TIERS = "等次"

_SPLIT = Text("几项之间用“；”隔开", "separate several with a semicolon")
_ENGLISH = Text("英文；不填则用中文", "English; the Chinese text where it is empty")
_DOWN = Text("空着则同上一行", "empty means as in the row above")

CLAUSE_COLUMNS = (
    Column("chapter", Text("章", "Chapter"), _DOWN, required=True, width=24),
    Column("number", Text("条款编号", "Clause"), _DOWN, required=True),
    Column("title", Text("条款名称", "Title"), _DOWN, required=True, width=24),
    Column("level", Text("档次", "Level"), Text("C、B 或 A", "C, B or A"), required=True, width=8),
    Column(
        "criterion",
        Text("判定内容", "Criterion"),
        Text("一行一个判定项", "one criterion in a row"),
        True,
        60,
    ),
    Column("evidence", Text("佐证材料", "Evidence"), _SPLIT, required=True, width=40),
    Column(
        "cost",
        Text("工作量", "Cost"),
        Text("补齐这一项的工作量，不填为 1", "effort of meeting it; 1 where empty"),
    ),
    Column("chapter_en", Text("章（英文）", "Chapter (English)"), _ENGLISH),
    Column("title_en", Text("条款名称（英文）", "Title (English)"), _ENGLISH),
    Column("criterion_en", Text("判定内容（英文）", "Criterion (English)"), _ENGLISH),
    Column(
        "evidence_en",
        Text("佐证材料（英文）", "Evidence (English)"),
        Text("与中文逐项对应", "as many as in Chinese"),
    ),
)

TIER_COLUMNS = (
    Column(
        "title", Text("等次名称", "Tier"), Text("由低到高", "from the lowest up"), required=True, width=20
    ),
    Column("title_en", Text("等次名称（英文）", "Tier (English)"), _ENGLISH),
    *(
        Column(
            f"share_{level.value}",
            Text(f"{level.value}档及以上比例", f"Share at {level.value} or higher"),
            Text("0 到 1 之间，或百分数", "between 0 and 1, or in per cent"),
        )
        for level in LEVELS
    ),
    *(
        Column(
            f"required_{level.value}",
            Text(f"{level.value}档必达条款", f"Clauses required at {level.value}"),
            _SPLIT,
        )
        for level in LEVELS
    ),
)

SHEETS = {CLAUSES: CLAUSE_COLUMNS, TIERS: TIER_COLUMNS}
