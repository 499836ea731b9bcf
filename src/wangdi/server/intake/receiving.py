"""Taking in what a system sends: read and checked as an import is, saved whole or not at all."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.interchange.quack import connect
from wangdi.interchange.tables import record_table_name
from wangdi.interchange.tabular.problems import Note, Problem
from wangdi.interchange.tabular.read import ReadResult, read_tables
from wangdi.server.access.scope import Scope
from wangdi.server.common.loading import LoadProblem
from wangdi.server.evaluation.services import refresh_subjects, today
from wangdi.server.intake.limits import Limits, forget_old
from wangdi.server.intake.models import Delivery, Token
from wangdi.server.network.known import StoreKnown
from wangdi.server.network.models import MODELS, Resident
from wangdi.server.records.batches import Batch, Row, newest_versions, save_batch
from wangdi.server.records.shaping import check_records, shape_records

SUFFIXES: Mapping[str, str] = {
    "application/json": ".json",
    "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
"""What a body may be, by its media type."""

SHOWN_PROBLEMS = 200

AT_ONCE = 20
"""Up to so many people or institutions get their due items anew with the records; more wait for the next evaluation."""

LONGEST_ID = 64

BEFORE_ID = ":"
"""Between the source and the number that a system gives."""

SHOWN_IDS = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend, as an outside system can read it: row and column as it sent them."""

    message: Text
    hint: Text | None = None
    code: str = ""
    row: int | None = None
    column: str | None = None
    value: str | None = None

    @property
    def told(self) -> Text:
        """The message after where it is."""
        zh = f"第 {self.row} 行 " if self.row is not None else ""
        en = f"row {self.row}, " if self.row is not None else ""
        column = f"{self.column}：" if self.column else ""
        return Text(f"{zh}{column}{self.message.zh}", f"{en}{column.replace('：', ': ')}{self.message.en}")


