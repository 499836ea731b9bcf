"""One-time passwords on their way from the work that made them to whoever hands them over: sealed, and taken once."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from wangdi.engine.model.text import Text
from wangdi.interchange.tabular.spreadsheet import put_text
from wangdi.server.access.models import Role
from wangdi.server.access.titles import ROLE_TITLES
from wangdi.server.accounts.bulk import Handed
from wangdi.server.common.secrecy import vault

_FILE = "passwords.sealed"
_FIELD = "handed passwords"

_COLUMNS = (
    ("name", Text("姓名", "Name"), 12),
    ("username", Text("用户名", "User name"), 18),
    ("password", Text("一次性密码", "One-time password"), 26),
    ("role", Text("角色", "Role"), 20),
    ("area", Text("单位", "Area"), 28),
    ("phone", Text("电话", "Phone"), 14),
    ("until", Text("有效至", "Good until"), 12),
)


def keep_sealed(folder: Path, handed: Sequence[Handed]) -> None:
    sealed = vault().seal(_FIELD, json.dumps([asdict(one) for one in handed]))
    (folder / _FILE).write_bytes(sealed)


def are_kept(folder: Path) -> bool:
    """Whether passwords lie there that nobody has taken."""
    return (folder / _FILE).exists()


def take_once(folder: Path) -> list[Handed]:
    """The passwords, which are gone from there; none for whoever comes second."""
    taken = folder / f"{_FILE}.{os.getpid()}"
    try:
        (folder / _FILE).rename(taken)
    except FileNotFoundError:
        return []
    sealed = taken.read_bytes()
    taken.unlink()
    return [Handed(**one) for one in json.loads(vault().reveal(_FIELD, sealed))]


def write_sheet(handed: Sequence[Handed], destination: Any) -> None:
    """An xlsx of the passwords, to a path or a binary file."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "一次性密码"
    for number, (_, title, width) in enumerate(_COLUMNS, 1):
        put_text(sheet.cell(1, number), f"{title.zh} {title.en}")
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row, one in enumerate(handed, 2):
        for number, (name, _, _) in enumerate(_COLUMNS, 1):
            put_text(sheet.cell(row, number), _shown(one, name))
            sheet.cell(row, number).number_format = "@"
    sheet.freeze_panes = "A2"
    book.save(destination)


def _shown(one: Handed, column: str) -> str:
    value: str = getattr(one, column)
    return ROLE_TITLES[Role(value)].zh if column == "role" and value else value
