"""Everything that a part of the model holds, whatever sort of part it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass


def contents(part: object, seen: set[int] | None = None) -> Iterator[object]:
    """The part itself and all that is inside it, each object once: expressions, texts, parameters, parts of parts.

    ``seen`` holds the ids of what is left out, and takes in those of what is yielded: whoever goes through many parts
    that share most of what is in them hands over the same set. The parts have to stay while the set is used.
    """
    waiting, seen = [part], set() if seen is None else seen
    while waiting:
        found = waiting.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        waiting.extend(_inside(found))


def _inside(part: object) -> Iterable[object]:
    if isinstance(part, str):
        return ()
    if isinstance(part, tuple | list | frozenset):
        return part
    columns = _columns(type(part))
    if columns:
        return [getattr(part, name) for name in columns]
    return part.values() if isinstance(part, Mapping) else ()


_KNOWN: dict[type, tuple[str, ...]] = {}


def _columns(sort: type) -> tuple[str, ...]:
    """The columns of a dataclass; none of another type."""
    found = _KNOWN.get(sort)
    if found is None:
        found = tuple(column.name for column in fields(sort)) if is_dataclass(sort) else ()
        _KNOWN[sort] = found
    return found
