"""A handbook as Markdown."""

import re
from collections.abc import Iterable, Sequence

from wangdi.engine.handbook.blocks import Block, Facts, Heading, Items, Paragraph, Table

_SIGNS = re.compile(r"([\\`*_\[\]<>|])")


def to_markdown(blocks: Iterable[Block]) -> str:
    return "\n\n".join(_block(block) for block in blocks) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {_plain(text)}"
        case Paragraph(text):
            return _plain(text)
        case Items(texts):
            return "\n".join(f"- {_plain(text)}" for text in texts)
        case Facts(pairs):
            return "\n".join(f"- **{_plain(word)}** {_plain(text)}" for word, text in pairs if text)
        case Table(headings, rows):
            return "\n".join((_row(headings), "|---" * len(headings) + "|", *map(_row, rows)))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_plain, cells))} |"


def _plain(text: str) -> str:
    """The text with the signs that Markdown would read."""
    return _SIGNS.sub(r"\\\1", text).replace("\n", " ")
