"""``wangdi import`` and ``wangdi template``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from wangdi.cli.installation import require_installation
from wangdi.cli.output import console, errors
from wangdi.cli.progress import progress_bars
from wangdi.cli.wording import of, t
from wangdi.engine.model.registers import REGISTERS
from wangdi.interchange.tabular.annotate import annotate
from wangdi.interchange.tabular.read import ReadResult, read_tables
from wangdi.interchange.tabular.template import write_template
from wangdi.server.common.loading import LoadError
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.network.known import StoreKnown
from wangdi.server.records.bulk import LoadSummary, load_tables

SHOWN_PROBLEMS = 40
SHOWN_NOTES = 20

_TABLES = tuple(register.table for register in REGISTERS.values())


def import_files(
    path: Annotated[
        Path,
        typer.Argument(
            exists=True,
            help=t(
                "文件夹、zip、csv 或 xlsx 工作簿",
                "A folder or zip of csv files, one csv, or an xlsx workbook",
            ),
        ),
    ],
    check_only: Annotated[
        bool, typer.Option("--check-only", help=t("只检查，不导入", "Only check, import nothing"))
    ] = False,
    problems_to: Annotated[
        Path | None,
        typer.Option(
            "--problems-to",
            metavar="FILE.xlsx",
            help=t("问题标注文件存到哪里", "Where to put the annotated workbook"),
        ),
    ] = None,
) -> None:
    require_installation()
    kinds = rulebook().kinds
    result = read_tables(path, kinds=kinds, known=StoreKnown())
    show_notes(result)
    if not result.ok:
        marked = annotate(path, result, problems_to or Path(f"{path.resolve().stem}-problems.xlsx"))
        show_problems(result, marked)
        raise SystemExit(1)
    if check_only:
        errors.print(
            t("没有发现问题；未导入（--check-only）", "No problems found; nothing imported (--check-only)")
        )
        return
    try:
        with progress_bars() as report:
            summary = load_tables(
                result.tables,
                kinds=kinds,
                actor_name="wangdi import",
                rulebook=rulebook(),
                on_progress=report,
            )
    except LoadError as error:
        errors.print(str(error), style="red", markup=False)
        errors.print(t("没有导入任何内容", "Nothing was imported"))
        raise SystemExit(1) from None
    _show_summary(summary)


import_files.__doc__ = t(
    f"表（工作表或 csv 文件）：{'、'.join(_TABLES)}、records/<记录类别>，列名可用英文或中文。"
    "有问题时逐一列出，并生成标注了单元格的工作簿。同一文件导入两次不会重复。空白模板：wangdi template。",
    f"Tables (sheets or csv files): {', '.join(_TABLES)}, records/<kind>; headings in English or "
    "Chinese. Every problem is listed and marked in a copy of the workbook. Importing a file twice changes nothing. "
    "An empty workbook to start from: wangdi template.",
)


def template(
    path: Annotated[Path, typer.Argument(help=t("存到哪个 xlsx 文件", "The xlsx file to write"))],
) -> None:
    console.print(str(write_template(path, rulebook().kinds)))


def show_notes(result: ReadResult) -> None:
    for note in result.notes[:SHOWN_NOTES]:
        errors.print(f"{t('提示', 'note')} {note.where}  {of(note.message)}", markup=False, highlight=False)
    if len(result.notes) > SHOWN_NOTES:
        more = len(result.notes) - SHOWN_NOTES
        errors.print(t(f"还有 {more} 条提示", f"{more} more notes"))


def show_problems(result: ReadResult, marked: Path) -> None:
    table = Table(box=None, pad_edge=False, show_lines=False)
    for heading in (
        t("位置", "where"),
        t("内容", "value"),
        t("问题", "what is wrong"),
        t("怎样改", "how to mend it"),
    ):
        table.add_column(heading, overflow="fold")
    for problem in result.problems[:SHOWN_PROBLEMS]:
        table.add_row(str(problem.where), problem.value or "", of(problem.message), of(problem.hint))
    errors.print(table)
    total = result.problem_count
    if total > SHOWN_PROBLEMS:
        errors.print(
            t(
                f"另有 {total - SHOWN_PROBLEMS:,} 个问题未在此显示",
                f"{total - SHOWN_PROBLEMS:,} more problems are not shown here",
            )
        )
    errors.print(
        t(
            f"共 {total:,} 个问题，没有导入任何内容。标注好的文件：{marked}",
            f"Problems: {total:,}. Nothing was imported. The marked copy: {marked}",
        ),
        style="red",
        highlight=False,
    )


def _show_summary(summary: LoadSummary) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column(t("表", "table"))
    for heading in (t("新增", "new"), t("更改", "changed"), t("未变", "unchanged")):
        table.add_column(heading, justify="right")
    for name, counts in summary.tables.items():
        table.add_row(name, f"{counts.created:,}", f"{counts.amended:,}", f"{counts.unchanged:,}")
    errors.print(table)
    if summary.changed:
        errors.print(
            t(
                "接下来运行 wangdi evaluate，更新网页上的名单和指标",
                "Next: wangdi evaluate brings the pages up to date",
            )
        )
