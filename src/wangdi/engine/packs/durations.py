"""Durations as authors write them: ``3 months``, ``14 days``."""

import re

from wangdi.engine.model.calendar import Duration, Unit

_DURATION = re.compile(r"\s*(\d+)\s+(day|week|month|year)s?\s*")


def parse_duration(text: str) -> Duration | None:
    """The duration a text names; None when it names none."""
    match = _DURATION.fullmatch(text)
    return Duration(int(match[1]), Unit(match[2] + "s")) if match else None
