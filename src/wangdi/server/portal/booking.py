"""Booking a slot of a clinic session, and giving it back. Which kinds of record these are, ``portal.yaml`` says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from wangdi.engine.model.kinds import Kind
from wangdi.server.common.paths import SEPARATOR
from wangdi.server.evaluation.services import rulebook, save_and_refresh, today, transition_and_refresh
from wangdi.server.network.models import Institution, Resident
from wangdi.server.portal.codes import Refused
from wangdi.server.portal.declaration import BookingShape, declaration
from wangdi.server.portal.numbers import free_numbers
from wangdi.server.portal.sessions import Session, day_in, sessions_at
from wangdi.server.records.models import RecordQuerySet, RecordVersion
from wangdi.server.records.services import newest_version

LONGEST_WISH = 100


@dataclass(frozen=True, slots=True)
class Slot:
    """A session that can be booked, or could be: the numbers of its slots that everybody may have and nobody has."""

    session: Session
    numbers: Sequence[int]

    @property
    def left(self) -> int:
        return len(self.numbers)


def slots_for(resident: Resident) -> list[Slot]:
    """The sessions of the next days at the institution that looks after the resident and those above it: by day, of each
    day those close to home first."""
    shape, first = declaration().booking, today() + timedelta(days=1)
    last = first + timedelta(days=shape.days_ahead - 1)
    planned = sessions_at(_institutions(resident), first, last)
    sessions = [one for one in planned if one.capacity and not one.over]
    free = free_numbers(sessions, today())
    near = sorted(sessions, key=lambda one: (one.day, -len(one.institution.path)))
    return [Slot(one, free[one.number].general) for one in near]


def _institutions(resident: Resident) -> dict[int, Institution]:
    if resident.institution is None:
        return {}
    codes = resident.institution.path.strip(SEPARATOR).split(SEPARATOR)
    return {one.pk: one for one in Institution.objects.filter(code__in=codes, closed_on=None)}


def appointments_of(resident: Resident) -> RecordQuerySet:
    """The appointments of a resident that stand, those to come first."""
    shape = declaration().booking
    return RecordVersion.objects.valid().filter(
        kind__name=shape.appointment, kind__about="resident", subject=resident.pk, state=shape.booked
    )


def upcoming(resident: Resident) -> list[RecordVersion]:
    """The appointments that stand from today on, by day."""
    field, first = declaration().booking.appointment_day, today().isoformat()
    standing = [
        one for one in appointments_of(resident).select_related("institution") if one.values[field] >= first
    ]
    return sorted(standing, key=lambda one: str(one.values[field]))


def book(resident: Resident, number: str, wish: str, record_id: str, *, actor_name: str) -> RecordVersion:
    """Books a slot of the session of that number. Sending it again changes nothing.

    `Refused` when there is no such session any more, no slot is left, or the resident has booked it, or enough, already.
    """
    shape = declaration().booking
    with transaction.atomic():
        before = appointments_of(resident).filter(record_id=record_id).first()
        if before is not None:
            return before
        lock(number)
        slot = next((one for one in slots_for(resident) if one.session.number == number), None)
        _refuse_impossible(resident, slot, shape)
        if slot is None:
            raise ValueError("a slot that does not exist was not refused")
        values = place_in(slot.session, slot.numbers[0]) | {shape.wish: wish[:LONGEST_WISH] or None}
        return save_and_refresh(
            actor=None,
            actor_name=actor_name,
            kind=_appointment(shape),
            record_id=record_id,
            subject_code=resident.code,
            institution_code=slot.session.institution.code,
            occurred_on=today(),
            values=values,
        )


def lock(number: str) -> None:
    """Whoever books a slot of the same session waits until this transaction ends. PostgreSQL needs it; SQLite lets one
    write at a time anyway."""
    newest_version(rulebook().kinds[declaration().booking.slots], number)


def place_in(session: Session, slot: int) -> dict[str, object]:
    """What an appointment says of the slot that it holds."""
    shape = declaration().booking
    return {
        shape.session: session.number,
        shape.appointment_day: session.day.isoformat(),
        shape.appointment_part: session.part,
        shape.doctor: session.doctor.code,
        shape.number: slot,
        shape.time: session.time_of(slot) or None,
        shape.waited: (session.day - today()).days,
    }


def _refuse_impossible(resident: Resident, slot: Slot | None, shape: BookingShape) -> None:
    standing = upcoming(resident)
    if slot is None:
        raise Refused("这个时段已不能预约，请另选", "this session can no longer be booked; choose another")
    if slot.left <= 0:
        raise Refused("这个时段已约满，请另选", "no slot is left in this session; choose another")
    if any(one.values.get(shape.session) == slot.session.number for one in standing):
        raise Refused("您已经约了这个时段", "you have booked this session already")
    if len(standing) >= shape.most:
        raise Refused(
            f"最多同时预约 {shape.most} 次，请先取消一个",
            f"at most {shape.most} appointments; cancel one first",
        )


def cancel(resident: Resident, record_id: str, *, actor_name: str) -> RecordVersion:
    """Gives a slot back. `Refused` for an appointment that does not stand, or whose day has come."""
    shape = declaration().booking
    found = next((one for one in upcoming(resident) if one.record_id == record_id), None)
    if found is None or day_in(found, shape.appointment_day) <= today():
        raise Refused(
            "这个预约已不能在网上取消，请打电话给医生",
            "this appointment can no longer be cancelled here; call your doctor",
        )
    return transition_and_refresh(
        actor=None,
        actor_name=actor_name,
        kind=_appointment(shape),
        record_id=record_id,
        transition=shape.cancel,
        on=today(),
        expected_version=found.version,
    )


def _appointment(shape: BookingShape) -> Kind:
    return rulebook().kinds[shape.appointment]
