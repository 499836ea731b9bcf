"""Writing and checking the chain of changes."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from wangdi.server.audit.models import Change
from wangdi.server.common.jsontext import canonical_json

FIRST_HASH = "0" * 64
"""What the first change of an installation follows."""


def record_change(
    action: str,
    *,
    actor: AbstractBaseUser | None = None,
    actor_name: str = "",
    summary: Mapping[str, Any] | None = None,
) -> Change:
    """Append a change in the caller's transaction. ``actor_name`` names a job without one."""
    with transaction.atomic():
        last = Change.objects.select_for_update().order_by("-id").first()
        change = Change(
            at=timezone.now(),
            actor_id=actor.pk if actor else None,
            actor_name=actor_name or (actor.get_username() if actor else ""),
            action=action,
            summary=dict(summary or {}),
            prev_hash=last.hash if last else FIRST_HASH,
        )
        change.hash = hash_of(change)
        change.save(force_insert=True)
    return change


def verify_chain() -> int | None:
    """The id of the first change that was altered, or whose predecessor was removed; None when all hold.

    A chain whose newest changes were cut off still holds: only a copy of the newest hash tells.
    """
    expected = FIRST_HASH
    for change in Change.objects.order_by("id").iterator(chunk_size=2000):
        if change.prev_hash != expected or change.hash != hash_of(change):
            return change.id
        expected = change.hash
    return None


def hash_of(change: Change) -> str:
    return chain_hash(
        change.prev_hash, change.at, change.actor_id, change.actor_name, change.action, change.summary
    )


def chain_hash(
    prev_hash: str,
    at: datetime,
    actor_id: int | None,
    actor_name: str,
    action: str,
    summary: Mapping[str, Any],
) -> str:
    """SHA-256 over everything a change says and the hash of the one before it."""
    content = [prev_hash, at.astimezone(UTC).isoformat(), actor_id, actor_name, action, dict(summary)]
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()
