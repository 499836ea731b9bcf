"""What the figures were measured on."""

import datetime as dt
import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("numpy", "pyarrow", "deltalake", "duckdb", "polars", "pandas", "psycopg")


def machine() -> str:
    """Processor, cores, memory, system."""
    processor = _field("/proc/cpuinfo", "model name")
    memory = int(_field("/proc/meminfo", "MemTotal").split()[0]) * 1024 / 2**30
    cores = os.cpu_count()
    return f"{processor}, {cores} cores, {memory:.0f} GiB, {platform.system()} {platform.release().split('-')[0]}"


def today() -> dt.date:
    """The day, in UTC: Django moves the local time zone of the processes it runs in."""
    return dt.datetime.now(dt.UTC).date()


def versions() -> str:
    """Python and the packages that matter."""
    return ", ".join(
        [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]
    )


def _field(file: str, name: str) -> str:
    """The first value of that name in a file of ``name : value`` lines; a question mark without one."""
    pairs = (line.partition(":") for line in Path(file).read_text().splitlines())
    return next((value.strip() for key, _, value in pairs if key.strip() == name), "?")
