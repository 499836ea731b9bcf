"""The server under load: started as one would start it, its processor time and memory read from the system."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

WORKERS, THREADS, PORT = 4, 1, 8947
START_SECONDS = 180
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Used:
    """Processor seconds of all processes so far, and the bytes of each worker that are its own."""

    seconds: float
    memory: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Server:
    pid: int
    address: str

    def used(self) -> Used:
        workers = [pid for pid in _children(self.pid) if _seconds(pid) > 1]
        everybody = (self.pid, *_children(self.pid))
        return Used(sum(map(_seconds, everybody)), tuple(map(_memory, workers)))


@contextmanager
def server(data: Path) -> Iterator[Server]:
    """``wangdi serve`` over a data folder, until the end of the block. RuntimeError when it does not start."""
    environment = {**os.environ, "WANGDI_DATA": str(data)}
    options = ["--port", str(PORT), "--workers", str(WORKERS), "--threads", str(THREADS)]
    command = [sys.executable, "-c", "from wangdi.cli.main import run; run()", "serve", *options]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        found = Server(process.pid, f"http://127.0.0.1:{PORT}")
        _wait_for(found, process)
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_for(found: Server, process: "subprocess.Popen[bytes]") -> None:
    """Until every worker has answered, which the kernel lets them do in any order."""
    until, answers = time.monotonic() + START_SECONDS, 0
    while answers < 20:
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("the server did not start; its messages stand above")
        try:
            with urlopen(f"{found.address}/sign-in/", timeout=START_SECONDS):
                answers += 1
        except (URLError, ConnectionError):
            time.sleep(0.5)


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _seconds(pid: int) -> float:
    """User and system time of a process."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / _TICKS


def _memory(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))
