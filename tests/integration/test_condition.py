"""`wangdi status`: what an engineer is told of an installation, and a monitor by the exit code."""

import json
import shutil
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from typer.testing import CliRunner

from wangdi.cli.main import app
from wangdi.server.access.models import Assignment, Role
from wangdi.server.accounts.second_factor import SECOND_FACTOR_VARIABLE
from wangdi.server.audit.models import Change
from wangdi.server.backups.making import make_backup
from wangdi.server.common.installation import Installation
from wangdi.server.common.problems import NotInitialised
from wangdi.server.evaluation.models import Publication
from wangdi.server.evaluation.rules import pack_versions
from wangdi.server.jobs.models import Job

Usage = namedtuple("Usage", "total used free")


def status(*words: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """The exit code, and level and words of each part."""
    done = CliRunner().invoke(app, ["status", "--format", "json", *words], env={"WANGDI_LANG": "en"})
    return done.exit_code, {one["part"]: (one["level"], one["found"]) for one in json.loads(done.stdout)}


@pytest.fixture
def healthy(installation: Installation, tmp_path: Path) -> Installation:
    """An administrator, an evaluation of today, a backup on another disk (taken away)."""
    boss = User.objects.create_user("boss")
    Assignment.objects.create(user=boss, role=Role.ADMINISTRATOR)
    made = make_backup(tmp_path / "backups")
    made.path.unlink()
    (installation.lake).mkdir(exist_ok=True)
    (installation.lake / "state.json").write_text(
        json.dumps({"format": 2, "seq": 0, "change": 0, "change_hash": "", "tables": {}}), encoding="utf-8"
    )
    Publication.objects.create(as_of=timezone.localdate(), watermark=0, packs=pack_versions())
    return installation


def test_an_installation_in_order_is_fine(healthy: Installation) -> None:
    code, found = status("--strict", "--deep")
    assert {part: one for part, one in found.items() if one[0] != "fine"} == {}
    assert code == 0
    assert {"store", "packs", "evaluation", "backup", "jobs", "disk", "accounts", "chain of changes"} <= {
        *found
    }


def test_a_new_installation_is_told_what_it_lacks(installation: Installation) -> None:
    code, found = status()
    levels = {part: level for part, (level, _) in found.items() if level != "fine"}
    assert levels == {"evaluation": "look", "backup": "wrong", "administrators": "wrong"}
    assert code == 1


def test_a_store_behind_the_program_is_told_plainly_by_every_command(installation: Installation) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'packs'")
    code, found = status()
    assert (code, found["store"][0]) == (1, "wrong")
    assert "evaluation" not in found
    done = CliRunner().invoke(app, ["serve"], env={"WANGDI_LANG": "en"})
    assert isinstance(done.exception, NotInitialised)
    assert "1 steps behind, such as packs.0001_activations" in str(done.exception)


def test_a_store_of_a_newer_program_is_not_touched(installation: Installation) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('packs', '9999_later', '2030-01-01')"
        )
    assert status()[1]["store"] == ("wrong", "the store is of a newer version (packs.9999_later)")
    done = CliRunner().invoke(app, ["evaluate"], env={"WANGDI_LANG": "en"})
    assert "newer version (packs.9999_later)" in str(done.exception)


def test_what_somebody_should_look_at_is_told(healthy: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    Publication.objects.update(made_at=timezone.now() - timedelta(days=2), packs={"other": "1"})
    Job.objects.create(kind="import", arguments={}, state=Job.State.FAILED, ended_at=timezone.now())
    monkeypatch.setenv(SECOND_FACTOR_VARIABLE, "administrator")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(9e12, 9e12, 2e9))
    code, found = status()
    levels = {part: level for part, (level, _) in found.items() if level != "fine"}
    parts = ("disk", "disk of backups", "evaluation", "evaluation of packs", "failed jobs", "second factor")
    assert levels == dict.fromkeys(parts, "look")
    assert (code, status("--strict")[0]) == (0, 1)
    assert "boss" in found["second factor"][1]


def test_what_is_wrong_is_in_the_exit_code(healthy: Installation) -> None:
    healthy.key_file.chmod(0o644)
    Change.objects.filter(action="backup.make").update(actor_name="somebody else")
    code, found = status("--deep")
    assert (code, found["key"][0], found["chain of changes"][0]) == (1, "wrong", "wrong")
