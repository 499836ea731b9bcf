"""Much that is written in small transactions, so that nobody who saves a record meanwhile waits for long."""

import time
from collections.abc import Callable

from wangdi.server.common.bulk import BulkWriter

STEP_SECONDS = 0.05
"""How long a transaction may take: others look again after a few hundredths of a second."""

PAUSE_SECONDS = 0.03
_FEWEST, _MOST = 200, 50_000


LONG_STEP_SECONDS, LONG_PAUSE_SECONDS = 0.3, 0.11
"""For rows with many indexes, of which short steps write the same pages again and again. SQLite looks for the lock every
tenth of a second at least, so each who waits gets it in the first long pause."""


def in_steps(
    writer: BulkWriter,
    rows: int,
    step: Callable[[int, int], None],
    seconds: float = STEP_SECONDS,
    pause: Callable[[], float] = lambda: PAUSE_SECONDS,
) -> None:
    """``step(first, last)`` for all of the rows 1 … ``rows``, so many in a transaction as it has ``seconds`` for.

    ``pause`` is asked after each for the seconds that others have then.
    """
    first, size = 1, _FEWEST * 10
    while first <= rows:
        began = time.monotonic()
        with writer.transaction():
            step(first, first + size - 1)
        first += size
        size = int(size * seconds / max(time.monotonic() - began, 0.001))
        size = min(max(size, _FEWEST), _MOST)
        time.sleep(pause())
