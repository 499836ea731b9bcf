"""A small network, two kinds of record, and short ways to write tables, for the tests of store and lake."""

from datetime import date
from typing import Any

import pyarrow as pa

from wangdi.engine.model.fields import Field, FieldType, Option
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import ASSET, INSTITUTION, PLACE, RESIDENT, TEAM, WORKER, Register
from wangdi.engine.model.text import Text
from wangdi.interchange.tables import record_schema, register_schema
from wangdi.server.records.bulk import LoadSummary, load_tables

OPTIONS = (Option("1", Text("门诊", "Clinic")), Option("2", Text("家庭", "Home")))


def field(name: str, type_: FieldType, **more: Any) -> Field:
    return Field(name, Text(name, name), type_, **more)


VISIT = Kind(
    "visit",
    Text("随访", "Visit"),
    "resident",
    (
        field("sbp", FieldType.INTEGER, minimum=50, maximum=300, unit="mmHg", required=True),
        field("fpg", FieldType.DECIMAL),
        field("complete", FieldType.BOOLEAN),
        field("seen_on", FieldType.DATE),
        field("seen_at", FieldType.TIME),
        field("mode", FieldType.CHOICE, options=OPTIONS),
        field("symptoms", FieldType.CHOICES, options=OPTIONS),
        field("note", FieldType.TEXT),
    ),
)
POSTING = Kind("posting", Text("派驻", "Posting"), "worker", (field("valid_to", FieldType.DATE),))
KINDS = {kind.name: kind for kind in (VISIT, POSTING)}

ID_NUMBER = "420281195001011234"
PHONE = "13812345678"

PLACES: list[dict[str, Any]] = [
    {"code": "42", "name": "湖北省", "level": "province"},
    {"code": "420281", "name": "大冶市", "level": "county", "parent": "42"},
    {"code": "420281A", "name": "金湖", "level": "township", "parent": "420281"},
    {"code": "420281B", "name": "还地桥", "level": "township", "parent": "420281"},
    {"code": "420222", "name": "阳新县", "level": "county", "parent": "42"},
    {"code": "420222A", "name": "兴国", "level": "township", "parent": "420222"},
]
INSTITUTIONS: list[dict[str, Any]] = [
    {"code": "HA", "name": "金湖卫生院", "type": "township_centre", "place": "420281A"},
    {"code": "VA", "name": "金湖村卫生室", "type": "village_clinic", "place": "420281A", "parent": "HA"},
    {"code": "HB", "name": "还地桥卫生院", "type": "township_centre", "place": "420281B"},
    {"code": "HX", "name": "兴国卫生院", "type": "township_centre", "place": "420222A"},
]
WORKERS: list[dict[str, Any]] = [
    {"code": "W1", "name": "王医生", "institution": "VA", "title_level": "junior"},
    {"code": "W2", "name": "李医生", "institution": "HX", "title_level": "mid"},
]
TEAMS: list[dict[str, Any]] = [
    {"code": "TA", "name": "金湖团队", "type": "family_doctor", "institution": "HA", "leader": "W1"},
    {"code": "TB", "name": "还地桥团队", "type": "family_doctor", "institution": "HB"},
]
ASSETS: list[dict[str, Any]] = [
    {"code": "AA", "name": "金湖救护车", "type": "ambulance", "institution": "HA"},
    {"code": "AV", "name": "金湖冷藏箱", "type": "cold_chain", "institution": "VA"},
    {"code": "AX", "name": "兴国救护车", "type": "ambulance", "institution": "HX"},
]
RESIDENTS: list[dict[str, Any]] = [
    {
        "code": "R1",
        "name": "张三",
        "sex": "1",
        "birth_date": date(1950, 1, 1),
        "place": "420281A",
        "institution": "VA",
        "team": "TA",
        "id_number": ID_NUMBER,
        "phone": PHONE,
    },
    {"code": "R2", "name": "李四", "sex": "2", "place": "420281B", "institution": "HB"},
    {"code": "R3", "name": "王五", "sex": "1", "place": "420222A", "institution": "HX"},
    {"code": "R4", "name": "无处", "sex": "2"},
]


def register_table(register: Register, rows: list[dict[str, Any]], *columns: str) -> Any:
    """A table of a register: with the given columns, or with those that occur in the rows."""
    names = columns or tuple({name: None for row in rows for name in row})
    schema = pa.schema([register_schema(register).field(name) for name in names])
    return pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows], schema)


def visits(*rows: dict[str, Any]) -> Any:
    return _records(VISIT, {"subject": "R1", "occurred_on": date(2026, 1, 1), "sbp": 130}, rows)


def postings(*rows: dict[str, Any]) -> Any:
    return _records(POSTING, {"subject": "W1", "occurred_on": date(2026, 1, 1)}, rows)


def _records(kind: Kind, usual: dict[str, Any], rows: tuple[dict[str, Any], ...]) -> Any:
    return pa.Table.from_pylist([{"status": "final", **usual, **row} for row in rows], record_schema(kind))


def network() -> dict[str, Any]:
    """All registers."""
    return {
        "places": register_table(PLACE, PLACES),
        "institutions": register_table(INSTITUTION, INSTITUTIONS),
        "workers": register_table(WORKER, WORKERS),
        "teams": register_table(TEAM, TEAMS),
        "assets": register_table(ASSET, ASSETS),
        "residents": register_table(RESIDENT, RESIDENTS),
    }


def load(**tables: Any) -> LoadSummary:
    """Load tables as a job named `import`; `visit` and `posting` stand for the record tables."""
    named = {f"records/{name}" if name in KINDS else name: table for name, table in tables.items()}
    return load_tables(named, kinds=KINDS, actor_name="import")


def load_network() -> None:
    """All registers, into the current installation."""
    load(**network())
