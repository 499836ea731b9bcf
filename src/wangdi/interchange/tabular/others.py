"""Answers that are none of a field's options and taken as the one for others: noted with what was written."""

import pyarrow as pa
import pyarrow.compute as pc

from wangdi.interchange.tabular.answers import taken_as_others
from wangdi.interchange.tabular.findings import Findings
from wangdi.interchange.tabular.typed import TypedTable

_NAMED = 10
"""So many different texts a note names."""


def note_others(table: TypedTable, findings: Findings) -> None:
    """Note the rows of each column in which something else stood, with the texts: the file alone still has them."""
    for name, column in table.columns.items():
        texts = taken_as_others(column.field, column.clean)
        rows = column.where(texts)
        if len(rows):
            written = pc.filter(column.clean, pa.array(texts)).to_pylist()
            title = next(o.title for o in column.field.options if o.code == column.field.others)
            shown = {
                "title_zh": column.field.title.zh,
                "title_en": column.field.title.en,
                "others_zh": title.zh,
                "others_en": title.en,
                "texts_zh": "、".join(written[:_NAMED]),
                "texts_en": ", ".join(written[:_NAMED]),
            }
            findings.note_rows(table, name, "I911", rows, shown)
