"""Keeping plans about places with the files they were made from, and asking the same again."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from wangdi.engine.model.text import Text
from wangdi.methods.problems import BadInput
from wangdi.server.audit.services import record_change
from wangdi.server.common.installation import Installation
from wangdi.server.network.models import Place
from wangdi.server.planning.asking import KeptFile, Question
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.sheets import Document

ENDINGS = (".osm.pbf", ".osm")
"""By which readers know what a file is."""

MOST_BYTES = 50_000_000
"""Of a file that is brought: a county's matrix is some megabytes."""


def keep_file(name: str, content: bytes) -> KeptFile:
    """Puts a file beside the store, under the hash of its content. `BadInput` when it is too large."""
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise BadInput([Text(f"{name} 超过 {most} MB", f"{name} is larger than {most} MB")])
    folder = Installation.current().plans
    folder.mkdir(parents=True, exist_ok=True)
    ending = next((one for one in ENDINGS if name.lower().endswith(one)), "")
    path = folder / (hashlib.sha256(content).hexdigest() + ending)
    if not path.exists():
        with NamedTemporaryFile(dir=folder, prefix=".new-", delete=False) as copy:
            copy.write(content)
        Path(copy.name).replace(path)  # whole or not at all, also when the power goes
    return KeptFile(name, path)


def settings_of(question: Question) -> dict[str, Any]:
    """The question as JSON keeps it."""
    return {"values": dict(question.values), "files": settings_of_files(question.files)}


def settings_of_files(files: Mapping[str, KeptFile]) -> dict[str, list[str]]:
    return {name: [file.name, file.path.name] for name, file in files.items()}


def question_of(place: Place | None, as_of: Any, settings: Mapping[str, Any]) -> Question:
    """What `settings_of` gave. `BadInput` when a file is gone, as after a restore."""
    return Question(place, as_of, settings["values"], kept_files(settings["files"]))


def kept_files(settings: Mapping[str, Sequence[str]]) -> dict[str, KeptFile]:
    """What `settings_of_files` gave. `BadInput` when a file is gone."""
    folder = Installation.current().plans
    files = {name: KeptFile(said, folder / kept) for name, (said, kept) in settings.items()}
    gone = [file.name for file in files.values() if not file.path.exists()]
    if gone:
        names = ", ".join(gone)
        raise BadInput(
            [Text(f"文件已不在，请重新上传：{names}", f"files are gone, bring them again: {names}")]
        )
    return files


def keep_document(
    question: Question,
    place: Place,
    sort: str,
    document: Document,
    *,
    actor: AbstractBaseUser | None,
    title: str,
    made_from: KeptPlan | None = None,
) -> KeptPlan:
    """Keeps a plan in one change of the audit chain; without an actor the command wrote it."""
    with transaction.atomic():
        summary = {"place": place.code, "sort": sort}
        change = record_change(
            "plan.keep", actor=actor, actor_name="" if actor else "wangdi plan", summary=summary
        )
        return KeptPlan.objects.create(
            sort=sort,
            place=place,
            title=title,
            as_of=question.as_of,
            begins=question.as_of,
            settings=settings_of(question),
            document=document.kept(),
            made_from=made_from,
            change=change,
        )
