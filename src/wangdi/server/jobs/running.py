"""Starting jobs from a page, and running them in a process of their own, one at a time.

The process is started by the page and needs no service beside the server. A job that waits sees by its neighbours' sign
of life when it is its turn, so a killed one holds nobody up for longer than `SILENT_SECONDS`.
"""

import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping
from datetime import timedelta
from pathlib import PurePath
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone

from wangdi.server.audit.services import record_change
from wangdi.server.jobs.models import Job
from wangdi.server.jobs.packs import UPLOAD
from wangdi.server.jobs.progress import Reporter, is_alive
from wangdi.server.jobs.work import PLAN, WORK

KEPT_DAYS = 14
"""How long the files of a job that is over stay: they may hold personal data."""

_TURN_SECONDS = 1.0

_started: list[subprocess.Popen[bytes]] = []


def start_job(
    kind: str, arguments: Mapping[str, Any], *, actor: User, upload: "UploadedFile[Any] | None" = None
) -> Job:
    """Write down the job with its file and start its process. ``upload`` keeps its name, which for csv is a table's."""
    name = PurePath(upload.name or "").name if upload else ""
    with transaction.atomic():
        job = Job.objects.create(kind=kind, arguments={**arguments, "file": name}, actor=actor)
        summary = {"job": job.pk, "kind": kind, "file": upload.name if upload else None}
        record_change("job.start", actor=actor, summary=summary)
        (job.folder / UPLOAD).mkdir(parents=True)
        if upload is not None:
            with (job.folder / UPLOAD / name).open("wb") as file:
                for chunk in upload.chunks():
                    file.write(chunk)
    launch(job)
    return job


def launch(job: Job) -> None:
    """The process is not this one's to wait for; those that have ended are forgotten."""
    _started[:] = [one for one in _started if one.poll() is None]
    command = [sys.executable, "-m", "wangdi.server.jobs", str(job.pk)]
    _started.append(
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
    )


def run_job(number: int) -> None:
    """Wait for the job's turn, do its work, and write down how it ended."""
    while not _take_turn(number):
        time.sleep(_TURN_SECONDS)
    job = Job.objects.select_related("actor").get(pk=number)
    if job.state != Job.State.RUNNING:
        return
    try:
        with Reporter(job.folder) as report:
            name = job.actor.get_username() if job.actor else "wangdi jobs"
            job.result = WORK[job.kind](job.folder, job.arguments, name, report)
        job.state = Job.State.DONE
    except Exception as error:
        job.state, job.error = Job.State.FAILED, f"{type(error).__name__}: {error}"
        (job.folder / "error.txt").write_text(traceback.format_exc(), "utf-8")
    connection.close()
    job.ended_at = timezone.now()
    job.save(update_fields=["state", "result", "error", "ended_at"])
    clear_old_files()


def _take_turn(number: int) -> bool:
    """Whether the job runs now, or needs to no more: nothing else of its sort runs. Plans wait for plans alone."""
    mark_lost()
    with transaction.atomic():
        job = Job.objects.filter(pk=number, state=Job.State.WAITING).first()
        if job is None:
            return True
        running = Job.objects.filter(state=Job.State.RUNNING)
        beside = running.filter(kind=PLAN) if job.kind == PLAN else running.exclude(kind=PLAN)
        if beside.exists():
            return False
        folder = Job(pk=number).folder
        with Reporter(folder):
            Job.objects.filter(pk=number).update(state=Job.State.RUNNING, started_at=timezone.now())
    return True


def mark_lost() -> None:
    """Running jobs without a sign of life are over."""
    for job in Job.objects.filter(state=Job.State.RUNNING):
        if not is_alive(job.folder):
            Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(
                state=Job.State.LOST, ended_at=timezone.now()
            )


def clear_old_files() -> None:
    until = timezone.now() - timedelta(days=KEPT_DAYS)
    for job in Job.objects.filter(ended_at__lt=until):
        shutil.rmtree(job.folder, ignore_errors=True)
