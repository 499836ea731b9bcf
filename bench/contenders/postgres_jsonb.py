"""PostgreSQL: all records in one table with their values as JSONB, and a hand-written query per indicator."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from adbc_driver_sqlite import dbapi

from bench.measuring import Measurement
from bench.postgres import REGISTERS, copy_batches, load_parquet, make_table, report, server
from bench.setting import Setting

COLUMNS = {
    "kind": 'text COLLATE "C" NOT NULL',
    "record_id": 'text COLLATE "C" NOT NULL',
    "subject": "integer NOT NULL",
    "institution": "integer",
    "worker": "integer",
    "occurred_on": "date NOT NULL",
    "values": "jsonb NOT NULL",
}
NEWEST = """
    SELECT k.name, r.record_id, r.subject, coalesce(r.institution_id, 0), coalesce(r.worker_id, 0),
      r.occurred_on, r."values"
    FROM records_recordversion r JOIN records_kindrow k ON k.id = r.kind_id
    WHERE r.is_current AND r.status = 'final' ORDER BY r.seq
"""
"""As the store has them. ADBC takes a column's type from its first rows, so that 0 stands for nobody."""


def measure(setting: Setting) -> list[Measurement]:
    with server() as connection:
        load_parquet(connection, setting, REGISTERS)
        started = time.perf_counter()
        make_table(connection, "records", COLUMNS)
        rows = copy_batches(connection, "records", _stored(setting.installation / "store.sqlite3"))
        return report(connection, setting, "jsonb", "one JSONB records table", started, rows)


def _stored(store: Path) -> Iterator[Any]:
    with closing(dbapi.connect(str(store))) as connection, closing(connection.cursor()) as cursor:
        cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": "50000"})
        cursor.execute(NEWEST)
        yield from cursor.fetch_record_batch()
