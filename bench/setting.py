"""What one run of the benchmark is about: how many residents, on which day, in which folder."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parent
DATA = ROOT / "data"
"""Everything that is generated; git ignores it and it may be deleted at any time."""

RESULTS = ROOT / "results"
SQL = ROOT / "sql"
INDICATORS = (
    "htn_managed",
    "htn_controlled",
    "dm_managed",
    "dm_controlled",
    "elderly_managed",
    "contract_coverage",
    "contract_coverage_key",
    "posting_coverage",
)
"""What every contender computes."""


@dataclass(frozen=True)
class Setting:
    """A network of ``residents`` people as of a day; the same setting always has the same data."""

    residents: int
    as_of: date

    @property
    def folder(self) -> Path:
        return DATA / f"{self.residents}-{self.as_of}"

    @property
    def installation(self) -> Path:
        """The data folder of the installation that holds the network."""
        return self.folder / "installation"

    @property
    def year_start(self) -> date:
        return self.as_of.replace(month=1, day=1)

    def figures(self, contender: str) -> Path:
        """Where a contender leaves its figures."""
        return self.folder / "figures" / f"{contender}.parquet"

    def parquet(self) -> Mapping[str, list[str]]:
        """The lake's files by table: what peers read."""
        files: dict[str, list[str]] = json.loads((self.folder / "parquet.json").read_text())
        return files

    @contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        """A folder that is empty at first and gone afterwards."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
