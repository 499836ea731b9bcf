"""Making the next pieces while the last one is being stored: on a thread, or in a process where it is much."""

import multiprocessing
import queue
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from typing import Any, TypeVar

import pyarrow as pa

Piece = TypeVar("Piece")

PIECES_AHEAD = 12
"""As many as the smaller kinds of a part, or a few pieces of a large one: enough that neither side waits long."""

Named = tuple[str, Any]
"""A table's name and an Arrow table."""

_LOOKED_AFTER = 1.0
"""Seconds after which a process that sends nothing is looked after: it may have been killed."""


class MakerLost(Exception):
    """The process that makes the pieces ended before it was done, such as for want of memory."""


def ahead(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same pieces in the same order, made on one thread of their own, a few of them before they are asked for.

    What goes wrong there is raised here, where the piece would have come.
    """
    source = iter(pieces)
    with ThreadPoolExecutor(1) as thread:
        coming: deque[Future[Piece | None]] = deque()
        try:
            for _ in range(PIECES_AHEAD):
                coming.append(thread.submit(next, source, None))
            while (piece := coming.popleft().result()) is not None:
                coming.append(thread.submit(next, source, None))
                yield piece
        finally:
            thread.shutdown(cancel_futures=True)


def ahead_elsewhere(
    make: Callable[..., Iterator[Named]], *given: Any, told: Callable[[int, int], None]
) -> Iterator[Named]:
    """The tables of ``make(*given, told)``, made by a process of its own, which shares no lock with this one.

    ``make`` and ``given`` can be pickled; what it tells is told here, in its order among the tables. What goes wrong
    there is raised here; `MakerLost` when the process is gone.
    """
    context = multiprocessing.get_context("spawn")
    made: Queue[Any] = context.Queue(PIECES_AHEAD)
    maker = context.Process(target=_send_all, args=(made, make, given), daemon=True)
    maker.start()
    try:
        while (message := _next(made, maker)) is not None:
            match message:
                case Exception():
                    raise message
                case (int(done), int(total)):
                    told(done, total)
                case (str(name), bytes(table)):
                    yield name, pa.ipc.open_stream(table).read_all()
        maker.join()
    finally:
        maker.terminate()
        maker.join()


def _next(made: "Queue[Any]", maker: BaseProcess) -> Any:
    while True:
        alive = maker.is_alive()  # asked first: what it sent before it ended is still to be taken
        try:
            return made.get(timeout=_LOOKED_AFTER)
        except queue.Empty:
            if not alive:
                raise MakerLost(f"the process that makes the records ended with {maker.exitcode}") from None


def _send_all(made: "Queue[Any]", make: Callable[..., Iterator[Named]], given: tuple[Any, ...]) -> None:
    try:
        for name, table in make(*given, lambda done, total: made.put((done, total))):
            made.put((name, _as_bytes(table)))
        made.put(None)
    except Exception as error:
        made.put(error)


def _as_bytes(table: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())
