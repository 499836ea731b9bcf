"""Several processes with several threads open the store, read or write, and leave it again, as servers and jobs do."""

import multiprocessing
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from wangdi.server.config.databases import SQLITE_PRAGMAS

PROCESSES, THREADS, SECONDS = 2, 4, 25.0


def _come_and_go(store: str, until: float, seed: int, wrong: list[str], written: list[int]) -> None:
    chance = random.Random(seed)
    while time.time() < until:
        try:
            with closing(sqlite3.connect(store, timeout=30, isolation_level=None)) as connection:
                for pragma in SQLITE_PRAGMAS:
                    connection.execute(pragma)
                if chance.random() < 0.1:
                    connection.execute("BEGIN IMMEDIATE")
                    connection.execute("INSERT INTO notes (text) VALUES (?)", ["x" * 2000])
                    connection.execute("COMMIT")
                    written.append(1)
                else:
                    connection.execute(
                        "SELECT count(*) FROM notes WHERE id > ?", [chance.randrange(1000)]
                    ).fetchall()
        except sqlite3.Error as error:
            wrong.append(f"{type(error).__name__}: {error}")
        time.sleep(chance.expovariate(1 / 0.005))


def _process(store: str, until: float, number: int) -> tuple[list[str], int]:
    wrong: list[str] = []
    written: list[int] = []
    threads = [
        Thread(target=_come_and_go, args=(store, until, 10 * number + n, wrong, written))
        for n in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong, len(written)


@pytest.mark.long
def test_nothing_committed_is_lost_while_processes_come_to_the_store_and_leave_it(tmp_path: Path) -> None:
    store = str(tmp_path / "store.sqlite3")
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
    until = time.time() + SECONDS
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        came = pool.starmap(_process, [(store, until, number) for number in range(PROCESSES)])
    assert [wrong for wrong, _ in came] == [[]] * PROCESSES
    with closing(sqlite3.connect(store)) as connection:
        [(kept,)] = connection.execute("SELECT count(*) FROM notes")
        [(whole,)] = connection.execute("PRAGMA integrity_check")
    assert (kept, whole) == (sum(written for _, written in came), "ok")
    assert kept > 100
