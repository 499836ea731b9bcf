"""Pieces of the demonstration are made while others are stored."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from demo_examples import KINDS, SKETCHES

from wangdi.demo.again import Wanted, records_again
from wangdi.demo.ahead import PIECES_AHEAD, MakerLost, ahead, ahead_elsewhere
from wangdi.demo.density import Density


def test_pieces_come_in_order_and_all_of_them() -> None:
    assert list(ahead(range(100))) == list(range(100))


def test_pieces_are_made_on_another_thread_before_they_are_asked_for() -> None:
    made = threading.Semaphore(0)

    def slowly() -> Iterator[str]:
        for _ in range(3 * PIECES_AHEAD):
            made.release()
            yield threading.current_thread().name

    pieces = ahead(slowly())
    first = next(pieces)
    assert first != threading.current_thread().name
    assert all(made.acquire(timeout=5) for _ in range(PIECES_AHEAD))
    pieces.close()  # type: ignore[attr-defined]


def test_what_goes_wrong_is_raised_where_the_piece_would_have_come() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("the third sketch")

    pieces = ahead(broken())
    assert next(pieces) == 1
    with pytest.raises(ValueError, match="the third sketch"):
        next(pieces)


def two_tables(first: int, told: Callable[[int, int], None]) -> Iterator[tuple[str, Any]]:
    yield "a", pa.table({"n": [first], "text": pa.array(["x"]).dictionary_encode()})
    told(1, 2)
    yield "b", pa.table({"n": [first + 1]})


def broken_after_one(told: Callable[[int, int], None]) -> Iterator[tuple[str, Any]]:
    yield "a", pa.table({"n": [1]})
    raise ValueError("no sketch of that kind")


def killed(told: Callable[[int, int], None]) -> Iterator[tuple[str, Any]]:
    yield "a", pa.table({"n": [1]})
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_of_its_own_makes_the_same_tables_and_tells_in_between() -> None:
    said: list[Any] = []
    for name, table in ahead_elsewhere(two_tables, 7, told=lambda done, total: said.append((done, total))):
        said.append((name, table.to_pylist()))
    assert said == [("a", [{"n": 7, "text": "x"}]), (1, 2), ("b", [{"n": 8}])]


def test_what_goes_wrong_in_the_process_is_raised_here() -> None:
    tables = ahead_elsewhere(broken_after_one, told=lambda done, total: None)
    assert next(tables)[0] == "a"
    with pytest.raises(ValueError, match="no sketch"):
        next(tables)


def test_a_process_that_is_killed_is_missed_and_waited_for_no_longer() -> None:
    with pytest.raises(MakerLost, match="-9"):
        list(ahead_elsewhere(killed, told=lambda done, total: None))


def test_records_made_by_another_process_are_those_made_here() -> None:
    wanted = Wanted(120, date(2026, 6, 30), KINDS, Density.REALISTIC, SKETCHES)
    here = [(name, table) for name, table in wanted.network().record_batches(lambda done, total: None)]
    there = list(ahead_elsewhere(records_again, wanted, told=lambda done, total: None))
    assert [name for name, _ in there] == [name for name, _ in here]
    assert all(one.equals(other) for (_, one), (_, other) in zip(there, here, strict=True))
