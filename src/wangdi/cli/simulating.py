"""``wangdi simulate``."""

import csv
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from wangdi.cli.evaluating import Level
from wangdi.cli.installation import require_installation
from wangdi.cli.options import AsOf, OutputFormat
from wangdi.cli.output import Format, errors, write_rows
from wangdi.cli.progress import progress_bars
from wangdi.cli.wording import t
from wangdi.cli.workbooks import write_workbook
from wangdi.engine.packs.load import load_rulebook, pack_folders
from wangdi.server.evaluation.lake_source import LakeAsFarAsItGoes
from wangdi.server.evaluation.publishing import fresh_lake, network_of
from wangdi.server.evaluation.rules import overlaid
from wangdi.server.evaluation.simulation import Simulation
from wangdi.server.packs.proposal import own_packs


class Show(StrEnum):
    DUE = "due"
    WORKLOAD = "workload"
    FIGURES = "figures"


def simulate(
    as_of: AsOf,
    pack: Annotated[
        Path,
        typer.Option(
            "--pack",
            exists=True,
            file_okay=False,
            help=t(
                "修改后的规则包文件夹；同名包以此替换",
                "Folder of changed packs, in place of those named the same",
            ),
        ),
    ],
    show: Annotated[
        Show,
        typer.Option(
            "--show",
            help=t("应做变化、工作量、指标", "Who is due, the workload ahead, or the figures"),
        ),
    ] = Show.DUE,
    level: Annotated[
        Level, typer.Option("--level", help=t("指标看哪一级区划", "The level of places of the figures"))
    ] = Level.COUNTY,
    people: Annotated[
        Path | None,
        typer.Option(
            "--list",
            dir_okay=False,
            help=t(
                "把新增和不再应做的居民编码写入此 csv", "Write the codes of those concerned into this csv"
            ),
        ),
    ] = None,
    xlsx: Annotated[
        Path | None,
        typer.Option(
            "--xlsx",
            dir_okay=False,
            help=t("三张表写入此工作簿", "Write all three tables into this workbook"),
        ),
    ] = None,
    output: OutputFormat = Format.TABLE,
) -> None:
    changed = load_rulebook(overlaid({**own_packs(), **pack_folders(pack)}), relative_to=Path.cwd())
    installation = require_installation()
    with progress_bars() as report:
        lake, _ = fresh_lake(installation, report)
    simulation = Simulation.of(network_of(lake), LakeAsFarAsItGoes(lake), changed, as_of)
    if people is not None:
        _write_people(simulation.people(), people)
    if xlsx is not None:
        _write_workbook(simulation, level, xlsx)
    write_rows(_table(simulation, show, level), output)
    _summarise(simulation)


def _table(simulation: Simulation, show: Show, level: Level) -> Any:
    match show:
        case Show.DUE:
            return simulation.due()
        case Show.WORKLOAD:
            return simulation.workload()
        case Show.FIGURES:
            return simulation.figures(level.value)


def _summarise(simulation: Simulation) -> None:
    more, less = len(simulation.becomes_due), len(simulation.no_longer_due)
    errors.print(
        t(
            f"{simulation.as_of}：新增应做 {more:,} 项，不再应做 {less:,} 项。工作量只计现有事项，不含其后的重复。",
            f"{simulation.as_of}: {more:,} items become due, {less:,} no longer are. "
            "The workload counts the items there are, not the repeats that follow them.",
        ),
        highlight=False,
    )


def _write_people(rows: Any, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(rows.column_names)
        writer.writerows(zip(*(column.to_pylist() for column in rows.columns), strict=True))


def _write_workbook(simulation: Simulation, level: Level, path: Path) -> None:
    titles = {
        Show.DUE: t("应做", "due"),
        Show.WORKLOAD: t("工作量", "workload"),
        Show.FIGURES: t("指标", "figures"),
    }
    write_workbook(path, {title: _table(simulation, show, level) for show, title in titles.items()})
