"""Checks of fields that are asked only with certain answers above them."""

import numpy as np
import pyarrow.compute as pc

from wangdi.engine.evaluate.asking import asked_masks
from wangdi.engine.model.asking import depends_on
from wangdi.engine.model.fields import Field
from wangdi.engine.model.kinds import Kind
from wangdi.interchange.tabular.findings import Findings
from wangdi.interchange.tabular.parsed import Mask
from wangdi.interchange.tabular.typed import TypedTable


def check_asking(table: TypedTable, kind: Kind, is_void: Mask, findings: Findings) -> None:
    """Report what is missing though it is asked, and what is there though it is not; void rows are not asked anything.

    Rows whose deciding answers are wrong themselves are passed over.
    """
    columns = {name: column.values for name, column in table.columns.items()}
    fields = {field.name: field for field in kind.form}
    for name, asked in asked_masks(kind.form, columns, len(table)).items():
        field = fields[name]
        decided = ~_unsure(table, field) & ~is_void
        if name not in table.columns:
            _report_missing_column(table, field, asked & decided, findings)
            continue
        empty = pc.is_null(table.columns[name].indices).to_numpy(zero_copy_only=False)
        findings.cells(table, name, "I314", np.flatnonzero(~asked & ~empty & decided), _deciding(kind, field))
        if field.required:
            findings.cells(table, name, "I301", np.flatnonzero(asked & empty & decided))


def _unsure(table: TypedTable, field: Field) -> Mask:
    """The rows in which an answer that decides is wrong itself."""
    unsure = np.zeros(len(table), np.bool_)
    for name in depends_on(field.asked_if) if field.asked_if is not None else ():
        if name in table.columns:
            unsure |= table.columns[name].bad
    return unsure


def _report_missing_column(table: TypedTable, field: Field, asked: Mask, findings: Findings) -> None:
    rows = np.flatnonzero(asked)
    if not field.required or not len(rows):
        return
    part, _ = table.source_of(int(rows[0]))
    headings = "、".join(heading.strip() for heading in part.sheet.headings if heading.strip())
    names = {"missing_zh": f"{field.title.zh}（{field.name}）", "missing_en": field.name, "found": headings}
    findings.whole("I201", table.name, table.place_of(int(rows[0]), None), names)


def _deciding(kind: Kind, field: Field) -> dict[str, object]:
    titles = [kind.field(name).title for name in depends_on(field.asked_if)] if field.asked_if else []
    return {
        "deciding_zh": "”“".join(title.zh for title in titles),
        "deciding_en": ", ".join(f"'{title.en}'" for title in titles),
    }
