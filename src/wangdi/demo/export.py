"""Write the network as files that the import reads: one csv per table, columns of the exchange contract."""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from wangdi.demo.network import Network, Piece

LIST_SEPARATOR = ";"
"""Between the codes of a multiple choice."""


def write_csv(network: Network, folder: Path) -> None:
    """``<register>.csv`` for each register, such as ``residents.csv``, and ``records/<kind>.csv``.

    Creates the folder; files of the same names are replaced. UTF-8 with a header row, dates as 2026-03-01.
    """
    write_pieces(network.registers().items(), folder)
    write_pieces(network.record_batches(), folder)


def write_pieces(pieces: Iterable[Piece], folder: Path) -> None:
    """The pieces of each table one after the other into ``<folder>/<table>.csv``."""
    with ExitStack() as stack:
        writers: dict[str, Any] = {}
        for name, piece in pieces:
            table = _as_text(piece)
            if name not in writers:
                path = folder / f"{name}.csv"
                path.parent.mkdir(parents=True, exist_ok=True)
                writers[name] = stack.enter_context(csv.CSVWriter(path, table.schema))
            writers[name].write_table(table)


def _as_text(table: Any) -> Any:
    """The table with each list of codes as one text, which csv can hold."""
    for position, field in enumerate(table.schema):
        if pa.types.is_list(field.type):
            joined = pc.binary_join(table[field.name], LIST_SEPARATOR)
            table = table.set_column(position, pa.field(field.name, pa.string()), joined)
    return table
