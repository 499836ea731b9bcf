"""PostgreSQL: a typed, indexed table per kind of record and a hand-written query per indicator."""

import time

from bench.measuring import Measurement
from bench.postgres import REGISTERS, load_parquet, report, server
from bench.setting import Setting


def measure(setting: Setting) -> list[Measurement]:
    records = [table for table in setting.parquet() if table.startswith("records_")]
    with server() as connection:
        load_parquet(connection, setting, REGISTERS)
        started = time.perf_counter()
        rows = load_parquet(connection, setting, records)
        return report(connection, setting, "typed", "typed, indexed tables", started, rows)
