"""The product as the benchmark uses it: the network over the lake, its figures as a table."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from bench.setting import INDICATORS, Setting
from wangdi.engine.evaluate.gathering import told
from wangdi.engine.evaluate.network import Network, Outcome
from wangdi.engine.evaluate.runners.local import LocalRunner
from wangdi.engine.model.pack import Rulebook
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.lake import Lake
from wangdi.server.evaluation.lake_source import LakeSource


def network_of(setting: Setting, rules: Rulebook, threads: int = 2) -> Network:
    """The network over the setting's lake."""
    lake = Lake(Installation(setting.installation).lake)
    return Network(LakeSource(lake), rules, LocalRunner(threads))


def without_schedules(rules: Rulebook) -> Rulebook:
    """The same rules without due items, with the indicators that peers compute."""
    return Rulebook(
        tuple(
            replace(pack, schedules=(), indicators=tuple(i for i in pack.indicators if i.name in INDICATORS))
            for pack in rules.packs
        )
    )


def figures_table(network: Network, outcome: Outcome) -> Any:
    """Indicator, place (key), numerator and denominator, for every place that has anybody in the denominator."""
    found = outcome.figures
    row, column = np.nonzero(told(found.place_numerators, found.place_denominators))
    names = pa.array([row.indicator.name for row in found.rows])
    return pa.table(
        {
            "indicator": names.take(pa.array(row)),
            "place": network.places[network.source.key].to_numpy()[column],
            "numerator": found.place_numerators[row, column],
            "denominator": found.place_denominators[row, column],
        }
    )
