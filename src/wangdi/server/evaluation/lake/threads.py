"""A few threads for work that Arrow does outside Python's lock."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")

THREADS = min(os.cpu_count() or 1, 4)
"""More would hold more files in memory than they save time."""


def map_ahead(work: Callable[[_Item], _Made], items: Iterable[_Item]) -> Iterator[_Made]:
    """``map`` on threads, results in order; an item is only asked for when a thread is free for it."""
    running: deque[Future[_Made]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        for item in items:
            running.append(pool.submit(work, item))
            if len(running) > THREADS:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
