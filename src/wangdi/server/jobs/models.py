"""Long work that somebody started on a page: it runs in a process of its own, and the page can be left."""

from pathlib import Path

from django.conf import settings
from django.db import models

from wangdi.server.common.installation import Installation
from wangdi.server.common.jsontext import CompactJSON


class Job(models.Model):
    """``arguments`` are what the work was asked to do, ``result`` what came of it; files lie in ``folder``."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        LOST = "lost"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32)
    arguments = models.JSONField(encoder=CompactJSON)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    result = models.JSONField(encoder=CompactJSON, null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def folder(self) -> Path:
        return Installation.current().jobs / str(self.pk)

    @property
    def is_over(self) -> bool:
        return self.state not in (Job.State.WAITING, Job.State.RUNNING)
