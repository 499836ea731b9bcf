"""A process that is killed in the middle of its work."""

import os
import signal
import subprocess
import sys
from pathlib import Path


def killed_half_way(script: str, *arguments: Path) -> None:
    """Runs a script in a process of its own until it prints ``half-way``, and kills it there."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "wangdi.server.config.settings",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path]),
    }
    with subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half-way\n"
        process.send_signal(signal.SIGKILL)
