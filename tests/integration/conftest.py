"""An installation of its own for every test: a real SQLite file that other connections and processes see."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from kept import kept_of_run, made_by_one_process
from wangdi.server.accounts.second_factor import SECOND_FACTOR_VARIABLE
from wangdi.server.common import bulk
from wangdi.server.common.installation import DATA_VARIABLE, Installation, initialise
from wangdi.server.config.databases import SQLITE_PRAGMAS

QUICK_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "wangdi.server.accounts.hashing.OneTimePasswordHasher",
]
"""A real one takes half a second for each password, which is its purpose."""


@pytest.fixture(scope="session")
def empty_installation(django_db_blocker: DjangoDbBlocker) -> Path:
    """The data folder of an installation as `wangdi init` leaves it; to be copied, not used.

    One for all processes of a run: making it takes seconds, and what is built upon it is written with its key.
    """
    data = kept_of_run() / "empty"

    def make(made: Path) -> None:
        with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
            _use(patch, made)
            initialise()
            connection.close()

    made_by_one_process(data, make)
    return data


@pytest.fixture
def installation(
    empty_installation: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[Installation]:
    """The current installation, empty; the database may be used."""
    data = tmp_path / "data"
    shutil.copytree(empty_installation, data)
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        override_settings(PASSWORD_HASHERS=QUICK_HASHERS),
    ):
        _use(patch, data)
        yield Installation.current()
        connection.close()


def _use(patch: pytest.MonkeyPatch, data: Path) -> None:
    connection.close()
    patch.setenv(DATA_VARIABLE, str(data))
    patch.setenv(SECOND_FACTOR_VARIABLE, "")
    patch.setitem(connection.settings_dict, "NAME", data / "store.sqlite3")
    patch.setitem(
        connection.settings_dict["OPTIONS"], "init_command", ";".join(map(_unhurried, SQLITE_PRAGMAS))
    )
    patch.setattr(bulk, "_PRAGMAS", tuple(map(_unhurried, bulk._PRAGMAS)))


def _unhurried(pragma: str) -> str:
    """No test cuts the power, so none waits until what it wrote is on the disk."""
    return pragma.replace("synchronous=NORMAL", "synchronous=OFF")
