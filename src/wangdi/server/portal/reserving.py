"""Slots that are kept for those who refer: seen and taken while referring, given back, changed. Which kinds of record
refer, ``portal.yaml`` says. A slot is held by an appointment, which is the same record as one that a resident booked.

Permission to write about whom a referral is about is the caller's to check.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from uuid6 import uuid7

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.workflows import STATE
from wangdi.server.evaluation.services import rulebook, save_and_refresh, today, transition_and_refresh
from wangdi.server.network.models import Institution, Resident
from wangdi.server.portal.booking import lock, place_in
from wangdi.server.portal.codes import Refused
from wangdi.server.portal.declaration import PORTAL, Declaration, ReferringShape, ReservingShape, declaration
from wangdi.server.portal.numbers import free_numbers, given_back_states
from wangdi.server.portal.sessions import Session, day_in, sessions_at
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import newest_version


@dataclass(frozen=True, slots=True)
class KeptSlots:
    """A session with the numbers of its kept slots that nobody has."""

    session: Session
    numbers: Sequence[int]


def referring(kind: str) -> ReferringShape | None:
    """How a kind of record takes kept slots; None for kinds that do not."""
    declared = PORTAL.if_in_force()
    if declared is None or declared.reserving is None:
        return None
    return next((one for one in declared.reserving.kinds if one.kind == kind), None)


def may_hold(record: RecordVersion, shape: ReferringShape) -> bool:
    """Whether a referral is in a state in which it takes and keeps a slot."""
    return record.status == RecordVersion.Status.FINAL and record.values.get(STATE) in shape.open


def kept_slots(record: RecordVersion, shape: ReferringShape) -> list[KeptSlots]:
    """The sessions of the institution referred to that have free slots for whoever refers: those of the department that
    the referral names first, then in time order."""
    receiver = _receiver(record, shape)
    if receiver is None or not may_hold(record, shape):
        return []
    wanted = str(record.values.get(shape.department) or "")
    found = _sessions(receiver, _sender(record))
    free = free_numbers(found, today())
    kept = [KeptSlots(one, free[one.number].kept) for one in found if free[one.number].kept]
    return sorted(kept, key=lambda one: not (wanted and wanted in one.session.department))


def _receiver(record: RecordVersion, shape: ReferringShape) -> Institution | None:
    return Institution.objects.filter(code=record.values.get(shape.to), closed_on=None).first()


def _sender(record: RecordVersion) -> Institution | None:
    """Where the referral was written, or who looks after whom it is about."""
    if record.institution is not None:
        return record.institution
    resident = Resident.objects.filter(pk=record.subject).select_related("institution").first()
    return resident.institution if resident is not None else None


def _sessions(receiver: Institution, sender: Institution | None) -> list[Session]:
    """Those to come, today's included, that keep slots for the sender."""
    reserving = _reserving(declaration())
    last = today() + timedelta(days=reserving.days - 1)
    planned = [
        one for one in sessions_at({receiver.pk: receiver}, today(), last) if one.kept and not one.over
    ]
    codes = {str(one.record.values.get(reserving.kept_for) or "") for one in planned} - {""}
    paths = dict(Institution.objects.filter(code__in=codes).values_list("code", "path"))
    return [one for one in planned if _is_for(one, sender, paths, reserving.kept_for)]


def _is_for(session: Session, sender: Institution | None, paths: dict[str, str], field: str) -> bool:
    code = str(session.record.values.get(field) or "")
    if not code:
        return True
    return sender is not None and code in paths and sender.path.startswith(paths[code])


def _reserving(declared: Declaration) -> ReservingShape:
    if declared.reserving is None:
        raise ValueError("no kept slots are declared")
    return declared.reserving


def held_by(record: RecordVersion) -> RecordVersion | None:
    """The appointment that a referral holds a slot by; None where it holds none."""
    shape, reserving = declaration().booking, _reserving(declaration())
    standing = RecordVersion.objects.valid().filter(
        kind__name=shape.appointment, kind__about="resident", subject=record.subject, state=shape.booked
    )
    found = standing.select_related("institution")
    return next((one for one in found if one.values.get(reserving.origin) == record.record_id), None)


def take(record: RecordVersion, session: str, slot: int, *, actor: AbstractBaseUser) -> RecordVersion:
    """Takes a kept slot for whom a referral is about; one that it holds already is given back in the same moment.

    `Refused` where the slot is not free, or not for this referral. Sending it again changes nothing.
    """
    shape = referring(record.kind.name)
    if shape is None:
        raise ValueError(f"{record.kind.name} takes no slots")
    with transaction.atomic():
        lock(session)
        held, names = held_by(record), declaration().booking
        if held is not None and (held.values.get(names.session), held.values.get(names.number)) == (
            session,
            slot,
        ):
            return held
        found = next((one for one in kept_slots(record, shape) if one.session.number == session), None)
        if found is None or slot not in found.numbers:
            raise Refused(
                "这个号刚刚被别人约走，或已不能预约，请另选",
                "this slot has just been taken, or cannot be had any more; choose another",
            )
        if held is not None:
            _cancel(held, actor)
        made = _book(record, found.session, slot, actor)
        _note(record, shape, actor, day=found.session.day.isoformat(), used=True)
        return made


