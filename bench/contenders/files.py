"""Import from csv files, as `wangdi import FOLDER` does it: reading, every check, loading."""

import time

from bench.life import sketches
from bench.measuring import Measurement, peak_memory
from bench.setting import Setting
from wangdi.demo.density import Density
from wangdi.demo.export import write_csv
from wangdi.demo.network import Network
from wangdi.interchange.tabular import KnownTables, read_tables
from wangdi.server.common.installation import initialise
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.records.bulk import load_tables

RESIDENTS = 60_000
"""About a million records: the size the promise is made for."""

TARGET = 50_000


class Refused(Exception):
    """The files should have been right."""


def measure(setting: Setting) -> list[Measurement]:
    kinds = rulebook().kinds
    with setting.scratch("files") as scratch:
        folder = scratch / "csv"
        residents = min(RESIDENTS, setting.residents)
        write_csv(
            Network(residents, as_of=setting.as_of, kinds=kinds, density=Density.DENSE, sketches=sketches()),
            folder,
        )
        initialise()
        start = time.perf_counter()
        read = read_tables(folder, kinds=kinds, known=KnownTables(), today=setting.as_of)
        if not read.ok:
            raise Refused(str(read.totals))
        checked = time.perf_counter() - start
        load_tables(read.tables, kinds=kinds, actor_name="bench")
        seconds = time.perf_counter() - start
    records = sum(rows for name, rows in read.row_counts.items() if name.startswith("records/"))
    return [
        Measurement(
            "Wangdi",
            "Import from csv files: read, check everything, store",
            records / seconds,
            "records/s",
            TARGET,
            peak=peak_memory(),
            note=f"{records:,} records; reading and checking {checked:.1f} s of {seconds:.1f} s",
        )
    ]
