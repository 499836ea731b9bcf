"""Values that are allowed but rare: noted with their rows, never refused."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.model.usual import Usual
from wangdi.interchange.tabular.findings import Findings
from wangdi.interchange.tabular.parsed import Mask
from wangdi.interchange.tabular.typed import TypedTable


def note_unusual(table: TypedTable, counts: Mask, findings: Findings) -> None:
    """Note the rows in which a number lies outside what its field declares as usual; ``counts``: the rows that matter."""
    for name, column in table.columns.items():
        usual = column.field.usual
        if usual is None:
            continue
        rows = np.flatnonzero(_outside(column.values, usual) & counts & ~column.bad)
        if len(rows):
            shown = {
                "title_zh": column.field.title.zh,
                "title_en": column.field.title.en,
                "usual": usual.in_words,
                "value": column.text_at(int(rows[0])),
            }
            findings.note_rows(table, name, "I910", rows, shown)


def _outside(values: Any, usual: Usual) -> Mask:
    numbers = pc.cast(values, pa.float64()).to_numpy(zero_copy_only=False)
    outside: Mask = np.zeros(len(numbers), np.bool_)
    with np.errstate(invalid="ignore"):
        if usual.minimum is not None:
            outside |= numbers < usual.minimum
        if usual.maximum is not None:
            outside |= numbers > usual.maximum
    return outside
