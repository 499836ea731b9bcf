"""What several tests begin with: built in the first of them, copied into the installations of the others."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from django.db import connection

from kept import kept_of_run, made_by_one_process
from wangdi.server.common.installation import Installation


def built_once(build: Callable[[], object]) -> None:
    """Brings the current installation, which is empty, to where ``build`` brings it, whatever the test.

    Only what lies in the data folder is there afterwards; times of the day are those of the first test.
    """
    installation = Installation.current()
    kept = kept_of_run() / f"{build.__module__.split('.')[-1]}.{build.__qualname__}"

    def make(part: Path) -> None:
        build()
        connection.close()
        _copy(installation.data, part)

    if made_by_one_process(kept, make):
        return
    connection.close()
    for file in installation.data.glob(f"{installation.store.name}*"):
        file.unlink()
    _copy(kept, installation.data)


def _copy(source: Path, target: Path) -> None:
    """With the store as one file, whatever of it stands in its log."""
    target.mkdir(exist_ok=True)
    name = Installation(source).store.name
    with (
        closing(sqlite3.connect(source / name)) as store,
        closing(sqlite3.connect(target / name)) as copy,
    ):
        store.backup(copy)
    ignored = shutil.ignore_patterns(f"{name}*")
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=ignored, copy_function=_linked)


def _linked(source: str, target: str) -> None:
    """Files of the lake and of its log are never written again, and there are hundreds."""
    if Path(source).suffix == ".parquet" or Path(source).parent.name == "_delta_log":
        os.link(source, target)
    else:
        shutil.copy2(source, target)
