"""Postings as they stand in the records: who works where, from when to when, for the screens of both sides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from wangdi.engine.model.registers import WORKER
from wangdi.server.network.models import Institution, Place, Worker
from wangdi.server.planning.declaration import declaration, declared
from wangdi.server.records.models import RecordQuerySet, RecordVersion


@dataclass(frozen=True, slots=True)
class Posted:
    """A posting on record. ``ends``: its last day, None without; ``state``: where it stands in its workflow, None before
    there was one."""

    record: RecordVersion
    doctor: Worker
    centre: Institution
    begins: date
    ends: date | None

    @property
    def state(self) -> str | None:
        return self.record.state

    @property
    def covers(self) -> bool:
        """Whether the doctor's title is high enough for the centre to count as covered."""
        least, titles = declaration().doctors.least_title, WORKER.field("title_level").option_codes
        level = self.doctor.title_level
        return least is None or (level is not None and titles.index(level) >= titles.index(least))


def postings_at(area: Institution | Place, day: date) -> list[Posted]:
    """The postings to an institution, or to those of a place, that run on the day or begin later, the earliest first."""
    if isinstance(area, Institution):
        return _posted(_records().filter(institution=area), day)
    return _posted(_records().filter(institution__place__path__under=area.path), day)


def postings_from(hospital: Institution, day: date) -> list[Posted]:
    """The postings of a hospital's workers that run on the day or begin later."""
    workers = Worker.objects.filter(institution=hospital).values("pk")
    return _posted(_records().filter(subject__in=workers), day)


def postings_of(worker: Worker, day: date) -> list[Posted]:
    """Those of one worker that run on the day or begin later."""
    return _posted(_records().filter(subject=worker.pk), day)


def _records() -> RecordQuerySet:
    found = declared()
    if found is None:
        return RecordVersion.objects.none()
    is_posting = Q(state=None) | ~Q(state__in=found.posting.not_in)
    records = RecordVersion.objects.valid().filter(is_posting, kind__name=found.posting.kind)
    return records.filter(institution__type__in=found.receivers.types)


def _posted(records: RecordQuerySet, day: date) -> list[Posted]:
    found = list(records.select_related("institution__place", "kind"))
    doctors = Worker.objects.select_related("institution").in_bulk({one.subject for one in found})
    rows = [
        Posted(one, doctors[one.subject], one.institution, *days_of(one))
        for one in found
        if one.institution is not None and one.subject in doctors
    ]
    kept = [one for one in rows if one.ends is None or one.ends >= day]
    return sorted(kept, key=lambda one: (one.begins, one.doctor.code))


def days_of(record: RecordVersion) -> tuple[date, date | None]:
    """First and last day of a posting; without a first day, the day of the record."""
    posting = declaration().posting
    begins = _day(record.values.get(posting.from_)) or record.occurred_on
    return begins, _day(record.values.get(posting.to))


def _day(written: Any) -> date | None:
    return date.fromisoformat(written) if isinstance(written, str) and written else None


@dataclass(frozen=True, slots=True)
class Gap:
    """Days on which nobody is posted, both included."""

    begins: date
    ends: date


def gaps(days: Iterable[tuple[date, date | None]], begins: date, ends: date) -> Sequence[Gap]:
    """The stretches between two days that none of the postings covers."""
    found, free_from = [], begins
    for first, last in sorted(days, key=lambda one: one[0]):
        if first > ends:
            break
        if first > free_from:
            found.append(Gap(free_from, first - timedelta(days=1)))
        if last is None:
            return found
        free_from = max(free_from, last + timedelta(days=1))
    if free_from <= ends:
        found.append(Gap(free_from, ends))
    return found
