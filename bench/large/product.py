"""The synthetic rules and lake as the product opens them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.large.data import LargeLake
from bench.large.rules import INDICATORS, pack
from bench.setting import Setting
from wangdi.engine.evaluate.network import Network, Opened
from wangdi.engine.evaluate.runners.local import LocalRunner
from wangdi.engine.model.adoption import Adoption
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.packs.load import load_rulebook
from wangdi.server.evaluation.lake import Lake
from wangdi.server.evaluation.lake_source import LakeSource


class Unadopted(LakeSource):
    """A lake without a store beside it: its packs are in force everywhere."""

    def adoptions(self) -> Sequence[Adoption]:
        return ()


@dataclass(frozen=True)
class Large:
    """A lake of so many records for each resident."""

    setting: Setting
    records_each: int

    @property
    def lake(self) -> Path:
        return self.setting.folder / f"large-{self.records_each}"

    def rules(self, indicators: int = INDICATORS) -> Rulebook:
        with self.setting.scratch(f"rules-{indicators}") as folder:
            (folder / "pack.yaml").write_text(pack(indicators), encoding="utf-8")
            return load_rulebook([folder])

    def make(self) -> int:
        """Writes the lake; the number of records."""
        self.lake.mkdir(parents=True)
        rules = self.rules()
        return LargeLake(
            self.lake, self.setting.residents, self.setting.as_of, rules.kinds, self.records_each
        ).write()

    def network(self, rules: Rulebook, threads: int = 2) -> Network:
        return Network(Unadopted(Lake(self.lake)), rules, LocalRunner(threads))


def open_all(network: Network) -> list[Opened]:
    """Every partition of every plan in memory."""
    return [network.open(plan, part) for plan in network.plans() for part in network.partitions_of(plan)]
