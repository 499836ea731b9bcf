"""Facts, values and parameters that no rule uses."""

import re
from collections.abc import Iterator
from dataclasses import fields

from wangdi.engine.checks.finding import Finding
from wangdi.engine.diagnostics.messages import Severity
from wangdi.engine.model.contents import contents
from wangdi.engine.model.facts import Fact
from wangdi.engine.model.named import Named
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.model.parameters import Parameter
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.text import Text

_DEFINITIONS = ("parameters", "facts", "values")
_PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)[.}]")

Key = tuple[str, str]
"""A pack and a name of its own."""


def unused_names(rulebook: Rulebook) -> Iterator[Finding]:
    """What is defined, but reached from no group, schedule, indicator or other part with an effect."""
    used = _used(rulebook)
    for pack in rulebook.packs:
        for section in _DEFINITIONS:
            for definition in getattr(pack, section):
                if (pack.name, definition.name) not in used:
                    yield _finding(pack, section, definition.name)


def _used(rulebook: Rulebook) -> set[Key]:
    used: set[Key] = set()
    for pack in rulebook.packs:
        seen: set[int] = set()
        for column in fields(pack):
            if column.name not in _DEFINITIONS:
                _use(pack, getattr(pack, column.name), used, seen)
    return used


def _use(pack: Pack, part: object, used: set[Key], seen: set[int]) -> None:
    """Adds what a part of a pack uses; names in its sentences stand for facts and values of the pack.

    What was gone through for one part of the pack says nothing new in another.
    """
    for found in contents(part, seen):
        if isinstance(found, Named | Fact | Rollup | Parameter):
            used.add((found.pack, found.name))
        elif isinstance(found, Text):
            for name in _PLACEHOLDER.findall(found.zh + found.en):
                if (pack.name, name) not in used:
                    used.add((pack.name, name))
                    _use(pack, _definitions(pack, name), used, seen)


def _definitions(pack: Pack, name: str) -> tuple[object, ...]:
    return tuple(d for section in _DEFINITIONS for d in getattr(pack, section) if d.name == name)


def _finding(pack: Pack, section: str, name: str) -> Finding:
    message = f"'{name}' is defined, but no rule uses it"
    hint = "remove it, or use it in a group, a schedule, an indicator"
    return Finding("W4003", pack.name, (section, name), message, hint, Severity.WARNING, at_key=True)
