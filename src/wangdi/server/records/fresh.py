"""Records for a store that has none yet: nothing to compare with, so columns go straight into the table.

Codes become keys in DuckDB, whole columns at once; SQLite would look each one up in an index, three times a record.
"""

from collections.abc import Iterator
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.workflows import ASSIGNED_INSTITUTION, STATE
from wangdi.interchange.tables import record_table_name
from wangdi.server.common.bulk import BulkWriter, quoted
from wangdi.server.common.loading import Counts, LoadProblem
from wangdi.server.network.bulk import store_table, unknown_code
from wangdi.server.records.shaping import begun, shaped


class FreshRecords:
    """Appends pieces to the empty table of versions; each row is the first and current version of a record."""

    def __init__(self, writer: BulkWriter, quack: duckdb.DuckDBPyConnection) -> None:
        self._writer = writer
        self._quack = quack
        self._rows = 0
        for entity in REGISTERS:
            quack.register("codes", _codes(writer, entity))
            quack.execute(f"CREATE TABLE {_keys(entity)} AS SELECT code, key FROM codes ORDER BY code")
            quack.unregister("codes")

    def append(
        self, kind: Kind, kind_id: int, piece: Any, change_id: int
    ) -> tuple[Counts, list[LoadProblem]]:
        """Writes the piece; nothing of it when it names somebody whom no register has."""
        quack = self._quack
        quack.register("incoming", begun(quack, kind, piece))
        given = quack.table("incoming").columns
        rows = quack.sql(_versions(kind, given, kind_id, change_id)).to_arrow_table()
        problems = [*_unknown(quack, kind, given, rows["subject"].null_count > 0)]
        if problems:
            return Counts(), problems
        numbers = pa.array(np.arange(self._rows + 1, self._rows + len(rows) + 1))
        self._rows += len(rows)
        self._writer.append("records_recordversion", rows.append_column("seq", numbers))
        return Counts(created=len(rows)), []


def _keys(entity: str) -> str:
    return f"keys_of_{entity}"


def _codes(writer: BulkWriter, entity: str) -> Any:
    """The code and key of everybody in a register; a file that was merged has the key of the one that stands for it."""
    key = "coalesce(merged_into_id, id)" if entity == "resident" else "id"
    return writer.table(
        f"SELECT code, {key} AS key FROM {store_table(entity)}",
        pa.schema([("code", pa.string()), ("key", pa.int64())]),
    )


def _versions(kind: Kind, given: list[str], kind_id: int, change_id: int) -> str:
    """The staged records as rows of the store, in the order they are written; a subject without a key is null."""
    workflow = f", {STATE} AS state, {ASSIGNED_INSTITUTION} AS assigned"
    nothing = ", NULL::VARCHAR AS state, NULL::VARCHAR AS assigned"
    rows = shaped(kind, given, nothing if kind.workflow is None else workflow)
    return (
        f"SELECT {kind_id} AS kind_id, s.id AS record_id, 1 AS version, 1 AS is_current, about.key AS subject, "
        'i.key AS institution_id, w.key AS worker_id, s.occurred_on, s.status, s."values", '
        f"{change_id} AS change_id, s.state, a.key AS assigned_id FROM ({rows}) s "
        f"LEFT JOIN {_keys(kind.about)} about ON about.code = s.subject "
        f"LEFT JOIN {_keys('institution')} i ON i.code = s.institution "
        f"LEFT JOIN {_keys('institution')} a ON a.code = s.assigned "
        f"LEFT JOIN {_keys('worker')} w ON w.code = s.worker ORDER BY s.subject, s.occurred_on, s.id"
    )


def _unknown(
    quack: duckdb.DuckDBPyConnection, kind: Kind, given: list[str], is_subject_missing: bool
) -> Iterator[LoadProblem]:
    """A problem for each column with codes that are in no register."""
    columns = {"subject": kind.about} if is_subject_missing else {}
    columns |= {"institution": "institution", "worker": "worker"}
    columns |= {field.name: field.refers_to for field in kind.fields if field.refers_to is not None}
    for column, entity in columns.items():
        if column in given:
            rows = quack.sql(
                f"SELECT DISTINCT {quoted(column)} FROM incoming ANTI JOIN {_keys(entity)} k "
                f"ON k.code = {quoted(column)} WHERE {quoted(column)} IS NOT NULL ORDER BY 1"
            ).fetchall()
            if rows:
                codes = tuple(code for (code,) in rows)
                yield LoadProblem(record_table_name(kind.name), column, unknown_code(entity), codes)
