"""Makes the data through the product: simulated people and records into the store, the store into the lake."""

import json
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from bench.life import sketches
from bench.machine import today
from bench.measuring import Measurement, peak_memory
from bench.setting import Setting
from wangdi.demo.density import Density
from wangdi.demo.network import Network
from wangdi.server.common.installation import Installation, initialise
from wangdi.server.evaluation.lake import Lake, LakeState
from wangdi.server.evaluation.lake.files import list_files
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.records.bulk import load_pieces

IMPORT_TARGET = 50_000
LAKE_TARGET = 300_000


class Stopwatch:
    """Hands pieces on and adds up the seconds their making takes, so that simulation is not counted as import."""

    def __init__(self, pieces: Iterable[tuple[str, Any]]) -> None:
        self._pieces = pieces
        self.seconds = 0.0
        self.rows = 0

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        start = time.perf_counter()
        for name, table in self._pieces:
            self.seconds += time.perf_counter() - start
            self.rows += len(table)
            yield name, table
            start = time.perf_counter()
        self.seconds += time.perf_counter() - start


def measure(setting: Setting) -> list[Measurement]:
    """Import and lake build; leaves the installation and a list of the lake's files for peers.

    Data that are there already are kept, with what was measured when they were made.
    """
    kept = setting.folder / "made.json"
    if not kept.exists():
        shutil.rmtree(setting.folder, ignore_errors=True)
        made = _make(setting)
        kept.write_text(json.dumps([asdict(item) for item in made], ensure_ascii=False))
    return [Measurement(**item) for item in json.loads(kept.read_text())]


def _make(setting: Setting) -> list[Measurement]:
    installation = initialise()
    kinds = dict(rulebook().kinds)
    network = Network(
        setting.residents, as_of=setting.as_of, kinds=kinds, density=Density.DENSE, sketches=sketches()
    )
    pieces = Stopwatch(network.record_batches())
    start = time.perf_counter()
    load_pieces(network.registers(), pieces, kinds=kinds, actor_name="bench")
    import_seconds = time.perf_counter() - start - pieces.seconds
    start = time.perf_counter()
    lake = Lake(installation.lake)
    state = lake.refresh(installation.store, kinds)
    lake_seconds = time.perf_counter() - start
    _list_parquet(setting, installation, state)
    rows = f"{pieces.rows:,} records about {setting.residents:,} residents"
    size = installation.store.stat().st_size / 1e9
    return [
        Measurement(
            "Wangdi",
            "Import into the empty store, tables in memory, indexes included",
            pieces.rows / import_seconds,
            "records/s",
            IMPORT_TARGET,
            peak=peak_memory(),
            note=f"{rows}; {import_seconds:.0f} s, store {size:.1f} GB, made {today()}",
        ),
        Measurement(
            "Wangdi",
            "Lake built from the store",
            pieces.rows / lake_seconds,
            "records/s",
            LAKE_TARGET,
            note=f"{lake_seconds:.0f} s, sorting included",
        ),
    ]


def _list_parquet(setting: Setting, installation: Installation, state: LakeState) -> None:
    found = {
        name: [str(file.path) for file in list_files(installation.lake / name, table.version)]
        for name, table in state.tables.items()
    }
    (setting.folder / "parquet.json").write_text(json.dumps(found, indent=1))
