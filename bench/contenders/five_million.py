"""Wangdi: more people than one likes to hold in memory, partition by partition."""

import gc
import time

from bench.measuring import Measurement, forget_peak, peak_memory
from bench.product import network_of
from bench.setting import Setting
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network
from wangdi.engine.plan.plan import Plan
from wangdi.server.evaluation.rules import rulebook

TARGET = 4.0


def measure(setting: Setting) -> list[Measurement]:
    """Everything at once as the product does it, then each partition by itself."""
    moment = Moment.in_year(setting.as_of)
    network = network_of(setting, rulebook())
    start = time.perf_counter()
    (outcome,) = network.evaluate([moment])
    seconds = time.perf_counter() - start
    peak = peak_memory()
    due = f"{len(outcome.due):,} due items"
    del outcome
    what = "Due items and figures, including opening the lake"
    return [
        Measurement("Wangdi", what, seconds, note=due),
        Measurement("Wangdi", "Memory for that", peak / 1e9, "GB", TARGET, note="one partition at a time"),
        *(
            _one_partition(network, plan, partition, moment)
            for plan in network.plans()
            for partition in network.partitions_of(plan)
        ),
    ]


def _one_partition(network: Network, plan: Plan, partition: str | None, moment: Moment) -> Measurement:
    gc.collect()
    forget_peak()
    start = time.perf_counter()
    opened = network.open(plan, partition)
    opening = time.perf_counter() - start
    network.run(opened, moment)
    seconds = time.perf_counter() - start
    what = f"{plan.entity}, partition {partition or 'all'}"
    note = f"{len(opened.members):,} of them; opening {opening:.2f} s of it"
    return Measurement("Wangdi", what, seconds, peak=peak_memory(), note=note)
