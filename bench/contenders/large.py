"""Wangdi under forty programmes: 150 facts with windows of their own, 30 schedules, 100 indicators everywhere."""

import gc
import multiprocessing
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from bench.contenders.large_data import ONCE, RECORDS_EACH
from bench.large.product import Large, open_all
from bench.large.rules import INDICATORS
from bench.measuring import Measurement, forget_peak, peak_memory, timed
from bench.setting import Setting
from wangdi.engine.evaluate.columnar.vectors import Vector
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network, Opened
from wangdi.server.evaluation.publishing import month_ends_before

RUNS = 5
OPEN_TARGET, MEMORY_TARGET = 5.0, 4.0
HUGE_TARGET, HUGE_MEMORY_TARGET = 30.0, 8.0
MONTHS = 24
ALL = "Due items and figures of 40 programmes"


def measure(setting: Setting) -> list[Measurement]:
    """The whole bench up to two million residents; above, one evaluation partition by partition."""
    large = Large(setting, RECORDS_EACH)
    moment = Moment.in_year(setting.as_of)
    if setting.residents > ONCE:
        return _partition_by_partition(large, moment, HUGE_TARGET, HUGE_MEMORY_TARGET)
    cold = _partition_by_partition(large, moment, None, MEMORY_TARGET)
    gc.collect()
    forget_peak()
    network = large.network(large.rules())
    opened = open_all(network)
    found = timed(lambda: evaluate(network, opened, moment), RUNS)
    peak = peak_memory()
    return [
        *cold,
        Measurement(
            "Wangdi",
            f"{ALL}, lake open",
            found.seconds,
            "s",
            OPEN_TARGET,
            runs=found.runs,
            peak=peak,
            note=f"{len(found.made.due):,} due items",
        ),
        _read_once(opened),
        *_threads(large, opened, moment),
        _processes(large, opened, moment),
        _indicators(large, moment),
        _trend(network, opened, setting.as_of),
        *_twice_the_records(large, moment),
    ]


def evaluate(network: Network, opened: Sequence[Opened], moment: Moment) -> Any:
    [outcome] = network.evaluate_opened(opened, [moment])
    return outcome


def _partition_by_partition(
    large: Large, moment: Moment, target: float | None, memory_target: float
) -> list[Measurement]:
    network = large.network(large.rules())
    start = time.perf_counter()
    (outcome,) = network.evaluate([moment])
    seconds = time.perf_counter() - start
    note = f"{len(outcome.due):,} due items"
    what = f"{ALL}, including opening the lake"
    return [
        Measurement("Wangdi", what, seconds, "s", target, note=note),
        Measurement(
            "Wangdi", "Memory for that, a partition at a time", peak_memory() / 1e9, "GB", memory_target
        ),
    ]


def _read_once(opened: Sequence[Opened]) -> Measurement:
    """How long it takes to go through every opened column once, on one thread: nothing can be faster."""
    arrays = [array for one in opened for array in _arrays(one)]
    found = timed(lambda: [int(np.add.reduce(array.view(np.uint8).ravel()[::64])) for array in arrays], RUNS)
    summed = timed(lambda: [array.sum(dtype=np.float64) for array in arrays], RUNS)
    size = sum(array.nbytes for array in arrays) / 1e9
    note = f"{size:.2f} GB of columns; touching every cache line {found.seconds:.2f} s"
    return Measurement(
        "Wangdi", "Every needed column summed once, one thread", summed.seconds, runs=RUNS, note=note
    )


def _arrays(one: Opened) -> list[np.ndarray[Any, Any]]:
    vectors: list[Vector] = [v for table in one.data.entities.values() for v in table.columns.values()]
    vectors += [v for table in one.data.records.values() for v in table.columns.values()]
    found = [array for vector in vectors for array in (vector.data, vector.valid) if array is not None]
    return found + [array for table in one.data.records.values() for array in (table.owner, table.starts)]


