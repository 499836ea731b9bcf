"""Hours that alerts may stay in a state. Workflows count in days, so hours are counted from when the store was written.

A record came into its state with the first of its latest versions that are in it: the moment of that version's change
is not the day that was entered, and nobody can date it back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from wangdi.engine.model.text import Text
from wangdi.server.records.models import RecordVersion
from wangdi.server.watch.declaration import Declaration


@dataclass(frozen=True, slots=True)
class Limit:
    """Since when a record is in its state, and by when it has to leave it; None without a limit."""

    since: datetime
    until: datetime | None

    def is_over(self, now: datetime) -> bool:
        return self.until is not None and now > self.until

    def left(self, now: datetime) -> Text | None:
        """``还剩 40 分钟``, ``超时 3 小时``."""
        if self.until is None:
            return None
        zh, en = _span(abs(self.until - now))
        if now > self.until:
            return Text(f"超时 {zh}", f"{en} too late")
        return Text(f"还剩 {zh}", f"{en} left")


def limits_of(records: Iterable[RecordVersion], declared: Declaration) -> dict[str, Limit]:
    """By record id, for records of the alerts' kind. One query."""
    wanted = {record.record_id: record.state for record in records}
    since: dict[str, datetime] = {}
    states: dict[str, str | None] = {}
    versions = RecordVersion.objects.filter(kind__name=declared.alert.kind, record_id__in=wanted)
    for record_id, state, at in versions.order_by("version").values_list("record_id", "state", "change__at"):
        if record_id not in states or states[record_id] != state:
            since[record_id], states[record_id] = at, state
    return {
        record_id: Limit(at, at + timedelta(hours=hours) if hours else None)
        for record_id, at in since.items()
        for hours in [declared.hours.get(wanted[record_id] or "", 0)]
    }


def _span(length: timedelta) -> tuple[str, str]:
    minutes = int(length.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} 分钟", f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} 小时", f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} 天", f"{minutes // (24 * 60)} days"
