"""The handbook of a pack, and the files it is written to."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from wangdi.engine.handbook.blocks import Block, Heading, Items
from wangdi.engine.handbook.html import to_html
from wangdi.engine.handbook.markdown import to_markdown
from wangdi.engine.handbook.sections import SECTIONS, head
from wangdi.engine.handbook.words import Words
from wangdi.engine.model.pack import Pack, Rulebook

LANGUAGES = ("zh", "en")


def handbook(rulebook: Rulebook, pack: Pack, language: str, on: date) -> list[Block]:
    """The rules of a pack in words, as of a day."""
    words = Words(rulebook, language, on)
    parts = (
        block for part, section in SECTIONS.items() if getattr(pack, part) for block in section(words, pack)
    )
    return [*head(words, pack), *parts]


def write_handbooks(rulebook: Rulebook, packs: Sequence[Pack], folder: Path, on: date) -> list[Path]:
    """Writes ``<pack>.<language>.html`` and ``.md`` for each pack, and an index; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[Path, str] = {}
    for pack in packs:
        for language in LANGUAGES:
            blocks = handbook(rulebook, pack, language, on)
            stem = f"{pack.name}.{language}"
            links = [("index.html", "目录 Contents"), _other(pack, language)]
            files[folder / f"{stem}.html"] = to_html(blocks, language, links)
            files[folder / f"{stem}.md"] = to_markdown(blocks)
    files[folder / "index.html"] = _index(packs)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return list(files)


def _other(pack: Pack, language: str) -> tuple[str, str]:
    return (f"{pack.name}.en.html", "English") if language == "zh" else (f"{pack.name}.zh.html", "中文")


def _index(packs: Sequence[Pack]) -> str:
    links = [
        (f"{pack.name}.{language}.html", pack.title.in_language(language))
        for pack in packs
        for language in LANGUAGES
    ]
    titles = Items(tuple(f"{pack.title.zh} {pack.title.en} – {pack.version}" for pack in packs))
    return to_html([Heading(1, "规则手册 Handbook"), titles], "zh", links)
