"""``wangdi figures``: closed periods – list, compare, reproduce, reopen."""

import getpass
import re
from datetime import date
from typing import Annotated, Any

import pyarrow as pa
import typer
from django.utils import timezone

from wangdi.cli.installation import require_installation
from wangdi.cli.options import OutputFormat
from wangdi.cli.output import Format, errors, fail, write_rows
from wangdi.cli.progress import progress_bars
from wangdi.cli.wording import of, t
from wangdi.server.audit.models import Change
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.archive import ArchiveBroken
from wangdi.server.evaluation.comparing import COMPARED_COUNTS
from wangdi.server.evaluation.models import Closure
from wangdi.server.evaluation.periods import (
    Comparison,
    PeriodError,
    close_period,
    compare_period,
    last_day_of,
    reopen_period,
    reproduce_period,
)
from wangdi.server.evaluation.services import today

app = typer.Typer(no_args_is_help=True)


def parse_month(text: str | date) -> date:
    """The last day of a month typed as 2026-10."""
    found = re.fullmatch(r"(\d{4})[-/年]?(\d{1,2})月?", str(text).strip())
    if found is None or not 1 <= int(found[2]) <= 12:
        raise typer.BadParameter(
            t(f"“{text}”不是月份；请写成 2026-10", f"'{text}' is no month; write it like 2026-10")
        )
    return last_day_of(int(found[1]), int(found[2]))


Period = Annotated[
    date,
    typer.Option("--period", parser=parse_month, metavar="YYYY-MM", help=t("哪个月", "Which month")),
]


def close(installation: Installation, last_day: date) -> None:
    """Close a month, for ``wangdi evaluate --close``; of one that is closed, say how it differs."""
    if Closure.objects.filter(last_day=last_day, reopened=None).exists():
        _show(_compared(installation, last_day))
        again = f"wangdi figures reopen --period {last_day:%Y-%m}"
        raise fail(t(f"已经封账；要更正请先 {again}", f"closed already; to correct it: {again}"))
    try:
        with progress_bars() as report:
            closure = close_period(installation, last_day, today(), actor_name=_job(), on_progress=report)
    except PeriodError as error:
        raise fail(of(error.message)) from None
    errors.print(
        t(f"{closure} 已封账，数值不再改变", f"{closure} is closed; its figures stay as they are"),
        highlight=False,
    )


@app.command("list", help=t("列出封账的期间。", "Lists the closed periods."))
def list_closed(output: OutputFormat = Format.TABLE) -> None:
    require_installation()
    closures = Closure.objects.select_related("change", "reopened")
    write_rows(pa.Table.from_pylist([_row(closure) for closure in closures], _SCHEMA), output)


_SCHEMA = pa.schema(
    {
        "period": pa.string(),
        "closed_at": pa.string(),
        "closed_by": pa.string(),
        "packs": pa.string(),
        "seq": pa.int64(),
        "reopened_at": pa.string(),
        "reason": pa.string(),
    }
)


def _row(closure: Closure) -> dict[str, Any]:
    packs = closure.contents["packs"].items()
    return {
        "period": str(closure),
        "closed_at": _when(closure.change),
        "closed_by": closure.change.actor_name,
        "packs": " ".join(f"{name}={kept['version']}" for name, kept in packs),
        "seq": closure.contents["seq"],
        "reopened_at": _when(closure.reopened) if closure.reopened else None,
        "reason": closure.reason or None,
    }


def _when(change: Change) -> str:
    return f"{timezone.localtime(change.at):%Y-%m-%d %H:%M}"


@app.command(
    help=t(
        "封账时的数值与现在重算的有何不同（补录、更正、规则变化）。",
        "How a closed period's figures differ from what would come out now: late records, corrections, changed packs.",
    )
)
def compare(period: Period, output: OutputFormat = Format.TABLE) -> None:
    comparison = _compared(require_installation(), period)
    _show(comparison)
    if not comparison.is_same:
        write_rows(comparison.figures, output, counts=COMPARED_COUNTS)


@app.command(
    help=t(
        "用封账时保存的规则包和数据湖重新计算，看是否完全一致。",
        "Makes a closed period's figures again from the packs and the lake that were kept; says whether they are the same.",
    )
)
def reproduce(period: Period, output: OutputFormat = Format.TABLE) -> None:
    installation = require_installation()
    try:
        differing = reproduce_period(installation, period)
    except (PeriodError, ArchiveBroken) as error:
        raise _refused(error) from None
    if len(differing):
        write_rows(differing, output, counts=COMPARED_COUNTS)
        raise fail(t(f"{len(differing)} 个数值不一致", f"{len(differing)} figures are not the same"))
    errors.print(t("完全一致", "identical"))


@app.command(
    help=t("重开封账的期间，须写明原因；记入审计。", "Opens a closed period again, for a reason; audited.")
)
def reopen(
    period: Period,
    reason: Annotated[str, typer.Option("--reason", help=t("为什么重开", "Why it is opened again"))],
) -> None:
    require_installation()
    try:
        closure = reopen_period(period, reason, actor_name=_job())
    except PeriodError as error:
        raise _refused(error) from None
    errors.print(
        t(
            f"{closure} 已重开；wangdi evaluate --close {closure} 重新计算并封账",
            f"{closure} is open again; wangdi evaluate --close {closure} evaluates and closes it anew",
        ),
        highlight=False,
    )


def _compared(installation: Installation, last_day: date) -> Comparison:
    try:
        with progress_bars() as report:
            return compare_period(installation, last_day, report)
    except (PeriodError, ArchiveBroken) as error:
        raise _refused(error) from None


def _refused(error: PeriodError | ArchiveBroken) -> SystemExit:
    return fail(of(error.message) if isinstance(error, PeriodError) else str(error))


def _show(comparison: Comparison) -> None:
    late, changed = comparison.late_records, ", ".join(comparison.packs) or t("无", "none")
    if comparison.is_same:
        words = t("与现在重算的完全一致", "the same as now")
    else:
        words = t(
            f"有 {len(comparison.figures):,} 个数值与现在重算的不同",
            f"{len(comparison.figures):,} figures differ from what would come out now",
        )
    errors.print(
        t(
            f"{comparison.closure}：{words}；封账后补录或更正 {late:,} 条，变化的规则包：{changed}",
            f"{comparison.closure}: {words}; {late:,} records written since; packs changed: {changed}",
        ),
        highlight=False,
    )


def _job() -> str:
    """Who runs the command, for the audit."""
    return f"wangdi ({getpass.getuser()})"
