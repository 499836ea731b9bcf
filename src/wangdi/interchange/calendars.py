"""Calendar files (iCalendar, RFC 5545) of events that last whole days, for the calendars of phones and desks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import icalendar

CONTENT_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Event:
    """``uid`` stays the same for the same event in every file, so that a calendar replaces it. ``last`` is included."""

    uid: str
    first: date
    last: date
    summary: str
    description: str = ""
    location: str = ""


def calendar_file(name: str, events: Iterable[Event], made_at: datetime) -> str:
    """The text of a file. ``made_at`` has a time zone. Events take no time of the day: nobody is shown as busy."""
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Wangdi//Postings//ZH")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", name)
    for event in events:
        calendar.add_component(_written(event, made_at))
    text: str = calendar.to_ical().decode()
    return text


def _written(event: Event, made_at: datetime) -> icalendar.Event:
    written = icalendar.Event()
    written.add("uid", event.uid)
    written.add("dtstamp", made_at.astimezone(UTC))
    written.add("dtstart", event.first)
    written.add("dtend", event.last + timedelta(days=1))
    written.add("summary", event.summary)
    for name, text in (("description", event.description), ("location", event.location)):
        if text:
            written.add(name, text)
    written.add("transp", "TRANSPARENT")
    return written
