"""A page for each code: what the mistake is, how to mend it, and broken packs with the messages they are shown."""

import re
from collections.abc import Iterator
from pathlib import Path

from wangdi.engine.diagnostics.catalogue import CODES, Code

PAGES = Path(__file__).with_name("messages.md")
"""All pages in one file; it is generated, and comes with the product so that the command can print them."""

_HEAD = """# 规则包的信息 Messages about packs

本文件由目录与错误示例生成，请勿手改：`python tools/write_messages_reference.py`
（generated from the catalogue and the broken packs of the tests; do not edit）。

写规则包时可能遇到的每一种信息：编号、含义、改法、示例。命令 `wangdi packs explain W2104` 打印其中一页。

Every message that authors of packs may meet: its code, what it means, how to mend it, an example.
`wangdi packs explain W2104` prints one of these pages.
"""


def render_pages(cases: Path) -> str:
    """The pages of all codes. ``cases`` holds a folder per broken pack, named by its code, with ``expected.txt``."""
    return "\n".join([_HEAD, _overview(), *(_page(code, cases) for code in CODES.values())])


def page_of(code: str) -> str | None:
    """The page of one code as Markdown; None when there is no such code."""
    pages = re.split(r"^(?=## W)", PAGES.read_text("utf-8"), flags=re.MULTILINE)
    return next((page.rstrip() for page in pages if page.startswith(f"## {code} ")), None)


def _overview() -> str:
    rows = (
        f"| [{code.code}](#{code.code.lower()}) | {code.title.zh} | {code.title.en} |"
        for code in CODES.values()
    )
    return "\n".join(["| | | |", "|---|---|---|", *rows, ""])


def _page(code: Code, cases: Path) -> str:
    head = [
        f'## {code.code} {code.title.zh} {code.title.en} <a id="{code.code.lower()}"></a>',
        f"**改法** {code.mend.zh}",
        f"**Mend** {code.mend.en}",
    ]
    examples = (
        _example(folder)
        for folder in sorted(cases.glob(f"{code.code}-*"))
        if (folder / "expected.txt").is_file()
    )
    return "\n\n".join([*head, *examples]) + "\n"


def _example(folder: Path) -> str:
    """A broken pack and what is said of it."""
    words = folder.name.partition("-")[2].replace("-", " ")
    files = "\n\n".join(_file(path, folder) for path in sorted(folder.rglob("pack.yaml")))
    said = (folder / "expected.txt").read_text("utf-8").rstrip()
    blocks = [f"**例 Example** – {words}", files, f"```text\n{said}\n```"]
    return "\n\n".join(block for block in blocks if block)


def _file(path: Path, folder: Path) -> str:
    text = path.read_bytes().decode("utf-8", errors="replace").rstrip()
    name = path.relative_to(folder).as_posix()
    return "\n".join(_lines(text, "" if name == "pack.yaml" else name))


def _lines(text: str, name: str) -> Iterator[str]:
    yield f"`{name}`\n\n```yaml" if name else "```yaml"
    yield text
    yield "```"
