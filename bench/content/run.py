"""``python -m bench --content --data FOLDER``: all shipped packs over the lake of a demonstration, which is only read."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from bench.measuring import Measurement
from bench.setting import DATA, RESULTS
from bench.table import render

PARTS = ("cold", "opened", "trend")
"""Each in a process of its own, so that its memory is its own."""


def report(folder: Path, as_of: date | None) -> int:
    """0 when all parts were measured; ``as_of``: the day of the demonstration where nothing else is said."""
    mark = folder / "demo.json"
    if not mark.exists():
        print(f"{folder} holds no demonstration: make one with `WANGDI_DATA={folder} wangdi demo --no-serve`")
        return 1
    made = json.loads(mark.read_text("utf-8"))
    day = as_of or date.fromisoformat(made["as_of"])
    busy = os.getloadavg()[0]
    measured: list[Measurement] = []
    for part in PARTS:
        print(f"{part} …", file=sys.stderr, flush=True)
        found = _measured(part, folder, day)
        if found is None:
            return 1
        measured += found
    about = [
        f"{made['residents']:,} simulated residents ({made['density']}), as of {day}, every shipped pack",
        f"load average before: {busy:.1f}; files were in the page cache or not, as they happened to be",
        "times leave out starting Python and reading the packs; CPU: seconds of processor time on all threads",
    ]
    text = render(measured, about)
    (RESULTS / "content.md").write_text(text, encoding="utf-8")
    print(text)
    return 0


def _measured(part: str, folder: Path, day: date) -> list[Measurement] | None:
    """None when the process failed, which has printed why."""
    DATA.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "WANGDI_DATA": str(folder),
        "WANGDI_COMPILED": str(DATA / "compiled"),
        "DJANGO_SETTINGS_MODULE": "wangdi.server.config.settings",
    }
    command = [sys.executable, "-m", "bench.content.child", part, day.isoformat()]
    done = subprocess.run(command, env=environment, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        return None
    return [Measurement(**item) for item in json.loads(done.stdout)]
