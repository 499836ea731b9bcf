"""What became of the morning: times by sort of page, aims, and what it was measured on. Markdown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.load.plan import Cast
from bench.load.visiting import PAUSE, TYPING, Asked
from bench.machine import machine, today

READ_AIM, SAVE_AIM = 0.3, 0.5
"""Seconds within which 95 of 100 are answered."""

SAVES = ("save",)
AROUND = ("sign in", "sign-in page", "all")
"""Sorts without an aim."""


@dataclass(frozen=True, slots=True)
class Rung:
    """Everybody at so many times the usual pace; times in seconds."""

    pace: float
    rate: float
    """Requests a second."""
    reads: float
    saves: float
    wrong: int

    @property
    def holds(self) -> bool:
        return self.reads <= READ_AIM and self.saves <= SAVE_AIM and not self.wrong


@dataclass(frozen=True, slots=True)
class Run:
    """``seconds`` measured, and of them the processor seconds of the server and of the visitors."""

    cast: Cast
    asked: Sequence[Asked]
    seconds: float
    server_seconds: float
    visitor_seconds: float
    memory: tuple[int, ...]
    load_before: float
    workers: int
    threads: int
    rungs: tuple[Rung, ...] = ()


def rung_of(pace: float, asked: Sequence[Asked], seconds: float) -> Rung:
    """95 of 100 of those that read, and of those that save, take this long."""
    reads = [one.seconds for one in asked if one.sort not in (*SAVES, *AROUND)]
    saves = [one.seconds for one in asked if one.sort in SAVES]
    late = [float(np.percentile(times, 95)) if times else 0.0 for times in (reads, saves)]
    return Rung(pace, len(asked) / seconds, *late, sum(bool(one.wrong) for one in asked))


@dataclass(frozen=True, slots=True)
class Line:
    """One sort of page; times in seconds."""

    sort: str
    count: int
    p50: float
    p95: float
    p99: float
    longest: float
    size: float
    wrong: int

    @property
    def aim(self) -> float | None:
        return None if self.sort in AROUND else SAVE_AIM if self.sort in SAVES else READ_AIM

    @property
    def is_missed(self) -> bool:
        return self.wrong > 0 or (self.aim is not None and self.p95 > self.aim)


def lines(asked: Iterable[Asked]) -> list[Line]:
    """One per sort, the most frequent first; then those that read, together."""
    by_sort: dict[str, list[Asked]] = {}
    for one in asked:
        by_sort.setdefault(one.sort, []).append(one)
    ordered = sorted(by_sort, key=lambda sort: -len(by_sort[sort]))
    reads = [one for sort in ordered if sort not in (*SAVES, *AROUND) for one in by_sort[sort]]
    return [
        *(_line(sort, by_sort[sort]) for sort in ordered),
        *([_line("all that reads", reads)] if reads else []),
    ]


def _line(sort: str, asked: Sequence[Asked]) -> Line:
    seconds = np.array([one.seconds for one in asked])
    p50, p95, p99 = (float(value) for value in np.percentile(seconds, (50, 95, 99)))
    size = float(np.median([one.size for one in asked]))
    return Line(
        sort, len(asked), p50, p95, p99, float(seconds.max()), size, sum(bool(one.wrong) for one in asked)
    )


def render(run: Run) -> str:
    found = lines(run.asked)
    wrong = [one.wrong for one in run.asked if one.wrong]
    return (
        "\n".join(
            [
                "# Many users at once",
                "",
                *(f"- {line}" for line in _about(run)),
                "",
                "| page | requests | p50 | p95 | aim | p99 | longest | median size | errors |",
                "| --- | --: | --: | --: | --: | --: | --: | --: | --: |",
                *map(_row, found),
                "",
                *_climb(run.rungs),
                *(f"- {message}" for message in dict.fromkeys(wrong[:20])),
            ]
        ).rstrip()
        + "\n"
    )


def _climb(rungs: Sequence[Rung]) -> list[str]:
    """How fast everybody may work: the table, and the highest rate at which reads together and saves hold their aims."""
    if not rungs:
        return []
    held = [one for one in rungs if one.holds]
    best = max(held, key=lambda one: one.rate, default=None)
    missed = any(not one.holds and best is not None and one.rate > best.rate for one in rungs)
    told = (
        "At none of the paces tried did the aims hold."
        if best is None
        else f"The aims hold up to {'' if missed else 'at least '}{best.rate:.1f} requests a second "
        f"({best.pace:g} times the pace)."
    )
    return [
        "The same users faster or slower, each pace for a shorter time:",
        "",
        "| pace | requests a second | p95 of reads | p95 of saves | errors | aims |",
        "| --: | --: | --: | --: | --: | --- |",
        *(
            f"| {one.pace:g} | {one.rate:.1f} | {_ms(one.reads)} | {_ms(one.saves)} | {one.wrong} | "
            f"{'held' if one.holds else 'missed'} |"
            for one in rungs
        ),
        "",
        told,
        "",
    ]


def _row(line: Line) -> str:
    aim = "" if line.aim is None else f"≤ {_ms(line.aim)} {'✗' if line.is_missed else '✓'}"
    size = f"{line.size / 1000:.0f} kB" if line.size else ""
    times = " | ".join(map(_ms, (line.p99, line.longest)))
    return f"| {line.sort} | {line.count:,} | {_ms(line.p50)} | {_ms(line.p95)} | {aim} | {times} | {size} | {line.wrong} |"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def _about(run: Run) -> list[str]:
    roles: dict[str, int] = {}
    for one in run.cast.visitors:
        roles[one.role] = roles.get(one.role, 0) + 1
    cores = run.server_seconds / run.seconds
    return [
        machine(),
        "rows: " + ", ".join(f"{count:,} {name}" for name, count in run.cast.rows.items()) + " (SQLite)",
        f"{len(run.cast.visitors)} users at once: "
        + ", ".join(f"{count} {role}" for role, count in roles.items()),
        f"each reads a page for {PAUSE[0]:g} to {PAUSE[1]:g} s and types into a form for {TYPING[0]:g} to {TYPING[1]:g} s, "
        "without a break: nobody measures, talks or walks in between, so these are the pages of several times as many "
        "people at work; scripts and styles count as kept by the browser",
        f"`wangdi serve --workers {run.workers} --threads {run.threads}`; visitors and server share the two processors",
        f"{run.seconds:.0f} s measured after all had signed in: {len(run.asked) / run.seconds:.1f} requests a second; "
        f"server {cores:.2f} processors ({run.server_seconds / max(len(run.asked), 1) * 1000:.0f} ms a request), "
        f"visitors {run.visitor_seconds / run.seconds:.2f}",
        "memory of the workers: " + ", ".join(f"{size / 1e9:.2f} GB" for size in run.memory),
        f"load average before: {run.load_before:.1f}"
        + (" – other work was running, so times are too long" if run.load_before > 0.7 else ""),
        f"measured {today()}",
    ]
