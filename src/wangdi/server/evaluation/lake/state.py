"""What the lake was built from. Written last: after a crash it still tells of the lake before."""

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = "state.json"
_LOCK = "lock.sqlite3"
_PATIENCE_SECONDS = 3600
FORMAT = 2


NOT_MADE = -1
"""The version of a table that has no rows yet: nothing is on the disk."""


@dataclass(frozen=True, slots=True)
class TableState:
    """One table: its Delta version or NOT_MADE, its rows, and the signature of its layout."""

    version: int
    rows: int
    signature: str

    @property
    def is_made(self) -> bool:
        return self.version != NOT_MADE


@dataclass(frozen=True, slots=True)
class LakeState:
    """The lake is true as of record version ``seq`` and change ``change``; its hash tells stores apart."""

    seq: int = 0
    change: int = 0
    change_hash: str = ""
    tables: Mapping[str, TableState] = field(default_factory=dict)

    @property
    def signatures(self) -> dict[str, str]:
        return {name: table.signature for name, table in self.tables.items()}

    @property
    def rows(self) -> dict[str, int]:
        return {name: table.rows for name, table in self.tables.items()}


def read_state(folder: Path) -> LakeState | None:
    """The state of the lake; None when there is none, or one of another format."""
    return _state_in(folder / _FILE, stamp_of(folder / _FILE))


@lru_cache(maxsize=16)
def _state_in(file: Path, _written: tuple[int, ...]) -> LakeState | None:
    """A state is replaced as a whole, never changed, and asked for before each table is read."""
    try:
        content = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return None
    return state_of(content)


def stamp_of(file: Path) -> tuple[int, ...]:
    """What tells a file from one that takes its place: empty when there is none."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


def state_of(content: dict[str, Any]) -> LakeState | None:
    """The state that `as_json` gave; None when it is of another format."""
    if content.pop("format", None) != FORMAT:
        return None
    tables = {name: TableState(**table) for name, table in content.pop("tables").items()}
    return LakeState(**content, tables=tables)


def as_json(state: LakeState) -> dict[str, Any]:
    return {"format": FORMAT, **asdict(state)}


def write_state(folder: Path, state: LakeState) -> None:
    """Replace the state as a whole, on the disk before it counts."""
    temporary = folder / f"{_FILE}.new"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(as_json(state), file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / _FILE)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One builder at a time. SQLite's file lock works on every system and ends with its process."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / _LOCK, timeout=_PATIENCE_SECONDS, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield
