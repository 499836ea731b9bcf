"""What jobs do: each kind of work gets its folder and arguments, reports progress, and returns what came of it."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from django.utils import timezone

from wangdi.interchange.tabular.annotate import annotate
from wangdi.interchange.tabular.problems import Problem
from wangdi.interchange.tabular.read import ReadResult, read_tables
from wangdi.server.backups.making import make_backup
from wangdi.server.common.installation import Installation
from wangdi.server.common.loading import LoadError, OnProgress
from wangdi.server.evaluation.publishing import evaluate_and_publish
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.jobs.packs import UPLOAD, try_packs
from wangdi.server.network.known import StoreKnown
from wangdi.server.records.bulk import load_tables

Work: TypeAlias = Callable[[Path, Mapping[str, Any], str, OnProgress], dict[str, Any]]
"""Folder, arguments, name of whoever started it, progress."""

MARKED = "problems.xlsx"
"""The copy of a file in which every problem is marked."""

SHOWN_PROBLEMS = 50


def import_file(
    folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress
) -> dict[str, Any]:
    """Read the file, check all of it, and load it or nothing; the file itself is removed afterwards.

    ``arguments``: ``file``, its name in the folder `UPLOAD`; ``check_only``; ``evaluate``, to bring pages up to date, too.
    """
    file = folder / UPLOAD / arguments["file"]
    try:
        return _import(file, folder, arguments, actor_name, report)
    finally:
        shutil.rmtree(folder / UPLOAD, ignore_errors=True)


def _import(
    file: Path, folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress
) -> dict[str, Any]:
    kinds = rulebook().kinds
    report("read", 0, 0)
    found = read_tables(file, kinds=kinds, known=StoreKnown())
    read = {
        "rows": dict(found.row_counts),
        "notes": [_pair(note.message) for note in found.notes[:SHOWN_PROBLEMS]],
    }
    if not found.ok:
        report("annotate", 0, 0)
        annotate(file, found, folder / MARKED)
        return read | _problems(found)
    if arguments.get("check_only"):
        return read | {"outcome": "checked"}
    try:
        summary = load_tables(
            found.tables, kinds=kinds, actor_name=actor_name, rulebook=rulebook(), on_progress=report
        )
    except LoadError as error:
        refused = [
            {"where": f"{one.table}.{one.column}", "message": _pair(one.message)} for one in error.problems
        ]
        return read | {"outcome": "problems", "count": len(refused), "problems": refused[:SHOWN_PROBLEMS]}
    tables = {
        name: {"created": one.created, "amended": one.amended, "unchanged": one.unchanged}
        for name, one in summary.tables.items()
    }
    if arguments.get("evaluate") and summary.changed:
        evaluate_and_publish(Installation.current(), timezone.localdate(), report)
    return read | {"outcome": "loaded", "tables": tables, "change": summary.change_id}


def _problems(found: ReadResult) -> dict[str, Any]:
    shown = [_described(problem) for problem in found.problems[:SHOWN_PROBLEMS]]
    return {"outcome": "problems", "count": found.problem_count, "problems": shown, "marked": MARKED}


def _described(problem: Problem) -> dict[str, Any]:
    return {
        "where": str(problem.where),
        "value": problem.value or "",
        "message": _pair(problem.message),
        "hint": _pair(problem.hint),
    }


def _pair(text: Any) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def evaluate(
    folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress
) -> dict[str, Any]:
    """Bring due items and figures up to date."""
    published = evaluate_and_publish(Installation.current(), timezone.localdate(), report)
    return {"residents": published.residents, "due_items": published.due_items}


def back_up(
    folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress
) -> dict[str, Any]:
    """Make a backup where backups are kept, and verify it."""
    made = make_backup(Installation.current().backups, actor_name=actor_name, on_progress=report)
    return {"outcome": "backed up", "file": str(made.path), "bytes": made.bytes}


WORK: Mapping[str, Work] = {
    "import": import_file,
    "evaluate": evaluate,
    "backup": back_up,
    "packs": try_packs,
}
"""The work of each kind of job."""
