"""DuckDB: one fused query over tables in memory."""

from datetime import timedelta

import duckdb

from bench.figures import write_figures
from bench.measuring import Measurement, timed
from bench.peers import both_ways
from bench.setting import SQL, Setting

LOAD = (SQL / "duckdb_load.sql").read_text()
FIGURES = (SQL / "duckdb_figures.sql").read_text()
THREADS = 2


def measure(setting: Setting) -> list[Measurement]:
    loading = timed(lambda: _load(setting))
    quack = loading.made
    days = {
        "as_of": setting.as_of,
        "year_start": setting.year_start,
        "next_day": setting.as_of + timedelta(days=1),
    }
    computed = timed(lambda: quack.sql(FIGURES, params=days).to_arrow_table())
    write_figures(computed.made, setting.figures("duckdb_sql"))
    return both_ways(f"DuckDB {duckdb.__version__}", "one fused query, tables in memory", loading, computed)


def _load(setting: Setting) -> duckdb.DuckDBPyConnection:
    quack = duckdb.connect(config={"threads": THREADS})
    files = setting.parquet()
    for statement in quack.extract_statements(LOAD):
        quack.execute(statement, {name: files[name] for name in statement.named_parameters})
    return quack
