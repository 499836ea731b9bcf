"""``python -m bench``: measures Wangdi and its peers on the same data and prints one table."""

import argparse
import os
import shutil
import sys
from datetime import date
from pathlib import Path

from bench.child import ContenderFailed, run_contender
from bench.content import run as content
from bench.detection import run as detection
from bench.dispatch import run as dispatch
from bench.figures import count_figures, differences
from bench.load import run as load
from bench.locate import reach, routes, siting
from bench.measuring import Measurement
from bench.setting import DATA, RESULTS, Setting
from bench.table import render

OURS = ("files", "evaluation", "memory", "hundred", "one_resident")
PEERS = ("duckdb_sql", "polars_lazy", "pandas_frames", "postgres_typed", "postgres_jsonb")
LARGE = ("large_data", "large", "large_duckdb")
HUGE = ("large_data", "large")
MILLION = 1_000_000
FIVE_MILLION = 5 * MILLION
AS_OF = date(2026, 6, 30)
IDLE = 0.5
"""Load average up to which the machine counts as undisturbed."""


def main() -> int:
    """0 when all figures are identical, 1 when some differ or a contender failed. Targets missed are only shown."""
    arguments = _arguments()
    if arguments.load:
        residents = load.RESIDENTS if arguments.residents == MILLION else arguments.residents
        return load.report(residents, arguments.users, arguments.minutes)
    if arguments.content:
        return content.report(arguments.data, arguments.as_of)
    if arguments.dispatch:
        return dispatch.report(arguments.seed, arguments.seconds)
    if arguments.siting:
        return siting.report(arguments.seconds)
    if arguments.reach:
        return reach.report()
    if arguments.routes:
        return routes.report(min(arguments.seconds, 60))
    if arguments.detection:
        return detection.report(arguments.seed, arguments.points)
    huge = arguments.five_million or arguments.huge
    setting = Setting(FIVE_MILLION if huge else arguments.residents, AS_OF)
    if arguments.fresh:
        shutil.rmtree(setting.folder, ignore_errors=True)
    if arguments.five_million:
        return _report(setting, ("five_million_data", "five_million"), RESULTS / "five-million.md")
    if arguments.large or arguments.huge:
        names, file = (HUGE, "large-five-million.md") if arguments.huge else (LARGE, "large.md")
        return _report(setting, names, RESULTS / file)
    names = arguments.only or (*OURS, *PEERS)
    whole = setting.residents == MILLION and not arguments.only
    return _report(
        setting, ("data", *names), RESULTS / "latest.md" if whole else setting.folder / "partial.md"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--residents", type=int, default=MILLION, help="how many (default: %(default)s)")
    parser.add_argument("--fresh", action="store_true", help="make the data anew")
    parser.add_argument(
        "--only", nargs="+", choices=(*OURS, *PEERS), metavar="NAME", help=", ".join((*OURS, *PEERS))
    )
    parser.add_argument(
        "--five-million", action="store_true", help="five million residents in bounded memory, no peers"
    )
    parser.add_argument(
        "--large", action="store_true", help="the rules of forty programmes, thirty records a resident"
    )
    parser.add_argument("--huge", action="store_true", help="the same for five million residents")
    parser.add_argument(
        "--load", action="store_true", help="many users at once on a demonstration (half a million residents)"
    )
    parser.add_argument("--users", type=int, default=load.USERS, help="how many (with --load)")
    parser.add_argument("--minutes", type=float, default=3, help="how long they are measured (with --load)")
    parser.add_argument(
        "--content", action="store_true", help="everything that is shipped, over a demonstration (--data)"
    )
    parser.add_argument(
        "--data", type=Path, default=DATA / "load", help="its data folder (default: %(default)s)"
    )
    parser.add_argument(
        "--as-of", type=date.fromisoformat, help="the day (with --content; default: the demonstration's)"
    )
    parser.add_argument("--siting", action="store_true", help="where to open, next to spopt")
    parser.add_argument("--routes", action="store_true", help="roving clinics, on CVRPLIB's set X")
    parser.add_argument("--reach", action="store_true", help="where care reaches, next to PySAL access")
    parser.add_argument("--dispatch", action="store_true", help="whom to post where, next to general solvers")
    parser.add_argument(
        "--detection", action="store_true", help="outbreak detection, next to R's surveillance"
    )
    parser.add_argument(
        "--points", type=int, default=300, help="Farrington's points per data set (with --detection)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="which invented province or series (with --dispatch, --detection)"
    )
    parser.add_argument(
        "--seconds", type=float, default=120, help="the most for each solver (with --dispatch, --siting)"
    )
    return parser.parse_args()


def _report(setting: Setting, names: tuple[str, ...], file: Path) -> int:
    busy = os.getloadavg()[0]
    measured, errors = _measure(setting, names)
    errors += _compare(setting, names)
    about = [
        f"{setting.residents:,} simulated residents, as of {setting.as_of}",
        f"load average before: {busy:.1f}{'' if busy < IDLE else ' – other work was running, so times are too long'}",
    ]
    if setting.figures("wangdi").exists():
        about.append(
            f"{count_figures(setting.figures('wangdi')):,} figures (indicators at places), compared one by one"
        )
    text = render(measured, [*about, *(f"**{error}**" for error in errors)])
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    print(text)
    return 1 if errors else 0


def _measure(setting: Setting, names: tuple[str, ...]) -> tuple[list[Measurement], list[str]]:
    measured: list[Measurement] = []
    errors = []
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            measured += run_contender(name, setting)
        except ContenderFailed as error:
            errors.append(str(error))
    return measured, errors


def _compare(setting: Setting, names: tuple[str, ...]) -> list[str]:
    ours = setting.figures("wangdi")
    peers = [name for name in PEERS if name in names and setting.figures(name).exists()]
    found = {name: differences(ours, setting.figures(name)) for name in peers}
    return [f"{name}: {'; '.join(lines)}" for name, lines in found.items() if lines]


if __name__ == "__main__":
    sys.exit(main())
