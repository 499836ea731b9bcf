"""The synthetic lakes: thirty records a resident, and twice as many."""

import json
import shutil
import time
from dataclasses import asdict

from bench.large.product import Large
from bench.machine import today
from bench.measuring import Measurement, peak_memory
from bench.setting import Setting

RECORDS_EACH = 30
ONCE = 2_000_000
"""Above so many residents there is no lake with twice the records."""


def measure(setting: Setting) -> list[Measurement]:
    """Data that are there already are kept, with what was measured when they were made."""
    sizes = (RECORDS_EACH, 2 * RECORDS_EACH) if setting.residents <= ONCE else (RECORDS_EACH,)
    return [_kept(Large(setting, size)) for size in sizes]


def _kept(large: Large) -> Measurement:
    kept = large.setting.folder / f"{large.lake.name}.made.json"
    if not kept.exists():
        shutil.rmtree(large.lake, ignore_errors=True)
        kept.write_text(json.dumps(asdict(_make(large)), ensure_ascii=False))
    return Measurement(**json.loads(kept.read_text()))


def _make(large: Large) -> Measurement:
    start = time.perf_counter()
    records = large.make()
    seconds = time.perf_counter() - start
    what = f"Synthetic lake written, {large.records_each} records a resident"
    note = f"{records:,} records, {seconds:.0f} s, made {today()}"
    return Measurement("Wangdi", what, records / seconds, "records/s", peak=peak_memory(), note=note)
