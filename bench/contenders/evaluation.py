"""Wangdi: everybody's due items and all figures at every place and institution."""

import time

from bench.figures import write_figures
from bench.measuring import FROM_FILES, LOADED, Measurement, Timed, peak_memory, timed
from bench.product import figures_table, network_of, without_schedules
from bench.setting import Setting
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network, Opened, Outcome
from wangdi.engine.model.pack import Rulebook
from wangdi.server.evaluation.rules import rulebook

RUNS = 5
OPEN_TARGET = 1.5
COLD_TARGET = 3.0


def measure(setting: Setting) -> list[Measurement]:
    """With the lake open, on two threads and on one; including opening; and the figures alone, as peers do."""
    start = time.perf_counter()
    rules = rulebook()
    packs = time.perf_counter() - start
    moment = Moment.in_year(setting.as_of)
    everything = "Due items and figures"
    with_opening = timed(lambda: evaluate_anew(setting, rules, moment))
    peak = peak_memory()
    two = evaluate_opened(setting, rules, moment, threads=2)
    one = evaluate_opened(setting, rules, moment, threads=1)
    figures = without_schedules(rules)
    only = evaluate_opened(setting, figures, moment, threads=2)
    only_from_files = timed(lambda: evaluate_anew(setting, figures, moment))
    write_figures(figures_table(network_of(setting, rules), two.made), setting.figures("wangdi"))
    due = f"{len(two.made.due):,} due items"
    return [
        Measurement(
            "Wangdi", f"{everything}, lake open", two.seconds, "s", OPEN_TARGET, None, two.runs, note=due
        ),
        Measurement("Wangdi", f"{everything}, lake open, one thread", one.seconds, runs=one.runs),
        Measurement(
            "Wangdi",
            f"{everything}, including opening the lake",
            with_opening.seconds,
            "s",
            COLD_TARGET,
            None,
            with_opening.runs,
            peak,
            f"without reading the packs, {packs:.1f} s once per process",
        ),
        Measurement("Wangdi", "Figures alone, lake open", only.seconds, basis=LOADED, runs=only.runs),
        Measurement(
            "Wangdi",
            "Figures alone, including opening the lake",
            only_from_files.seconds,
            basis=FROM_FILES,
            runs=only_from_files.runs,
        ),
    ]


def evaluate_anew(setting: Setting, rules: Rulebook, moment: Moment) -> Outcome:
    """Opens the lake and evaluates, partition by partition."""
    (outcome,) = network_of(setting, rules).evaluate([moment])
    return outcome


def evaluate_opened(setting: Setting, rules: Rulebook, moment: Moment, threads: int) -> Timed[Outcome]:
    """Evaluates with every partition open; opening is not counted."""
    network = network_of(setting, rules, threads)
    opened = open_all(network)
    return timed(lambda: evaluate(network, opened, moment), RUNS)


def open_all(network: Network) -> list[Opened]:
    return [network.open(plan, part) for plan in network.plans() for part in network.partitions_of(plan)]


def evaluate(network: Network, opened: list[Opened], moment: Moment) -> Outcome:
    (outcome,) = network.evaluate_opened(opened, [moment])
    return outcome
