"""Each piece of work in a process of its own: its memory and processor time, children included, are its own."""

import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.machine import machine, today


@dataclass(frozen=True)
class Ran:
    """What came out, with seconds on the wall and of the processor, and the most resident memory in MB."""

    outcome: tuple[object, ...]
    wall: float
    cpu: float
    peak_mb: int


def alone(work: Callable[..., tuple[object, ...]], *arguments: object) -> Ran:
    """``work`` must be a function of a module; threads of BLAS are one, as in a server that does other things, too."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        return pool.submit(_measured, work, arguments).result()


def _measured(work: Callable[..., tuple[object, ...]], arguments: tuple[object, ...]) -> Ran:
    wall, cpu = time.perf_counter(), _processor()
    outcome = work(*arguments)
    taken = time.perf_counter() - wall, _processor() - cpu
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Ran(outcome, *taken, max(peaks) // 1024)


def _processor() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def table(heading: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [heading, ["---"] * len(heading), *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_report(file: Path, title: str, about: Sequence[str], parts: Sequence[str]) -> None:
    """The report, also printed. The load says how far to trust the wall clock."""
    text = "\n\n".join([f"# {title}", f"{today()}, {machine()}", *about, *parts]) + "\n"
    file.write_text(text, encoding="utf-8")
    print(text)
