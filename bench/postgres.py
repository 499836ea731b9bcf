"""A private PostgreSQL server for the benchmark, and the two ways its peers share of using it."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from psycopg import sql
from pyarrow import csv

from bench.figures import SCHEMA, write_figures
from bench.measuring import LOADED, Measurement, timed
from bench.setting import DATA, INDICATORS, SQL, Setting

CLUSTER = DATA / "pg"
DEBIAN = Path("/usr/lib/postgresql/15/bin")
SERVER_USER = "postgres"
SETTINGS = {
    "listen_addresses": "''",
    # Two cores, 24 GiB: everything stays in memory, sorts and hashes do not spill, both cores work on a query.
    "shared_buffers": "6GB",
    "effective_cache_size": "16GB",
    "work_mem": "512MB",
    "hash_mem_multiplier": "2",
    "maintenance_work_mem": "1GB",
    "max_worker_processes": "4",
    "max_parallel_workers": "2",
    "max_parallel_workers_per_gather": "2",
    "max_parallel_maintenance_workers": "2",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "200",
    # Loading only: the cluster is thrown away afterwards.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "16GB",
    "fsync": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
}
MEMORY = f"server with {SETTINGS['shared_buffers']} of shared buffers"
BATCH_ROWS = 50_000
REGISTERS = ("places", "institutions", "workers", "residents")
_TYPES = {
    pa.string(): 'text COLLATE "C"',
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.date32(): "date",
    pa.float64(): "double precision",
    pa.bool_(): "boolean",
}


class NoPostgres(Exception):
    """PostgreSQL 15 is not installed."""


@contextmanager
def server() -> Iterator[psycopg.Connection[Any]]:
    """A connection to a new, empty cluster, which is gone afterwards."""
    if not DEBIAN.is_dir():
        raise NoPostgres(
            f"there is no {DEBIAN}: install Debian's postgresql-15, or leave these contenders out"
        )
    shutil.rmtree(CLUSTER, ignore_errors=True)
    CLUSTER.mkdir(parents=True)
    if os.getuid() == 0:
        shutil.chown(CLUSTER, SERVER_USER)
    _run("initdb", "--pgdata", CLUSTER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8")
    options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items()) + f" -k {CLUSTER}"
    _run("pg_ctl", "--pgdata", CLUSTER, "--wait", "--log", CLUSTER / "log", "--options", options, "start")
    try:
        user = SERVER_USER if os.getuid() == 0 else None
        with psycopg.connect(host=str(CLUSTER), dbname="postgres", user=user, autocommit=True) as connection:
            yield connection
    finally:
        _run("pg_ctl", "--pgdata", CLUSTER, "--wait", "--mode", "fast", "stop")
        shutil.rmtree(CLUSTER)


def _run(program: str, *arguments: str | Path) -> None:
    """PostgreSQL refuses to run as root, so root runs it as the package's own user."""
    become = ["runuser", "-u", SERVER_USER, "--"] if os.getuid() == 0 else []
    command = [*become, str(DEBIAN / program), *map(str, arguments)]
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


def load_parquet(connection: psycopg.Connection[Any], setting: Setting, tables: Sequence[str]) -> int:
    """Tables of the lake with all their columns; the number of rows."""
    files = setting.parquet()
    return sum(_load_table(connection, table, files[table]) for table in tables)


def _load_table(connection: psycopg.Connection[Any], table: str, files: Sequence[str]) -> int:
    schema = pq.read_schema(files[0])
    make_table(connection, table, {field.name: _TYPES[field.type] for field in schema})
    batches = (batch for file in files for batch in pq.ParquetFile(file).iter_batches(BATCH_ROWS))
    return copy_batches(connection, table, batches)


def make_table(connection: psycopg.Connection[Any], table: str, columns: dict[str, str]) -> None:
    typed = (sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(type_)) for name, type_ in columns.items())
    connection.execute(
        sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(table), sql.SQL(", ").join(typed))
    )


def copy_batches(connection: psycopg.Connection[Any], table: str, batches: Iterator[Any]) -> int:
    """Arrow batches through COPY, as csv that Arrow writes: no row becomes a Python object."""
    rows = 0
    command = sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(sql.Identifier(table))
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for batch in batches:
            text = BytesIO()
            csv.write_csv(batch, text, csv.WriteOptions(include_header=False))
            copy.write(text.getvalue())
            rows += len(batch)
    return rows


def finish(connection: psycopg.Connection[Any], folder: str) -> None:
    """Indexes, the tree of places, statistics; VACUUM lets index-only scans trust the visibility map."""
    for file in (SQL / "registers_indexes.sql", SQL / "place_above.sql", SQL / folder / "indexes.sql"):
        connection.execute(file.read_bytes())
    connection.execute("VACUUM (ANALYZE)")


def measure_queries(
    connection: psycopg.Connection[Any], setting: Setting, folder: str
) -> tuple[float, int, str]:
    """Seconds of all indicators together, runs of each, and the slowest; keeps the figures."""
    days = {
        "as_of": setting.as_of,
        "year_start": setting.year_start,
        "next_day": setting.as_of + timedelta(days=1),
    }
    tables, seconds, runs = [], {}, []
    for indicator in INDICATORS:
        query = (SQL / folder / f"{indicator}.sql").read_bytes()
        done = timed(partial(_answer, connection, query, days))
        seconds[indicator] = done.seconds
        runs.append(done.runs)
        tables.append(_table(indicator, done.made))
    write_figures(pa.concat_tables(tables), setting.figures(f"postgres_{folder}"))
    slowest = max(seconds, key=lambda name: seconds[name])
    return sum(seconds.values()), min(runs), f"slowest {slowest} {seconds[slowest]:.1f} s"


def _answer(
    connection: psycopg.Connection[Any], query: bytes, days: dict[str, date]
) -> list[tuple[int, int, int]]:
    return connection.execute(query, days).fetchall()


def _table(indicator: str, rows: list[tuple[int, int, int]]) -> Any:
    columns = zip(*rows, strict=True) if rows else ([], [], [])
    return pa.table([[indicator] * len(rows), *map(list, columns)], schema=SCHEMA)


def report(
    connection: psycopg.Connection[Any], setting: Setting, folder: str, how: str, started: float, rows: int
) -> list[Measurement]:
    """Finishes a load that began at ``started``, then measures the queries."""
    finish(connection, folder)
    loaded = time.perf_counter() - started
    seconds, runs, slowest = measure_queries(connection, setting, folder)
    name = f"PostgreSQL {connection.info.parameter_status('server_version')}"
    size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    note = f"{MEMORY}; {slowest}; {size[0] / 1e9:.1f} GB" if size else MEMORY
    return [
        Measurement(
            name, f"Figures, a query per indicator, {how}", seconds, basis=LOADED, runs=runs, note=note
        ),
        Measurement(
            name,
            f"Loading {how}",
            rows / loaded,
            "records/s",
            note=f"{loaded:.0f} s, indexes included",
        ),
    ]
