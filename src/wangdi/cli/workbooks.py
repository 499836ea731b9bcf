"""Writing Arrow tables into a workbook."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell


def write_workbook(path: Path, sheets: Mapping[str, Any]) -> None:
    """Writes Arrow tables as sheets of an xlsx workbook, by their titles; texts stay texts."""
    workbook = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        sheet.append(rows.column_names)
        for row in zip(*(column.to_pylist() for column in rows.columns), strict=True):
            sheet.append([_cell(sheet, value) for value in row])
    workbook.save(path)


def _cell(sheet: Any, value: Any) -> Any:
    """What looks like a formula must not become one."""
    if not isinstance(value, str) or not value.startswith("="):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell
