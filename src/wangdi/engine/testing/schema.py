"""The JSON Schemas for editors: of packs, and of the tests beside them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.text import Text
from wangdi.engine.packs.described import Keys
from wangdi.engine.packs.schema import DIALECT, pack_schema, schema_of
from wangdi.engine.testing.shapes import TestShape

_RECORD = "RecordShape"
_VALUES = "values"

TEST_KEYS: Mapping[str, Keys] = {
    "TestShape": {
        "name": Text(
            "一句话：谁、什么情况、应当怎样", "A sentence: who, in what situation, and what should be"
        ),
        "as_of": Text(
            "评估日；edges 表示到期前一天、起始日、到期日、逾期日各查一次",
            "The day; edges looks at the day before it is due, the first, the last and the day after",
        ),
        **{
            entity: Text(f"{register.title.zh}的台账各列", f"Columns of the {entity}'s register")
            for entity, register in REGISTERS.items()
        },
        "institutions": Text(
            "其他机构，按编码：台账各列", "Further institutions by code: columns of their register"
        ),
        "places": Text("其他区划，按编码：台账各列", "Further places by code: columns of their register"),
        "workers": Text("其他人员，按编码：台账各列", "Further workers by code: columns of their register"),
        "teams": Text("其他团队，按编码：台账各列", "Further teams by code: columns of their register"),
        "place": Text("区划的台账各列", "Columns of the place's register"),
        "below": Text(
            "其下级，按台账：residents: [{各列, times: 几个, records: […]}]",
            "Those below, by register: residents: [{columns, times: how many, records: […]}]",
        ),
        "adopted": Text("本包是否已被采用", "Whether the pack is adopted"),
        "edition": Text("所采用的版次", "The edition that is adopted"),
        "records": Text("记录：- 记录种类: {on: 日期, 项目: 值}", "Records: - kind: {on: day, field: value}"),
        "expect": Text("应当得到的结果", "What should come out"),
    },
    "RecordShape": {
        "on": Text("记录日期", "The day of the record"),
        "id": Text("记录编号；同一天者编号大的在后", "Its id; of one day, the larger is the later"),
        "status": Text("void 表示作废", "void: it does not count"),
        "related": Text(
            "对象、机构、人员的台账各列", "Register columns of its subject, institution or worker"
        ),
    },
    "BelowShape": {
        "times": Text("几个这样的", "How many of them"),
        "records": Text("其记录", "Their records"),
    },
    "DueShape": {
        "due_from": Text("起始日", "From when it is due"),
        "due_on": Text("到期日", "On which day at the latest"),
        "overdue_from": Text("逾期日", "From when it is overdue"),
        "missed_from": Text("错过日", "From when it can no longer be done"),
        "status": Text("当日状态", "Its status on the day"),
        "responsible": Text("由哪个机构办理（编码）", "The code of the institution that has to act"),
        "other_than": Text(
            "该项不从这一天起应做（是另一期的）",
            "An item that is not due from this day: that of another period",
        ),
        "before": Text(
            "as_of 为 edges 时，due_from 前一天：upcoming 未到期（不写即是）、none 还没有这一项、another 列着另一期的",
            "With as_of: edges, on the day before due_from: upcoming (if not given), none yet, or that of another period",
        ),
        "after": Text(
            "as_of 为 edges 时，overdue_from 起：overdue 逾期（不写即是）、none 不再列出、another 换成另一期的",
            "With as_of: edges, from overdue_from on: overdue (if not given), none any more, or that of another period",
        ),
    },
    "StandardExpectShape": {
        "review": Text("哪级评审；不写为自评", "Which review; the institution's own if not given"),
        "year": Text("评审年度；不写为当日所在年度", "The year of assessment; that of the day if not given"),
        "clauses": Text(
            "各条款达到的档；未达到写 none，不适用写 not_applicable",
            "The level of each clause, none, or not_applicable",
        ),
        "tier": Text("达标档次；未达到写 none", "The tier that is reached, or none"),
        "gap": Text("到下一档次应补的条款", "The clauses to raise for the next tier"),
    },
    "SheetExpectShape": {
        "says": Text(
            "反馈单上有的文字；结果写成 名称: 结果 判断，如 空腹血糖: 7.2 high",
            "Texts that stand on it; a result as title: result judgement, such as 空腹血糖: 7.2 high",
        ),
        "silent": Text("反馈单上没有的文字", "Texts that do not stand on it"),
        "withheld": Text("暂不出单", "Whether there is none yet"),
    },
    "ExpectShape": {
        "present": Text("是否在册", "Whether it is present"),
        "groups": Text("人群：在（true）或不在（false）", "Groups: in it (true) or not (false)"),
        "due": Text(
            "服务安排：各日期与状态，系列按步骤写；null 表示没有",
            "Schedules: days and status, of a series by step, or null for no item",
        ),
        "open": Text(
            "服务安排：所有应做和逾期的步骤", "Schedules: all steps that are due or overdue, in any order"
        ),
        "indicators": Text(
            "指标：[分子, 分母]，各为0或1", "Indicators: [numerator, denominator], 0 or 1 each"
        ),
        "targets": Text(
            "指标当日的目标值（占比写0.9）；null 表示没有",
            "Indicators: the target on the day (a share as 0.9), or null for none",
        ),
        "values": Text("值", "Values"),
        "standards": Text("标准；null 表示不适用于该机构", "Standards; null where one is not for it"),
        "channels": Text(
            "监测渠道：{时段起日: 数}，没有的时段不写",
            "Channels: {first day of a period: count}, without the periods in which nothing is counted",
        ),
        "sheets": Text(
            "结果反馈单，按记录种类：最近一条记录的",
            "Result sheets, by kind of record: that of the last record",
        ),
    },
}
"""What each key of a test means."""


def tests_schema() -> dict[str, Any]:
    """The schema of ``tests.yaml``: a list of tests; a record is written as ``- kind: {on: …, field: …}``."""
    test = schema_of(TestShape, TEST_KEYS)
    definitions = test.pop("definitions")
    definitions[_RECORD] = _as_written(definitions[_RECORD])
    below = definitions["BelowShape"]
    del below["properties"]["attributes"]
    below["additionalProperties"] = True
    return {
        "$schema": DIALECT,
        "title": "Wangdi 规则包测试 pack tests",
        "type": "array",
        "items": test,
        "definitions": definitions,
    }


def _as_written(record: dict[str, Any]) -> dict[str, Any]:
    """A record under its kind, its own keys and its fields side by side."""
    known = {name: part for name, part in record["properties"].items() if name not in ("kind", _VALUES)}
    content = {"type": "object", "properties": known, "required": ["on"], "additionalProperties": True}
    return {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": content}


SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "pack.schema.json": pack_schema,
    "tests.schema.json": tests_schema,
}
"""The files in which editors find the schemas, in the folder above the packs."""


def schema_text(name: str) -> str:
    """The text of one of the files."""
    return json.dumps(SCHEMAS[name](), ensure_ascii=False, indent=2) + "\n"
