"""``wangdi explain``."""

import dataclasses
import json
from enum import Enum, StrEnum
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.tree import Tree

from wangdi.cli.installation import require_installation
from wangdi.cli.options import AsOf
from wangdi.cli.output import console, fail
from wangdi.cli.wording import of, t
from wangdi.engine.explain.trace import DueExplained, Explanation, Trace
from wangdi.engine.explain.wording import value_text
from wangdi.engine.model.parameters import Trust
from wangdi.engine.model.text import Text
from wangdi.server.evaluation.services import explain_resident
from wangdi.server.network.models import Resident


class Form(StrEnum):
    TABLE = "table"
    JSON = "json"


def explain(
    code: Annotated[str, typer.Argument(help=t("居民编码", "The resident's code"))],
    as_of: AsOf,
    output: Annotated[Form, typer.Option("--format", help=t("输出格式", "How to print"))] = Form.TABLE,
) -> None:
    require_installation()
    resident = Resident.objects.filter(code=code).first()
    if resident is None:
        raise fail(t(f"没有编码为 {code} 的居民", f"no resident has the code {code}"), 2)
    explanation = explain_resident(resident, as_of)
    if output is Form.JSON:
        print(json.dumps(_plain(explanation), ensure_ascii=False, indent=2, default=str))  # noqa: T201 - for programs
    else:
        _print(explanation)


explain.__doc__ = t(
    "说明一位居民为什么属于某人群、为什么有应做事项、为什么计入指标，直到每条记录和政策出处。",
    "Says why a resident is in a group, why something is due, why a figure counts them: down to records and sources.",
)


def _plain(value: Any) -> Any:
    """Dataclasses as mappings, texts as both wordings, for json."""
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.value if isinstance(value, Enum) else value


def _print(explanation: Explanation) -> None:
    tree = Tree(f"[bold]{escape(explanation.code)}[/]  {explanation.as_of}")
    groups = tree.add(t("人群", "Groups"))
    for group in explanation.groups:
        branch = groups.add(f"{_mark(group.member)} {escape(of(group.title))} [dim]{group.name}[/]")
        if group.member:
            _add(branch, group.trace)
    due = tree.add(t("应做事项", "Due"))
    for item in explanation.due:
        _add_due(due, item)
    figures = tree.add(t("指标", "Indicators"))
    for indicator in explanation.indicators:
        if indicator.in_denominator:
            branch = figures.add(
                f"{_mark(indicator.in_numerator)} {escape(of(indicator.title))} [dim]{indicator.name}[/]"
            )
            _add(branch, indicator.numerator)
    console.print(tree)


def _add_due(tree: Tree, item: DueExplained) -> None:
    status = {
        "overdue": t("逾期", "overdue"),
        "due": t("应做", "due"),
        "upcoming": t("未到期", "upcoming"),
    }[item.status]
    reason = f" – {escape(of(item.because))}" if item.because else ""
    branch = tree.add(f"[bold]{escape(of(item.title))}[/] {status}, {item.due_on}{reason}")
    for trace in item.traces:
        _add(branch, trace)


def _add(tree: Tree, trace: Trace) -> None:
    title = f"{of(trace.title)}: " if trace.title else ""
    result = escape(value_text(trace.result))
    branch = tree.add(f"{escape(title)}[bold]{result}[/] = {escape(trace.expression)}")
    if trace.filled not in (trace.expression, value_text(trace.result)):
        branch.add(f"[dim]{escape(trace.filled)}[/]")
    for evidence in trace.evidence:
        values = ", ".join(f"{name} {value_text(value)}" for name, value in evidence.values.items())
        branch.add(
            f"[cyan]{evidence.kind} {evidence.occurred_on}[/] {escape(values)} [dim]{escape(evidence.record_id)}[/]"
        )
    for basis in trace.bases:
        unverified = t("（待核）", " (unverified)") if basis.trust is Trust.UNVERIFIED else ""
        source = f"[dim]{basis.since}, {escape(of(basis.source))} {escape(basis.number or '')}[/]"
        branch.add(f"[magenta]{escape(of(basis.title))}: {escape(basis.value)}[/] {source}{unverified}")
    for part in trace.parts:
        _add(branch, part)


def _mark(yes: bool) -> str:
    return "[green]✓[/]" if yes else "[red]✗[/]"
