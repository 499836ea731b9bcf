"""Appending to the chain of changes in a transaction of bulk work."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils import timezone

from wangdi.server.audit.models import Change
from wangdi.server.audit.services import FIRST_HASH, hash_of
from wangdi.server.common.bulk import BulkWriter
from wangdi.server.common.jsontext import canonical_json


def next_change(writer: BulkWriter) -> int:
    """The id that `append_change` will give, as long as the transaction holds."""
    return int(writer.value("SELECT coalesce(max(id), 0) + 1 FROM audit_change"))


def append_change(writer: BulkWriter, action: str, actor_name: str, summary: Mapping[str, Any]) -> int:
    """Append a change and return its id. ``actor_name`` names a job, which has no account."""
    last = writer.rows("SELECT hash FROM audit_change ORDER BY id DESC LIMIT 1")
    change = Change(
        id=next_change(writer),
        at=timezone.now(),
        actor_name=actor_name,
        action=action,
        summary=dict(summary),
        prev_hash=last[0][0] if last else FIRST_HASH,
    )
    writer.execute(
        "INSERT INTO audit_change (id, at, actor_name, action, summary, prev_hash, hash) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            change.id,
            connection.ops.adapt_datetimefield_value(change.at),
            actor_name,
            action,
            canonical_json(change.summary),
            change.prev_hash,
            hash_of(change),
        ),
    )
    return change.id
