"""Days and clocks of a record as points in time, in the time of China."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from wangdi.engine.model.clocks import minutes_of
from wangdi.engine.model.fields import Field
from wangdi.interchange.fhir.told import ToldRecord

CHINA = timezone(timedelta(hours=8))


def instant(at: datetime) -> str:
    return at.astimezone(CHINA).isoformat(timespec="seconds")


def moment_of_clock(record: ToldRecord, field: Field) -> datetime | None:
    """When a clock of the record was; None where it or its day is missing, or is no time of day."""
    exchange, at = field.exchange, clock(record.values.get(field.name))
    if exchange is None or at is None:
        return None
    if exchange.day is not None:
        day = _day(record.values, exchange.day)
        return datetime.combine(day, at, CHINA) if day is not None else None
    if exchange.after is None:
        return None
    before = moment_of_clock(record, record.kind.field(exchange.after))
    if before is None:
        return None
    found = datetime.combine(before.date(), at, CHINA)
    return found if found >= before else found + timedelta(days=1)


def clock(value: Any) -> time | None:
    """A stored time of day; None where there is none."""
    minutes = minutes_of(value) if isinstance(value, str) else None
    return time(*divmod(minutes, 60)) if minutes is not None else None


def moment_of_day(record: ToldRecord, name: str) -> str | None:
    """The day that a field holds, with the clock that belongs to it if it is known."""
    clocks = (one for one in record.kind.form if one.exchange is not None and one.exchange.day == name)
    moments = [found for one in clocks if (found := moment_of_clock(record, one)) is not None]
    if moments:
        return moments[0].isoformat()
    day = _day(record.values, name)
    return day.isoformat() if day is not None else None


def _day(values: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(values[name]) if values.get(name) else None
