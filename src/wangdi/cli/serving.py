"""``wangdi serve``."""

import os
import sys
from typing import Annotated, NoReturn

import typer
from waitress import serve as serve_wsgi

from wangdi.cli.installation import require_installation
from wangdi.cli.output import console
from wangdi.cli.wording import t
from wangdi.server.config.serving import warm_application
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.records.models import Loading
from wangdi.server.records.unfinished import finish_loads

_IDLE_SECONDS = 600
"""A thread that is not needed for so long ends."""

_THREADS_OF_THE_ONLY_ONE, _THREADS_OF_ONE_OF_SEVERAL = 8, 1
"""Threads of one process pass the interpreter's lock to and fro: on two busy processors, a request took 1.8 times as long
with two processes of four threads as with four processes of one thread (processor time, the pages of `make load`)."""

_STOP_SECONDS = 60
"""How long a worker that is told to stop may take for the pages it has in hand."""


def serve(
    host: Annotated[str, typer.Option(help=t("监听地址", "Address to listen on"))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=t("端口", "Port"))] = 8000,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1,
            help=t(
                "每个进程同时处理的请求数；默认：单进程为 8，多进程各为 1",
                "Requests answered at the same time, per process; by default 8 in one process, 1 in each of several",
            ),
        ),
    ] = None,
    workers: Annotated[
        int,
        typer.Option(
            min=1,
            help=t(
                "进程数；正式使用建议为处理器核数的两倍，每个约占 0.5 GB 内存",
                "Processes; for real use two for each processor. Each takes about 0.5 GB of memory",
            ),
        ),
    ] = 1,
) -> None:
    require_installation()
    _finish_loads()
    console.print(
        t(
            f"网底正在 http://{host}:{port} 运行，按 Ctrl+C 停止",
            f"Wangdi is at http://{host}:{port} – Ctrl+C stops it",
        )
    )
    if workers > 1:
        _become_workers(host, port, workers, threads or _THREADS_OF_ONE_OF_SEVERAL)
    serve_wsgi(
        warm_application(), host=host, port=port, threads=threads or _THREADS_OF_THE_ONLY_ONE, ident="wangdi"
    )


def _finish_loads() -> None:
    """What a killed import left to write, before anybody looks."""
    if Loading.objects.exists():
        finish_loads(rulebook().kinds)


def _become_workers(host: str, port: int, workers: int, threads: int) -> NoReturn:
    """This process becomes granian, which starts the workers and replaces those that fail."""
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": port,
        "--workers": workers,
        "--blocking-threads": threads,
        "--blocking-threads-idle-timeout": _IDLE_SECONDS,
        "--workers-kill-timeout": _STOP_SECONDS,
        "--log-level": "warning",
    }
    given = [str(part) for pair in options.items() for part in pair]
    target = f"{warm_application.__module__}:{warm_application.__name__}"
    command = [
        sys.executable,
        "-m",
        "wangdi.server.config.workers",
        "--factory",
        "--no-ws",
        "--respawn-failed-workers",
        *given,
        target,
    ]
    os.execv(sys.executable, command)
