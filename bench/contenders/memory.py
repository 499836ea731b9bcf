"""Wangdi: the most memory a full evaluation needs, in a process that does nothing else."""

from bench.measuring import Measurement, peak_memory
from bench.product import network_of
from bench.setting import Setting
from wangdi.engine.evaluate.moment import Moment
from wangdi.server.evaluation.rules import rulebook

TARGET = 2.0


def measure(setting: Setting) -> list[Measurement]:
    network_of(setting, rulebook()).evaluate([Moment.in_year(setting.as_of)])
    what = "Memory for due items and figures, including opening the lake"
    return [
        Measurement("Wangdi", what, peak_memory() / 1e9, "GB", TARGET, note="one run in a process of its own")
    ]
