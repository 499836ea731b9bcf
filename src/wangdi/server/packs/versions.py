"""Versions as authors write them – ``2026.1``, ``2026.1-county.2`` – and which of two is the later one."""

import re

Part = tuple[int, int, str]


def version_key(version: str) -> tuple[Part, ...]:
    """To be compared: numbers as numbers, words before numbers, the longer of two that begin alike last."""
    parts = re.findall(r"\d+|[^\W\d_]+", version)
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part.lower()) for part in parts)


def is_later(version: str, than: str) -> bool:
    return version_key(version) > version_key(than)
