"""Bringing the lake from one position of the store to a later one."""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS
from wangdi.interchange.quack import connect
from wangdi.server.common.bulk import literal, quoted
from wangdi.server.common.loading import OnProgress
from wangdi.server.evaluation.lake.files import (
    DataFile,
    create_table,
    exists,
    list_files,
    read_files,
    replace_files,
    settle,
    sweep,
    write_sorted,
)
from wangdi.server.evaluation.lake.layout import COUNTY, NO_COUNTY, Layout, kind_table, value_type
from wangdi.server.evaluation.lake.merging import Increment, merge, rows_of_those_who_left
from wangdi.server.evaluation.lake.source import Source
from wangdi.server.evaluation.lake.state import NOT_MADE, LakeState, TableState

MEMORY_LIMIT = "1500MB"
"""Of DuckDB; what does not fit goes to the workspace file beside the lake."""

REBUILD_FROM = 500_000
REBUILD_SHARE = 0.25
"""More new versions than both, the latter of the records in the lake: reading everything again is cheaper."""

BATCH_ROWS = 65_536

_RESIDENTS = "residents"
_COUNTY_OF_PLACE = """
    SELECT p.id, max(c.code) AS county
    FROM (SELECT id, unnest(string_split(path, '/')) AS code FROM places) p
    JOIN places c ON c.code = p.code AND c.level = 'county' GROUP BY p.id
"""


