"""DuckDB as this project uses it: in process, silent."""

from pathlib import Path

import duckdb


def connect(file: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A connection without DuckDB's progress bar, which would be drawn into a command's standard output."""
    connection = duckdb.connect(file if file is not None else ":memory:")
    connection.execute("SET enable_progress_bar = false")
    return connection
