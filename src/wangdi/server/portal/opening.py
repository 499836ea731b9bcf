"""When institutions are open, as they have published it. Which kinds and fields say so, ``portal.yaml`` says.

Nothing here is about residents, and nothing is shown before the day of its publication. The calendar knows weekdays, not
public holidays: whoever closes then publishes a change.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from wangdi.engine.model.calendar import Duration, Unit, shift
from wangdi.server.evaluation.models import DueItem
from wangdi.server.network.models import Institution
from wangdi.server.portal.declaration import PORTAL, HoursShape, PublicShape
from wangdi.server.portal.sessions import Session, sessions_at
from wangdi.server.records.models import RecordVersion

SATURDAY, SUNDAY = 5, 6
"""As `date.weekday` counts."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Of a part of the week; ``times`` as they were written, empty where nobody wrote any."""

    is_open: bool
    times: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Other hours, or none, from the ``first`` to the ``last`` day, both included."""

    first: date
    last: date
    hours: Hours
    notice: str

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Published:
    """What an institution published of its hours, on a day."""

    since: date
    published_on: date
    values: Mapping[str, Any]

    def hours(self, shape: HoursShape) -> Hours:
        """Where no field says whether it is open, it is."""
        is_open = shape.open is None or bool(self.values.get(shape.open))
        return Hours(is_open, str(self.values.get(shape.times or "") or "") if is_open else "")


@dataclass(frozen=True, slots=True)
class DayHours:
    """One day of an institution. ``change`` is the notice that makes it another day than usual."""

    day: date
    usual: Hours
    evening: Hours
    change: Change | None = None

    @property
    def is_open(self) -> bool:
        return self.usual.is_open or self.evening.is_open


@dataclass(frozen=True, slots=True)
class Opening:
    """What an institution has published: hours ``now`` in force, those ``coming`` later, changes from today on."""

    institution: Institution
    now: Published | None
    coming: Published | None
    changes: Sequence[Change]

    def on(self, day: date, shape: PublicShape) -> DayHours | None:
        """None where no hours are published for the day."""
        in_force = self.coming if self.coming is not None and self.coming.since <= day else self.now
        if in_force is None:
            return None
        change = next((one for one in self.changes if one.covers(day)), None)
        if change is not None:
            return DayHours(day, change.hours, Hours(False), change)
        weekend = {SATURDAY: shape.saturday, SUNDAY: shape.sunday}.get(day.weekday())
        if weekend is not None:
            return DayHours(day, in_force.hours(weekend), Hours(False))
        return DayHours(day, in_force.hours(shape.working), in_force.hours(shape.evening))

    def is_old(self, day: date, shape: PublicShape) -> bool:
        """Whether the hours were published so long ago that a reader should ask first."""
        return (
            self.now is not None and shift(self.now.published_on, Duration(shape.good_for, Unit.MONTHS)) < day
        )


def public() -> PublicShape | None:
    """None where the packs in force declare no notice."""
    declared = PORTAL.if_in_force()
    return declared.public if declared is not None else None


def openings(institutions: Iterable[Institution], day: date, shape: PublicShape) -> list[Opening]:
    """What each institution has published up to a day, in the order given."""
    asked = list(institutions)
    keys = [one.pk for one in asked]
    hours = _by_subject(shape.hours, keys, shape.published, day)
    changes = _by_subject(shape.change.kind, keys, shape.change.published, day)
    return [_opening(one, hours[one.pk], changes[one.pk], day, shape) for one in asked]


def _by_subject(
    kind: str, subjects: Sequence[int], published: str, day: date
) -> dict[int, list[RecordVersion]]:
    """Published records about institutions, the newest first."""
    records = RecordVersion.objects.valid().filter(
        kind__name=kind, kind__about="institution", subject__in=subjects
    )
    found: dict[int, list[RecordVersion]] = defaultdict(list)
    for one in records.order_by("-occurred_on", "-seq"):
        if is_published(one.values, published, day):
            found[one.subject].append(one)
    return found


def is_published(values: Mapping[str, Any], field: str, day: date) -> bool:
    written = values.get(field)
    return written is not None and str(written) <= day.isoformat()


def _opening(
    institution: Institution,
    hours: Sequence[RecordVersion],
    changes: Sequence[RecordVersion],
    day: date,
    shape: PublicShape,
) -> Opening:
    known = [_published(one, shape) for one in hours]
    now = max((one for one in known if one.since <= day), key=lambda one: one.since, default=None)
    coming = min((one for one in known if one.since > day), key=lambda one: one.since, default=None)
    notices = [_change(one, shape) for one in changes]
    return Opening(institution, now, coming, [one for one in notices if one.last >= day])


def _published(record: RecordVersion, shape: PublicShape) -> Published:
    since = record.values.get(shape.valid_from)
    return Published(
        date.fromisoformat(str(since)) if since else record.occurred_on,
        date.fromisoformat(str(record.values[shape.published])),
        record.values,
    )


def _change(record: RecordVersion, shape: PublicShape) -> Change:
    values, names = record.values, shape.change
    is_closed = bool(values.get(names.closed))
    return Change(
        date.fromisoformat(str(values[names.first])),
        date.fromisoformat(str(values[names.last])),
        Hours(not is_closed, "" if is_closed else str(values.get(names.times) or "")),
        str(values.get(names.notice) or ""),
    )


def public_sessions(institution: Institution, day: date, shape: PublicShape) -> list[Session]:
    """The published sessions of the next days, called off or not, but none that is over."""
    last = day + timedelta(days=shape.session.days - 1)
    return [
        one
        for one in sessions_at({institution.pk: institution}, day, last)
        if is_published(one.record.values, shape.session.published, day)
    ]


def owing(institutions: Iterable[Institution], day: date, shape: PublicShape) -> list[Institution]:
    """Those of whom the rules ask for published hours, and who owe them on a day."""
    asked = {one.pk: one for one in institutions}
    items = DueItem.objects.filter(entity="institution", schedule=shape.owed, subject__in=list(asked))
    return [asked[key] for key in dict.fromkeys(items.open_on(day).values_list("subject", flat=True))]
