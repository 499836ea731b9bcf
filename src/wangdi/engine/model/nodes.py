"""Nodes of a model: frozen values that work out their hash once, made by the hundred thousand."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, dataclass_transform

N = TypeVar("N")


class Hashed:
    """What `node` needs of a class: a place for the hash."""

    __slots__ = ("_hash",)


@dataclass_transform(frozen_default=True)
def node(cls: type[N]) -> type[N]:
    """A frozen dataclass with slots that keeps its hash; the class derives from `Hashed`.

    The hash of a tree goes through all of it. Plans look every node up, and those of a whole network have trees of
    thousands: without this they take five times as long to make.
    """
    made: Any = dataclass(frozen=True, slots=True)(cls)
    work_out = made.__hash__

    def __hash__(self: Any) -> int:
        try:
            known: int = self._hash
        except AttributeError:
            known = work_out(self)
            object.__setattr__(self, "_hash", known)
        return known

    made.__hash__ = __hash__
    return made  # type: ignore[no-any-return]


@contextmanager
def kept() -> Iterator[None]:
    """Around the making of many nodes that all stay: Python does not look through them for garbage meanwhile.

    It would again and again go through all there are, which takes as long as making them.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
