"""``wangdi packs``: for whoever writes rules."""

import re
import sys
import time
from itertools import groupby
from pathlib import Path
from textwrap import indent
from typing import Annotated

import pyarrow as pa
import typer
from rich.table import Table

from wangdi.cli.adopting import adopt, list_in_force
from wangdi.cli.options import AsOf, OutputFormat
from wangdi.cli.output import Format, console, errors, fail, write_rows
from wangdi.cli.own_packs import install, list_history, remove, roll_back
from wangdi.cli.wording import language, of, t
from wangdi.engine.checks.check import check as check_rules
from wangdi.engine.diagnostics.catalogue import CODES
from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.diagnostics.pages import page_of
from wangdi.engine.handbook.changes import Change, changes
from wangdi.engine.handbook.handbook import write_handbooks
from wangdi.engine.handbook.words import Words
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.packs.load import load_rulebook, pack_folders
from wangdi.engine.packs.shapes import NAME
from wangdi.engine.testing.plans import Plans
from wangdi.engine.testing.reading import find_test_files
from wangdi.engine.testing.run import Outcome, run_tests
from wangdi.engine.testing.schema import schema_text
from wangdi.engine.testing.skeleton import write_skeleton
from wangdi.server.evaluation.rules import CONTENT, overlaid
from wangdi.server.packs.declared import Problem, problems
from wangdi.server.packs.proposal import own_packs
from wangdi.server.packs.services import Own, own_versions

app = typer.Typer(no_args_is_help=True)

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
    """What is read: the packs in force, with those given in place of ones of their names; else the shipped ones."""
    given = [folder.resolve() for folder in folders or ()]
    if any(folder == CONTENT or CONTENT in folder.parents for folder in given):
        return [CONTENT]
    if alone:
        return given
    names = {name for folder in given for name in pack_folders(folder)}
    own = own_packs()
    if not given and not own:
        return [CONTENT]
    return [*overlaid({name: folder for name, folder in own.items() if name not in names}, names), *given]


@app.command("list", help=t("列出规则包及其内容。", "Lists the packs and what they hold."))
def list_packs(
    folders: Folders = None,
    alone: Alone = False,
    place: Annotated[
        str | None,
        typer.Option(
            "--place", metavar="CODE", help=t("该区划今天施行哪些", "What is in force at this place today")
        ),
    ] = None,
    output: OutputFormat = Format.TABLE,
) -> None:
    if place is not None:
        list_in_force(place, output)
        return
    rulebook = load_rulebook(_folders(folders, alone=alone))
    own = {} if folders or alone else {one.name: one for one in own_versions()}
    rows = [
        {
            "pack": pack.name,
            "title": of(pack.title),
            "version": pack.version,
            "from": _origin(own.get(pack.name)),
            "kinds": " ".join(kind.name for kind in pack.kinds),
            "groups": " ".join(group.name for group in pack.groups),
            "schedules": " ".join(schedule.name for schedule in pack.schedules),
            "indicators": " ".join(indicator.name for indicator in pack.indicators),
        }
        for pack in rulebook.packs
    ]
    write_rows(pa.Table.from_pylist(rows), output)


def _origin(own: Own | None) -> str:
    if own is None:
        return t("产品自带", "shipped")
    if own.shipped is None:
        return t("自有", "own")
    return t(f"自有，代替 {own.shipped}", f"own, for {own.shipped}")


app.command("adopt")(adopt)
app.command("install")(install)
app.command("remove")(remove)
app.command("rollback")(roll_back)
app.command("history")(list_history)


