"""Everything that a part of the model holds, whatever sort of part it is."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass


def contents(part: object) -> Iterator[object]:
    """The part itself and all that is inside it, each object once: expressions, texts, parameters, parts of parts."""
    waiting, seen = [part], set[int]()
    while waiting:
        found = waiting.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        waiting.extend(_inside(found))


def _inside(part: object) -> Iterator[object]:
    if isinstance(part, Mapping):
        yield from part.values()
    elif isinstance(part, tuple | list | frozenset):
        yield from part
    elif is_dataclass(part):
        for column in fields(part):
            yield getattr(part, column.name)
