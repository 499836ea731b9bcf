"""Times of day: stored and shown as ``09:35``, in rules the minutes since midnight (575)."""

import re

DAY = 24 * 60
"""Minutes."""

MINUTES = "分钟"
"""The unit that a time of day has in rules."""

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def minutes_of(text: str) -> int | None:
    """Minutes since midnight; None for what is no time of day, such as 24:00."""
    found = _TIME.fullmatch(text)
    return int(found[1]) * 60 + int(found[2]) if found else None


def clock_of(minutes: int) -> str:
    """``09:35`` for 575. ValueError outside of one day."""
    if not 0 <= minutes < DAY:
        raise ValueError(f"{minutes} minutes after midnight is no time of the day")
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
