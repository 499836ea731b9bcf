"""Making an installation, and the settings around it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from wangdi.server.common.installation import Installation, initialise
from wangdi.server.common.problems import NotInitialised
from wangdi.server.common.secrecy import Vault, mask_id_number, mask_phone
from wangdi.server.config.databases import database_settings


def test_making_it_twice_keeps_the_key(installation: Installation) -> None:
    key = installation.key()
    assert initialise() == installation
    assert installation.key() == key
    assert installation.exists


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_only_the_owner_may_read_the_key(installation: Installation) -> None:
    assert stat.S_IMODE(installation.key_file.stat().st_mode) == 0o600


def test_without_an_installation_the_message_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotInitialised, match="wangdi init"):
        Installation(tmp_path / "none").key()


def test_settings_import_before_anything_exists_and_create_nothing(tmp_path: Path) -> None:
    data = tmp_path / "none"
    subprocess.run(
        [sys.executable, "-c", "import wangdi.server.config.settings"],
        env={**os.environ, "WANGDI_DATA": str(data), "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    )
    assert not data.exists()


def test_the_models_have_no_change_without_a_migration(installation: Installation) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "django",
            "makemigrations",
            "--check",
            "audit",
            "network",
            "records",
            "access",
        ],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "wangdi.server.config.settings",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_the_store_writes_ahead_and_checks_references(installation: Installation) -> None:
    with connection.cursor() as cursor:
        modes = {
            pragma: cursor.execute(f"PRAGMA {pragma}").fetchone()[0]
            for pragma in ("journal_mode", "foreign_keys")
        }
    assert modes == {"journal_mode": "wal", "foreign_keys": 1}


def test_a_database_address_selects_postgresql() -> None:
    settings = database_settings("postgres://wang:p%40ss@db.local:5433/net", Path("unused"))
    assert settings["ENGINE"] == "django.db.backends.postgresql"
    assert (settings["NAME"], settings["USER"], settings["PASSWORD"]) == ("net", "wang", "p@ss")
    assert (settings["HOST"], settings["PORT"]) == ("db.local", "5433")


def test_another_database_address_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="postgres://"):
        database_settings("mysql://x/y", Path("unused"))


def test_a_sealed_value_opens_with_its_field_and_key_only() -> None:
    vault = Vault(b"k" * 32)
    sealed = vault.seal("phone", "13812345678")
    assert vault.reveal("phone", sealed) == "13812345678"
    assert vault.seal("phone", "13812345678") != sealed
    for other, field in ((vault, "id_number"), (Vault(b"x" * 32), "phone")):
        with pytest.raises(InvalidTag):
            other.reveal(field, sealed)


def test_blind_indexes_differ_by_field_and_key() -> None:
    vault = Vault(b"k" * 32)
    index = vault.blind_index("phone", "1")
    assert index == vault.blind_index("phone", " 1")
    assert index not in (vault.blind_index("id_number", "1"), Vault(b"x" * 32).blind_index("phone", "1"))


@pytest.mark.parametrize(
    ("shown", "value"), [("420281********1234", "420281195001011234"), ("******", "123456"), ("", "")]
)
def test_identity_numbers_are_masked(shown: str, value: str) -> None:
    assert mask_id_number(value) == shown


def test_short_phones_are_masked_altogether() -> None:
    assert mask_phone("1234567") == "*******"
