"""The lake: typed columnar copies of registers and current records, derived from the store and disposable."""

from wangdi.server.evaluation.lake.lake import Lake
from wangdi.server.evaluation.lake.reading import NoSuchTable, ReadableLake
from wangdi.server.evaluation.lake.state import LakeState, TableState

__all__ = ["Lake", "LakeState", "NoSuchTable", "ReadableLake", "TableState"]
