"""``wangdi packs list``, ``check`` and ``test``."""

import time
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from wangdi.cli.options import OutputFormat
from wangdi.cli.output import Format, console, errors, write_rows
from wangdi.cli.wording import of, t
from wangdi.engine.checks.check import check as check_rules
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.packs.load import load_rulebook
from wangdi.engine.testing.run import find_test_files, run_tests
from wangdi.server.evaluation.rules import CONTENT

app = typer.Typer(no_args_is_help=True, help=t("规则包：列出、检查、测试。", "Packs: list, check, test."))

Folders = Annotated[
    list[Path] | None,
    typer.Argument(
        exists=True,
        file_okay=False,
        help=t(
            "规则包文件夹；会与产品自带的包一起检查",
            "Folders of packs, read together with those the product ships",
        ),
    ),
]
Alone = Annotated[
    bool, typer.Option("--alone", help=t("不带产品自带的包", "Without the packs the product ships"))
]


def _folders(folders: list[Path] | None, *, alone: bool) -> list[Path]:
    given = [folder.resolve() for folder in folders or ()]
    shipped = (
        [] if alone or CONTENT in given or any(CONTENT in folder.parents for folder in given) else [CONTENT]
    )
    inside = any(CONTENT in folder.parents for folder in given)
    return [CONTENT] if inside else [*shipped, *given]


@app.command("list", help=t("列出规则包及其内容。", "Lists the packs and what they hold."))
def list_packs(folders: Folders = None, alone: Alone = False, output: OutputFormat = Format.TABLE) -> None:
    rulebook = load_rulebook(_folders(folders, alone=alone))
    rows = [
        {
            "pack": pack.name,
            "title": of(pack.title),
            "version": pack.version,
            "kinds": " ".join(kind.name for kind in pack.kinds),
            "groups": " ".join(group.name for group in pack.groups),
            "schedules": " ".join(schedule.name for schedule in pack.schedules),
            "indicators": " ".join(indicator.name for indicator in pack.indicators),
        }
        for pack in rulebook.packs
    ]
    write_rows(pa.Table.from_pylist(rows), output)


@app.command(help=t("检查规则包，一次列出全部问题。", "Checks packs and lists every problem at once."))
def check(folders: Folders = None, alone: Alone = False) -> None:
    here = Path.cwd()
    rulebook, diagnostics = check_rules(_folders(folders, alone=alone), relative_to=here)
    if diagnostics.found:
        console.print(diagnostics.render(), markup=False, highlight=False, soft_wrap=True)
    if diagnostics.errors:
        errors.print(t(f"{len(diagnostics.errors)} 个错误", f"{len(diagnostics.errors)} errors"), style="red")
        raise SystemExit(1)
    errors.print(_holdings(rulebook), highlight=False)


def _holdings(rulebook: Rulebook) -> str:
    packs, kinds = len(rulebook.packs), len(rulebook.kinds)
    schedules, indicators = len(rulebook.schedules), len(rulebook.indicators)
    return t(
        f"没有问题：{packs} 个规则包，{kinds} 类记录，{schedules} 个服务安排，{indicators} 个指标",
        f"No problems: {packs} packs, {kinds} kinds of record, {schedules} schedules, {indicators} indicators",
    )


@app.command(
    help=t("运行规则包旁的测试（两个求值器都跑）。", "Runs the tests beside the packs, on both evaluators.")
)
def test(folders: Folders = None, alone: Alone = False) -> None:
    chosen = _folders(folders, alone=alone)
    rulebook = load_rulebook(chosen, relative_to=Path.cwd())
    files = find_test_files([folder.resolve() for folder in folders] if folders else chosen)
    start = time.perf_counter()
    outcomes = [outcome for file in files for outcome in run_tests(rulebook, file)]
    seconds = time.perf_counter() - start
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        console.print(f"✗ {Path(outcome.file).parent.name}: {outcome.name}", style="red", markup=False)
        for failure in outcome.failures:
            console.print(f"    {failure}", markup=False, highlight=False)
    console.print(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed", highlight=False)
    errors.print(t(f"用时 {seconds:.1f} 秒", f"{seconds:.1f} s"), highlight=False)
    if failed or not outcomes:
        raise SystemExit(1)