@dataclass(eq=False)
class Refused(Exception):
    """Nothing was saved. ``count`` is the number of all problems, of which ``faults`` describes the first."""

    status: int
    faults: tuple[Fault, ...]
    count: int = 1
    rows: int = 0

    def __str__(self) -> str:
        return "\n".join(fault.message.en for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a body. ``is_due_now``: due items follow the records already."""

    rows: int
    batch: Batch
    is_due_now: bool
    notes: tuple[Note, ...]


def receive(token: Token, kind: Kind, body: bytes, media_type: str, limits: Limits) -> Received:
    """Saves the records of a body. Raises Refused with everything that is wrong; what was sent is noted either way.

    Record numbers get the system's source before them; rows without one are told apart by their content.
    """
    try:
        return _received(token, kind, body, media_type, limits)
    except Refused as refused:
        note_refused(token, kind.name, refused)
        raise


def note_refused(token: Token, kind: str, refused: Refused) -> None:
    """Keeps what was refused, and why, for those who look after the system."""
    told = refused.faults[0].told
    with transaction.atomic():
        Delivery.objects.create(
            token=token,
            kind=kind[:64],
            status=refused.status,
            rows=refused.rows,
            problems=refused.count,
            told=told.zh[:300],
            told_en=told.en[:300],
        )
        _used(token)


def _received(token: Token, kind: Kind, body: bytes, media_type: str, limits: Limits) -> Received:
    result = _read(token, kind, body, SUFFIXES[media_type])
    table = result.tables.get(record_table_name(kind.name))
    rows = 0 if table is None else table.num_rows
    if rows > limits.rows:
        text = Text(
            f"一次最多 {limits.rows:,} 行，这里有 {rows:,} 行",
            f"{rows:,} rows; at most {limits.rows:,} at once",
        )
        raise Refused(413, (Fault(text, Text("请分几次发送。", "Send them in several parts.")),), rows=rows)
    wanted = [] if table is None else _rows(token, kind, table)
    with transaction.atomic():
        _refuse_others(token, kind, wanted)
        name = f"{token.name} ({token.source})"
        batch = save_batch(kind, wanted, "intake", actor_name=name, token=token.pk)
        is_due_now = refresh_subjects(batch.written, AT_ONCE)
        Delivery.objects.create(
            token=token,
            kind=kind.name,
            status=200,
            rows=rows,
            created=len(batch.created),
            amended=len(batch.amended),
        )
        _used(token)
    return Received(rows, batch, is_due_now, result.notes)


def _used(token: Token) -> None:
    Token.objects.filter(pk=token.pk).update(last_used_at=timezone.now())
    forget_old(token)


def _read(token: Token, kind: Kind, body: bytes, suffix: str) -> ReadResult:
    """What an import would read from a file of the kind's name. What moves a record on is not for outside systems."""
    plain = replace(kind, fields=kind.form, workflow=None)
    with TemporaryDirectory(prefix="wangdi-intake-") as folder:
        file = Path(folder) / f"{kind.name}{suffix}"
        file.write_bytes(body)
        result = read_tables(
            file, kinds={kind.name: plain}, known=StoreKnown(_within(token.scope)), today=today()
        )
    others = result.row_counts.keys() - {record_table_name(kind.name)}
    if not result.ok:
        faults = tuple(_fault(problem, token) for problem in result.problems[:SHOWN_PROBLEMS])
        raise Refused(422, faults, result.problem_count, sum(result.row_counts.values()))
    if others:
        text = Text(
            f"这里只收“{kind.title.zh}”，文件里还有：{'、'.join(sorted(others))}",
            f"only rows of {kind.name} are taken here; there is also {', '.join(sorted(others))}",
        )
        raise Refused(422, (Fault(text),))
    return result


def _within(scope: Scope) -> Any:
    """The rows of registers that a token may name: what lies outside does not exist for it."""

    def rows(entity: str) -> "QuerySet[Any]":
        if entity == "resident":
            return Resident.all_files.all().within(scope)
        return MODELS[entity].objects.all().within(scope)

    return rows


def _rows(token: Token, kind: Kind, table: Any) -> list[Row]:
    """The rows of an Arrow table as they are stored, with the system's source before their numbers."""
    longest = LONGEST_ID - len(token.source) - 1
    long = [one for one in table["id"].to_pylist() if len(one) > longest]
    plain = replace(kind, fields=kind.form, workflow=None)
    with connect() as quack:
        faults = [_fault_of_load(problem) for problem in check_records(quack, kind, table)]
        shaped = shape_records(quack, plain, table) if not faults else None
    if long:
        text = Text(f"记录编号最长 {longest} 个字符", f"record ids have at most {longest} characters")
        faults.append(Fault(text, column="id", value="、".join(long[:SHOWN_IDS])))
    if faults or shaped is None:
        raise Refused(422, tuple(faults), len(faults), table.num_rows)
    return [_row(token, one) for one in shaped.to_pylist()]


def _fault_of_load(problem: LoadProblem) -> Fault:
    return Fault(problem.message, column=problem.column, value="、".join(problem.values[:SHOWN_IDS]) or None)


def _row(token: Token, shaped: Mapping[str, Any]) -> Row:
    return Row(
        f"{token.source}{BEFORE_ID}{shaped['id']}",
        shaped["subject"],
        shaped["institution"],
        shaped["worker"],
        date.fromisoformat(shaped["occurred_on"]),
        shaped["status"],
        json.loads(shaped["values"]),
    )


def _refuse_others(token: Token, kind: Kind, rows: list[Row]) -> None:
    """Records of those ids that are about somebody outside the token's area are not its to amend."""
    before = newest_versions(kind, [row.record_id for row in rows])
    subjects = {one.subject for one in before.values()}
    own = set(
        MODELS[kind.about]
        .objects.all()
        .within(token.scope)
        .filter(pk__in=subjects)
        .values_list("pk", flat=True)
    )
    taken = sorted(name for name, one in before.items() if one.subject not in own)
    if taken:
        text = Text("这些记录编号已被他处使用", "these record ids are in use elsewhere")
        fault = Fault(text, column="id", value="、".join(taken[:SHOWN_IDS]))
        raise Refused(422, (fault,), len(taken), len(rows))


def _fault(problem: Problem, token: Token) -> Fault:
    hint = problem.hint
    if problem.code == "I601":
        area = token.area
        hint = Text(
            f"{hint.zh}令牌只能写“{area.name}”（{area.code}）范围内的。",
            f"{hint.en} The token reaches {area.name} ({area.code}) and what is under it.",
        )
    where = problem.where
    return Fault(problem.message, hint, problem.code, where.row, where.column, problem.value)
