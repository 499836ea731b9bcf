"""``wangdi standards``: official clauses typed into a workbook become a pack."""

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from wangdi.cli.assessing import StandardName, named_standard
from wangdi.cli.options import default_day
from wangdi.cli.output import console, errors, fail
from wangdi.cli.wording import of, t
from wangdi.engine.model.text import Text
from wangdi.engine.packs.shapes import NAME
from wangdi.interchange.clauses.pack import Naming, write_pack
from wangdi.interchange.clauses.read import read_clause_workbook
from wangdi.interchange.clauses.template import write_clause_template
from wangdi.interchange.tabular.problems import Problem
from wangdi.server.evaluation.rules import CONTENT

app = typer.Typer(no_args_is_help=True)


@app.command(
    help=t(
        "生成条款模板；--standard 以已有标准的条款为底稿。",
        "Writes the workbook to type clauses into; --standard fills in the clauses of one.",
    )
)
def template(
    path: Annotated[Path, typer.Argument(help=t("存到哪个 xlsx 文件", "The xlsx file to write"))],
    standard: StandardName = None,
) -> None:
    chosen = named_standard(standard) if standard is not None else None
    console.print(str(write_clause_template(path, chosen, default_day())))


@app.command(
    "import-clauses",
    help=t(
        "把填好的条款模板变成规则包：条款均由人评审；有问题时逐格列出，什么都不写。",
        "Turns a filled workbook of clauses into a pack whose criteria people judge. Every problem is listed with its "
        "cell, and then nothing is written.",
    ),
)
def import_clauses(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help=t("填好的条款模板", "The filled workbook")),
    ],
    name: Annotated[str, typer.Option("--name", help=t("规则包和标准的名称", "Name of pack and standard"))],
    title: Annotated[str, typer.Option("--title", help=t("标准的中文标题", "The standard's title"))],
    edition: Annotated[str, typer.Option("--edition", help=t("版本，如 2022", "Edition, such as 2022"))],
    group: Annotated[
        str, typer.Option("--group", help=t("适用于哪个机构人群", "The group of institutions it is for"))
    ],
    out: Annotated[
        Path, typer.Option("--out", file_okay=False, help=t("规则包写入的文件夹", "The pack's folder"))
    ],
    title_en: Annotated[
        str | None, typer.Option("--title-en", help=t("英文标题，不写则用中文", "The title in English"))
    ] = None,
    first_year: Annotated[
        int | None, typer.Option("--first-year", help=t("自哪一年度起用", "The first year it is used for"))
    ] = None,
) -> None:
    if not re.match(NAME, name):
        raise typer.BadParameter(
            t("名称用小写字母、数字和 _", "a name has small letters, digits and _"), param_hint="--name"
        )
    workbook = read_clause_workbook(file)
    if workbook.problems:
        _show(workbook.problems)
        raise SystemExit(1)
    naming = Naming(name, Text(title, title_en or title), edition, group, first_year)
    try:
        written = write_pack(workbook, naming, out, [CONTENT])
    except FileExistsError as error:
        raise fail(t(f"已有规则包：{error}", f"there is a pack already: {error}"), 2) from None
    console.print(str(written))
    errors.print(
        t(
            f"{len(workbook.clauses)} 条条款，{len(workbook.tiers)} 个等次。接下来：wangdi packs check {out}",
            f"{len(workbook.clauses)} clauses, {len(workbook.tiers)} tiers. Next: wangdi packs check {out}",
        ),
        highlight=False,
    )


def _show(problems: tuple[Problem, ...]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in (t("位置", "where"), t("问题", "what is wrong"), t("怎样改", "how to mend it")):
        table.add_column(heading, overflow="fold")
    for problem in problems:
        table.add_row(str(problem.where), f"{problem.code} {of(problem.message)}", of(problem.hint))
    errors.print(table)
    errors.print(
        t(
            f"共 {len(problems)} 个问题，什么都没有写",
            f"Problems: {len(problems)}. Nothing was written.",
        ),
        style="red",
        highlight=False,
    )
