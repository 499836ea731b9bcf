"""`wangdi serve` with several processes stops when it is told to, also while they are starting."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

WORKERS = 2


@pytest.fixture
def serving(installation: object) -> Iterator["subprocess.Popen[bytes]"]:
    """A server that was started just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["serve", "--port", str(port), "--workers", str(WORKERS), "--threads", "1"]
    command = [sys.executable, "-c", "from wangdi.cli.main import run; run()", *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    yield process
    for pid in (process.pid, *workers_of(process.pid)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def workers_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(one) for one in listed.read_text().split()] if listed.exists() else []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are read from /proc")
def test_processes_that_are_starting_stop_when_told_to(serving: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while len(workers := workers_of(serving.pid)) < WORKERS:
        assert serving.poll() is None and time.monotonic() < until
        time.sleep(0.01)
    serving.terminate()
    assert serving.wait(20) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)
