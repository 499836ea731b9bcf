"""Explanations on the terminal: traces as trees, and everything as plain values for json."""

import dataclasses
import json
from collections.abc import Iterable
from enum import Enum
from typing import Any

from rich.markup import escape
from rich.tree import Tree

from wangdi.cli.wording import of, t
from wangdi.engine.explain.trace import Basis, Trace
from wangdi.engine.explain.wording import value_text
from wangdi.engine.model.parameters import AppliesBy, Trust
from wangdi.engine.model.text import Text


def add_trace(tree: Tree, trace: Trace) -> None:
    """A trace as a branch, with records, sources and parts under it."""
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
    add_bases(branch, trace.bases)
    for part in trace.parts:
        add_trace(branch, part)


def add_bases(tree: Tree, bases: Iterable[Basis]) -> None:
    """The policy values used, with day and source."""
    for basis in bases:
        unverified = t("（待核）", " (unverified)") if basis.trust is Trust.UNVERIFIED else ""
        source = f"[dim]{_validity(basis)}, {escape(of(basis.source))} {escape(basis.number or '')}[/]"
        tree.add(f"[magenta]{escape(of(basis.title))}: {escape(basis.value)}[/] {source}{unverified}")


def _validity(basis: Basis) -> str:
    """For which days a policy value applies, and when it was last checked."""
    born = basis.applies_by is AppliesBy.BIRTH_DATE
    since = t("{day} 及以后出生者", "born from {day} on") if born else t("自 {day}", "since {day}")
    checked = t("，{day} 核对仍有效", ", found still valid on {day}") if basis.checked_on else ""
    return since.format(day=basis.since) + checked.format(day=basis.checked_on)


def mark(yes: bool) -> str:
    """A tick or a cross."""
    return "[green]✓[/]" if yes else "[red]✗[/]"


def print_json(explanation: Any) -> None:
    """An explanation as programs read it."""
    print(json.dumps(_plain(explanation), ensure_ascii=False, indent=2, default=str))  # noqa: T201 - for programs


def _plain(value: Any) -> Any:
    """Dataclasses as mappings, texts as both wordings, for json."""
    if isinstance(value, Text):
        return value.as_json()
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.value if isinstance(value, Enum) else value
