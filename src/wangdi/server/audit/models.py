"""Who changed what, when: append-only, each row sealed by the hash of the one before it."""

import json
from functools import lru_cache
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models.fields.json import KeyTransform

from wangdi.server.common.jsontext import CompactJSON


@lru_cache(maxsize=64)
def _read(summary: str) -> Any:
    return json.loads(summary)


class SharedJSONField(models.JSONField):
    """JSON that many rows are read with: a load, which tells how many rows of every table it brought, is the change of all
    its records, and a page lists hundreds of them. Who reads it gets the same object and does not alter it."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if isinstance(expression, KeyTransform) or not isinstance(value, str):
            return super().from_db_value(value, expression, connection)
        return _read(value)

    def deconstruct(self) -> Any:
        """As a JSONField, which it is to the store."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


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
    summary = SharedJSONField(encoder=CompactJSON)
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
