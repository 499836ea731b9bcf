"""Backups: made while others write, verified, and installations made from them."""

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from django.db import connection
from typer.testing import CliRunner

from integration.test_web_access import of
from integration.web_network import ID_NUMBER, Cast, build_network
from wangdi.cli.main import app
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import record_change, verify_chain
from wangdi.server.backups.archive import KEY, MANIFEST, STORE, BadBackup, verify_backup
from wangdi.server.backups.making import make_backup, restore_backup
from wangdi.server.common.installation import DATA_VARIABLE, Installation
from wangdi.server.common.pack_sets import InForce, PackSets
from wangdi.server.evaluation.rules import CONTENT
from wangdi.server.jobs import running
from wangdi.server.jobs.models import Job
from wangdi.server.network.models import Resident


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return build_network()


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """Turns to another data folder, which is empty."""

    def turn() -> Path:
        data = tmp_path / "restored"
        connection.close()
        monkeypatch.setenv(DATA_VARIABLE, str(data))
        monkeypatch.setitem(connection.settings_dict, "NAME", data / STORE)
        return data

    return turn


def test_an_installation_made_from_a_backup_holds_everything_and_opens_it(
    cast: Cast, tmp_path: Path, elsewhere: Callable[[], Path], installation: Installation
) -> None:
    (installation.closed / "1").mkdir(parents=True)
    (installation.closed / "1" / "figures.parquet").write_bytes(b"figures")
    (installation.evidence / "ab").mkdir(parents=True)
    (installation.evidence / "ab" / "abcd").write_bytes(b"scanned")
    (installation.evidence / ".new-half").write_bytes(b"still being written")
    installation.plans.mkdir()
    (installation.plans / "ab").write_bytes(b"a matrix of minutes")
    installation.simulated_mark.touch()
    kept = PackSets.current().keep({"network": CONTENT / "network"})
    PackSets.current().put_in_force(InForce(kept, 0))
    made = make_backup(tmp_path / "backups")
    newest = Change.objects.get(pk=made.manifest.change).hash
    data = elsewhere()
    restore_backup(made.path)
    assert Resident.objects.get(code="R1").reveal_id_number() == ID_NUMBER
    assert of(cast.own).get("/residents/R1/").status_code == 200
    assert (data / "closed" / "1" / "figures.parquet").read_bytes() == b"figures"
    assert (data / "evidence" / "ab" / "abcd").read_bytes() == b"scanned"
    assert not (data / "evidence" / ".new-half").exists()
    assert (data / "plans" / "ab").read_bytes() == b"a matrix of minutes"
    assert (data / "simulated").exists()
    assert PackSets.current().in_force() == InForce(kept, 0)
    assert list(PackSets.current().packs(kept)) == ["network"]
    assert not list((data / "packs").glob("*.yaml"))
    assert (data / KEY).stat().st_mode & 0o777 == 0o600
    assert Change.objects.get(action="backup.restore").prev_hash == newest
    assert verify_chain() is None


def test_a_backup_is_of_one_moment_while_others_write(cast: Cast, tmp_path: Path) -> None:
    """A writer adds changes all the while; the copy holds a whole number of them, and its chain holds."""
    over, written = Event(), []

    def write() -> None:
        while not over.is_set():
            written.append(record_change("export", actor_name="writer").pk)
        connection.close()

    writer = Thread(target=write)
    writer.start()
    try:
        made = make_backup(tmp_path / "a.zip")
    finally:
        over.set()
        writer.join()
    assert len(written) > 3
    assert verify_backup(made.path).change_hash == Change.objects.get(pk=made.manifest.change).hash


def test_only_the_owner_reads_a_backup_for_the_key_is_in_it(cast: Cast, tmp_path: Path) -> None:
    made = make_backup(tmp_path / "backups")
    assert made.path.stat().st_mode & 0o077 == 0
    assert [path.name for path in made.path.parent.iterdir()] == [made.path.name]


def altered(path: Path, change: Callable[[Path], None], *, told: bool) -> Path:
    """A copy whose files were changed; ``told``: the manifest was, too."""
    folder, other = path.parent / "opened", path.parent / "altered.zip"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    change(folder)
    if told:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        manifest["files"] = {name: _hash(folder / name) for name in manifest["files"]}
        (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    with zipfile.ZipFile(other, "w") as archive:
        for file in folder.rglob("*"):
            if file.is_file():
                archive.write(file, file.relative_to(folder).as_posix())
    return other


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _other_key(folder: Path) -> None:
    (folder / KEY).write_text("00" * 32, "ascii")


def _cut_off(folder: Path) -> None:
    (folder / STORE).write_bytes((folder / STORE).read_bytes()[:100_000])


def _forge(folder: Path) -> None:
    store = sqlite3.connect(folder / STORE)
    store.execute("UPDATE audit_change SET actor_name = 'nobody' WHERE id = 1")
    store.commit()
    store.close()


def _lose(folder: Path) -> None:
    (folder / KEY).unlink()


@pytest.mark.parametrize(
    ("change", "told", "said"),
    [
        (_other_key, False, "secret.key 已损坏"),
        (_other_key, True, "密钥打不开"),
        (_cut_off, False, "store.sqlite3 已损坏"),
        (_forge, True, "变更链在第 1 条断开"),
        (_lose, False, "文件不全"),
    ],
)
def test_a_backup_that_is_not_what_was_written_is_found_out(
    cast: Cast, tmp_path: Path, change: Callable[[Path], None], told: bool, said: str
) -> None:
    made = make_backup(tmp_path / "backups")
    with pytest.raises(BadBackup, match=said):
        verify_backup(altered(made.path, change, told=told))


def test_what_is_no_backup_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "letter.zip").write_text("no zip at all", "utf-8")
    with pytest.raises(BadBackup, match="不能读取"):
        verify_backup(tmp_path / "letter.zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("x", "y")
    with pytest.raises(BadBackup, match="不是网底的备份"):
        verify_backup(tmp_path / "other.zip")


def test_a_folder_that_holds_anything_is_never_restored_into(cast: Cast, tmp_path: Path) -> None:
    made = make_backup(tmp_path / "backups")
    with pytest.raises(BadBackup, match="已有内容"):
        restore_backup(made.path)
    assert Resident.objects.count() == 4


def test_the_commands_say_what_was_verified(
    cast: Cast, tmp_path: Path, elsewhere: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANGDI_BACKUPS", str(tmp_path / "other disk"))
    run = CliRunner()
    assert run.invoke(app, ["backup"]).exit_code == 0
    (path,) = (tmp_path / "other disk").iterdir()
    assert run.invoke(app, ["backup", str(path)]).exit_code == 1
    assert run.invoke(app, ["restore", str(path), "--check-only"]).exit_code == 0
    assert run.invoke(app, ["restore", str(path)]).exit_code == 1
    elsewhere()
    assert run.invoke(app, ["restore", str(path)]).exit_code == 0
    assert Resident.objects.count() == 4


def test_administrators_see_the_state_of_the_backups_and_make_one(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "launch", lambda job: None)
    admin = of(cast.admin)
    assert "已超过 7 天没有备份" in admin.get("/manage/backups/").content.decode()
    admin.post("/manage/backups/")
    running.run_job(Job.objects.get().pk)
    page = admin.get("/manage/backups/").content.decode()
    assert "已超过 7 天没有备份" not in page
    file = Job.objects.get().result["file"]
    assert file in page
    Path(file).unlink()
    assert "不在" in admin.get("/manage/backups/").content.decode()
