"""Bringing the lake from one position of the store to a later one."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

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
    write_file,
)
from wangdi.server.evaluation.lake.layout import COUNTY, NO_COUNTY, Layout, kind_table, value_type
from wangdi.server.evaluation.lake.source import Source
from wangdi.server.evaluation.lake.state import LakeState, TableState

MEMORY_LIMIT = "2GB"
"""Of DuckDB; what does not fit goes to the workspace file beside the lake."""

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
        for kind in kinds.values():
            layout = layouts[kind_table(kind.name)]
            self._on_progress(layout.table, 0, 1)
            self._extract(kind, layout, numbers.get(kind.name, 0), "anew" if kind in anew else "grown")
            if kind in anew:
                tables[layout.table] = self._write_anew(layout, "extracted")
            else:
                number = numbers.get(kind.name, 0)
                tables[layout.table] = self._write_changes(layout, number, tables[layout.table])
            self._on_progress(layout.table, 1, 1)
        if registers_changed:
            for register in REGISTERS.values():
                tables[register.table] = self._write_anew(layouts[register.table], register.table)
        return LakeState(self._now.seq, self._now.change, self._now.change_hash, tables)

    def sweep(self, state: LakeState) -> None:
        """Delete the outdated files of the tables this build changed."""
        for name, table in state.tables.items():
            if table != self._before.tables.get(name):
                sweep(self._folder / name)

    def _kept_tables(self, layouts: Mapping[str, Layout]) -> dict[str, TableState]:
        """The tables that need no building from scratch, put back to the versions the state names."""
        kept = {
            name: table
            for name, table in self._before.tables.items()
            if name in layouts and table.signature == layouts[name].signature and exists(self._folder / name)
        }
        return {
            name: replace(table, version=settle(self._folder / name, table.version))
            for name, table in kept.items()
        }

    def _load_homes_before(self, tables: Mapping[str, TableState]) -> None:
        """``home_before`` (id, county): where residents lived according to the lake so far."""
        self._quack.execute("CREATE TABLE home_before (id INTEGER, county VARCHAR)")
        if _RESIDENTS in tables:
            table = tables[_RESIDENTS]
            files = list_files(self._folder / _RESIDENTS, table.version)
            self._quack.register("lake_residents", read_files(files, table.signature, ("id", COUNTY)))
            self._quack.execute("INSERT INTO home_before SELECT id, county FROM lake_residents")
            self._quack.unregister("lake_residents")

    def _load_homes_now(self, registers_changed: bool) -> None:
        """``home`` (id, county) as the store has it; ``moved``: the counties somebody moved from or to."""
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
        else:
            self._quack.execute("CREATE VIEW home AS FROM home_before")
        self._quack.execute(
            "CREATE TABLE moved AS SELECT DISTINCT unnest([b.county, h.county]) AS county "
            "FROM home_before b JOIN home h USING (id) WHERE b.county <> h.county"
        )

    def _copy_records(self, anew: Iterable[Kind], grown: Iterable[Kind]) -> dict[str, int]:
        """``anew``: all records of those kinds; ``grown``: versions since the last build. Their numbers."""
        new, old = self._source.kind_ids([*anew]), self._source.kind_ids([*grown])
        valid = "is_current AND status = 'final'"
        since = self._before.seq
        self._on_progress("records", 0, 1)
        copy = self._source.copy_records
        copy(self._quack, "anew", f"{_one_of(new)} AND {valid}")
        copy(self._quack, "grown", f"{_one_of(old)} AND seq > {since}")
        self._source.copy_earlier_subjects(self._quack, "earlier", _one_of(old), since)
        self._on_progress("records", 1, 1)
        return new | old

    def _extract(self, kind: Kind, layout: Layout, number: int, raw: str) -> None:
        """``extracted``: the valid records of a kind in typed columns, with the county they belong to."""
        shape = literal(json.dumps({field.name: value_type(field) for field in kind.fields}))
        values = "".join(f", v.{quoted(field.name)} AS {quoted(field.name)}" for field in kind.fields)
        transformed = f', json_transform("values", {shape}) AS v' if kind.fields else ""
        self._quack.execute(
            "CREATE OR REPLACE TABLE extracted AS "
            f"SELECT r.id, r.subject, r.institution, r.worker, r.occurred_on, r.seq{values}, "
            f"{_county(layout)} "
            f"FROM (SELECT *{transformed} FROM {raw} WHERE kind_id = {number} AND valid) r "
            f"{_home(layout)}"
        )

    def _write_anew(self, layout: Layout, source: str) -> TableState:
        folder = self._folder / layout.table
        if layout.by_county:
            rows = self._quack.execute(f"SELECT DISTINCT county FROM {source} ORDER BY 1").fetchall()
            files = self._write_counties(layout, source, [county for (county,) in rows])
        else:
            file = write_file(self._quack, folder, layout, f"FROM {source}", None)
            files = [file] if file else []
        version = create_table(folder, layout, files)
        return TableState(version, sum(file.rows for file in files), layout.signature)

    def _write_changes(self, layout: Layout, number: int, table: TableState) -> TableState:
        """Rewrite the partitions that lose, gain or exchange records; the others stay as they are."""
        touched = self._touched_counties(layout, number)
        if not touched:
            return table
        folder = self._folder / layout.table
        gone = [file for file in list_files(folder, table.version) if file.county in touched]
        self._merge(layout, number, gone)
        if layout.by_county:
            files = self._write_counties(layout, "merged", sorted(filter(None, touched)))
        else:
            file = write_file(self._quack, folder, layout, "FROM merged", None)
            files = [file] if file else []
        version = replace_files(folder, gone, files)
        rows = table.rows + sum(file.rows for file in files) - sum(file.rows for file in gone)
        return TableState(version, rows, layout.signature)

    def _touched_counties(self, layout: Layout, number: int) -> set[str | None]:
        if not layout.by_county:
            changed = self._quack.execute(f"SELECT 1 FROM grown WHERE kind_id = {number} LIMIT 1").fetchall()
            return {None} if changed else set()
        rows = self._quack.execute(
            "SELECT county FROM moved UNION SELECT county FROM extracted UNION "
            f"SELECT coalesce(b.county, '{NO_COUNTY}') FROM earlier e "
            f"LEFT JOIN home_before b ON b.id = e.subject WHERE e.kind_id = {number}"
        ).fetchall()
        return {county for (county,) in rows}

    def _merge(self, layout: Layout, number: int, gone: list[DataFile]) -> None:
        """``merged``: what the files in ``gone`` keep, at the county it belongs to now, and what is new."""
        columns = ", ".join(f"r.{quoted(column.name)}" for column in layout.columns)
        paths = ", ".join(literal(str(file.path)) for file in gone)
        kept = (
            f"SELECT {columns}, {_county(layout)} FROM read_parquet([{paths}]) r {_home(layout)} "
            f"WHERE r.id NOT IN (SELECT id FROM grown WHERE kind_id = {number}) UNION ALL "
        )
        self._quack.execute(
            f"CREATE OR REPLACE TABLE merged AS {kept if gone else ''} "
            f"SELECT {columns}, r.county FROM extracted r"
        )

    def _write_counties(self, layout: Layout, source: str, counties: Iterable[str]) -> list[DataFile]:
        folder = self._folder / layout.table
        files = [
            write_file(self._quack, folder, layout, f"FROM {source} WHERE county = {literal(county)}", county)
            for county in counties
        ]
        return [file for file in files if file is not None]


def _county(layout: Layout) -> str:
    return f"coalesce(h.county, '{NO_COUNTY}') AS county" if layout.by_county else "NULL::VARCHAR AS county"


def _home(layout: Layout) -> str:
    return "LEFT JOIN home h ON h.id = r.subject" if layout.by_county else ""


def _one_of(kinds: Mapping[str, int]) -> str:
    return f"kind_id IN ({', '.join(map(str, kinds.values()))})" if kinds else "FALSE"
