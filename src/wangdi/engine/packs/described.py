"""Keys of a pack with their meanings in both languages."""

from collections.abc import Mapping

from wangdi.engine.model.text import Text

Keys = Mapping[str, Text]


def described(**meanings: tuple[str, str]) -> Keys:
    """Meanings by key; a trailing underscore is for keys that are words of Python."""
    return {name.rstrip("_"): Text(zh, en) for name, (zh, en) in meanings.items()}
