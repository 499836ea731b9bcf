"""``wangdi explain``."""

from datetime import date
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import typer
from rich.markup import escape
from rich.tree import Tree

from wangdi.cli.assessing import ReviewLevel, StandardName, Year, explain_standing
from wangdi.cli.installation import require_installation
from wangdi.cli.options import AsOf, InstitutionCode, OutputFormat, PlaceCode
from wangdi.cli.output import Format, console, fail, write_rows
from wangdi.cli.progress import progress_bars
from wangdi.cli.traces import add_trace, mark, print_json
from wangdi.cli.wording import of, t
from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.evaluate.network import UnknownCode
from wangdi.engine.explain.missing import Breakdown, NobodyCounted
from wangdi.engine.explain.trace import DueExplained, Explanation
from wangdi.engine.model.standards import Review
from wangdi.server.evaluation.behind import behind_figure
from wangdi.server.evaluation.publishing import fresh_lake
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import explain_resident
from wangdi.server.network.models import MODELS, Resident


def explain(
    code: Annotated[
        str,
        typer.Argument(
            help=t(
                "居民编码；与 --place 或 --institution 合用时为指标名；与 --standard 合用时为机构编码",
                "A resident's code; with --place or --institution the name of an indicator; with --standard "
                "an institution's code",
            )
        ),
    ],
    as_of: AsOf,
    place: PlaceCode = None,
    institution: InstitutionCode = None,
    listed: Annotated[
        bool,
        typer.Option("--list", help=t("列出未计入者及其所缺", "List who is not counted, and what they lack")),
    ] = False,
    standard: StandardName = None,
    clause: Annotated[
        str | None, typer.Option("--clause", metavar="NUMBER", help=t("只看该条款", "Only this clause"))
    ] = None,
    year: Year = None,
    review: ReviewLevel = Review.SELF,
    output: OutputFormat = Format.TABLE,
) -> None:
    if standard is not None:
        explain_standing(code, standard, clause, year, review, as_of, output)
        return
    if place is not None or institution is not None:
        _explain_figure(code, as_of, place=place, institution=institution, listed=listed, output=output)
        return
    if output not in (Format.TABLE, Format.JSON):
        raise typer.BadParameter(
            t("居民的说明只有 table 和 json", "a resident is explained as table or json")
        )
    require_installation()
    resident = Resident.objects.filter(code=code).first()
    if resident is None:
        raise fail(t(f"没有编码为 {code} 的居民", f"no resident has the code {code}"), 2)
    explanation = explain_resident(resident, as_of)
    if output is Format.JSON:
        print_json(explanation)
    else:
        _print(explanation)


def _explain_figure(
    name: str,
    as_of: date,
    *,
    place: str | None,
    institution: str | None,
    listed: bool,
    output: Format,
) -> None:
    if place is not None and institution is not None:
        raise typer.BadParameter(
            t("--place 与 --institution 只能选一个", "give --place or --institution, not both")
        )
    indicator = rulebook().indicators.get(name)
    if indicator is None:
        hint = suggest(name, rulebook().indicators)
        raise typer.BadParameter(t(f"没有指标 '{name}'：{hint}", f"there is no indicator '{name}': {hint}"))
    installation = require_installation()
    with progress_bars() as report:
        fresh_lake(installation, report)
    entity, code = ("place", place) if place is not None else ("institution", institution)
    try:
        found = behind_figure(indicator, entity, code or "", as_of)
    except UnknownCode:
        raise fail(
            t(f"没有编码为 {code} 的区划或机构", f"no place or institution has the code {code}"), 2
        ) from None
    except NobodyCounted:
        parts = ", ".join(part.name for part in indicator.counted)
        raise fail(
            t(
                f"'{name}' 由其他指标算出，请看：{parts}",
                f"'{name}' is put together from others; ask for {parts}",
            ),
            2,
        ) from None
    write_rows(_people(found) if listed else _lacking(found), output)


def _lacking(found: Breakdown) -> Any:
    """One row per requirement."""
    lines = found.how_many_lack()
    return pa.table(
        {
            "requirement": pa.array([one.written for one, _, _ in lines], pa.string()),
            "lack": pa.array([lack for _, lack, _ in lines], pa.int64()),
            "lack_only_this": pa.array([alone for _, _, alone in lines], pa.int64()),
            "not_counted": pa.array([int((~found.counted).sum())] * len(lines), pa.int64()),
            "denominator": pa.array([len(found.keys)] * len(lines), pa.int64()),
        }
    )


def _people(found: Breakdown) -> Any:
    """One row per entity that is not counted."""
    positions = np.flatnonzero(~found.counted)
    keys = [found.keys[int(position)].as_py() for position in positions]
    codes = dict(MODELS[found.indicator.entity].objects.in_bulk(keys))
    lacks = ["; ".join(one.written for one in found.lacked_by(int(p))) for p in positions]
    return pa.table(
        {
            found.indicator.entity: pa.array([codes[key].code for key in keys], pa.string()),
            "lacks": pa.array(lacks, pa.string()),
        }
    )


def _print(explanation: Explanation) -> None:
    tree = Tree(f"[bold]{escape(explanation.code)}[/]  {explanation.as_of}")
    groups = tree.add(t("人群", "Groups"))
    for group in (one for one in explanation.groups if not one.internal):
        branch = groups.add(f"{mark(group.member)} {escape(of(group.title))} [dim]{group.name}[/]")
        if group.member:
            add_trace(branch, group.trace)
    if explanation.adoptions:
        adopted = tree.add(t("规则包的采用", "Adoption of packs"))
        for adoption in explanation.adoptions:
            words = f"{escape(of(adoption.title))}: {escape(of(adoption.reason))}"
            adopted.add(f"{mark(adoption.in_force)} {words}")
    due = tree.add(t("应做事项", "Due"))
    for item in explanation.due:
        _add_due(due, item)
    figures = tree.add(t("指标", "Indicators"))
    for indicator in explanation.indicators:
        if indicator.in_denominator:
            branch = figures.add(
                f"{mark(indicator.in_numerator)} {escape(of(indicator.title))} [dim]{indicator.name}[/]"
            )
            add_trace(branch, indicator.numerator)
    console.print(tree)


def _add_due(tree: Tree, item: DueExplained) -> None:
    status = {
        "overdue": t("逾期", "overdue"),
        "due": t("应做", "due"),
        "upcoming": t("未到期", "upcoming"),
        "missed": t("已错过", "missed"),
    }[item.status]
    reason = f" – {escape(of(item.because))}" if item.because else ""
    step = f" · {escape(of(item.step_title))}" if item.step_title else ""
    holder = f", {t('责任机构', 'for')} {escape(item.responsible)}" if item.responsible else ""
    branch = tree.add(f"[bold]{escape(of(item.title))}{step}[/] {status}, {item.due_on}{holder}{reason}")
    for trace in item.traces:
        add_trace(branch, trace)
