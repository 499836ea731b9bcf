"""What a backup is: one zip with all that cannot be made again, and a manifest that vouches for each file."""

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from cryptography.exceptions import InvalidTag

from wangdi.engine.model.text import Text
from wangdi.server.audit.services import FIRST_HASH, chain_hash
from wangdi.server.common.secrecy import Vault

FORMAT = 1

MANIFEST, STORE, KEY = "manifest.json", "store.sqlite3", "secret.key"

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """``files``: the SHA-256 of each. ``change`` and ``change_hash``: the end of the chain, to be compared with copies."""

    made_at: datetime
    program: str
    files: dict[str, str]
    residents: int
    records: int
    change: int
    change_hash: str

    def as_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "made_at": self.made_at.isoformat(),
            "program": self.program,
            "files": self.files,
            "residents": self.residents,
            "records": self.records,
            "change": self.change,
            "change_hash": self.change_hash,
        }


@dataclass(eq=False)
class BadBackup(Exception):
    """The file is no backup, or not what was written."""

    message: Text

    def __str__(self) -> str:
        return f"{self.message.zh} / {self.message.en}"


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """`BadBackup` for another zip, and for one of a newer program."""
    try:
        told = json.loads(archive.read(MANIFEST))
        if told["format"] > FORMAT:
            raise BadBackup(
                Text(
                    "备份来自更新的版本，请先升级网底",
                    "the backup is of a newer version; upgrade Wangdi first",
                )
            )
        return Manifest(
            datetime.fromisoformat(told["made_at"]),
            told["program"],
            told["files"],
            told["residents"],
            told["records"],
            told["change"],
            told["change_hash"],
        )
    except (KeyError, ValueError, TypeError):
        raise BadBackup(Text("这不是网底的备份", "this is no backup of Wangdi")) from None


def verify_backup(path: Path) -> Manifest:
    """Read all of it: every file's hash, the store's integrity, its chain of changes, and that the key opens it.

    `BadBackup` with what is wrong. Needs room for the store in the folder for temporary files.
    """
    try:
        with zipfile.ZipFile(path) as archive, TemporaryDirectory(prefix="wangdi-backup-") as folder:
            manifest = read_manifest(archive)
            _check_files(archive, manifest)
            store = Path(archive.extract(STORE, folder))
            key = bytes.fromhex(archive.read(KEY).decode("ascii").strip())
            with closing(sqlite3.connect(store)) as opened:
                _check_store(opened, manifest, Vault(key))
            return manifest
    except (OSError, zipfile.BadZipFile, zipfile.LargeZipFile) as error:
        message = Text(f"备份不能读取：{error}", f"the backup cannot be read: {error}")
        raise BadBackup(message) from None


def digest(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while block := file.read(_BLOCK):
        found.update(block)
    return found.hexdigest()


def counts(store: sqlite3.Connection) -> tuple[int, int, int, str]:
    """Residents, current records, number and hash of the newest change."""
    ((residents,),) = store.execute("SELECT count(*) FROM network_resident")
    ((records,),) = store.execute("SELECT count(*) FROM records_recordversion WHERE is_current")
    newest = store.execute("SELECT id, hash FROM audit_change ORDER BY id DESC LIMIT 1").fetchone()
    return residents, records, *(newest or (0, FIRST_HASH))


def _check_files(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    names = set(archive.namelist()) - {MANIFEST}
    if names != set(manifest.files):
        raise BadBackup(Text("备份里的文件不全", "files are missing from the backup, or were added"))
    for name, expected in manifest.files.items():
        with archive.open(name) as file:
            if digest(file) != expected:
                raise BadBackup(Text(f"{name} 已损坏", f"{name} is damaged"))


def _check_store(store: sqlite3.Connection, manifest: Manifest, vault: Vault) -> None:
    ((integrity,),) = store.execute("PRAGMA integrity_check(1)")
    if integrity != "ok":
        raise BadBackup(Text(f"数据库已损坏：{integrity}", f"the store is damaged: {integrity}"))
    told = (manifest.residents, manifest.records, manifest.change, manifest.change_hash)
    if counts(store) != told:
        raise BadBackup(Text("数据库与清单不符", "the store is not the one the manifest tells of"))
    broken = _first_broken(store)
    if broken is not None:
        raise BadBackup(
            Text(f"变更链在第 {broken} 条断开", f"the chain of changes does not hold at change {broken}")
        )
    try:
        for field, sealed in _sealed(store):
            vault.reveal(field, sealed)
    except InvalidTag:
        raise BadBackup(
            Text("密钥打不开数据库里的号码", "the key does not open the store's numbers")
        ) from None


def _first_broken(store: sqlite3.Connection) -> int | None:
    """As ``audit.services.verify_chain``, of a copy."""
    expected = FIRST_HASH
    rows = store.execute(
        "SELECT id, at, actor_id, actor_name, action, summary, prev_hash, hash FROM audit_change ORDER BY id"
    )
    for number, at, actor, name, action, summary, before, own in rows:
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        if before != expected or own != chain_hash(before, moment, actor, name, action, json.loads(summary)):
            return int(number)
        expected = own
    return None


def _sealed(store: sqlite3.Connection) -> Iterator[tuple[str, bytes]]:
    """One sealed value of each sort, where there is one."""
    for field in ("id_number", "phone"):
        for table in ("network_resident", "network_worker"):
            column = f"{field}_sealed"
            query = f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL LIMIT 1"
            yield from ((field, sealed) for (sealed,) in store.execute(query))
