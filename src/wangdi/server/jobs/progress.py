"""How far a job is, in a file: while it loads in bulk the store takes no other writer."""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event, Thread

FILE = "progress.json"

BEATS_SECONDS = 2.0
"""How often a running job shows that it is alive."""

SILENT_SECONDS = 60.0
"""A job that has not for so long is lost: its process was killed, or the machine switched off."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done (a table's name, or a stage), and how much of how much."""

    part: str = ""
    done: int = 0
    total: int = 0


class Reporter:
    """Keeps the newest progress, and writes it and a sign of life as long as the block lasts."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._newest = Progress()
        self._over = Event()
        self._thread = Thread(target=self._beat, daemon=True)

    def __call__(self, part: str, done: int, total: int) -> None:
        self._newest = Progress(part, done, total)

    def __enter__(self) -> "Reporter":
        self._write()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._write()

    def _beat(self) -> None:
        while not self._over.wait(BEATS_SECONDS):
            self._write()

    def _write(self) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self._newest)), "utf-8")
        fresh.replace(self._file)


def progress_in(folder: Path) -> Progress:
    try:
        return Progress(**json.loads((folder / FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return Progress()


def is_alive(folder: Path) -> bool:
    """Whether the job there has shown a sign of life lately."""
    try:
        return time.time() - (folder / FILE).stat().st_mtime < SILENT_SECONDS
    except OSError:
        return False
