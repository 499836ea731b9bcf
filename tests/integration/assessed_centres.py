"""Two township centres and a clinic with judgements of the shipped standard, for the tests of assessments."""

from datetime import date
from typing import Any

import pyarrow as pa

from wangdi.engine.model.registers import INSTITUTION, PLACE, WORKER, Register
from wangdi.engine.model.standards import JUDGEMENT, Judged
from wangdi.interchange.tables import record_schema, register_schema
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.records.bulk import load_tables

STANDARD = "township_centre_illustrative"
PLACES: list[dict[str, Any]] = [
    {"code": "42", "name": "湖北省", "level": "province"},
    {"code": "A", "name": "大冶市", "level": "county", "parent": "42"},
    {"code": "B", "name": "阳新县", "level": "county", "parent": "42"},
]
INSTITUTIONS: list[dict[str, Any]] = [
    {"code": "HA", "name": "金湖卫生院", "type": "township_centre", "place": "A", "beds": 12},
    {"code": "HB", "name": "白沙卫生院", "type": "township_centre", "place": "B", "beds": 0},
    {"code": "CA", "name": "栖儒村卫生室", "type": "village_clinic", "place": "A", "parent": "HA"},
]
WORKERS = [{"code": "W1", "name": "王医生", "institution": "HA"}]


def judgement(number: int, clause: str, review: str, *, met: bool, **more: Any) -> dict[str, Any]:
    """A judgement of HA's first criterion for C in 2026, unless told otherwise."""
    return {
        "id": f"j{number}",
        "subject": "HA",
        "occurred_on": date(2026, 3, 1),
        "status": "final",
        "standard": STANDARD,
        "year": 2026,
        "review": review,
        "clause": clause,
        "level": "C",
        "criterion": 1,
        "met": met,
        **more,
    }


def judge_all(review: str, institution: str, first: int, *, apart_from: tuple[str, ...] = ()) -> list[Any]:
    """Every judged criterion is met at a review, but those of some clauses."""
    criteria = rulebook().standards[STANDARD].criteria
    return [
        judgement(
            first + row,
            clause.number,
            review,
            met=clause.number not in apart_from,
            subject=institution,
            level=level.value,
            criterion=number,
        )
        for row, (clause, level, number, criterion) in enumerate(criteria)
        if isinstance(criterion, Judged)
    ]


def load_centres(judgements: list[dict[str, Any]]) -> None:
    """Loads the network and the judgements into the current installation."""
    kinds = rulebook().kinds
    tables = {
        "places": _table(PLACE, PLACES),
        "institutions": _table(INSTITUTION, INSTITUTIONS),
        "workers": _table(WORKER, WORKERS),
        f"records/{JUDGEMENT}": pa.Table.from_pylist(judgements, record_schema(kinds[JUDGEMENT])),
    }
    load_tables(tables, kinds=kinds, actor_name="import")


def _table(register: Register, rows: list[dict[str, Any]]) -> Any:
    names = tuple({name: None for row in rows for name in row})
    schema = pa.schema([register_schema(register).field(name) for name in names])
    return pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows], schema)
