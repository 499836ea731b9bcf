"""Opening hours in words, and which institutions near a place are open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from wangdi.engine.model.registers import INSTITUTION, WORKER
from wangdi.engine.model.text import Text
from wangdi.methods.travel.distance import great_circle_km
from wangdi.server.common.paths import SEPARATOR
from wangdi.server.evaluation.services import rulebook
from wangdi.server.network.models import Institution, Place
from wangdi.server.planning.routes_document import WEEKDAYS
from wangdi.server.portal.declaration import PublicShape, declaration
from wangdi.server.portal.opening import (
    SATURDAY,
    SUNDAY,
    DayHours,
    Hours,
    Opening,
    Published,
    openings,
    owing,
    public_sessions,
)
from wangdi.server.portal.sessions import Session
from wangdi.server.web.words import say, value_in_words, wording

TODAY, EVENING, ON_SATURDAY, ON_SUNDAY = "today", "evening", "saturday", "sunday"

WHEN: Mapping[str, Text] = {
    TODAY: Text("今天", "Today"),
    EVENING: Text("今天晚上", "This evening"),
    ON_SATURDAY: Text("周六", "Saturday"),
    ON_SUNDAY: Text("周日", "Sunday"),
}
"""What is asked for, besides the declared yes-or-no fields."""


def day_asked(when: str, day: date) -> date:
    """The day a question is about: this one, or the next Saturday or Sunday, which may be this one."""
    weekday = {ON_SATURDAY: SATURDAY, ON_SUNDAY: SUNDAY}.get(when)
    return day if weekday is None else day + timedelta(days=(weekday - day.weekday()) % 7)


def hours_in_words(hours: Hours) -> str:
    if not hours.is_open:
        return say("不开诊", "closed")
    return hours.times or say("开诊，时间请电话询问", "open; call for the hours")


def day_hours_in_words(found: DayHours) -> str:
    """``08:00–12:00，14:00–17:30；晚间 17:30–19:00``."""
    if found.change is not None and not found.change.hours.is_open:
        return say("停诊", "closed on these days")
    usual = hours_in_words(found.usual)
    if not found.evening.is_open:
        return usual
    return say("{usual}；{evening}", "{usual}; {evening}", usual=usual, evening=evening_in_words(found))


def evening_in_words(found: DayHours) -> str:
    """Of an evening that is open."""
    times = found.evening.times or say("延时开诊，几点请电话询问", "open; call for the hours")
    return say("晚间 {times}", "evening {times}", times=times)


@dataclass(frozen=True, slots=True)
class Near:
    """An institution with its hours of the day that was asked for; ``km`` as the crow flies, where positions are known."""

    institution: Institution
    sort: str
    hours: str
    notice: str
    km: float | None
    telephone: str
    is_old: bool


def nearby(
    found: Sequence[Opening], place: Place, when: str, day: date, shape: PublicShape
) -> list[tuple[Opening, DayHours]]:
    """Those that are open when it was asked for, the nearest first."""
    asked = day_asked(when, day)
    hours = [(one, one.on(asked, shape)) for one in found]
    standing = [(one, on) for one, on in hours if on is not None and _answers(one, on, when)]
    km = distances([one.institution for one, _ in standing], place)
    order = sorted(
        range(len(standing)),
        key=lambda at: (_is_elsewhere(standing[at][0], place, km[at]), km[at] or 0.0, at),
    )
    return [standing[at] for at in order]


def _is_elsewhere(one: Opening, place: Place, km: float | None) -> bool:
    """Where distances are not known, those of the place itself come first."""
    return km is None and not one.institution.place.path.startswith(place.path)


def _answers(one: Opening, hours: DayHours, when: str) -> bool:
    if when == EVENING:
        return hours.evening.is_open
    if when in WHEN:
        return hours.is_open
    return one.now is not None and bool(one.now.values.get(when))


def distances(institutions: Sequence[Institution], place: Place) -> list[float | None]:
    """Kilometres from a place, or from the place above it where its own position is not known."""
    centre = place if place.lon is not None else place.parent
    if centre is None or centre.lon is None or centre.lat is None or not institutions:
        return [None] * len(institutions)
    here = np.array([[centre.lon, centre.lat]])
    known = np.array([[one.lon or np.nan, one.lat or np.nan] for one in institutions], dtype=np.float64)
    return [None if np.isnan(km) else float(km) for km in great_circle_km(here, known)]


def shown_near(
    found: Iterable[tuple[Opening, DayHours]], place: Place, when: str, day: date, shape: PublicShape
) -> list[Near]:
    """As a page lists them."""
    rows = list(found)
    km = distances([one.institution for one, _ in rows], place)
    return [
        Near(
            one.institution,
            sort_of(one.institution),
            evening_in_words(hours) if when == EVENING else day_hours_in_words(hours),
            hours.change.notice if hours.change is not None else "",
            far,
            telephone_of(one.now, shape),
            one.is_old(day, shape),
        )
        for (one, hours), far in zip(rows, km, strict=True)
    ]


def sort_of(institution: Institution) -> str:
    titles = {option.code: option.title for option in INSTITUTION.field("type").options}
    return wording(titles[institution.type]) if institution.type in titles else ""


def telephone_of(published: Published | None, shape: PublicShape) -> str:
    return str(published.values.get(shape.telephone) or "") if published is not None else ""


@dataclass(frozen=True, slots=True)
class Around:
    """All of the county that a place lies in: what was published, and who owes it."""

    published: Sequence[Opening]
    owing: Sequence[Institution]


def around(place: Place, day: date, shape: PublicShape) -> Around | None:
    """None for places above counties: what is open there is no question that anybody has."""
    county = next((one for one in (*above(place), place) if one.level == "county"), None)
    if county is None:
        return None
    there = Institution.objects.filter(place__path__under=county.path, closed_on=None)
    institutions = list(there.select_related("place").order_by("code"))
    found = openings(institutions, day, shape)
    silent = [one.institution for one in found if one.now is None]
    return Around([one for one in found if one.now is not None], owing(silent, day, shape))


def above(place: Place) -> list[Place]:
    """The places that a place lies in, from the top down, without itself."""
    codes = place.path.strip(SEPARATOR).split(SEPARATOR)[:-1]
    return sorted(Place.objects.filter(code__in=codes), key=lambda one: len(one.path))


def questions(shape: PublicShape) -> list[tuple[str, str]]:
    """What a reader may ask for, with its wording."""
    kind = rulebook().kinds[shape.hours]
    return [(name, wording(title)) for name, title in WHEN.items()] + [
        (name, wording(kind.field(name).title)) for name in shape.more
    ]


@dataclass(frozen=True, slots=True)
class PublicSession:
    """A session as it is published: never who comes to it."""

    part: str
    department: str
    service: str
    doctor: str
    title: str
    specialty: str
    is_cancelled: bool
    is_replaced: bool


@dataclass(frozen=True, slots=True)
class SessionDay:
    day: date
    weekday: str
    sessions: Sequence[PublicSession]


def session_days(institution: Institution, day: date, shape: PublicShape) -> list[SessionDay]:
    """The published sessions of the next days."""
    found = public_sessions(institution, day, shape)
    days = dict.fromkeys(one.day for one in found)
    return [
        SessionDay(
            on, wording(WEEKDAYS[on.weekday()]), [_public(one, shape) for one in found if one.day == on]
        )
        for on in days
    ]


def _public(one: Session, shape: PublicShape) -> PublicSession:
    booking = declaration().booking
    fields = {field.name: field for field in rulebook().kinds[booking.slots].form}
    service = one.record.values.get(shape.session.service)
    titles = {option.code: wording(option.title) for option in WORKER.field("title_level").options}
    is_cancelled = one.over == shape.session.cancelled
    return PublicSession(
        value_in_words(fields[booking.part], one.part),
        one.department,
        value_in_words(fields[shape.session.service], service) if service else "",
        one.doctor.name,
        titles.get(one.doctor.title_level or "", ""),
        "" if one.doctor.specialty == one.department else one.doctor.specialty or "",
        is_cancelled,
        one.over == shape.session.replaced,
    )


@dataclass(frozen=True, slots=True)
class Week:
    """Hours as a table: the part of the week, and when it is open."""

    rows: Sequence[tuple[str, str]]
    more: Sequence[tuple[str, str]]
    since: date
    published_on: date
    telephone: str


def week_of(published: Published, shape: PublicShape) -> Week:
    kind = rulebook().kinds[shape.hours]
    parts = (
        (say("周一至周五", "Monday to Friday"), shape.working),
        (say("周一至周五晚间", "Weekday evenings"), shape.evening),
        (say("周六", "Saturday"), shape.saturday),
        (say("周日", "Sunday"), shape.sunday),
    )
    more = [
        (wording(kind.field(name).title), value_in_words(kind.field(name), published.values[name]))
        for name in shape.more
        if name in published.values
    ]
    rows = [(title, hours_in_words(published.hours(part))) for title, part in parts]
    return Week(rows, more, published.since, published.published_on, telephone_of(published, shape))