@app.command(help=t("检查规则包，一次列出全部问题。", "Checks packs and lists every problem at once."))
def check(folders: Folders = None, alone: Alone = False) -> None:
    here = Path.cwd()
    read = _folders(folders, alone=alone)
    rulebook, diagnostics = check_rules(read, relative_to=here)
    if diagnostics.found:
        console.print(diagnostics.render(), markup=False, highlight=False, soft_wrap=True)
    beside = _print_beside(read, rulebook) if not diagnostics.errors else []
    if wrong := len(diagnostics.errors) + sum(one.stops for one in beside):
        errors.print(t(f"{wrong} 个错误", f"{wrong} errors"), style="red")
        raise SystemExit(1)
    if warnings := len(diagnostics.found) + len(beside):
        errors.print(t(f"没有错误，{warnings} 个提醒", f"no errors, {warnings} warnings"), style="yellow")
    else:
        errors.print(_holdings(rulebook), highlight=False)


def _print_beside(read: list[Path], rulebook: Rulebook) -> list[Problem]:
    """Says what is wrong with the files beside the packs, which rest on the packs being right."""
    folders = [folder for one in read for folder in pack_folders(one).values()]
    found = list(problems(folders, rulebook))
    for one in found:
        console.print(f"{one.told}\n", markup=False, highlight=False, soft_wrap=True)
    return found


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
def test(
    folders: Folders = None,
    alone: Alone = False,
    only: Annotated[
        str,
        typer.Option("--filter", help=t("只运行名称含此文字的测试", "Only tests whose names hold this text")),
    ] = "",
) -> None:
    chosen = _folders(folders, alone=alone)
    rulebook = load_rulebook(chosen, relative_to=Path.cwd())
    files = find_test_files([folder.resolve() for folder in folders] if folders else chosen)
    start = time.perf_counter()
    plans = Plans(rulebook)
    here = Path.cwd()
    outcomes = [
        outcome
        for file in files
        for outcome in run_tests(rulebook, file, only=only, plans=plans, relative_to=here)
    ]
    seconds = time.perf_counter() - start
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        _print_failed(outcome)
    console.print(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed", highlight=False)
    errors.print(t(f"用时 {seconds:.1f} 秒", f"{seconds:.1f} s"), highlight=False)
    if failed or not outcomes:
        raise SystemExit(1)


def _print_failed(outcome: Outcome) -> None:
    place = f"{outcome.file}:{outcome.line}"
    console.print(f"✗ {place}  {outcome.name}", style="red", markup=False, highlight=False, soft_wrap=True)
    for failure in outcome.failures:
        console.print(indent(failure, "    "), markup=False, highlight=False, soft_wrap=True)
    if outcome.found:
        table = Table(box=None, pad_edge=False, show_header=False, title_justify="left")
        for found in outcome.found:
            table.add_row("     ", found.sort, found.name, found.result, style="dim")
        console.print(t("    实际得到：", "    what was found:"), highlight=False)
        console.print(table, markup=False)


@app.command(
    help=t("新建一个可以立即检查和测试的规则包。", "Begins a pack that can be checked and tested at once.")
)
def new(
    name: Annotated[str, typer.Argument(help=t("名称，小写拉丁字母", "Its name, in small Latin letters"))],
    folder: Annotated[
        Path, typer.Option("--in", file_okay=False, help=t("放在哪个文件夹下", "The folder it is put into"))
    ] = Path(),
) -> None:
    if re.fullmatch(NAME, name) is None:
        raise typer.BadParameter(
            t(f"“{name}”不能作名称：用小写拉丁字母、数字和 _", f"'{name}' is no name: use a-z, 0-9 and _")
        )
    try:
        own = write_skeleton(folder, name)
    except FileExistsError:
        raise fail(t(f"{folder / name} 已存在", f"{folder / name} exists already"), 2) from None
    console.print(str(own), highlight=False, markup=False)
    errors.print(t(f"接着：wangdi packs check {own}", f"next: wangdi packs check {own}"), highlight=False)


@app.command(
    help=t("说明一个信息编号：含义、改法、示例。", "Explains a code: what it means, the mend, examples.")
)
def explain(code: Annotated[str, typer.Argument(metavar="CODE", help="W2104")]) -> None:
    page = page_of(code.upper())
    if page is None:
        unknown = t(f"没有编号为 {code} 的信息", f"there is no message {code}")
        raise typer.BadParameter(f"{unknown}: {suggest(code.upper(), CODES)}")
    console.print(re.sub(r" <a id=.*?</a>", "", page), markup=False, highlight=False, soft_wrap=True)


@app.command(help=t("输出编辑器用的 JSON Schema。", "Writes the JSON Schema for editors."))
def schema(
    tests: Annotated[bool, typer.Option("--tests", help=t("测试文件的", "That of the tests"))] = False,
    out: Annotated[Path | None, typer.Option("--out", help=t("写入文件", "Into this file"))] = None,
) -> None:
    text = schema_text("tests.schema.json" if tests else "pack.schema.json")
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")


@app.command(
    help=t(
        "为使用者写出规则手册：中英文，HTML 与 Markdown。",
        "Writes handbooks for users: both languages, HTML and Markdown.",
    )
)
def docs(
    as_of: AsOf,
    out: Annotated[
        Path, typer.Option("--out", file_okay=False, help=t("写到哪个文件夹", "Into this folder"))
    ],
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PACK]...", help=t("规则包名称；不写则全部", "Packs; all if none is named")),
    ] = None,
    folder: Annotated[
        list[Path] | None,
        typer.Option(
            "--in", exists=True, file_okay=False, help=t("另读这些文件夹", "Read these folders as well")
        ),
    ] = None,
) -> None:
    rulebook = load_rulebook(_folders(folder, alone=False))
    known = {pack.name: pack for pack in rulebook.packs}
    for name in names or ():
        if name not in known:
            raise typer.BadParameter(
                f"{t('没有规则包', 'there is no pack')} '{name}': {suggest(name, known)}"
            )
    chosen = [known[name] for name in names] if names else list(rulebook.packs)
    for path in write_handbooks(rulebook, chosen, out, as_of):
        console.print(str(path), highlight=False, markup=False)


