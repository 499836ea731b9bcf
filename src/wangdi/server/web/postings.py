"""The screens of postings: cards of those who come and go, the calendar of an area, calendar files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from wangdi.engine.model.calendar import Duration, Unit, shift
from wangdi.engine.model.pack import Rulebook
from wangdi.interchange.calendars import Event, calendar_file
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.network.models import Institution, Place
from wangdi.server.planning.declaration import declaration, declared
from wangdi.server.planning.postings import Gap, Posted, gaps, postings_at, postings_from
from wangdi.server.web.areas import Area
from wangdi.server.web.words import say, wording

MONTHS = 13
"""What a calendar shows: this month and twelve more."""


@dataclass(frozen=True, slots=True)
class PostedRow:
    """A posting as people read it; ``begin`` and ``width`` place its bar, in thousandths of the calendar."""

    name: str
    doctor: str
    specialty: str
    hospital: str
    centre: Institution
    begins: date
    ends: date | None
    state: str
    waits: bool
    """Whether the centre still has to accept it."""
    kind: str
    record: str
    begin: int
    width: int


@dataclass(frozen=True, slots=True)
class CentreRow:
    """A centre with its postings, and the days without anybody."""

    centre: Institution
    rows: Sequence[PostedRow]
    gaps: Sequence[Gap]


@dataclass(frozen=True, slots=True)
class Calendar:
    begins: date
    ends: date
    months: Sequence[date]
    centres: Sequence[CentreRow]


def posted_rows(postings: Iterable[Posted], day: date) -> list[PostedRow]:
    begins, ends = _horizon(day)
    states = _states(rulebook())
    waiting = _waiting(rulebook())
    return [
        PostedRow(
            one.doctor.name,
            one.doctor.code,
            one.doctor.specialty or "",
            one.doctor.institution.name if one.doctor.institution else "",
            one.centre,
            one.begins,
            one.ends,
            states.get(one.state or "", ""),
            one.state == waiting,
            one.record.kind.name,
            one.record.record_id,
            *_place(one.begins, one.ends, begins, ends),
        )
        for one in postings
    ]


def _states(rules: Rulebook) -> Mapping[str, str]:
    workflow = rules.kinds[declaration().posting.kind].workflow
    return {state.name: wording(state.title) for state in workflow.states} if workflow else {}


def _waiting(rules: Rulebook) -> str | None:
    workflow = rules.kinds[declaration().posting.kind].workflow
    return workflow.initial.name if workflow else None


def _horizon(day: date) -> tuple[date, date]:
    begins = day.replace(day=1)
    return begins, shift(shift(begins, Duration(MONTHS, Unit.MONTHS)), Duration(1, Unit.DAYS), -1)


THOUSAND = 1000


def _place(first: date, last: date | None, begins: date, ends: date) -> tuple[int, int]:
    """Where a bar begins and how wide it is, in thousandths; at least a sliver."""
    days = (ends - begins).days + 1
    start = min(max((first - begins).days, 0), days)
    stop = days if last is None else min(max((last - begins).days + 1, 0), days)
    begin = start * THOUSAND // days
    return begin, max(stop * THOUSAND // days - begin, 4)


def card_of(area: Area, day: date) -> dict[str, object] | None:
    """Those posted to an institution, or from it; None where it neither receives nor sends."""
    node, found = area.node, declared()
    if found is None or not isinstance(node, Institution):
        return None
    if node.type in found.receivers.types:
        return {"rows": posted_rows(postings_at(node, day), day), "receives": True}
    if node.type in found.senders.types:
        return {"rows": posted_rows(postings_from(node, day), day), "receives": False}
    return None


def calendar_of(area: Institution | Place, postings: Sequence[Posted], day: date) -> Calendar:
    """Every centre of the area with its postings, this month and the twelve after."""
    begins, ends = _horizon(day)
    months = [shift(begins, Duration(at, Unit.MONTHS)) for at in range(MONTHS)]
    centres = []
    for centre in _centres(area, day):
        own = [one for one in postings if one.centre.pk == centre.pk]
        covered = [(one.begins, one.ends) for one in own if one.covers]
        centres.append(CentreRow(centre, posted_rows(own, day), gaps(covered, day, ends)))
    return Calendar(begins, ends, months, centres)


def _centres(area: Institution | Place, day: date) -> list[Institution]:
    if isinstance(area, Institution):
        return [area]
    found = Institution.objects.filter(
        type__in=declaration().receivers.types, place__path__under=area.path
    ).order_by("code")
    return [one for one in found if one.closed_on is None or one.closed_on > day]


def calendar_text(name: str, postings: Iterable[Posted]) -> str:
    """A calendar file with the first and the last day of each posting."""
    return calendar_file(name, [event for one in postings for event in _events(one)], timezone.now())


def _events(one: Posted) -> list[Event]:
    hospital = one.doctor.institution.name if one.doctor.institution else ""
    names = (one.doctor.name, hospital, one.centre.name)
    return posting_events(one.record.record_id, names, one.begins, one.ends)


def posting_events(
    record_id: str, names: tuple[str, str, str], begins: date, ends: date | None
) -> list[Event]:
    """The first and the last day of a posting; ``names``: doctor, hospital, centre."""
    doctor, hospital, centre = names
    about = say(
        "{doctor}（{hospital}）到{centre}",
        "{doctor} ({hospital}) at {centre}",
        doctor=doctor,
        hospital=hospital,
        centre=centre,
    )
    uid = f"{record_id}@wangdi"
    begun = Event(f"begin-{uid}", begins, begins, say("派驻开始：", "Posting begins: ") + about, "", centre)
    if ends is None:
        return [begun]
    over = Event(f"end-{uid}", ends, ends, say("派驻期满：", "Posting ends: ") + about, "", centre)
    return [begun, over]
