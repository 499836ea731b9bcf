"""What is made once in a run of the tests, by whichever of its processes needs it first."""

import os
import shutil
from collections.abc import Callable
from fcntl import LOCK_EX, flock
from pathlib import Path

RUN_VARIABLE = "WANGDI_TESTS_RUN"
"""The folder that all processes of one run of the tests share; `pytest_configure` makes it."""


def kept_of_run() -> Path:
    return Path(os.environ[RUN_VARIABLE])


def made_by_one_process(folder: Path, make: Callable[[Path], object]) -> bool:
    """Has the first process that needs the folder make it, while others wait; whether it was this one."""
    with Path(f"{folder}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if folder.exists():
            return False
        part = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        make(part)
        part.rename(folder)
    return True
