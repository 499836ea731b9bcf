"""The application over HTTP, in threads of the test's own process."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from django.db import connection
from waitress import create_server, wasyncore

from wangdi.server.config.wsgi import application


@contextmanager
def served() -> Iterator[int]:
    """The port; afterwards no thread, no socket and no connection to the store is left."""
    sockets: dict[int, Any] = {}
    server = create_server(_leaving_the_store, sockets, host="127.0.0.1", port=0, threads=4)
    thread = Thread(target=_serve, args=(server,), daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.task_dispatcher.shutdown()
        server.close()
        wasyncore.close_all(sockets, ignore_all=True)
        thread.join(timeout=10)


def _leaving_the_store(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django closes connections by a signal, which its test client takes away, for all threads, while it asks."""
    answer = application(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()
        connection.close()


def _serve(server: Any) -> None:
    with suppress(OSError):  # it is closed while it waits
        server.run()