def _in_turn(works: Sequence[Callable[[], Any]]) -> list[float]:
    """Medians of pieces of work done in turn, so that all see the machine in the same mood."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(RUNS):
        for work, seconds in zip(works, taken, strict=True):
            start = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - start)
    return [statistics.median(seconds) for seconds in taken]


def _threads(large: Large, opened: Sequence[Opened], moment: Moment) -> list[Measurement]:
    networks = [large.network(large.rules(), threads) for threads in (1, 2)]
    one, two = _in_turn([lambda n=n: evaluate(n, opened, moment) for n in networks])  # type: ignore[misc]
    ratio = Measurement("Wangdi", "Two threads against one", one / two, "times", 1.7, runs=RUNS)
    return [Measurement("Wangdi", f"{ALL}, lake open, one thread", one, runs=RUNS), ratio]


def _processes(large: Large, opened: Sequence[Opened], moment: Moment) -> Measurement:
    """How much two processes that share nothing but the data get done against one: no threads can do better here."""
    network = large.network(large.rules(), 1)
    one, two = (_rate_of(number, lambda: evaluate(network, opened, moment)) for number in (1, 2))
    note = "of one thread each; their memory is the same"
    return Measurement("Wangdi", "Two processes against one", two / one, "times", runs=RUNS, note=note)


def _rate_of(processes: int, work: Callable[[], Any]) -> float:
    """Pieces of work a second, all processes together."""
    context = multiprocessing.get_context("fork")
    told: Any = context.Queue()
    started = [context.Process(target=_work_on, args=(work, told)) for _ in range(processes)]
    for process in started:
        process.start()
    seconds = [told.get() for _ in started]
    for process in started:
        process.join()
    return processes * RUNS / max(seconds)


def _work_on(work: Callable[[], Any], told: Any) -> None:
    work()
    start = time.perf_counter()
    for _ in range(RUNS):
        work()
    told.put(time.perf_counter() - start)


def _indicators(large: Large, moment: Moment) -> Measurement:
    """Both over the same columns in memory: data opened twice may lie on pages of another kind."""
    fewer, more = (large.network(large.rules(number)) for number in (INDICATORS, 2 * INDICATORS))
    opened = open_all(more)
    plans = [plan for plan in fewer.plans() for _ in fewer.partitions_of(plan)]
    narrowed = [replace(one, plan=plan) for one, plan in zip(opened, plans, strict=True)]
    few, many = _in_turn([lambda: evaluate(fewer, narrowed, moment), lambda: evaluate(more, opened, moment)])
    note = f"{few:.2f} s with {INDICATORS}, {many:.2f} s with {2 * INDICATORS}"
    return Measurement("Wangdi", "Twice the indicators", many / few, "×", 1.3, runs=RUNS, note=note)


def _trend(network: Network, opened: Sequence[Opened], as_of: date) -> Measurement:
    """As publishing does: due items of the last day alone. Single evaluations before and after it tell the pace."""
    moments = [Moment.in_year(day) for day in (*month_ends_before(as_of, MONTHS - 1), as_of)]
    before = timed(lambda: evaluate(network, opened, moments[-1]), RUNS)
    trend = timed(lambda: network.evaluate_opened(opened, moments, due_at=moments[-1:]), 1)
    after = timed(lambda: evaluate(network, opened, moments[-1]), RUNS)
    one = (before.seconds + after.seconds) / 2
    what = "Two years of month-ends against one day, due items of the last"
    return Measurement(
        "Wangdi", what, trend.seconds / one, "×", MONTHS, note=f"{trend.seconds:.1f} s, lake open"
    )


def _twice_the_records(large: Large, moment: Moment) -> list[Measurement]:
    sizes = [large, Large(large.setting, 2 * RECORDS_EACH)]
    networks = [one.network(large.rules()) for one in sizes]
    opened = [open_all(network) for network in networks]
    works = [lambda n=n, o=o: evaluate(n, o, moment) for n, o in zip(networks, opened, strict=True)]  # type: ignore[misc]
    once, twice = _in_turn(works)
    note = f"{once:.2f} s and {twice:.2f} s"
    return [Measurement("Wangdi", "Twice the records", twice / once, "×", 2.1, runs=RUNS, note=note)]
