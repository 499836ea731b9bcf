"""Making a backup while people work, and making an installation from one."""

import json
import os
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.utils import timezone

from wangdi.engine.model.text import Text
from wangdi.server.audit.services import record_change
from wangdi.server.backups.archive import (
    KEY,
    MANIFEST,
    STORE,
    BadBackup,
    Manifest,
    counts,
    digest,
    verify_backup,
)
from wangdi.server.common.installation import Installation, initialise
from wangdi.server.common.loading import OnProgress
from wangdi.server.common.pack_sets import POINTER, SETS
from wangdi.server.evaluation.rules import pack_texts

PACKS = "packs"

OVERDUE_DAYS = 7
"""After so many days without a backup, pages and `wangdi status` say so."""

_COMPRESSION = 1
"""zlib's quickest. A store of 889 MB became 179 MB; writing and verifying took 42 s of processor time together."""


@dataclass(frozen=True, slots=True)
class Backup:
    path: Path
    bytes: int
    manifest: Manifest


def backup_name(at: datetime) -> str:
    return f"wangdi-{timezone.localtime(at):%Y%m%d-%H%M%S}.zip"


def make_backup(
    target: Path,
    *,
    actor: AbstractBaseUser | None = None,
    actor_name: str = "wangdi backup",
    on_progress: OnProgress | None = None,
) -> Backup:
    """Write a backup and read all of it back. ``target``: a folder, or the zip itself, which must not exist.

    The store is copied as of one moment while others go on writing. Half a backup never has its final name.
    `BadBackup` when it cannot be made, or does not hold what it should; what was written is then removed.
    """
    installation, now, report = Installation.current(), timezone.now(), on_progress or _silent
    path = target if target.suffix == ".zip" else target / backup_name(now)
    if path.exists():
        raise BadBackup(Text(f"{path} 已存在", f"{path} exists already"))
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    try:
        report("backup", 0, 2)
        _write(installation, unfinished, now)
        report("backup", 1, 2)
        manifest = verify_backup(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    made = Backup(path, path.stat().st_size, manifest)
    summary = {"file": str(path), "bytes": made.bytes, "change": manifest.change}
    record_change("backup.make", actor=actor, actor_name=actor_name, summary=summary)
    report("backup", 2, 2)
    return made


def restore_backup(path: Path, *, actor_name: str = "wangdi restore") -> Manifest:
    """Make the current installation from a backup. `BadBackup` for a bad one, and where the data folder is not empty.

    The lake is not in it: the next evaluation builds it anew.
    """
    installation = Installation.current()
    if installation.data.exists() and any(installation.data.iterdir()):
        raise BadBackup(
            Text(
                f"{installation.data} 里已有内容。请用 WANGDI_DATA 指定一个空文件夹。",
                f"{installation.data} is not empty. Set WANGDI_DATA to an empty folder.",
            )
        )
    manifest = verify_backup(path)
    connection.close()
    installation.data.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path) as archive:
        for name in manifest.files:
            if not _is_text(name):
                archive.extract(name, installation.data)
    installation.key_file.chmod(0o600)
    initialise()
    record_change("backup.restore", actor_name=actor_name, summary={"made_at": manifest.made_at.isoformat()})
    return manifest


def _is_text(name: str) -> bool:
    """The texts of the packs in force stand in a backup to be read; own packs besides, as sets, to be restored."""
    return PurePosixPath(name).parent == PurePosixPath(PACKS) and name.endswith(".yaml")


def _silent(_part: str, _done: int, _total: int) -> None:
    return None


def _write(installation: Installation, path: Path, now: datetime) -> None:
    if connection.vendor != "sqlite":
        raise BadBackup(
            Text(
                "数据库是 PostgreSQL：请用 pg_dump 备份它，并另存数据文件夹",
                "the store is in PostgreSQL: back it up with pg_dump, and copy the data folder",
            )
        )
    pointer = installation.packs / POINTER  # before the store, which must know of what it tells
    in_force = pointer.read_bytes() if pointer.exists() else None
    with TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder, _private(path) as file:
        store = Path(folder) / STORE
        with closing(sqlite3.connect(installation.store)) as live, closing(sqlite3.connect(store)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            found = counts(copy)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive:
            files = {STORE: _add(archive, store, STORE), KEY: _add(archive, installation.key_file, KEY)}
            if installation.simulated_mark.exists():
                name = installation.simulated_mark.name
                files[name] = _add(archive, installation.simulated_mark, name)
            if in_force is not None:
                archive.writestr(f"{PACKS}/{POINTER}", in_force)
                files[f"{PACKS}/{POINTER}"] = digest(BytesIO(in_force))
            for kept in _folders(installation):
                for one in sorted(kept.rglob("*")):
                    if one.is_file() and not any(part.startswith(".new-") for part in one.parts):
                        name = one.relative_to(installation.data).as_posix()
                        files[name] = _add(archive, one, name)
            for pack, text in pack_texts().items():
                name = f"{PACKS}/{pack}.yaml"
                archive.writestr(name, text)
                files[name] = digest(BytesIO(text))
            manifest = Manifest(now, version("wangdi"), files, *found)
            archive.writestr(MANIFEST, json.dumps(manifest.as_json(), ensure_ascii=False, indent=1))


def _folders(installation: Installation) -> tuple[Path, ...]:
    """What stands beside the store and cannot be made again."""
    return installation.closed, installation.evidence, installation.plans, installation.packs / SETS


def _private(path: Path) -> IO[bytes]:
    """The key is inside: readable by the owner only."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b")


def _add(archive: zipfile.ZipFile, file: Path, name: str) -> str:
    archive.write(file, name)
    with file.open("rb") as opened:
        return digest(opened)
