"""One line of the state of an installation."""

from dataclasses import dataclass
from enum import StrEnum

from wangdi.engine.model.text import Text


class Level(StrEnum):
    FINE = "fine"
    LOOK = "look"
    """Somebody should look at it, soon."""
    WRONG = "wrong"
    """Something does not work, or will be lost."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``part`` is a name that stays, for monitors; ``mend`` says what to do where it is not fine."""

    part: str
    level: Level
    told: Text
    mend: Text | None = None


def fine(part: str, zh: str, en: str) -> Finding:
    return Finding(part, Level.FINE, Text(zh, en))


def look(part: str, told: Text, zh: str, en: str) -> Finding:
    return Finding(part, Level.LOOK, told, Text(zh, en))


def wrong(part: str, told: Text, zh: str, en: str) -> Finding:
    return Finding(part, Level.WRONG, told, Text(zh, en))
