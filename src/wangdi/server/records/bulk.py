"""Loading whole bundles of registers and records: all or nothing, and the same bundle twice changes nothing.

All that can be read, checked and compared is, before the one transaction that writes: others save meanwhile.

Measured on two cores, records with four fields: 170,000 a second into an empty store, indexes included.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import duckdb
from adbc_driver_manager import IntegrityError

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.text import Text
from wangdi.interchange.decisions import DECISIONS
from wangdi.interchange.quack import connect
from wangdi.interchange.tables import RECORDS_PREFIX, Tables
from wangdi.server.adoption.bulk import stage_decisions, write_decisions
from wangdi.server.audit.bulk import append_change, next_change
from wangdi.server.common.bulk import BulkWriter, bulk_connection, indexes_aside, lease_store
from wangdi.server.common.loading import Counts, LoadError, LoadProblem, OnProgress, distinct_rows
from wangdi.server.network.bulk import StagedRegister, stage_register, write_register
from wangdi.server.records.fresh import FreshRecords
from wangdi.server.records.shaping import check_records, shape_records
from wangdi.server.records.staged import StagedRecords, make_kind
from wangdi.server.records.unfinished import finish_with

SLICE_ROWS = 500_000
"""Rows staged at a time: bounds memory to a few hundred megabytes; larger slices are no faster."""

Piece = tuple[str, Any]
"""Table name (``records/<kind>``) and Arrow table."""


@dataclass(slots=True)
class LoadSummary:
    """What a load did, by table name. ``change_id`` is None when it changed nothing."""

    tables: dict[str, Counts] = field(default_factory=dict)
    change_id: int | None = None

    @property
    def changed(self) -> int:
        return sum(counts.changed for counts in self.tables.values())

    def as_json(self) -> dict[str, dict[str, int]]:
        return {
            name: {"created": counts.created, "amended": counts.amended}
            for name, counts in self.tables.items()
            if counts.changed
        }


def load_tables(
    tables: Tables,
    *,
    kinds: Mapping[str, Kind],
    actor_name: str,
    rulebook: Rulebook | None = None,
    on_progress: OnProgress | None = None,
) -> LoadSummary:
    """Load a bundle, all or nothing. Raises LoadError with all problems, StoreBusy, BulkUnavailable.

    Many records are written in steps after the transaction of their change: see `records.staged`.

    Adoptions and targets are checked against the ``rulebook``, which is not needed without them.
    """
    others = {name: table for name, table in tables.items() if not name.startswith(RECORDS_PREFIX)}
    registers = {name: table for name, table in others.items() if name not in DECISIONS}
    decisions = {name: table for name, table in others.items() if name in DECISIONS}
    records: dict[str, Any] = {}
    problems: list[LoadProblem] = []
    for name in tables.keys() - others.keys():
        records[name], found = distinct_rows(name, "id", tables[name])
        problems += found
    if problems:
        raise LoadError(problems)
    return load_pieces(
        registers,
        _slices(records),
        kinds=kinds,
        actor_name=actor_name,
        decisions=decisions,
        rulebook=rulebook,
        expected={name: table.num_rows for name, table in records.items()},
        on_progress=on_progress,
    )


def load_pieces(
    registers: Tables,
    pieces: Iterable[Piece],
    *,
    kinds: Mapping[str, Kind],
    actor_name: str,
    decisions: Tables | None = None,
    rulebook: Rulebook | None = None,
    expected: Mapping[str, int] | None = None,
    on_progress: OnProgress | None = None,
) -> LoadSummary:
    """``load_tables`` for record tables that come in pieces and need not fit in memory.

    Ids must be distinct within the pieces of a kind; ``expected`` rows by table are for the progress only.
    """
    load = _Load(kinds, dict(expected or {}), on_progress or _silent)
    try:
        with bulk_connection(lease_store()) as writer:
            load.run(writer, registers, decisions or {}, pieces, rulebook or Rulebook(()), actor_name)
    except IntegrityError as error:
        message = Text(
            f"数据库拒绝写入（{error}），同一编号可能出现了两次",
            f"the store refused a row ({error}); an id probably occurs twice",
        )
        raise LoadError([LoadProblem("records", "id", message)]) from error
    return load.summary


def _slices(records: Mapping[str, Any]) -> Iterator[Piece]:
    for name in sorted(records):
        for start in range(0, records[name].num_rows, SLICE_ROWS):
            yield name, records[name].slice(start, SLICE_ROWS)


def _silent(_table: str, _done: int, _total: int) -> None:
    return None


class _Load:
    """One running load: the problems found so far, and the counts."""

    def __init__(self, kinds: Mapping[str, Kind], expected: dict[str, int], on_progress: OnProgress) -> None:
        self.summary = LoadSummary()
        self._kinds = kinds
        self._expected = expected
        self._done: dict[str, int] = {}
        self._on_progress = on_progress
        self._problems: list[LoadProblem] = []

    def run(
        self,
        writer: BulkWriter,
        registers: Tables,
        decisions: Tables,
        pieces: Iterable[Piece],
        rulebook: Rulebook,
        actor_name: str,
    ) -> None:
        finish_with(writer, self._kinds)
        with connect() as quack:
            staged = self._stage_registers(writer, registers)
            names = [one.register.entity for one in staged]
            for name, table in decisions.items():
                self._problems += stage_decisions(writer, DECISIONS[name], table, rulebook, names)
            is_first = _has_no_records(writer) and not self._problems
            records = None if is_first else StagedRecords(writer, names)
            if records is not None:
                self._stage_records(quack, records, pieces)
            self._refuse()
            with writer.transaction():
                change_id = next_change(writer)
                self._write_registers(writer, staged, change_id)
                for name in decisions:
                    self.summary.tables[name] = write_decisions(writer, DECISIONS[name], change_id)
                records = self._write_records(writer, quack, records, pieces, names, change_id)
                self._refuse()
                if self.summary.changed:
                    summary = {"tables": self.summary.as_json()}
                    self.summary.change_id = append_change(writer, "load", actor_name, summary)
            if records is not None and records.are_many:
                records.write_in_steps(change_id, actor_name, partial(self._on_progress, "indexes"))
            self._on_progress("indexes", 1, 1)

    def _refuse(self) -> None:
        if self._problems:
            raise LoadError(_merged(self._problems))

    def _stage_registers(self, writer: BulkWriter, registers: Tables) -> list[StagedRegister]:
        for name in registers.keys() - {register.table for register in REGISTERS.values()}:
            message = Text("没有这个台账", f"unknown table; registers are {', '.join(REGISTERS)}")
            self._problems.append(LoadProblem(name, "", message))
        staged: list[StagedRegister] = []
        for register in REGISTERS.values():
            if register.table in registers:
                table = registers[register.table]
                self._on_progress(register.table, 0, table.num_rows)
                before = [one.register.entity for one in staged]
                one, problems = stage_register(writer, register, table, before)
                self._problems += problems
                staged.append(one)
        return staged

    def _write_registers(self, writer: BulkWriter, staged: Iterable[StagedRegister], change_id: int) -> None:
        for one in staged:
            table = one.register.table
            counts, problems = write_register(writer, one, change_id)
            self._problems += problems
            self.summary.tables[table] = counts
            rows = counts.changed + counts.unchanged
            self._on_progress(table, rows, rows)

    def _stage_records(
        self, quack: duckdb.DuckDBPyConnection, records: StagedRecords, pieces: Iterable[Piece]
    ) -> None:
        for name, piece in pieces:
            kind = self._checked(quack, name, piece)
            if kind is not None:
                self._problems += records.add(kind, shape_records(quack, kind, piece))
            self._report(name, piece.num_rows)

    def _write_records(
        self,
        writer: BulkWriter,
        quack: duckdb.DuckDBPyConnection,
        records: StagedRecords | None,
        pieces: Iterable[Piece],
        registers: Collection[str],
        change_id: int,
    ) -> StagedRecords | None:
        """The records that are staged, if they are; many are only kept, to be written in steps."""
        if records is None and _has_no_records(writer):
            self._write_first(writer, quack, pieces, change_id)
            return None
        if records is None:  # somebody saved the first record of all since we looked
            records = StagedRecords(writer, registers)
            self._stage_records(quack, records, pieces)
            self._refuse()
        self._on_progress("indexes", 0, 1)
        created = any(self.summary.tables[REGISTERS[name].table].created for name in registers)
        records.begin(are_registers_new=created)
        if records.are_many:
            records.keep(change_id)
        else:
            records.write(change_id)
        for name, counts in records.counts():
            self.summary.tables.setdefault(name, Counts()).add(counts)
        return records

    def _write_first(
        self,
        writer: BulkWriter,
        quack: duckdb.DuckDBPyConnection,
        pieces: Iterable[Piece],
        change_id: int,
    ) -> None:
        """Into a store without records, piece by piece as they come."""
        with indexes_aside(writer, "records_recordversion"):
            fresh = FreshRecords(writer, quack)
            for name, piece in pieces:
                kind = self._checked(quack, name, piece)
                if kind is not None:
                    counts, problems = fresh.append(kind, make_kind(writer, kind), piece, change_id)
                    self.summary.tables.setdefault(name, Counts()).add(counts)
                    self._problems += problems
                self._report(name, piece.num_rows)
            self._refuse()
            self._on_progress("indexes", 0, 1)

    def _checked(self, quack: duckdb.DuckDBPyConnection, name: str, piece: Any) -> Kind | None:
        """The kind of a piece in which nothing is wrong by itself."""
        kind = self._kinds.get(name.removeprefix(RECORDS_PREFIX))
        if kind is None:
            known = ", ".join(sorted(self._kinds))
            message = Text(f"没有这种记录；已有：{known}", f"unknown kind of record; known are {known}")
            self._problems.append(LoadProblem(name, "", message))
            return None
        problems = list(check_records(quack, kind, piece))
        self._problems += problems
        return None if problems else kind

    def _report(self, name: str, rows: int) -> None:
        self._done[name] = self._done.get(name, 0) + rows
        self._on_progress(name, self._done[name], max(self._expected.get(name, 0), self._done[name]))


def _has_no_records(writer: BulkWriter) -> bool:
    return bool(writer.value("SELECT max(seq) IS NULL FROM records_recordversion"))


def _merged(problems: list[LoadProblem]) -> list[LoadProblem]:
    """One problem per table, column and message, with the values of all pieces."""
    values: dict[tuple[str, str, Text], dict[str, None]] = {}
    for problem in problems:
        found = values.setdefault((problem.table, problem.column, problem.message), {})
        found.update(dict.fromkeys(problem.values))
    return [LoadProblem(*key, values=tuple(found)) for key, found in values.items()]