@contextmanager
def workspace(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB database that exists as long as a build."""
    file = folder / "building.duckdb"
    leftovers = (file, file.with_name(f"{file.name}.wal"))
    for leftover in leftovers:
        leftover.unlink(missing_ok=True)
    try:
        with connect(file) as quack:
            quack.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
            yield quack
    finally:
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)


class Builder:
    """One build. Commits to each table; the caller writes the state afterwards, which makes them count."""

    def __init__(
        self,
        folder: Path,
        quack: duckdb.DuckDBPyConnection,
        source: Source,
        before: LakeState,
        on_progress: OnProgress,
    ) -> None:
        self._folder = folder
        self._quack = quack
        self._source = source
        self._before = before
        self._now = source.position()
        self._on_progress = on_progress

    def run(self, kinds: Mapping[str, Kind], layouts: Mapping[str, Layout]) -> LakeState:
        tables = self._kept_tables(layouts)
        self._load_homes_before(tables)
        registers = {register.table for register in REGISTERS.values()}
        registers_changed = self._now.register_change > self._before.change or not registers <= tables.keys()
        self._load_homes_now(registers_changed)
        anew = [kind for kind in kinds.values() if kind_table(kind.name) not in tables]
        grown = [kind for kind in kinds.values() if kind_table(kind.name) in tables]
        numbers = self._copy_records(anew, grown)
        told_of, people_move = self._told_of(), self._people_move()
        for kind in kinds.values():
            layout, number = layouts[kind_table(kind.name)], numbers.get(kind.name, 0)
            is_concerned = number in told_of or (people_move and layout.by_county)
            self._on_progress(layout.table, 0, 1)
            if kind in anew:
                rows = _typed(kind, layout, number, "anew")
                tables[layout.table] = self._write_anew(layout, rows) if is_concerned else _not_made(layout)
            elif is_concerned:
                tables[layout.table] = self._write_changes(kind, layout, number, tables[layout.table])
            self._on_progress(layout.table, 1, 1)
        if registers_changed:
            for register in REGISTERS.values():
                tables[register.table] = self._write_anew(layouts[register.table], f"FROM {register.table}")
        return LakeState(self._now.seq, self._now.change, self._now.change_hash, tables)

    def sweep(self, state: LakeState) -> None:
        """Delete the outdated files of the tables this build changed."""
        for name, table in state.tables.items():
            if table != self._before.tables.get(name):
                if table.is_made:
                    sweep(self._folder / name)
                else:
                    shutil.rmtree(self._folder / name, ignore_errors=True)

    def _kept_tables(self, layouts: Mapping[str, Layout]) -> dict[str, TableState]:
        """The tables that need no building from scratch, put back to the versions the state names."""
        kept = {
            name: table
            for name, table in self._before.tables.items()
            if not self._is_rebuilding
            and name in layouts
            and table.signature == layouts[name].signature
            and (not table.is_made or exists(self._folder / name))
        }
        return {
            name: replace(table, version=settle(self._folder / name, table.version))
            if table.is_made
            else table
            for name, table in kept.items()
        }

    @property
    def _is_rebuilding(self) -> bool:
        records = sum(n for name, n in self._before.rows.items() if name.startswith(kind_table("")))
        return self._now.seq - self._before.seq > max(REBUILD_FROM, records * REBUILD_SHARE)

    def _load_homes_before(self, tables: Mapping[str, TableState]) -> None:
        """``home_before`` (id, county): where residents lived according to the lake so far."""
        if _RESIDENTS not in tables:
            self._quack.execute("CREATE TABLE home_before (id INTEGER, county VARCHAR)")
            return
        table = tables[_RESIDENTS]
        files = list_files(self._folder / _RESIDENTS, table.version)
        self._quack.register("home_before", read_files(files, table.signature, ("id", COUNTY)))

    def _load_homes_now(self, registers_changed: bool) -> None:
        """``home`` (id, county) as the store has it; ``moved`` (id, county): who left which county."""
        if registers_changed:
            for register in REGISTERS.values():
                self._source.copy_register(self._quack, register)
            self._quack.execute(f"CREATE TABLE county_of_place AS {_COUNTY_OF_PLACE}")
            self._quack.execute(
                f"CREATE TABLE home AS SELECT r.id, coalesce(c.county, '{NO_COUNTY}') AS county "
                "FROM residents r LEFT JOIN county_of_place c ON c.id = r.place"
            )
            self._quack.execute(
                "CREATE OR REPLACE TABLE residents AS "
                "SELECT r.*, h.county FROM residents r JOIN home h USING (id)"
            )
            self._quack.execute(
                "CREATE TABLE moved AS SELECT b.id, b.county::VARCHAR AS county "
                "FROM home_before b JOIN home h USING (id) WHERE b.county::VARCHAR <> h.county"
            )
        else:
            self._quack.execute("CREATE VIEW home AS SELECT id, county::VARCHAR AS county FROM home_before")
            self._quack.execute("CREATE TABLE moved (id INTEGER, county VARCHAR)")

    def _copy_records(self, anew: Iterable[Kind], grown: Iterable[Kind]) -> dict[str, int]:
        """``anew``: all records of those kinds; ``grown``: versions since the last build. Their numbers."""
        new, old = self._source.kind_ids([*anew]), self._source.kind_ids([*grown])
        valid = "is_current AND status = 'final'"
        since = self._before.seq
        self._on_progress("lake", 0, 1)
        copy = self._source.copy_records
        copy(self._quack, "anew", f"{_one_of(new)} AND {valid}")
        copy(self._quack, "grown", f"{_one_of(old)} AND seq > {since}")
        self._source.copy_earlier(self._quack, "earlier", _one_of(old), since)
        self._on_progress("lake", 1, 1)
        return new | old

    def _told_of(self) -> set[int]:
        """The numbers of the kinds of which anything was copied: most have nothing new in most builds."""
        found = " UNION ".join(
            f"SELECT DISTINCT kind_id FROM {name}" for name in ("anew", "grown", "earlier")
        )
        return {number for (number,) in self._quack.sql(found).fetchall()}

    def _people_move(self) -> bool:
        return bool(self._quack.sql("SELECT 1 FROM moved LIMIT 1").fetchall())

    def _write_anew(self, layout: Layout, source: str) -> TableState:
        folder = self._folder / layout.table
        files = write_sorted(
            folder, layout, self._quack.sql(sorted_rows(layout, source)).to_arrow_reader(BATCH_ROWS)
        )
        if not files:
            return _not_made(layout)
        version = create_table(folder, layout, files)
        return TableState(version, sum(file.rows for file in files), layout.signature)

    def _write_changes(self, kind: Kind, layout: Layout, number: int, table: TableState) -> TableState:
        """Rewrite the files that lose, gain or exchange records; the others stay as they are."""
        folder = self._folder / layout.table
        files = list_files(folder, table.version)
        gone, new = merge(folder, layout, files, self._increment(kind, layout, number, files))
        if not gone and not new:
            return table
        version = (
            replace_files(folder, layout, gone, new) if table.is_made else create_table(folder, layout, new)
        )
        rows = table.rows + sum(file.rows for file in new) - sum(file.rows for file in gone)
        return TableState(version, rows, layout.signature)

    def _increment(self, kind: Kind, layout: Layout, number: int, files: Sequence[DataFile]) -> Increment:
        """What became of a kind's records since the last build, with those that move with their resident."""
        added = _typed(kind, layout, number, "grown")
        self._quack.execute(f"CREATE OR REPLACE TABLE added AS {added}")
        outdated = self._quack.sql(
            f"SELECT r.id, r.subject, {_county(layout)} FROM earlier r {_home(layout, 'home_before')} "
            f"WHERE r.kind_id = {number} ORDER BY county, subject"
        ).to_arrow_table()
        who = "moved" if layout.by_county else "moved WHERE FALSE"
        left = self._quack.sql(
            f"SELECT id AS subject, county FROM {who} ORDER BY county, subject"
        ).to_arrow_table()
        increment = Increment(outdated.slice(0, 0), outdated, left)
        if left.num_rows:
            self._add_moving(layout, number, rows_of_those_who_left(layout, files, increment))
        rows = self._quack.sql(sorted_rows(layout, "FROM added")).to_arrow_table()
        return replace(increment, added=rows)

    def _add_moving(self, layout: Layout, number: int, rows: Any) -> None:
        """Add to ``added`` the rows of residents who moved, at their new home, unless they are outdated."""
        self._quack.register("moving", rows)
        self._quack.execute(
            f"INSERT INTO added SELECT r.*, {_county(layout)} FROM moving r {_home(layout)} "
            f"WHERE r.id NOT IN (SELECT id FROM earlier WHERE kind_id = {number})"
        )
        self._quack.unregister("moving")


def _not_made(layout: Layout) -> TableState:
    """A table without rows: a folder of its own would take longer to make than all there is to read of it."""
    return TableState(NOT_MADE, 0, layout.signature)


def _typed(kind: Kind, layout: Layout, number: int, raw: str) -> str:
    """A query for the valid records of a kind in typed columns, with the county they belong to."""
    shape = literal(json.dumps({field.name: value_type(field) for field in kind.fields}))
    values = "".join(f", v.{quoted(field.name)} AS {quoted(field.name)}" for field in kind.fields)
    transformed = f', json_transform("values", {shape}) AS v' if kind.fields else ""
    return (
        f"SELECT r.id, r.subject, r.institution, r.worker, r.occurred_on, r.seq{values}, {_county(layout)} "
        f"FROM (SELECT *{transformed} FROM {raw} WHERE kind_id = {number} AND valid) r {_home(layout)}"
    )


def sorted_rows(layout: Layout, source: str) -> str:
    """A query for the rows of another, which has ``county`` too, in the order of the lake."""
    columns = ", ".join(quoted(column.name) for column in layout.columns)
    county = COUNTY if layout.by_county else f"NULL::VARCHAR AS {COUNTY}"
    order = ", ".join(quoted(column) for column in (*((COUNTY,) if layout.by_county else ()), *layout.order))
    return f"SELECT {columns}, {county} FROM ({source}) ORDER BY {order}"


def _county(layout: Layout) -> str:
    return (
        f"coalesce(h.county::VARCHAR, '{NO_COUNTY}') AS county"
        if layout.by_county
        else "NULL::VARCHAR AS county"
    )


def _home(layout: Layout, homes: str = "home") -> str:
    return f"LEFT JOIN {homes} h ON h.id = r.subject" if layout.by_county else ""


def _one_of(kinds: Mapping[str, int]) -> str:
    return f"kind_id IN ({', '.join(map(str, kinds.values()))})" if kinds else "FALSE"
