"""Writes docs/coverage.md: which packs carry which row of the mission, from the packs and coverage.yaml.

With ``--check`` nothing is written; the exit code is 1 when the page is not what the packs say today.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from wangdi.engine.model.pack import Pack
from wangdi.engine.packs.load import load_rulebook

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "coverage.md"
CONTENT = ROOT / "src" / "wangdi" / "content"

HEAD = """<!-- Written by tools/write_coverage.py from the packs and tools/coverage.yaml; do not edit. -->
# What carries what 覆盖表

Every row of the mission: what the product must do, which packs carry it, and what of it is not a rule and waits for
planning, early warning, exchange or screens. 使命各行由哪些规则包承担，哪些部分不是规则、还要等编排、预警、交换或界面。

"""
WAITS_FOR = {
    "planning": "编排 planning",
    "early_warning": "预警 early warning",
    "exchange": "交换 exchange",
    "screens": "界面 screens",
}
PARTS = (
    ("kinds", "记录", "records"),
    ("schedules", "待办", "schedules"),
    ("indicators", "指标", "indicators"),
    ("standards", "标准", "standards"),
)


def main() -> int:
    """The exit code."""
    page = render()
    if "--check" in sys.argv[1:]:
        fresh = PAGE.exists() and PAGE.read_text("utf-8") == page
        print("docs/coverage.md is fresh" if fresh else "run python tools/write_coverage.py")
        return 0 if fresh else 1
    PAGE.write_text(page, encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


def render() -> str:
    """The page. SystemExit when coverage.yaml names a pack there is none of, or leaves one out."""
    declared: Mapping[str, Any] = yaml.safe_load((ROOT / "tools" / "coverage.yaml").read_text("utf-8"))
    packs = {pack.name: pack for pack in load_rulebook([CONTENT]).packs}
    named = set(declared["also"]) | {name for row in declared["rows"].values() for name in row["packs"]}
    if named != set(packs):
        raise SystemExit(f"coverage.yaml and the packs differ: {', '.join(sorted(named ^ set(packs)))}")
    return "".join([HEAD, *_overview(declared, packs), *_details(packs)])


def _overview(declared: Mapping[str, Any], packs: Mapping[str, Pack]) -> Iterator[str]:
    yield "| row 行 | what the network does 网络做什么 | packs 规则包 | waits 待 |\n|---|---|---|---|\n"
    for number, row in declared["rows"].items():
        waits = "<br>".join(f"**{WAITS_FOR[w['for']]}**: {w['zh']} – {w['en']}" for w in row.get("waits", ()))
        yield f"| {number} | {row['title']}<br>{row['must']} | {_links(row['packs'], packs)} | {waits or '–'} |\n"
    yield f"\nFor the whole network, or the national public-health services 不单列一行：{_links(declared['also'], packs)}\n"


def _links(names: Any, packs: Mapping[str, Pack]) -> str:
    return "、".join(f"[{packs[name].title.zh}](#{name})" for name in names)


def _details(packs: Mapping[str, Pack]) -> Iterator[str]:
    yield "\n## The packs 规则包\n"
    for name, pack in sorted(packs.items()):
        yield f'\n<a id="{name}"></a>\n\n### {pack.title.zh} {pack.title.en} – `{name}`\n\n'
        for attribute, zh, en in PARTS:
            found = getattr(pack, attribute)
            if found:
                listed = "；".join(f"{one.title.zh} {one.title.en}" for one in found)
                yield f"- {zh} {en} ({len(found)}): {listed}\n"


if __name__ == "__main__":
    sys.exit(main())
