"""Small habits of writing workbooks that annotation and templates share."""

from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.worksheet.hyperlink import Hyperlink

_AUTHOR = "Wangdi 网底"
_TITLE_LENGTH = 31
_FORBIDDEN_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_COMMENT_WIDTH = 320
_COMMENT_LINE_HEIGHT = 20
_COMMENT_LINE_LENGTH = 24


def put_text(cell: Any, text: str) -> None:
    """Write a text as text: what looks like a formula must not become one."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    if text.startswith("="):
        cell.data_type = "s"


def put_comment(cell: Any, text: str) -> None:
    """Attach a comment large enough to be read without dragging."""
    lines = sum(1 + len(line) // _COMMENT_LINE_LENGTH for line in text.splitlines())
    height = _COMMENT_LINE_HEIGHT * (lines + 1)
    cell.comment = Comment(ILLEGAL_CHARACTERS_RE.sub("", text), _AUTHOR, height=height, width=_COMMENT_WIDTH)


def put_link(cell: Any, sheet: str, coordinate: str) -> None:
    """Make a cell lead to another cell of the workbook."""
    quoted = sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{coordinate}")
    cell.style = "Hyperlink"


def sheet_title(wanted: str, taken: list[str]) -> str:
    """A title Excel accepts that is not taken yet (Excel compares without case)."""
    base = wanted.translate(_FORBIDDEN_IN_TITLES).strip()[:_TITLE_LENGTH] or "Sheet"
    used = {title.casefold() for title in taken}
    title, number = base, 2
    while title.casefold() in used:
        ending = f" {number}"
        title, number = base[: _TITLE_LENGTH - len(ending)] + ending, number + 1
    return title
