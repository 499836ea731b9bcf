"""The lake as a source for the evaluator: partitions are counties, keys are the store's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from wangdi.engine.model.adoption import Adoption
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS
from wangdi.server.adoption.adoptions import adoptions
from wangdi.server.evaluation.lake import ReadableLake
from wangdi.server.evaluation.lake.layout import kind_layout, kind_table

_ENVELOPE = {
    "id": pa.string(),
    "subject": pa.int32(),
    "institution": pa.int32(),
    "worker": pa.int32(),
    "occurred_on": pa.date32(),
}
"""What every table of records has, for those that are not there."""


@dataclass(frozen=True)
class LakeSource:
    """Reads registers and records from the lake."""

    lake: ReadableLake
    key: str = "id"

    def partitions(self) -> Sequence[str]:
        return self.lake.counties()

    def register(self, entity: str, columns: Iterable[str], partition: str | None) -> Any:
        county = partition if entity == "resident" else None
        return self.lake.read(REGISTERS[entity].table, sorted({self.key, *columns}), county)

    def records(self, kind: Kind, columns: Iterable[str], partition: str | None) -> Any:
        county = partition if kind.about == "resident" else None
        return self.lake.read(kind_table(kind.name), sorted(columns), county)

    def adoptions(self) -> Sequence[Adoption]:
        """From the store, as of the change that the lake is true of: they are few, and never overwritten."""
        state = self.lake.state()
        return adoptions(state.change) if state is not None else ()


class LakeAsFarAsItGoes(LakeSource):
    """The lake for packs it was not made for, tried or just put in force: kinds and fields that it lacks are empty."""

    def records(self, kind: Kind, columns: Iterable[str], partition: str | None) -> Any:
        state = self.lake.state()
        described = state.tables.get(kind_table(kind.name)) if state is not None else None
        if described is None:
            return pa.table({name: pa.array([], found) for name, found in _ENVELOPE.items()})
        wanted = set(kind_layout(kind).signature.split(" "))
        fitting = {column.partition(":")[0] for column in wanted.intersection(described.signature.split(" "))}
        return super().records(kind, fitting.intersection(columns), partition)
