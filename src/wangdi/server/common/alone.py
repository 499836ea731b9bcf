"""Running work in a process of its own.

ADBC brings its own copy of SQLite. Two copies in one process do not see each other's locks, since POSIX locks
belong to the process (https://www.sqlite.org/howtocorrupt.html, section 2.2): a file may be open in one only.
"""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Concatenate, ParamSpec, TypeVar

from wangdi.server.common.loading import OnProgress

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


class ProcessLost(Exception):
    """The other process ended without an answer (killed, or out of memory)."""


def run_alone(
    on_progress: OnProgress,
    work: Callable[Concatenate[OnProgress, _Given], _Made],
    *arguments: _Given.args,
    **options: _Given.kwargs,
) -> _Made:
    """``work(on_progress, …)`` in a new process; its result or exception.

    Starting takes about a second. The new process imports the program's main module, which therefore must do
    nothing on import (``if __name__ == "__main__"``).
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sender, work, arguments, options), daemon=True)
    process.start()
    sender.close()
    try:
        made: _Made = _listen(receiver, on_progress)
        return made
    except EOFError:
        process.join()
        raise ProcessLost(
            f"the building process ended with code {process.exitcode} before it was done"
        ) from None
    finally:
        receiver.close()
        process.join()


def _listen(receiver: Connection, on_progress: OnProgress) -> Any:
    while True:
        about, content = receiver.recv()
        if about == "result":
            return content
        if about == "error":
            raise content
        on_progress(*content)


def _answer(
    sender: Connection, work: Callable[..., object], arguments: tuple[Any, ...], options: dict[str, Any]
) -> None:
    def report(table: str, done: int, total: int) -> None:
        sender.send(("progress", (table, done, total)))

    try:
        sender.send(("result", work(report, *arguments, **options)))
    except Exception as error:
        sender.send(("error", error))
