"""A small network for the tests of `wangdi.interchange.tabular`, typed as people type."""

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from wangdi.engine.model.fields import Field, FieldType, Option
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.interchange.tabular import KnownCodes, KnownTables, ReadResult, read_tables

TODAY = dt.date(2026, 6, 30)

KINDS = {
    kind.name: kind
    for kind in (
        Kind("htn_registration", Text("高血压登记", "Hypertension registration"), "resident"),
        Kind(
            "htn_followup",
            Text("高血压随访", "Hypertension follow-up"),
            "resident",
            (
                Field("sbp", Text("收缩压", "SBP"), FieldType.INTEGER, unit="mmHg", minimum=50, maximum=300),
                Field("dbp", Text("舒张压", "DBP"), FieldType.INTEGER, unit="mmHg", minimum=20, maximum=200),
                Field("weight", Text("体重", "Weight"), FieldType.DECIMAL, unit="kg", minimum=1, maximum=400),
                Field(
                    "mode",
                    Text("随访方式", "Mode"),
                    FieldType.CHOICE,
                    (
                        Option("1", Text("门诊", "Clinic")),
                        Option("2", Text("家庭", "Home")),
                        Option("3", Text("电话", "Telephone")),
                    ),
                ),
                Field(
                    "symptoms",
                    Text("症状", "Symptoms"),
                    FieldType.CHOICES,
                    (
                        Option("1", Text("无症状", "None")),
                        Option("2", Text("头痛头晕", "Headache, dizziness")),
                        Option("3", Text("恶心呕吐", "Nausea, vomiting")),
                    ),
                ),
                Field("referred", Text("转诊", "Referred"), FieldType.BOOLEAN),
                Field("remark", Text("备注", "Remark"), FieldType.TEXT),
            ),
        ),
        Kind(
            "posting",
            Text("派驻", "Posting"),
            "worker",
            (
                Field("valid_from", Text("开始日期", "From"), FieldType.DATE, required=True),
                Field("valid_to", Text("结束日期", "To"), FieldType.DATE),
            ),
        ),
    )
}

Rows = Sequence[Sequence[Any]]

PLACES: Rows = (
    ("code", "name", "level", "parent"),
    ("420281", "大冶市", "county", ""),
    ("420281101", "金湖街道", "township", "420281"),
    ("420281101201", "株林村", "village", "420281101"),
)
INSTITUTIONS: Rows = (
    ("code", "name", "type", "level", "parent", "place"),
    ("H1", "大冶市人民医院", "hospital", "2", "", "420281"),
    ("T1", "金湖卫生院", "township_centre", "", "H1", "420281101"),
)
RESIDENTS: Rows = (
    ("code", "name", "sex", "birth_date", "place", "institution"),
    ("R1", "张三", "1", "1950-05-02", "420281101201", "T1"),
    ("R2", "李四", "2", "1960-02-29", "420281101201", "T1"),
)
FOLLOWUPS: Rows = (
    ("subject", "institution", "occurred_on", "sbp", "dbp"),
    ("R1", "T1", "2026-03-01", "132", "84"),
    ("R2", "T1", "2026-04-01", "150", "95"),
)
NETWORK: Mapping[str, Rows] = {
    "places": PLACES,
    "institutions": INSTITUTIONS,
    "residents": RESIDENTS,
    "htn_followup": FOLLOWUPS,
}


def csv_bytes(rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def write_folder(folder: Path, tables: Mapping[str, Rows]) -> Path:
    for name, rows in tables.items():
        file = folder / f"{name}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(csv_bytes(rows))
    return folder


def write_workbook(path: Path, sheets: Mapping[str, Rows]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def read(path: Path, known: KnownCodes | None = None) -> ReadResult:
    return read_tables(path, kinds=KINDS, known=known or KnownTables(), today=TODAY)


def known_network(folder: Path) -> KnownTables:
    """The example network as what the store holds."""
    return KnownTables(read(write_folder(folder / "known", NETWORK)).tables)


def read_rows(folder: Path, table: str, rows: Rows) -> ReadResult:
    """Read one csv against the example network."""
    return read(write_folder(folder / "new", {table: rows}) / f"{table}.csv", known_network(folder))


def codes_at(result: ReadResult) -> list[tuple[str, int | None, str | None]]:
    """Code, row and field of every problem, in order."""
    return [(problem.code, problem.where.row, problem.where.field) for problem in result.problems]