@app.command(
    help=t(
        "用文字说明两个版本之间的变化。退出码：0 相同，1 有变化。",
        "Says in words what changes between two versions. Exit code 0: the same, 1: different.",
    )
)
def diff(
    as_of: AsOf,
    old: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            file_okay=False,
            help=t(
                "旧版本的文件夹；都不写则比较自有规则包与产品自带的",
                "Folder of the old version; with none, own packs are set against the shipped ones",
            ),
        ),
    ] = None,
    new: Annotated[
        Path | None,
        typer.Argument(exists=True, file_okay=False, help=t("新版本的文件夹", "Folder of the new version")),
    ] = None,
) -> None:
    if (old is None) != (new is None):
        raise typer.BadParameter(t("请写两个文件夹，或都不写", "give two folders, or none"))
    given = [own_packs() if folder is None else pack_folders(folder) for folder in (old, new)]
    folders = [overlaid(packs) for packs in given] if old is not None else [[CONTENT], overlaid(given[1])]
    sides = [load_rulebook(side) for side in folders]
    before, after = (
        {pack.name: pack for pack in side.packs if pack.name in packs}
        for side, packs in zip(sides, given, strict=True)
    )
    words = [Words(side, language(), as_of) for side in sides]
    found = list(changes(before, after, *words))
    for pack, of_pack in groupby(found, key=lambda change: change.pack):
        console.print(f"[bold]{pack}[/]", highlight=False)
        for change in of_pack:
            _print_change(change)
    errors.print(t(f"{len(found)} 处变化", f"{len(found)} changes"), highlight=False)
    raise SystemExit(1 if found else 0)


def _print_change(change: Change) -> None:
    console.print(f"  {of(change.part)} {change.thing} · {change.point}", markup=False, highlight=False)
    if change.before:
        console.print(f"    − {change.before}", style="red", markup=False, highlight=False)
    if change.after:
        console.print(f"    + {change.after}", style="green", markup=False, highlight=False)
