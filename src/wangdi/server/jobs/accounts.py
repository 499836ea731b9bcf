"""Accounts from a file, and new one-time passwords for many; what is to be handed over lies sealed in the job's folder."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User

from wangdi.interchange.tabular.annotate import annotate
from wangdi.server.accounts.bulk import make_accounts, reset_passwords
from wangdi.server.accounts.handing import keep_sealed
from wangdi.server.accounts.reading import read_accounts
from wangdi.server.common.loading import OnProgress
from wangdi.server.jobs.files import MARKED, SHOWN_PROBLEMS, problems_told
from wangdi.server.jobs.packs import UPLOAD


def make_from_file(
    folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress
) -> dict[str, Any]:
    """Make the accounts of a file, all or none. ``arguments``: ``file``; ``check_only``; ``days``, see `VALID_DAYS`."""
    file, actor = folder / UPLOAD / arguments["file"], User.objects.get(username=actor_name)
    try:
        report("read", 0, 0)
        found = read_accounts(file, actor)
        notes = [note.message.as_json() for note in found.result.notes[:SHOWN_PROBLEMS]]
        read = {"notes": notes, "accounts": len(found.accounts), "there": found.there}
        if not found.result.ok:
            report("annotate", 0, 0)
            annotate(file, found.result, folder / MARKED)
            return read | problems_told(found.result)
    finally:
        shutil.rmtree(folder / UPLOAD, ignore_errors=True)
    if arguments.get("check_only"):
        return read | {"outcome": "accounts checked"}
    if found.accounts:
        keep_sealed(folder, make_accounts(found.accounts, actor=actor, days=arguments["days"]))
    return read | {"outcome": "accounts made"}


def reset(folder: Path, arguments: Mapping[str, Any], actor_name: str, report: OnProgress) -> dict[str, Any]:
    """New one-time passwords. ``arguments``: ``users``, their names; ``days``."""
    actor = User.objects.get(username=actor_name)
    chosen = User.objects.filter(username__in=arguments["users"])
    handed = reset_passwords(chosen, actor=actor, days=arguments["days"])
    if handed:
        keep_sealed(folder, handed)
    return {"outcome": "passwords set", "accounts": len(handed)}
