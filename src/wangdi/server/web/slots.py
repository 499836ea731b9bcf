"""Slots as people read them: those kept for a referral, the one it holds, and who is expected on a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import WORKER
from wangdi.engine.model.workflows import Transition
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.network.models import Institution, Resident, Worker
from wangdi.server.planning.routes_document import WEEKDAYS
from wangdi.server.portal.declaration import PORTAL, declaration
from wangdi.server.portal.numbers import given_back_states
from wangdi.server.portal.reserving import KeptSlots, held_by, kept_slots, may_hold, referring
from wangdi.server.portal.sessions import EARLIEST, day_in
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.transitions import possible_transitions
from wangdi.server.web.residents import Stage, names_in, stage_of
from wangdi.server.web.words import say, value_in_words, wording


def place_in_words(number: object, time: object) -> str:
    """``3号 08:20``; what is not known is left out."""
    numbered = say("{n}号", "no. {n}", n=number) if number else ""
    return f"{numbered} {time or ''}".strip()


def called_off(appointments: Iterable[RecordVersion]) -> set[str]:
    """The ids of those whose session does not take place."""
    declared = declaration()
    shape, public = declared.booking, declared.public
    found = list(appointments)
    asked = {str(one.values.get(shape.session)) for one in found if one.values.get(shape.session)}
    sessions = RecordVersion.objects.valid().filter(kind__name=shape.slots, record_id__in=asked)
    off = {
        one.record_id
        for one in sessions
        if public is not None and one.values.get(shape.closed_by) == public.session.cancelled
    }
    return {one.record_id for one in found if str(one.values.get(shape.session)) in off}


@dataclass(frozen=True, slots=True)
class HeldSlot:
    """On the page of a referral: the slot that it holds, or how many it could have."""

    appointment: RecordVersion | None
    day: date | None
    weekday: str
    part: str
    place: str
    doctor: str
    free: int
    may_take: bool


def slot_of(record: RecordVersion, *, may_take: bool) -> HeldSlot | None:
    """None for records that take no slots, and for those that neither hold one nor can have one."""
    shape = referring(record.kind.name)
    if shape is None:
        return None
    held, takes = held_by(record), may_take and may_hold(record, shape)
    free = sum(len(one.numbers) for one in kept_slots(record, shape)) if takes else 0
    if held is None:
        return HeldSlot(None, None, "", "", "", "", free, takes) if free else None
    booking = declaration().booking
    day = day_in(held, booking.appointment_day)
    doctor = Worker.objects.filter(code=held.values.get(booking.doctor)).first()
    return HeldSlot(
        held,
        day,
        wording(WEEKDAYS[day.weekday()]),
        _said(rulebook().kinds[booking.appointment], booking.appointment_part, held.values),
        place_in_words(held.values.get(booking.number), held.values.get(booking.time)),
        doctor.name if doctor is not None else "",
        free,
        takes and day >= today(),
    )


def has_kept_slots(record: RecordVersion) -> bool:
    shape = referring(record.kind.name)
    return shape is not None and bool(kept_slots(record, shape))


def _said(kind: Kind, name: str, values: Mapping[str, object]) -> str:
    return value_in_words(kind.field(name), values[name]) if name in values else ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A session of which kept slots can be had: each with what is sent to take it, and what it says."""

    day: date
    weekday: str
    part: str
    department: str
    doctor: str
    title: str
    slots: Sequence[tuple[str, str]]


def choices_of(found: Sequence[KeptSlots]) -> list[Choice]:
    booking = declaration().booking
    part = rulebook().kinds[booking.slots].field(booking.part)
    titles = {option.code: wording(option.title) for option in WORKER.field("title_level").options}
    return [
        Choice(
            one.session.day,
            wording(WEEKDAYS[one.session.day.weekday()]),
            value_in_words(part, one.session.part),
            one.session.department,
            one.session.doctor.name,
            titles.get(one.session.doctor.title_level or "", ""),
            [(f"{one.session.number}/{n}", place_in_words(n, one.session.time_of(n))) for n in one.numbers],
        )
        for one in found
    ]


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who is expected at an institution on a day."""

    record: RecordVersion
    person: Resident | None
    place: str
    part: str
    doctor: str
    wish: str
    is_kept: bool
    is_called_off: bool
    referral: tuple[str, str] | None
    """Kind and id of the record that the slot was taken for."""
    sender: str
    stage: Stage | None
    steps: Sequence[Transition]


def arrivals_on(institution: Institution, day: date, reader: AbstractBaseUser) -> list[Arrival]:
    """All appointments of a day at an institution but those cancelled, in the order in which they come."""
    shape = declaration().booking
    kind = rulebook().kinds[shape.appointment]
    expected = RecordVersion.objects.valid().filter(
        kind__name=shape.appointment, assigned=institution, occurred_on__gte=day - EARLIEST
    )
    found = [
        one
        for one in expected.select_related("kind", "institution__place", "assigned__place", "change")
        if one.values.get(shape.appointment_day) == day.isoformat()
        and one.state not in given_back_states(kind)
    ]
    people = Resident.objects.in_bulk([one.subject for one in found])
    names, off = names_in(found, rulebook().kinds), called_off(found)
    referrals = _referrals(found)
    order = {code: at for at, code in enumerate(kind.field(shape.appointment_part).option_codes)}
    found.sort(
        key=lambda one: (
            order.get(str(one.values.get(shape.appointment_part)), 0),
            str(one.values.get(shape.time) or "99"),
            one.values.get(shape.number) or 0,
        )
    )
    steps = {
        one.state: possible_transitions(reader, kind, one) for one in found
    }  # all are at one institution
    return [_arrival(one, kind, people, names, referrals, off, steps[one.state]) for one in found]


def _referrals(found: Sequence[RecordVersion]) -> dict[str, RecordVersion]:
    """The records that slots were taken for, by id."""
    declared = PORTAL.if_in_force()
    if declared is None or declared.reserving is None:
        return {}
    ids = {str(one.values.get(declared.reserving.origin)) for one in found} - {"None"}
    kinds = [one.kind for one in declared.reserving.kinds]
    records = RecordVersion.objects.current().filter(kind__name__in=kinds, record_id__in=ids)
    return {one.record_id: one for one in records.select_related("kind", "institution")}


def _arrival(
    one: RecordVersion,
    kind: Kind,
    people: Mapping[int, Resident],
    names: Mapping[tuple[str, str], str],
    referrals: Mapping[str, RecordVersion],
    off: set[str],
    steps: Sequence[Transition],
) -> Arrival:
    declared = declaration()
    shape, reserving = declared.booking, declared.reserving
    referral = referrals.get(str(one.values.get(reserving.origin))) if reserving is not None else None
    return Arrival(
        one,
        people.get(one.subject),
        place_in_words(one.values.get(shape.number), one.values.get(shape.time)),
        _said(kind, shape.appointment_part, one.values),
        names.get(("worker", str(one.values.get(shape.doctor))), ""),
        str(one.values.get(shape.wish) or ""),
        reserving is not None and bool(one.values.get(reserving.mark)),
        one.record_id in off,
        (referral.kind.name, referral.record_id) if referral is not None else None,
        referral.institution.name if referral is not None and referral.institution is not None else "",
        stage_of(one, kind, names),
        [step for step in steps if not step.exceptional],
    )
