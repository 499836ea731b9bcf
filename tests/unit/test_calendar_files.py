"""Calendar files are as RFC 5545 has them."""

from datetime import UTC, date, datetime

from wangdi.interchange.calendars import Event, calendar_file

MADE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = date(2026, 12, 31)


def lines(*events: Event) -> list[str]:
    return calendar_file("派驻", events, MADE).split("\r\n")


def test_the_day_after_the_last_ends_an_event() -> None:
    found = lines(Event("1@wangdi", DAY, DAY, "期满"))
    assert "DTSTART;VALUE=DATE:20261231" in found
    assert "DTEND;VALUE=DATE:20270101" in found
    assert "DTSTAMP:20261123T080000Z" in found


def test_signs_that_mean_something_are_escaped() -> None:
    found = lines(Event("1", DAY, DAY, "甲,乙;丙\\丁\n戊"))
    assert "SUMMARY:甲\\,乙\\;丙\\\\丁\\n戊" in found


def test_long_lines_are_folded_between_characters_after_75_octets() -> None:
    text = "派驻" * 40
    whole = calendar_file("x", [Event("1", DAY, DAY, text)], MADE)
    assert all(len(line.encode()) <= 75 for line in whole.split("\r\n"))
    assert f"SUMMARY:{text}" in whole.replace("\r\n ", "")


def test_a_file_without_events_is_a_calendar() -> None:
    found = lines()
    assert found[0] == "BEGIN:VCALENDAR"
    assert found[-2:] == ["END:VCALENDAR", ""]
