"""Simulates the network straight into a lake: its store would take most of an hour and fifty gigabytes."""

import json
import shutil
import time
from dataclasses import asdict

from bench.direct_lake import build_lake
from bench.life import sketches
from bench.machine import today
from bench.measuring import Measurement, peak_memory
from bench.setting import Setting
from wangdi.demo.density import Density
from wangdi.demo.network import Network
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.rules import rulebook


def measure(setting: Setting) -> list[Measurement]:
    """Data that are there already are kept, with what was measured when they were made."""
    kept = setting.folder / "made.json"
    if not kept.exists():
        shutil.rmtree(setting.folder, ignore_errors=True)
        made = _make(setting)
        kept.write_text(json.dumps(asdict(made), ensure_ascii=False))
    return [Measurement(**json.loads(kept.read_text()))]


def _make(setting: Setting) -> Measurement:
    start = time.perf_counter()
    kinds = rulebook().kinds
    network = Network(
        setting.residents, as_of=setting.as_of, kinds=kinds, density=Density.DENSE, sketches=sketches()
    )
    records = build_lake(Installation(setting.installation).lake, network, kinds)
    seconds = time.perf_counter() - start
    note = f"{records:,} records, {seconds:.0f} s, made {today()}"
    what = "Simulated straight into a lake, sorting included"
    return Measurement("Wangdi", what, records / seconds, "records/s", peak=peak_memory(), note=note)
