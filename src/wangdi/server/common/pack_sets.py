"""The packs an installation has of its own: sets that are kept for good, and the file that says which one is in force.

A set is a folder of pack folders. It is named by what it holds and written once; a file beside the sets names the one
in force. That file is replaced as a whole, so every process reads one set or the other, and notices by a file's stamp.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from uuid6 import uuid7

from wangdi.server.common.installation import DATA_VARIABLE, DEFAULT_DATA, Installation
from wangdi.server.common.jsontext import canonical_json
from wangdi.server.common.problems import PackSetBroken

FOLDER, SETS, POINTER = "packs", "sets", "in_force.json"

NONE = ""
"""The name of the set without packs: what the product ships, and nothing else."""

Stamp = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InForce:
    """Which set is in force, and the number of the activation that put it there (0: none ever did)."""

    set: str = NONE
    activation: int = 0


@dataclass(frozen=True, slots=True)
class PackSets:
    """The sets of one installation, in the folder ``packs`` of its data."""

    path: Path

    @classmethod
    def current(cls) -> "PackSets":
        return cls(Installation.current().packs)

    def in_force(self) -> InForce:
        """What the product ships, where nothing else was ever put in force. `PackSetBroken` when it cannot be told."""
        try:
            return InForce(**json.loads((self.path / POINTER).read_text("utf-8")))
        except FileNotFoundError:
            return InForce()
        except (ValueError, TypeError) as error:
            raise PackSetBroken(f"{self.path / POINTER}: {error}") from None

    def put_in_force(self, told: InForce) -> None:
        """Replace the file as a whole, on the disk before it counts."""
        self.path.mkdir(parents=True, exist_ok=True)
        fresh = self.path / f"{POINTER}.new"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(asdict(told), file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path / POINTER)
        _sync(self.path)

    def keep(self, packs: Mapping[str, Path]) -> str:
        """Copy those pack folders into a set, and give its name: the same content has the same name, and is kept once."""
        if not packs:
            return NONE
        (self.path / SETS).mkdir(parents=True, exist_ok=True)
        fresh = self.path / SETS / f".new-{uuid7()}"
        try:
            for name, folder in packs.items():
                _copy(folder, fresh / name)
            named = _content_of(fresh)
            if not (self.path / SETS / named).exists():
                fresh.rename(self.path / SETS / named)
                _sync(self.path / SETS)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return named

    def packs(self, named: str) -> dict[str, Path]:
        """The folder of each pack of a set, by its name. `PackSetBroken` when the set is not what it was."""
        if named == NONE:
            return {}
        folder = self.path / SETS / named
        if not folder.is_dir() or _content_of(folder) != named:
            raise PackSetBroken(f"{folder} is missing or was altered")
        return {one.name: one for one in sorted(folder.iterdir())}


def pointer_stamp() -> Stamp:
    """What tells the file of the set in force from one that takes its place; one look at a file, some microseconds."""
    try:
        found = os.stat(os.path.join(os.environ.get(DATA_VARIABLE) or DEFAULT_DATA, FOLDER, POINTER))  # noqa: PTH116, PTH118
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


def files_of(folder: Path) -> Iterator[Path]:
    """The files of a pack: hidden ones, as editors and systems leave them, are none."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(
            part.startswith((".", "__")) for part in path.relative_to(folder).parts
        ):
            yield path


def content_of(folder: Path) -> str:
    """The hash of everything a pack's folder holds."""
    return _content_of(folder)


def _content_of(folder: Path) -> str:
    listed = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files_of(folder)
    }
    return hashlib.sha256(canonical_json(listed).encode()).hexdigest()


def _copy(source: Path, target: Path) -> None:
    for path in files_of(source):
        copied = target / path.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        with copied.open("wb") as file:
            file.write(path.read_bytes())
            file.flush()
            os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """A new name of a file is on the disk when its folder is; systems that cannot do so have other means."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
