"""What residents see of themselves: their records, what is due and why, their doctor, their contract, appointments."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.server.audit.services import record_change
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.reasons import because_for
from wangdi.server.evaluation.services import rulebook
from wangdi.server.network.models import Resident
from wangdi.server.portal.booking import Slot, upcoming
from wangdi.server.portal.codes import name_of, residents_of
from wangdi.server.portal.declaration import declaration
from wangdi.server.portal.senders import is_open
from wangdi.server.records.models import RecordQuerySet, RecordVersion
from wangdi.server.web.residents import TimelineRow, is_about_record, names_in, timeline, timeline_row
from wangdi.server.web.sheets import ShownSheet, has_sheet, shown_sheets
from wangdi.server.web.slots import called_off, place_in_words
from wangdi.server.web.words import value_in_words, wording

PHONE, ASKED, SINCE, SEEN, OPENED = (
    "resident_phone",
    "resident_asked",
    "resident_since",
    "resident_seen",
    "resident_opened",
)
"""Session keys: the index of the number that signed in, that of the number a code was asked for, when that was, when it
was last used (seconds), and whose page was opened."""

IDLE_SECONDS = 30 * 60
"""A telephone lies about: a resident's session ends sooner than a worker's."""

RECORDS_SHOWN = 50
SHEETS_SHOWN = 10

View = Callable[..., HttpResponse]


def offered(view: View) -> View:
    """The page is there where the installation lets residents sign in. What is shown is not cached."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if not is_open():
            raise Http404
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return guarded


