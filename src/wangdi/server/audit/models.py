"""Who changed what, when: append-only, each row sealed by the hash of the one before it."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models

from wangdi.server.common.jsontext import CompactJSON


class Change(models.Model):
    """One act of a person or a job. Written by ``record_change`` and the bulk load only, never altered."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor_name = models.CharField(max_length=150)
    """The name at the time; also that of a job, which has no account."""
    action = models.CharField(max_length=64)
    summary = models.JSONField(encoder=CompactJSON)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(fields=("actor", "at"), name="change_actor"),
            models.Index(fields=("action", "id"), name="change_action"),
            models.Index(fields=("actor_name", "id"), name="change_actor_name"),
            models.Index(fields=("at",), name="change_at"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.action} ({self.actor_name})"

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise TypeError("a change is never altered; record another one")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise TypeError("a change is never removed")
