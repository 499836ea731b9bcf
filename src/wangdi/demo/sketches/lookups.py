"""What names stand for in the formulas of sketches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from wangdi.demo.arrays import DAYS_A_YEAR, Column, Ints, integers
from wangdi.demo.sketches.crowds import Crowd

EARLIER = "earlier."


@dataclass(frozen=True)
class Occasions:
    """One row per record: whom it is about (position in the crowd), when, and after which earlier record."""

    member: Ints
    day: Ints
    earlier: Ints | None = None
    label: Ints | None = None
    """Which of the ages of the sketch it is, in their order."""
    drawn: Mapping[str, Column] = field(default_factory=dict)
    """What is drawn for each record besides its fields."""

    def of(self, chosen: Any) -> "Occasions":
        """Those at the positions, or where it is true."""
        rows = integers(np.flatnonzero(chosen)) if chosen.dtype == np.bool_ else chosen
        earlier = self.earlier[rows] if self.earlier is not None else None
        label = self.label[rows] if self.label is not None else None
        drawn = {name: values.take(pa.array(rows)) for name, values in self.drawn.items()}
        return Occasions(self.member[rows], self.day[rows], earlier, label, drawn)

    def __len__(self) -> int:
        return len(self.member)


@dataclass(frozen=True)
class Written:
    """The records of a kind, as later sketches see them."""

    occasions: Occasions
    values: Mapping[str, Column]
    institution: Ints
    """The position of the institution where each was written, or a negative number."""


@dataclass(frozen=True)
class Lookup:
    """The values of names at each record: those known already, what is drawn, what the one it is about owns, the
    ``earlier.`` record, the ``day`` and the ``age`` on it, ``nth`` (which record about the same one it is), columns of the
    register."""

    crowd: Crowd
    occasions: Occasions
    own: Mapping[str, Column]
    earlier: Written | None
    known: Mapping[str, Column]

    def __call__(self, name: str) -> Column:
        """KeyError when nothing has that name."""
        if name in self.known:
            return self.known[name]
        if name in self.occasions.drawn:
            return self.occasions.drawn[name]
        if name == "day":
            return as_dates(self.occasions.day)
        if name == "age":
            return pa.array(self._age())
        if name == "nth":
            return pa.array(self._nth())
        if name.startswith(EARLIER):
            return self._earlier(name.removeprefix(EARLIER))
        column = self.own[name] if name in self.own else self.crowd.column(name)
        return whole(column.take(pa.array(self.occasions.member)))

    def _age(self) -> Any:
        return np.floor((self.occasions.day - self.crowd.birth[self.occasions.member]) / DAYS_A_YEAR)

    def _nth(self) -> Any:
        """Counted from 1 among the records about the same one, which are in order when fields are filled in."""
        member = self.occasions.member
        return np.arange(len(member)) - np.searchsorted(member, member) + 1

    def _earlier(self, name: str) -> Column:
        if self.earlier is None or self.occasions.earlier is None:
            raise ValueError(f"'{EARLIER}{name}': there is no earlier record")
        before = self.earlier
        values = as_dates(before.occasions.day) if name == "day" else before.values[name]
        return values.take(pa.array(self.occasions.earlier))


def as_dates(day: Ints) -> Column:
    return pa.array(integers(day)).cast(pa.date32())


def whole(column: Any) -> Column:
    """One array of what may be several chunks."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
