"""A handbook as one HTML page: no scripts, nothing from elsewhere, good to print."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from wangdi.engine.handbook.blocks import Block, Facts, Heading, Items, Paragraph, Table

_STYLE = Path(__file__).with_name("handbook.css")


def to_html(blocks: Sequence[Block], language: str, links: Iterable[tuple[str, str]] = ()) -> str:
    """``links`` (address, text) stand above the title, and are not printed."""
    title = next((block.text for block in blocks if isinstance(block, Heading)), "")
    lang = "en" if language == "en" else "zh-CN"
    nav = " · ".join(f'<a href="{escape(to)}">{escape(text)}</a>' for to, text in links)
    body = "\n".join(map(_block, blocks))
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_STYLE.read_text('utf-8')}</style>\n</head>\n"
        f"<body>\n<nav>{nav}</nav>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"<h{level}>{escape(text)}</h{level}>"
        case Paragraph(text):
            return f"<p>{escape(text)}</p>"
        case Items(texts):
            return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"
        case Facts(pairs):
            said = (f"<dt>{escape(word)}</dt><dd>{escape(text)}</dd>" for word, text in pairs if text)
            return f"<dl>{''.join(said)}</dl>"
        case Table(headings, rows):
            body = "".join(f"<tr>{_cells(row, 'td')}</tr>" for row in rows)
            head = f"<thead><tr>{_cells(headings, 'th')}</tr></thead>"
            return f'<div class="wide"><table>{head}<tbody>{body}</tbody></table></div>'


def _cells(texts: Sequence[str], tag: str) -> str:
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)
