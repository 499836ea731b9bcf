"""``python -m bench --load``: 200 users at once on a demonstration of half a million residents."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

from bench.load.plan import read_cast
from bench.load.report import Run, Rung, lines, render, rung_of
from bench.load.server import THREADS, WORKERS, Server, server
from bench.load.visiting import Morning, work
from bench.setting import DATA, RESULTS

RESIDENTS, USERS = 500_000, 200
SIGN_IN_SECONDS = 0.5
"""One user after the other signs in, which costs a third of a processor second each."""

SETTLING = 20.0
FASTER, SLOWER = (1.25, 1.5, 2.0, 2.5), (0.8, 0.6, 0.4, 0.25)
"""Paces that are tried after the morning: faster ones while the aims hold, or slower ones until they do."""

RUNG_SETTLING, RUNG_SECONDS = 15.0, 35.0

FOLDER_VARIABLE = "WANGDI_LOAD_DATA"


def folder(residents: int) -> Path:
    """The demonstration's data folder; ``WANGDI_LOAD_DATA`` names one that is there already."""
    return Path(os.environ.get(FOLDER_VARIABLE) or DATA / f"load-{residents}").resolve()


async def _measured(
    morning: Morning, serving: Server, ramp: float, begins: float, ends_at: float, busy: float
) -> Run:
    """Everybody's morning; counted are requests (and what failed before), processor time and memory from ``begins`` on."""
    working = asyncio.create_task(work(morning, ramp))
    await asyncio.sleep(begins - time.monotonic())
    server_before, own_before = serving.used().seconds, time.process_time()
    print("measuring …", file=sys.stderr, flush=True)
    await asyncio.sleep(ends_at - time.monotonic())
    used, own = serving.used(), time.process_time() - own_before
    asked = [one for one in morning.asked if one.wrong or begins <= one.began < ends_at]
    seconds, spent = ends_at - begins, used.seconds - server_before
    rungs = await _climbed(morning, rung_of(1.0, asked, seconds))
    working.cancel()
    await asyncio.wait([working])
    return Run(morning.cast, asked, seconds, spent, own, used.memory, busy, WORKERS, THREADS, tuple(rungs))


async def _climbed(morning: Morning, first: Rung) -> list[Rung]:
    """The paces that were tried, the usual one first: up to the first at which an aim is missed, or down to the first at
    which none is. Everybody works on meanwhile."""
    rungs = [first]
    for pace in FASTER if first.holds else SLOWER:
        print(f"at {pace:g} times the pace …", file=sys.stderr, flush=True)
        morning.pace = pace
        await asyncio.sleep(RUNG_SETTLING)
        begins = time.monotonic()
        await asyncio.sleep(RUNG_SECONDS)
        rungs.append(rung_of(pace, [one for one in morning.asked if one.began >= begins], RUNG_SECONDS))
        if rungs[-1].holds is not first.holds:
            break
    return rungs


def report(residents: int, users: int, minutes: float) -> int:
    """Writes ``results/load.md``; 1 when an aim was missed or a request failed."""
    data = folder(residents)
    data.mkdir(parents=True, exist_ok=True)
    cast_file = data.with_name(f"{data.name}-cast.json")
    print(f"the demonstration in {data} …", file=sys.stderr, flush=True)
    subprocess.run(
        [sys.executable, "-m", "bench.load.people", str(residents), str(users), str(cast_file)],
        env={**os.environ, "WANGDI_DATA": str(data)},
        check=True,
    )
    cast, busy = read_cast(cast_file), os.getloadavg()[0]
    with server(data) as serving:
        print("everybody signs in …", file=sys.stderr, flush=True)
        ramp = SIGN_IN_SECONDS * len(cast.visitors)
        begins = time.monotonic() + ramp + SETTLING
        ends_at = begins + 60 * minutes
        run = asyncio.run(_measured(Morning(serving.address, cast), serving, ramp, begins, ends_at, busy))
    text = render(run)
    (
        RESULTS / "load.md" if residents == RESIDENTS and users == USERS else data.with_suffix(".md")
    ).write_text(text, "utf-8")
    print(text)
    return int(any(line.is_missed for line in lines(run.asked)))
