"""Which slots of a session are free: kept ones for those who refer, the others for everybody, and who gets which number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wangdi.engine.model.kinds import Kind
from wangdi.server.evaluation.services import rulebook
from wangdi.server.portal.declaration import BookingShape, declaration
from wangdi.server.portal.sessions import EARLIEST, Session
from wangdi.server.records.models import RecordVersion


@dataclass(frozen=True, slots=True)
class Free:
    """Numbers of slots, the lowest first. Kept ones that were released are in both."""

    kept: Sequence[int]
    general: Sequence[int]


@dataclass(frozen=True, slots=True)
class Taken:
    """Numbers that appointments hold, and how many hold none: they were written by hand, or before there were numbers."""

    numbers: frozenset[int] = frozenset()
    unnumbered: int = 0


def free_in(session: Session, taken: Taken, *, is_released: bool) -> Free:
    """Appointments without a number take those that everybody may have, the last ones first."""
    kept = [n for n in range(1, min(session.kept, session.capacity) + 1) if n not in taken.numbers]
    others = [n for n in range(session.kept + 1, session.capacity + 1) if n not in taken.numbers]
    general = sorted([*others, *(kept if is_released else ())])
    general = general[: max(len(general) - taken.unnumbered, 0)]
    left = set(general)
    return Free([n for n in kept if not is_released or n in left], general)


def is_released(session: Session, day: date) -> bool:
    """Whether the kept slots of a session are open to everybody on a day."""
    reserving = declaration().reserving
    if reserving is None or reserving.released_before is None:
        return reserving is None
    return session.day - timedelta(days=reserving.released_before) <= day


def free_numbers(sessions: Iterable[Session], day: date) -> dict[str, Free]:
    """The free slots of sessions, by the number of the session."""
    asked = list(sessions)
    taken = _taken(declaration().booking, asked)
    return {
        one.number: free_in(one, taken.get(one.number, Taken()), is_released=is_released(one, day))
        for one in asked
    }


def _taken(shape: BookingShape, sessions: Sequence[Session]) -> Mapping[str, Taken]:
    """By the index of an inbox: those of the institutions that were not cancelled."""
    if not sessions:
        return {}
    holding = RecordVersion.objects.valid().filter(
        kind__name=shape.appointment,
        assigned__in={one.institution.pk for one in sessions},
        state__in=_holding_states(shape),
        occurred_on__gte=min(one.day for one in sessions) - EARLIEST,
    )
    asked = {one.number for one in sessions}
    numbers: dict[str, list[int | None]] = defaultdict(list)
    for values in holding.values_list("values", flat=True):
        session = str(values.get(shape.session))
        if session in asked:
            numbers[session].append(values.get(shape.number))
    return {
        session: Taken(frozenset(n for n in found if n is not None), found.count(None))
        for session, found in numbers.items()
    }


def _holding_states(shape: BookingShape) -> list[str]:
    """All states of an appointment but the one that cancelling leads to."""
    kind = rulebook().kinds[shape.appointment]
    states = kind.workflow.states if kind.workflow is not None else ()
    return [state.name for state in states if state.name not in given_back_states(kind)]


def given_back_states(appointment: Kind) -> set[str]:
    """The states of an appointment in which its slot is free again."""
    steps = appointment.workflow.transitions if appointment.workflow is not None else ()
    return {step.target for step in steps if step.name == declaration().booking.cancel}