def signed_in_resident(view: View) -> View:
    """For those who signed in with their number; others are led to where one does."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        now, session = int(time.time()), request.session
        is_over = now - session.get(SEEN, 0) > IDLE_SECONDS
        is_over = is_over or now - session.get(SINCE, 0) > settings.SESSION_LONGEST_SECONDS
        if PHONE not in session or is_over:
            leave(request)
            return redirect("my_sign_in")
        session[SEEN] = now
        return view(request, *args, **kwargs)

    return offered(guarded)


def enter(request: HttpRequest, index: bytes) -> None:
    """Begins a session of whoever has the number; whatever the session was before ends."""
    request.session.flush()
    request.session[PHONE] = index.hex()
    request.session[SINCE] = request.session[SEEN] = int(time.time())


def leave(request: HttpRequest) -> None:
    for key in (PHONE, SINCE, SEEN, OPENED):
        request.session.pop(key, None)


def index_in(request: HttpRequest) -> bytes:
    return bytes.fromhex(request.session[PHONE])


def persons(request: HttpRequest) -> list[Resident]:
    """Those with the number that signed in."""
    return list(residents_of(index_in(request)))


def own_person(request: HttpRequest, code: str) -> Resident:
    """One of those with the number; Http404 for anybody else. The first look at each is in the audit."""
    index = index_in(request)
    person = residents_of(index).filter(code=code).first()
    if person is None:
        raise Http404
    opened = request.session.get(OPENED, [])
    if code not in opened:
        record_change("resident.see", actor_name=name_of(index), summary={"resident": code})
        request.session[OPENED] = [*opened, code]
    return person


@dataclass(frozen=True, slots=True)
class MyItem:
    """A service that is due or will be, in a few words."""

    title: str
    step: str
    item: DueItem
    status: str
    because: str


def services_due(person: Resident, day: date) -> list[MyItem]:
    """Of the kinds that residents see, but for what is about a single record; the most urgent first."""
    rules, shown = rulebook(), set(declaration().shown)
    items = [
        item
        for item in DueItem.objects.of("resident", person.pk).possible_on(day).by_urgency(day)
        if (schedule := rules.schedules.get(item.schedule)) is not None
        and schedule.service in shown
        and not is_about_record(rules, item)
    ]
    reasons = because_for(items, day)
    return [_my_item(item, reasons.get(item.pk), day) for item in items]


def _my_item(item: DueItem, because: Text | None, day: date) -> MyItem:
    schedule = rulebook().schedules[item.schedule]
    step = schedule.step(item.step)
    return MyItem(
        wording(schedule.title),
        wording(step.title) if step is not None else "",
        item,
        item.status_on(day),
        wording(because) if because is not None else "",
    )


def records_seen(person: Resident) -> list[TimelineRow]:
    """The newest records of the kinds that residents see, without the ids of sessions."""
    records = _records(person, declaration().shown).order_by("-occurred_on", "-seq")[:RECORDS_SHOWN]
    booking = declaration().booking
    return [
        replace(row, without=booking.session) if row.record.kind.name == booking.appointment else row
        for row in timeline(list(records), rulebook().kinds)
    ]


def sheets_seen(person: Resident) -> list[ShownSheet]:
    """The newest result sheets that are given out, of the kinds whose sheets residents see."""
    kinds = [name for name in declaration().sheets if has_sheet(name)]
    records = _records(person, kinds).order_by("-occurred_on", "-seq")[:SHEETS_SHOWN]
    return [one for one in shown_sheets(list(records)) if not one.withheld]


def sheet_seen(person: Resident, kind: str, record_id: str) -> ShownSheet:
    """Their own sheet; Http404 for one that is not theirs, not given out, or of a kind whose sheets they do not see."""
    kinds = [kind] if kind in declaration().sheets and has_sheet(kind) else []
    found = shown_sheets(list(_records(person, kinds).filter(record_id=record_id)))
    if not found or found[0].withheld:
        raise Http404
    return found[0]


def first_record(person: Resident) -> TimelineRow | None:
    """The newest record of the kind that stands at the top; none where there is none."""
    name = declaration().first
    if name is None:
        return None
    newest = _records(person, [name]).order_by("-occurred_on", "-seq").first()
    if newest is None:
        return None
    kinds = rulebook().kinds
    return timeline_row(newest, kinds.get(name), names_in([newest], kinds))


def _records(person: Resident, kinds: Sequence[str]) -> RecordQuerySet:
    found = RecordVersion.objects.valid().filter(
        kind__name__in=kinds, kind__about="resident", subject=person.pk
    )
    return found.select_related("kind", "institution", "worker", "change")


@dataclass(frozen=True, slots=True)
class MyAppointment:
    record: RecordVersion
    day: date
    part: str
    doctor: str
    place: str
    """Number and time, such as ``3号 08:20``; empty where the session gives none."""
    is_called_off: bool
    is_cancellable: bool


def appointments(person: Resident, day: date) -> list[MyAppointment]:
    shape, found = declaration().booking, upcoming(person)
    off = called_off(found)
    kind = rulebook().kinds[shape.appointment]
    names = names_in(found, rulebook().kinds)
    return [
        MyAppointment(
            one,
            (on := date.fromisoformat(one.values[shape.appointment_day])),
            _said(kind, shape.appointment_part, one.values),
            names.get(("worker", str(one.values.get(shape.doctor))), ""),
            place_in_words(one.values.get(shape.number), one.values.get(shape.time)),
            one.record_id in off,
            on > day,
        )
        for one in found
    ]


def _said(kind: Kind, name: str, values: dict[str, object]) -> str:
    return value_in_words(kind.field(name), values[name]) if name in values else ""


@dataclass(frozen=True, slots=True)
class SlotDay:
    """The slots of one day, as they are chosen from."""

    day: date
    slots: Sequence[tuple[Slot, str]]
    """Each with its part of the day in words."""


def by_day(slots: Sequence[Slot]) -> list[SlotDay]:
    shape = declaration().booking
    part = rulebook().kinds[shape.slots].field(shape.part)
    days = dict.fromkeys(slot.session.day for slot in slots)
    return [
        SlotDay(
            day,
            [(slot, value_in_words(part, slot.session.part)) for slot in slots if slot.session.day == day],
        )
        for day in days
    ]
