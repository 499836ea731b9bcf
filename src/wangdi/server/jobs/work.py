"""What jobs do: each kind of work gets its folder and arguments, reports progress, and returns what came of it."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from django.contrib.auth.models import User
from django.utils import timezone

from wangdi.interchange.tabular.annotate import annotate
from wangdi.interchange.tabular.read import read_tables
from wangdi.methods.problems import BadInput
from wangdi.server.backups.making import make_backup
from wangdi.server.common.installation import Installation
from wangdi.server.common.loading import LoadError, OnProgress
from wangdi.server.duplicates.finding import find_pairs
from wangdi.server.evaluation.publishing import evaluate_and_publish
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.jobs.accounts import make_from_file, reset
from wangdi.server.jobs.files import MARKED, SHOWN_PROBLEMS, problems_told, refusals_told
from wangdi.server.jobs.packs import UPLOAD, adopt_packs, remove_packs, roll_back_packs, try_packs
from wangdi.server.jobs.periods import close_months, compare_month
from wangdi.server.network.known import StoreKnown
from wangdi.server.planning.making import make_as_told
from wangdi.server.records.bulk import load_tables
from wangdi.server.watch.alerts import watch

Work: TypeAlias = Callable[[Path, Mapping[str, Any], str, OnProgress], dict[str, Any]]
"""Folder, arguments, name of whoever started it, progress."""

PLAN = "plan"
"""The kind of the jobs that work out plans: they read much and write little, and wait for one another alone."""


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
        "notes": [note.message.as_json() for note in found.notes[:SHOWN_PROBLEMS]],
    }
    if not found.ok:
        report("annotate", 0, 0)
        annotate(file, found, folder / MARKED)
        return read | problems_told(found)
    if arguments.get("check_only"):
        return read | {"outcome": "checked"}
    try:
        summary = load_tables(
            found.tables, kinds=kinds, actor_name=actor_name, rulebook=rulebook(), on_progress=report
        )
    except LoadError as error:
        return read | refusals_told(error, kinds)
    tables = {
        name: {"created": one.created, "amended": one.amended, "unchanged": one.unchanged}
        for name, one in summary.tables.items()
    }
    if arguments.get("evaluate") and summary.changed:
        evaluate_and_publish(Installation.current(), timezone.localdate(), report)
    return read | {"outcome": "loaded", "tables": tables, "change": summary.change_id}


def evaluate(
    folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress
) -> dict[str, Any]:
    """Bring due items and figures up to date."""
    published = evaluate_and_publish(Installation.current(), timezone.localdate(), report)
    return {"residents": published.residents, "due_items": published.due_items}


def look(folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress) -> dict[str, Any]:
    """Look at all channels of early warning and raise what there is to raise."""
    found = watch(Installation.current(), timezone.localdate(), report, actor_name)
    new = sum(one.outcome == "new" for one in found.raised)
    return {"outcome": "looked", "signals": len(found.signals), "new": new}


def back_up(
    folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress
) -> dict[str, Any]:
    """Make a backup where backups are kept, and verify it."""
    made = make_backup(Installation.current().backups, actor_name=actor_name, on_progress=report)
    return {"outcome": "backed up", "file": str(made.path), "bytes": made.bytes}


def plan(folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress) -> dict[str, Any]:
    """Work out a plan about places and keep it; ``arguments`` as `planning.making.as_arguments` gives them."""
    actor = User.objects.filter(username=actor_name).first()
    try:
        made = make_as_told(arguments, actor, report)
    except BadInput as wrong:
        return {"outcome": "bad input", "told": [problem.as_json() for problem in wrong.problems]}
    return {"outcome": "planned", "plan": made.pk}


def find_duplicates(
    folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress
) -> dict[str, Any]:
    """Look for files of one person; the likeliest pairs are kept for people to judge."""
    kept, found = find_pairs(report)
    return {"outcome": "duplicates", "count": kept, "found": found}


WORK: Mapping[str, Work] = {
    "import": import_file,
    "accounts": make_from_file,
    "passwords": reset,
    "evaluate": evaluate,
    "close": close_months,
    "compare": compare_month,
    "backup": back_up,
    "packs": try_packs,
    "duplicates": find_duplicates,
    "packs_adopt": adopt_packs,
    "packs_remove": remove_packs,
    "packs_rollback": roll_back_packs,
    PLAN: plan,
    "watch": look,
}
"""The work of each kind of job."""