def _book(record: RecordVersion, session: Session, slot: int, actor: AbstractBaseUser) -> RecordVersion:
    names, reserving = declaration().booking, _reserving(declaration())
    marked = {reserving.mark: True, reserving.origin: record.record_id}
    return save_and_refresh(
        actor=actor,
        kind=rulebook().kinds[names.appointment],
        record_id=str(uuid7()),
        subject_code=Resident.all_files.get(pk=record.subject).code,
        institution_code=session.institution.code,
        occurred_on=today(),
        values=place_in(session, slot) | marked,
    )


def give_back(record: RecordVersion, *, actor: AbstractBaseUser) -> None:
    """Gives back the slot that a referral holds; nothing where it holds none. `Refused` once its day has passed."""
    shape = referring(record.kind.name)
    if shape is None:
        return
    with transaction.atomic():
        held = held_by(record)
        if held is None:
            return
        if day_in(held, declaration().booking.appointment_day) < today():
            raise Refused(
                "就诊日已过，请由医院登记是否就诊",
                "its day has passed: the hospital tells whether the patient came",
            )
        _cancel(held, actor)
        _note(record, shape, actor, day=None, used=False)


def follow(record: RecordVersion, *, actor: AbstractBaseUser) -> None:
    """A record was changed. A referral gives a slot to come back where it keeps none as it now stands, or goes elsewhere;
    one whose slot somebody else cancelled says so."""
    if is_appointment(record):
        forget_slot(record, actor=actor)
    shape = referring(record.kind.name)
    held = held_by(record) if shape is not None else None
    if shape is None or held is None or day_in(held, declaration().booking.appointment_day) < today():
        return
    receiver = _receiver(record, shape)
    if not may_hold(record, shape) or receiver is None or held.institution_id != receiver.pk:
        give_back(record, actor=actor)


def is_appointment(record: RecordVersion) -> bool:
    declared = PORTAL.if_in_force()
    return declared is not None and record.kind.name == declared.booking.appointment


def forget_slot(appointment: RecordVersion, *, actor: AbstractBaseUser | None, actor_name: str = "") -> None:
    """The referral that an appointment was made for no longer has a slot, where that appointment no longer stands."""
    declared = declaration()
    given_back = given_back_states(rulebook().kinds[declared.booking.appointment])
    stands = appointment.status == RecordVersion.Status.FINAL and appointment.state not in given_back
    if declared.reserving is None or stands:
        return
    number = appointment.values.get(declared.reserving.origin)
    referrals = RecordVersion.objects.valid().filter(
        kind__name__in=[one.kind for one in declared.reserving.kinds], record_id=number
    )
    found = referrals.select_related("kind", "institution", "worker").first() if number else None
    shape = referring(found.kind.name) if found is not None else None
    if found is not None and shape is not None and held_by(found) is None:
        _note(found, shape, actor, day=None, used=False, actor_name=actor_name)


def _cancel(held: RecordVersion, actor: AbstractBaseUser) -> None:
    names = declaration().booking
    transition_and_refresh(
        actor=actor,
        kind=rulebook().kinds[names.appointment],
        record_id=held.record_id,
        transition=names.cancel,
        on=today(),
        for_subject=True,
    )


def _note(
    record: RecordVersion,
    shape: ReferringShape,
    actor: AbstractBaseUser | None,
    *,
    day: str | None,
    used: bool,
    actor_name: str = "",
) -> None:
    """Writes into the referral when its patient is expected, and whether by a kept slot; a void one stays as it is."""
    kind: Kind = rulebook().kinds[record.kind.name]
    newest = newest_version(kind, record.record_id)
    if newest is None:
        raise ValueError("a referral that does not exist has taken a slot")
    if newest.status == RecordVersion.Status.VOID:
        return
    form = {field.name: newest.values.get(field.name) for field in kind.form}
    save_and_refresh(
        actor=actor,
        actor_name=actor_name,
        kind=kind,
        record_id=newest.record_id,
        subject_code=Resident.all_files.get(pk=newest.subject).code,
        institution_code=newest.institution.code if newest.institution else None,
        worker_code=newest.worker.code if newest.worker else None,
        occurred_on=newest.occurred_on,
        values=form | {shape.day: day, shape.used: used},
        expected_version=newest.version,
    )
