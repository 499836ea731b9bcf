"""What a closed period is kept from: its figures, the files of the lake, the texts of the packs.

A folder for each closing; packs are shared by their hash. Files of the lake are linked, not copied, where the file
system can: they cost no space as long as the lake has them too, and outlive its vacuuming and its rebuilding. (Delta's
log forgets old versions after a while, so a version number alone would not bring them back.)
"""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from uuid6 import uuid7

from wangdi.engine.model.pack import Rulebook
from wangdi.engine.packs.load import PACK_FILE, load_rulebook
from wangdi.server.evaluation.basis import hash_of
from wangdi.server.evaluation.lake import LakeState, ReadableLake
from wangdi.server.evaluation.lake.files import DataFile
from wangdi.server.evaluation.lake.state import as_json, state_of

_FIGURES, _LAKE, _PACKS = "figures.parquet", "lake.json", "packs"


class ArchiveBroken(Exception):
    """Something of a closed period is missing or was altered."""


@dataclass(frozen=True, slots=True)
class KeptLake(ReadableLake):
    """The lake as it was when a period was closed."""

    path: Path

    def state(self) -> LakeState | None:
        return state_of(self._content()["state"])

    def files(self, table: str, state: LakeState) -> Sequence[DataFile]:
        found = self._content()["files"][table]
        return [DataFile(**{**file, "path": self.path / table / file["path"]}) for file in found]

    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.path / _LAKE).read_text("utf-8"))
        return content


@dataclass(frozen=True, slots=True)
class Archive:
    """The folder of one closing; ``packs`` beside it holds the texts of packs by their hash."""

    path: Path

    @property
    def lake(self) -> KeptLake:
        return KeptLake(self.path / "lake")

    def figures(self, expected: str) -> Any:
        """The figures as an Arrow table. `ArchiveBroken` when they are not those of the hash."""
        file = self.path / _FIGURES
        if not file.exists() or hash_of(file.read_bytes()) != expected:
            raise ArchiveBroken(f"{file} is missing or was altered")
        return pq.read_table(file)

    def rulebook(self, hashes: Mapping[str, str], workspace: Path) -> Rulebook:
        """The packs as they were, unpacked into ``workspace``. `ArchiveBroken` when one is not that of its hash."""
        for name, expected in hashes.items():
            kept = self.path.parent / _PACKS / f"{expected}.yaml"
            if not kept.exists() or hash_of(kept.read_bytes()) != expected:
                raise ArchiveBroken(f"{kept} is missing or was altered")
            (workspace / name).mkdir(parents=True)
            shutil.copy(kept, workspace / name / PACK_FILE)
        return load_rulebook([workspace])

    @property
    def figures_hash(self) -> str:
        return hash_of((self.path / _FIGURES).read_bytes())


def write_archive(
    folder: Path, figures: Any, lake: ReadableLake, state: LakeState, packs: Mapping[str, bytes]
) -> Archive:
    """Keep everything in a new folder below ``folder``; it appears there as a whole or not at all."""
    name = str(uuid7())
    unfinished = folder / f"{name}.new"
    (unfinished / "lake").mkdir(parents=True)
    pq.write_table(figures, unfinished / _FIGURES)
    files = {table: lake.files(table, state) for table in state.tables}
    for table, found in files.items():
        (unfinished / "lake" / table).mkdir()
        for file in found:
            _link(file.path, unfinished / "lake" / table / file.path.name)
    listed = {
        table: [asdict(file) | {"path": file.path.name} for file in found] for table, found in files.items()
    }
    content = {"state": as_json(state), "files": listed}
    (unfinished / "lake" / _LAKE).write_text(json.dumps(content), encoding="utf-8")
    (folder / _PACKS).mkdir(exist_ok=True)
    for text in packs.values():
        kept = folder / _PACKS / f"{hash_of(text)}.yaml"
        if not kept.exists():
            kept.write_bytes(text)
    unfinished.rename(folder / name)
    return Archive(folder / name)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or a file system without links
        shutil.copy2(source, target)
