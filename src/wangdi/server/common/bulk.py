"""One transaction of Arrow tables and SQL on the store's SQLite file, instead of Django's own connection.

Bulk data goes through ADBC: Arrow columns are bound in C, no row becomes a Python object. A
million and a half rows a second are staged, against a tenth of that through a Python cursor.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

from adbc_driver_manager import DatabaseError
from adbc_driver_sqlite import dbapi
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from wangdi.server.common.building import is_being_built
from wangdi.server.common.problems import BulkUnavailable, StoreBusy

_PRAGMAS = (
    "busy_timeout=30000",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "journal_size_limit=67108864",
    # Pages written before they are copied into the store: many small transactions touch the same pages again and again.
    "wal_autocheckpoint=50000",
    # Pages in memory, in KiB: less makes index building spill, more gains nothing at 16 million records.
    "cache_size=-262144",
    "temp.cache_size=-262144",
    "threads=2",
)

_PRAGMAS_OF_BUILDING = (
    "journal_mode=MEMORY",
    "synchronous=OFF",
    "locking_mode=EXCLUSIVE",
    # All JSON in it is written by us; the lake, which reads it next, would fail over anything else.
    "ignore_check_constraints=ON",
    "cache_size=-524288",
    "temp.cache_size=-262144",
    "threads=2",
)
"""Nobody else has the file, and a crash throws it away: nothing needs to be written twice. See `common.building`."""


class BulkWriter:
    """SQL inside one running transaction; ``stage`` brings Arrow tables in as temporary tables."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        self._cursor.execute(sql, parameters or None)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """For small results only: these do become Python objects."""
        self._cursor.execute(sql, parameters or None)
        return list(self._cursor.fetchall())

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The single value of a query with exactly one row and column."""
        ((value,),) = self.rows(sql, parameters)
        return value

    def stage(self, name: str, table: Any) -> None:
        """Make ``temp.name`` anew from an Arrow table. Dates must be text: SQLite has no type for them."""
        self.drop(name)
        self._cursor.adbc_ingest(name, table, mode="create", temporary=True)

    def stage_all(self, name: str, tables: Iterable[Any]) -> int:
        """``stage`` for tables that are made one after another; all their rows."""
        self.drop(name)
        rows = 0
        for number, table in enumerate(tables):
            self._cursor.adbc_ingest(name, table, mode="append" if number else "create", temporary=True)
            rows += table.num_rows
        return rows

    def table(self, query: str, schema: Any) -> Any:
        """A result of any size as an Arrow table of that schema."""
        self._cursor.execute(query)
        return self._cursor.fetch_arrow_table().cast(schema)

    def append(self, name: str, table: Any) -> None:
        """Add an Arrow table to a table of the store, by column names; what it lacks is null or the default."""
        self._cursor.adbc_ingest(name, table, mode="append")

    def make(self, name: str, query: str) -> None:
        """Make ``temp.name`` anew from a query."""
        self.drop(name)
        self.execute(f"CREATE TEMP TABLE {name} AS {query}")

    def drop(self, name: str) -> None:
        self.execute(f"DROP TABLE IF EXISTS temp.{name}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside or nothing; outside, others may write. For a writer of `bulk_connection`."""
        _begin(self._cursor)
        try:
            yield
        except BaseException:
            self._cursor.execute("ROLLBACK")
            raise
        self._cursor.execute("COMMIT")

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """All that is read inside is of one moment, whatever others write; temporary tables may be made of it."""
        self._cursor.execute("BEGIN")
        try:
            yield
        finally:
            self._cursor.execute("COMMIT")


_opened: WeakSet[BaseDatabaseWrapper] = WeakSet()


def _remember(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    _opened.add(connection)


connection_created.connect(_remember)


def lease_store() -> Path:
    """The SQLite file of the store, which Django's connections of this process have left.

    Two copies of SQLite in one process must not have a file open at once (see `common.alone`). Raises
    BulkUnavailable for another database, inside a transaction, and in a process that serves pages.
    """
    if connection.vendor != "sqlite":
        raise BulkUnavailable(
            f"the store is a {connection.vendor} database, and bulk loading and the lake read SQLite only. "
            "Unset DATABASE_URL to work with the SQLite store in the data folder."
        )
    if connection.in_atomic_block:
        raise BulkUnavailable("bulk loading is a transaction of its own; call it outside any other")
    connection.close()
    if any(opened.connection is not None for opened in _opened if opened.vendor == "sqlite"):
        raise BulkUnavailable(
            "another thread of this process has the store open, so bulk loading could damage it; "
            "load in a process of its own, as `wangdi import` does"
        )
    return Path(str(connection.settings_dict["NAME"]))


@contextmanager
def bulk_connection(path: Path) -> Iterator[BulkWriter]:
    """For several transactions, one after another: between them others may write to the store."""
    with dbapi.connect(str(path), autocommit=True) as bulk, bulk.cursor() as cursor:
        for pragma in _PRAGMAS_OF_BUILDING if is_being_built(path) else _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
            cursor.fetchall()
        yield BulkWriter(cursor)


def _begin(cursor: Any) -> None:
    try:
        cursor.execute("BEGIN IMMEDIATE")
    except DatabaseError as error:
        raise StoreBusy(
            "another process has been writing to the store for 30 seconds; try again when it has finished"
        ) from error


@contextmanager
def indexes_aside(writer: BulkWriter, table: str) -> Iterator[None]:
    """Build the indexes of an empty table once, at the end: twice as fast as keeping them while it fills.

    Does nothing when the table has rows. Indexes that are part of the table (``UNIQUE``) stay.
    """
    filled = writer.value(f"SELECT EXISTS (SELECT 1 FROM {table})")
    indexes = (
        []
        if filled
        else writer.rows(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
            f"AND tbl_name = {literal(table)} ORDER BY name"
        )
    )
    for name, _ in indexes:
        writer.execute(f"DROP INDEX {quoted(name)}")
    yield
    for _, sql in indexes:
        writer.execute(sql)


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL string."""
    return "'" + text.replace("'", "''") + "'"
