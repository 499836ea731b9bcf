"""The sessions of a roster: which kind of record they are, and in which fields what stands, ``portal.yaml`` says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from wangdi.engine.model.clocks import DAY, clock_of, minutes_of
from wangdi.server.evaluation.services import rulebook
from wangdi.server.network.models import Institution, Worker
from wangdi.server.portal.declaration import declaration
from wangdi.server.records.models import RecordVersion

EARLIEST = timedelta(days=120)
"""Rosters are written at most so long before their day: sessions are found by the days of their records."""


@dataclass(frozen=True, slots=True)
class Session:
    """Part of a day in which a doctor sees patients. ``over``: what was answered of it afterwards, or when it was called
    off; empty before."""

    record: RecordVersion
    day: date
    part: str
    department: str
    doctor: Worker
    institution: Institution
    capacity: int
    kept: int
    """How many of the slots, from number 1 on, are kept for those who refer."""
    over: str

    @property
    def number(self) -> str:
        return self.record.record_id

    def time_of(self, slot: int) -> str:
        """When the slot of that number begins, such as ``08:20``; empty where the session does not say."""
        shape = declaration().booking
        begins = minutes_of(str(self.record.values.get(shape.starts) or "").strip().replace("：", ":"))
        if begins is None:
            return ""
        return clock_of((begins + int(self.record.values.get(shape.minutes) or 0) * (slot - 1)) % DAY)


def sessions_at(institutions: Mapping[int, Institution], first: date, last: date) -> list[Session]:
    """All sessions at these institutions from one day to another, in time order."""
    shape = declaration().booking
    records = RecordVersion.objects.valid().filter(
        kind__name=shape.slots,
        kind__about="worker",
        occurred_on__gte=first - EARLIEST,
        institution__in=list(institutions),
    )
    planned = [
        one
        for one in records
        if one.values.get(shape.day)
        and first <= day_in(one, shape.day) <= last
        and one.values.get(shape.part)
    ]
    doctors = Worker.objects.in_bulk([one.subject for one in planned])
    found = [
        session_of(one, doctors[one.subject], institutions[one.institution_id])
        for one in planned
        if one.institution_id is not None
    ]
    order = {code: at for at, code in enumerate(rulebook().kinds[shape.slots].field(shape.part).option_codes)}
    return sorted(found, key=lambda one: (one.day, order.get(one.part, 0), one.doctor.code, one.number))


def session_of(record: RecordVersion, doctor: Worker, institution: Institution) -> Session:
    """The session that a record with a day and a part of the day is."""
    declared = declaration()
    shape, reserving = declared.booking, declared.reserving
    return Session(
        record,
        day_in(record, shape.day),
        str(record.values[shape.part]),
        str(record.values.get(shape.department, "")),
        doctor,
        institution,
        int(record.values.get(shape.capacity) or 0),
        int(record.values.get(reserving.kept) or 0) if reserving is not None else 0,
        str(record.values.get(shape.closed_by) or ""),
    )


def day_in(record: RecordVersion, field: str) -> date:
    """The day that stands in a field that has one."""
    return date.fromisoformat(str(record.values[field]))
