"""What the columnar evaluator reads: entities and records as columns of numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wangdi.engine.evaluate.columnar.jurisdictions import NOWHERE, Jurisdictions
from wangdi.engine.evaluate.columnar.vectors import Vector
from wangdi.engine.plan.plan import FromBelow, Rows

Index = NDArray[np.int32]
Owner = NDArray[np.int32]


@dataclass(frozen=True)
class EntityTable:
    """The entities of one register, by position. ``columns`` hold one vector of ``size`` values each.

    ``references`` hold, for columns that are followed, the position of whom each names (null where unknown).
    """

    entity: str
    size: int
    columns: Mapping[str, Vector] = field(default_factory=dict)
    references: Mapping[str, Vector] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordTable:
    """Records of one kind, ordered by owner, then date, then id.

    ``owner``: position of the entity each record belongs to, ascending. ``starts``: where each owner's records
    begin, with the total at the end (size of the entity table + 1). ``columns`` hold fields and ``occurred_on``;
    ``subject``, ``institution`` and ``worker`` are positions in their registers (null where unknown).
    ``previous`` holds, by field, what the record before says: the one of the same kind about the same subject.
    ``named`` holds, for fields that are followed, the position of whom each names (null where unknown).
    ``ids`` (Arrow) are there when they were asked for.
    """

    owner: Owner
    starts: Index
    columns: Mapping[str, Vector]
    previous: Mapping[str, Vector] = field(default_factory=dict)
    ids: Any = None
    named: Mapping[str, Vector] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.owner)

    @cached_property
    def last_day(self) -> int:
        """The latest day of a record, before all days when there is none."""
        return int(self.columns["occurred_on"].data.max(initial=np.iinfo(np.int32).min))


@dataclass(frozen=True)
class Dataset:
    """All tables a plan needs. ``records`` are keyed by kind and by how they belong to the plan's entities.

    ``jurisdictions`` say which packs are in force for the plan's entities, where a rule asks for it; ``from_below``
    holds the results of earlier plans for each of them.
    """

    entities: Mapping[str, EntityTable]
    records: Mapping[Rows, RecordTable]
    jurisdictions: Jurisdictions = NOWHERE
    from_below: Mapping[FromBelow, Vector] = field(default_factory=dict)


def starts_of(owner: Owner, size: int) -> Index:
    """Where each of ``size`` owners' rows begin in an ascending list of owners; the total comes last."""
    counts = np.zeros(size + 1, dtype=np.int32)
    if len(owner):
        first = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
        counts[owner[first] + 1] = np.diff(first, append=len(owner))
    return np.cumsum(counts, dtype=np.int32, out=counts)
