"""Times, memory, and what a contender reports."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

Made = TypeVar("Made")

RUNS = 3
SLOW_SECONDS = 30
"""What takes longer is run once."""

LOADED = "loaded"
FROM_FILES = "from files"
"""What a time is compared with: Wangdi's figures with its data open, or including opening the files."""


@dataclass(frozen=True)
class Measurement:
    """One line of the table. ``unit`` is s, ms, records/s, % or GB; ``target`` is in the same unit.

    ``basis`` names the measurement of Wangdi this one is compared with. ``peak`` is resident memory in bytes.
    """

    contender: str
    what: str
    value: float
    unit: str = "s"
    target: float | None = None
    basis: str | None = None
    runs: int = 1
    peak: int | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one. Rates and gains must be high, everything else low."""
        if self.target is None:
            return None
        return self.value >= self.target if self.is_better_high else self.value <= self.target

    @property
    def is_better_high(self) -> bool:
        return self.unit in ("records/s", "times")


@dataclass(frozen=True)
class Timed(Generic[Made]):
    """A result, the median of the seconds it took, and how often it was made."""

    made: Made
    seconds: float
    runs: int


def timed(work: Callable[[], Made], runs: int = RUNS) -> Timed[Made]:
    """Does the work ``runs`` times, once when that takes more than `SLOW_SECONDS`."""
    seconds: list[float] = []
    while len(seconds) < runs and (not seconds or seconds[0] <= SLOW_SECONDS):
        start = time.perf_counter()
        made = work()
        seconds.append(time.perf_counter() - start)
    return Timed(made, statistics.median(seconds), len(seconds))


def peak_memory() -> int:
    """The most memory this process has ever had resident, in bytes.

    Not ``getrusage``: Linux carries that figure over from the process that started this one.
    """
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def forget_peak() -> None:
    """Makes `peak_memory` count from now on."""
    Path("/proc/self/clear_refs").write_text("5")
