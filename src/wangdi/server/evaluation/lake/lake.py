"""The lake as its users see it: bring it up to date, read a table."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS
from wangdi.server.common.alone import run_alone
from wangdi.server.common.loading import OnProgress
from wangdi.server.evaluation.lake.builder import Builder, workspace
from wangdi.server.evaluation.lake.files import DataFile, list_files
from wangdi.server.evaluation.lake.layout import Layout, kind_layout, register_layout
from wangdi.server.evaluation.lake.reading import ReadableLake
from wangdi.server.evaluation.lake.source import Position, Source, bulk_snapshot, snapshot
from wangdi.server.evaluation.lake.state import LakeState, locked, read_state, write_state

SMALL = 50_000
"""Rows that are read here rather than in a process of its own, which takes a second to start."""


@dataclass(frozen=True, slots=True)
class Lake(ReadableLake):
    """A folder of Delta tables: the registers, and ``records_<kind>`` for each kind."""

    path: Path

    def state(self) -> LakeState | None:
        """What the lake was built from; None before the first build."""
        return read_state(self.path)

    def refresh(
        self, store: Path, kinds: Mapping[str, Kind], on_progress: OnProgress | None = None
    ) -> LakeState:
        """Bring the lake to what the store holds now; milliseconds when nothing changed.

        Only record versions newer than the lake's are read and only the partitions they touch are written.
        Kinds whose fields changed are built anew; kinds not in ``kinds`` lose their table. Interrupted at any
        point, the lake reads as before and the next refresh repairs it.
        """
        layouts = _layouts(kinds)
        with locked(self.path):
            with snapshot(store) as source:
                before = _of_this_store(self.state(), source)
                now = source.position()
                if before.change_hash == now.change_hash and before.signatures == _signatures(layouts):
                    return before
                if _is_small(before, now, layouts):
                    return _build(on_progress or _silent, self.path, source, before, kinds)
            return run_alone(on_progress or _silent, _build_in_bulk, self.path, store, before, kinds)

    def files(self, table: str, state: LakeState) -> Sequence[DataFile]:
        return list_files(self.path / table, state.tables[table].version)


def _build_in_bulk(
    on_progress: OnProgress, folder: Path, store: Path, before: LakeState, kinds: Mapping[str, Kind]
) -> LakeState:
    with bulk_snapshot(store) as source:
        return _build(on_progress, folder, source, before, kinds)


def _build(
    on_progress: OnProgress, folder: Path, source: Source, before: LakeState, kinds: Mapping[str, Kind]
) -> LakeState:
    with workspace(folder) as quack:
        builder = Builder(folder, quack, source, before, on_progress)
        state = builder.run(kinds, _layouts(kinds))
    write_state(folder, state)
    builder.sweep(state)
    for name in before.tables.keys() - state.tables.keys():
        shutil.rmtree(folder / name, ignore_errors=True)
    return state


def _is_small(before: LakeState, now: Position, layouts: Mapping[str, Layout]) -> bool:
    known = before.signatures == _signatures(layouts)
    residents = 0 if known and now.register_change <= before.change else now.residents
    return residents + now.seq - (before.seq if known else 0) <= SMALL


def _layouts(kinds: Mapping[str, Kind]) -> dict[str, Layout]:
    layouts = [*map(register_layout, REGISTERS.values()), *map(kind_layout, kinds.values())]
    return {layout.table: layout for layout in layouts}


def _of_this_store(state: LakeState | None, source: Source) -> LakeState:
    """The state; an empty one when the lake came from another store or a later state of this one."""
    if state is None or source.change_hash(state.change) != state.change_hash:
        return LakeState()
    return state


def _signatures(layouts: Mapping[str, Layout]) -> dict[str, str]:
    return {name: layout.signature for name, layout in layouts.items()}


def _silent(_table: str, _done: int, _total: int) -> None:
    return None
