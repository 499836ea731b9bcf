"""A store that is being built where there is none: a file beside its place, which it takes when it is whole.

Until then nobody else opens it and a crash throws it away, so it is written without a journal on the disk and without
waiting for the disk (`bulk_connection`): half as many bytes as through a write-ahead log.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, connections

_SUFFIX = ".building"


def is_being_built(store: Path) -> bool:
    return store.suffix == _SUFFIX


@contextmanager
def store_being_built() -> Iterator[None]:
    """Inside, the store of this process is a new file; at the end it becomes the store that the settings name.

    After an error nothing is left of it; what a killed process left is removed by the next one. FileExistsError where
    there is a store already.
    """
    store = Path(str(connection.settings_dict["NAME"]))
    if store.exists():
        raise FileExistsError(f"{store} is there already")
    building = store.with_name(store.name + _SUFFIX)
    _turn_to(building)
    _remove(building)
    try:
        yield
        connections.close_all()
        _to_the_disk(building)
        building.rename(store)
        _to_the_disk(store.parent)
    finally:
        _turn_to(store)
        _remove(building)


def _turn_to(store: Path) -> None:
    """All threads of the process: they share the settings of a connection."""
    connections.close_all()
    connection.settings_dict["NAME"] = store


def _remove(building: Path) -> None:
    for ending in ("", "-journal", "-wal", "-shm"):
        building.with_name(building.name + ending).unlink(missing_ok=True)


def _to_the_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
