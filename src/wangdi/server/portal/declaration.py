"""What residents see and how they book: the ``portal.yaml`` beside the pack of rosters."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.roles import SUBJECT
from wangdi.server.evaluation.declarations import DeclarationFile, Shape


class BookingShape(Shape):
    """Sessions of workers with slots, the appointments of residents, and which of their fields hold what."""

    slots: str
    day: str
    part: str
    department: str
    capacity: str
    starts: str
    minutes: str
    closed_by: str
    appointment: str
    session: str
    appointment_day: str
    appointment_part: str
    doctor: str
    wish: str
    number: str
    time: str
    waited: str
    booked: str
    cancel: str
    days_ahead: Annotated[int, Field(ge=1)]
    most: Annotated[int, Field(ge=1)]

    @property
    def of_slots(self) -> tuple[str, ...]:
        session = self.day, self.part, self.department, self.capacity, self.closed_by
        return *session, self.starts, self.minutes

    @property
    def of_appointments(self) -> tuple[str, ...]:
        wanted = self.session, self.appointment_day, self.appointment_part, self.doctor, self.wish
        return *wanted, self.number, self.time, self.waited


class ReferringShape(Shape):
    """A kind of record from which a kept slot is taken, for whom it is about. ``open``: its states in which a slot may be
    taken, and stays; in all others it is given back."""

    kind: str
    to: str
    department: str
    day: str
    used: str
    open: Sequence[str]

    @property
    def fields(self) -> tuple[str, ...]:
        return self.to, self.department, self.day, self.used


class ReservingShape(Shape):
    """Slots of sessions that are kept for those who refer, from number 1 on; ``released_before`` their day by so many days
    they are open to everybody, too. None: never."""

    kept: str
    kept_for: str
    released_before: Annotated[int, Field(ge=0)] | None = None
    mark: str
    origin: str
    days: Annotated[int, Field(ge=1)]
    kinds: Sequence[ReferringShape]


class HoursShape(Shape):
    """Hours of some days: the field that says whether it is open then, and the one that says when."""

    open: str | None = None
    times: str | None = None


class ChangeShape(Shape):
    """Notices of other hours, or of none, from a ``first`` to a ``last`` day."""

    kind: str
    first: str
    last: str
    closed: str
    times: str
    notice: str
    published: str

    @property
    def fields(self) -> tuple[str, ...]:
        return self.first, self.last, self.closed, self.times, self.notice, self.published


class PublicSessionShape(Shape):
    """What the public sees of the sessions that ``booking`` names: those of the next ``days``, once they are published."""

    published: str
    service: str
    cancelled: str
    """The answer of ``closed_by`` that means that a session does not take place."""
    replaced: str
    """The one that means that somebody else holds it."""
    days: Annotated[int, Field(ge=1)]


class PublicShape(Shape):
    """The notice of opening hours, for whoever comes by: which fields of which kinds it is made of."""

    hours: str
    valid_from: str
    published: str
    good_for: Annotated[int, Field(ge=1)]
    """Months after which a reader is told to call first."""
    working: HoursShape
    evening: HoursShape
    saturday: HoursShape
    sunday: HoursShape
    more: Sequence[str] = ()
    telephone: str
    owed: str
    change: ChangeShape
    session: PublicSessionShape

    @property
    def of_hours(self) -> tuple[str, ...]:
        weeks = (self.working, self.evening, self.saturday, self.sunday)
        named = [name for one in weeks for name in (one.open, one.times) if name is not None]
        return self.valid_from, self.published, *named, *self.more, self.telephone


class Declaration(Shape):
    """``shown``: the kinds whose records, and whose due services, residents see; ``first`` stands at the top.

    ``sheets``: the kinds whose result sheets they see, whether or not they see the records.
    """

    shown: Sequence[str]
    sheets: Sequence[str] = ()
    first: str | None = None
    booking: BookingShape
    reserving: ReservingShape | None = None
    public: PublicShape | None = None


def declaration() -> Declaration:
    """The declaration in force. Raises DeclarationError; there is exactly one among the packs."""
    return PORTAL.in_force()


def _problems(declared: Declaration, found: Rulebook) -> Iterator[str]:
    booking = declared.booking
    about_residents = [name for name, kind in found.kinds.items() if kind.about == "resident"]
    for name in (*declared.shown, *([declared.first] if declared.first else [])):
        if name not in about_residents:
            yield f"'{name}' is no kind of record about residents. {suggest(name, about_residents)}"
    for name in declared.sheets:
        if name not in found.sheets:
            yield f"sheets: '{name}' has no result sheet. {suggest(name, found.sheets)}"
    for name, about in ((booking.slots, "worker"), (booking.appointment, "resident")):
        if name not in found.kinds or found.kinds[name].about != about:
            yield f"booking: '{name}' is no kind of record about entity '{about}'. {suggest(name, found.kinds)}"
            return
    yield from _field_problems("booking", found.kinds[booking.slots], booking.of_slots)
    yield from _field_problems("booking", found.kinds[booking.appointment], booking.of_appointments)
    yield from _workflow_problems(found.kinds[booking.appointment], booking)
    if declared.reserving is not None:
        yield from _reserving_problems(declared.reserving, booking, found)
    if declared.public is not None:
        yield from _public_problems(declared.public, booking, found)


def _field_problems(section: str, kind: Kind, names: Sequence[str]) -> Iterator[str]:
    known = {field.name for field in kind.form}
    for name in names:
        if name not in known:
            yield f"{section}: '{kind.name}' has no field '{name}'. {suggest(name, known)}"


def _reserving_problems(reserving: ReservingShape, booking: BookingShape, found: Rulebook) -> Iterator[str]:
    section, kinds = "reserving", found.kinds
    yield from _field_problems(section, kinds[booking.slots], (reserving.kept, reserving.kept_for))
    yield from _field_problems(section, kinds[booking.appointment], (reserving.mark, reserving.origin))
    for one in reserving.kinds:
        kind = kinds.get(one.kind)
        if kind is None or kind.about != "resident" or kind.workflow is None:
            yield f"reserving: '{one.kind}' is no kind about residents with a workflow. {suggest(one.kind, kinds)}"
            continue
        yield from _field_problems(section, kind, one.fields)
        states = [state.name for state in kind.workflow.states]
        for name in one.open:
            if name not in states:
                yield f"reserving: '{name}' is no state of '{one.kind}'. {suggest(name, states)}"


def _public_problems(public: PublicShape, booking: BookingShape, found: Rulebook) -> Iterator[str]:
    for name in (public.hours, public.change.kind):
        if name not in found.kinds or found.kinds[name].about != "institution":
            yield f"public: '{name}' is no kind of record about institutions. {suggest(name, found.kinds)}"
            return
    sessions = found.kinds[booking.slots]
    yield from _field_problems("public", found.kinds[public.hours], public.of_hours)
    yield from _field_problems("public", found.kinds[public.change.kind], public.change.fields)
    yield from _field_problems("public", sessions, (public.session.published, public.session.service))
    options = next((field.option_codes for field in sessions.form if field.name == booking.closed_by), ())
    for option in (public.session.cancelled, public.session.replaced):
        if option not in options:
            yield f"public: '{option}' is no option of '{booking.closed_by}'. {suggest(option, options)}"
    if public.owed not in found.schedules:
        yield f"public: '{public.owed}' is no schedule. {suggest(public.owed, found.schedules)}"


def _workflow_problems(kind: Kind, booking: BookingShape) -> Iterator[str]:
    if kind.workflow is None or kind.workflow.initial.name != booking.booked:
        yield f"booking: '{booking.booked}' is not the state in which '{kind.name}' begins"
        return
    steps = {step.name: step for step in kind.workflow.transitions}
    if booking.cancel not in steps or SUBJECT not in steps[booking.cancel].roles:
        yield f"booking: '{kind.name}' has no transition '{booking.cancel}' by: {SUBJECT}"


PORTAL = DeclarationFile("portal.yaml", Declaration, _problems)
