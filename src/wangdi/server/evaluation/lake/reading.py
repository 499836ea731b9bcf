"""Reading tables of a lake whose state and files are known: the lake as it is, or as it was kept."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from typing import Any

from wangdi.server.evaluation.lake.files import DataFile, read_files
from wangdi.server.evaluation.lake.state import LakeState

_RESIDENTS = "residents"


class NoSuchTable(LookupError):
    """The lake has no table of that name, or was never built."""


class ReadableLake(ABC):
    """Tables by name: the registers, and ``records_<kind>`` for each kind."""

    __slots__ = ()

    @abstractmethod
    def state(self) -> LakeState | None:
        """What the lake was built from; None before the first build."""

    @abstractmethod
    def files(self, table: str, state: LakeState) -> Sequence[DataFile]:
        """The files of a table in that state, by county and key."""

    def read(self, table: str, columns: Collection[str] | None = None, county: str | None = None) -> Any:
        """An Arrow table in sorted order: of one county, or of all, one after another.

        All columns come as they are stored; tables split by county have ``county`` besides (a dictionary).
        """
        state = self.state()
        if state is None or table not in state.tables:
            known = ", ".join(sorted(state.tables)) if state else "nothing: it was never built"
            raise NoSuchTable(f"the lake has no table {table!r}; it has {known}")
        files = self.files(table, state)
        if county is not None:
            files = [file for file in files if file.county in (county, None)]
        return read_files(files, state.tables[table].signature, columns)

    def counties(self) -> list[str]:
        """The codes of the counties residents live in, sorted; ``-`` for residents without one."""
        state = self.state()
        found = self.files(_RESIDENTS, state) if state is not None else ()
        return sorted({file.county for file in found if file.county is not None})
