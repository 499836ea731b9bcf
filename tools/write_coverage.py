"""Writes docs/coverage.md: what carries each thing that a row of the mission demands, from the packs and coverage.yaml.

With ``--check`` nothing is written; the exit code is 1 when the page is not what the packs say today. A name in
coverage.yaml that no pack, page or command has is an error, and so is a demand that nothing carries.
"""

import re
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer
import yaml

from wangdi.cli.main import app
from wangdi.engine.model.pack import Pack
from wangdi.engine.packs.load import load_rulebook

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "coverage.md"
CONTENT = ROOT / "src" / "wangdi" / "content"
WEB = ROOT / "src" / "wangdi" / "server" / "web"

HEAD = """<!-- Written by tools/write_coverage.py from the packs and tools/coverage.yaml; do not edit. -->
# What carries what 覆盖表

Every row of the mission: what the product must do, which packs carry it, and what of it is not a rule and waits for
planning, early warning, exchange, screens or official texts; then each thing demanded, and what carries it.
使命各行由哪些规则包承担，哪些部分不是规则、还要等编排、预警、交换、界面或官方文本；其后逐项列出每项要求由什么承担。

"""
WAITS_FOR = {
    "planning": "编排 planning",
    "early_warning": "预警 early warning",
    "exchange": "交换 exchange",
    "screens": "界面 screens",
    "clauses": "官方文本 official texts",
}
PARTS = (
    ("kinds", "记录", "records"),
    ("schedules", "待办", "schedules"),
    ("indicators", "指标", "indicators"),
    ("standards", "标准", "standards"),
)
CARRIERS = {
    "kinds": "记录 records",
    "schedules": "待办 due",
    "groups": "人群 groups",
    "values": "测算 values",
    "indicators": "指标 figures",
    "standards": "标准 standards",
    "channels": "监测 channels",
    "pages": "页面 pages",
    "commands": "命令 commands",
}
"""What may carry a demand; all but pages and commands are parts of packs."""

Named = Mapping[str, Mapping[str, str]]
"""By sort of carrier and name, how it is written on the page."""


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
    """The page. SystemExit with all that is wrong in coverage.yaml."""
    declared: Mapping[str, Any] = yaml.safe_load((ROOT / "tools" / "coverage.yaml").read_text("utf-8"))
    packs = {pack.name: pack for pack in load_rulebook([CONTENT]).packs}
    carriers = _carriers(packs)
    wrong = [*_packs_left_out(declared, packs), *faults(declared["rows"], carriers)]
    if wrong:
        raise SystemExit("coverage.yaml: " + "; ".join(wrong))
    rows = declared["rows"]
    return "".join([HEAD, *_overview(declared, packs), *_demands(rows, carriers), *_details(packs)])


# -- what there is ----------------------------------------------------------------------------------


def _carriers(packs: Mapping[str, Pack]) -> Named:
    found: dict[str, dict[str, str]] = {sort: {} for sort in CARRIERS}
    for pack in packs.values():
        for sort in CARRIERS.keys() - {"pages", "commands"}:
            for one in getattr(pack, sort):
                title = getattr(one, "title", None)
                found[sort][one.name] = f"[{title.zh if title else one.name}](#{pack.name})"
    found["pages"] = {name: f"`{name}`" for name in _pages()}
    found["commands"] = {name: f"`wangdi {name}`" for name in _commands(typer.main.get_command(app), "")}
    return found


def _pages() -> Iterator[str]:
    """The names of the urls of the pages."""
    for file in ("urls.py", "managing_urls.py"):
        yield from re.findall(r'(?:name=|\}, |^ +)"(\w+)"[,)]', (WEB / file).read_text("utf-8"), re.MULTILINE)


def _commands(command: Any, before: str) -> Iterator[str]:
    """The names of a command's own commands, and of theirs: ``plan``, ``plan sites``."""
    for name, one in getattr(command, "commands", {}).items():
        yield f"{before}{name}"
        yield from _commands(one, f"{before}{name} ")


# -- what is wrong ----------------------------------------------------------------------------------


def _packs_left_out(declared: Mapping[str, Any], packs: Collection[str]) -> Iterator[str]:
    named = set(declared["also"]) | {name for row in declared["rows"].values() for name in row["packs"]}
    if named != set(packs):
        yield f"it and the packs differ: {', '.join(sorted(named ^ set(packs)))}"


def faults(rows: Mapping[str, Any], carriers: Named) -> Iterator[str]:
    """What is wrong with the demands: a row without any, one that nothing carries, names that there are none of."""
    for number, row in rows.items():
        if not row.get("demands"):
            yield f"{number} has no demands"
        for demand in row.get("demands", ()):
            sorts = demand.keys() - {"zh", "en"}
            if not sorts:
                yield f"{number}: nothing carries '{demand['en']}'"
            for sort in sorted(sorts):
                known = carriers.get(sort, {})
                yield from (
                    f"{number}: there is no '{name}' in {sort}" for name in demand[sort] if name not in known
                )


# -- the page ---------------------------------------------------------------------------------------


def _overview(declared: Mapping[str, Any], packs: Mapping[str, Pack]) -> Iterator[str]:
    yield "| row 行 | what the network does 网络做什么 | packs 规则包 | waits 待 |\n|---|---|---|---|\n"
    for number, row in declared["rows"].items():
        waits = "<br>".join(f"**{WAITS_FOR[w['for']]}**: {w['zh']} – {w['en']}" for w in row.get("waits", ()))
        said = f"{row['title']}<br>{row['must']}"
        yield f"| [{number}](#{number}) | {said} | {_links(row['packs'], packs)} | {waits or '–'} |\n"
    yield f"\nFor the whole network, or the national public-health services 不单列一行：{_links(declared['also'], packs)}\n"


def _links(names: Any, packs: Mapping[str, Pack]) -> str:
    return "、".join(f"[{packs[name].title.zh}](#{name})" for name in names)


def _demands(rows: Mapping[str, Any], carriers: Named) -> Iterator[str]:
    yield "\n## Each thing demanded 逐项要求\n"
    for number, row in rows.items():
        yield f'\n<a id="{number}"></a>\n\n### {number} {row["title"]}\n\n'
        yield "| demanded 要求 | carried by 由什么承担 |\n|---|---|\n"
        for demand in row["demands"]:
            told = "<br>".join(
                f"{words}: {'、'.join(carriers[sort][name] for name in demand[sort])}"
                for sort, words in CARRIERS.items()
                if sort in demand
            )
            yield f"| {demand['zh']} {demand['en']} | {told} |\n"


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
