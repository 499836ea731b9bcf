"""The manual of the rule language, written from the specs: what it says has been run on every evaluator."""

import importlib
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from types import ModuleType

from spec.examples import KINDS_FILE, Example
from spec.tables import headings

CHAPTERS = (
    "constants",
    "logic",
    "comparisons",
    "calculating",
    "dates",
    "times",
    "facts",
    "measures",
    "windows",
    "stages",
    "answers",
    "groups",
    "related",
    "schedules",
    "deadlines",
    "series",
    "overdue",
    "workflows",
    "indicators",
    "figures",
    "adoption",
    "rollups",
    "standards",
    "channels",
    "sheets",
)
"""The modules `test_language_…`, in the order of the manual."""

MANUAL = Path(__file__).parents[2] / "docs" / "reference" / "language.md"

INTRODUCTION = """\
<!-- Written by tools/write_language_reference.py from tests/spec; do not edit. -->
# The rule language by example

Every example on this page is a test: it is run on both evaluators, with the data in one piece and in many. To learn
how to write a pack, begin with the [guide](../guides/write-a-pack.md).

How to read an example: first the data (a record's table has the name of its kind; void records say so; where an id matters
it is given), then the rules as they stand in a pack (without titles and sources, which every pack needs), then what comes
out as of a day. The columns of *What comes out* are expressions of the language. An empty cell is an empty value (null).

All examples share these kinds of record:
"""


@dataclass(frozen=True)
class Section:
    """One spec: its sentence, what it explains, and its examples."""

    sentence: str
    explanation: str
    examples: tuple[Example, ...]


def sections(module: ModuleType) -> Iterator[Section]:
    """The specs of a module, in the order they stand in."""
    for name, function in vars(module).items():
        if name.startswith("test_") and inspect.isfunction(function):
            examples: list[Example] = []

            def record(
                tables: Mapping[str, str] | None = None,
                rules: str = "",
                *,
                found: list[Example] = examples,
                **parts: str,
            ) -> None:
                found.append(Example(tables or {}, rules, **parts))  # type: ignore[arg-type]  # as written

            function(record)
            sentence = name.removeprefix("test_").replace("_", " ").capitalize()
            yield Section(sentence, inspect.getdoc(function) or "", tuple(examples))


def chapters() -> Iterator[tuple[str, str, list[Section]]]:
    """Title, introduction and sections of each chapter."""
    for name in CHAPTERS:
        module = importlib.import_module(f"spec.test_language_{name}")
        title, _, introduction = inspect.getdoc(module).partition("\n")  # type: ignore[union-attr]  # tested
        yield title, introduction.strip(), list(sections(module))


def render() -> str:
    """The whole manual as Markdown."""
    parts = [INTRODUCTION, _block(KINDS_FILE.read_text("utf-8"), "yaml")]
    for title, introduction, found in chapters():
        parts.append(f"\n## {title}\n\n{introduction}\n")
        parts.extend(_section(section) for section in found)
    return "\n".join(parts).rstrip() + "\n"


def _section(section: Section) -> str:
    examples = "\n".join(_example(example) for example in section.examples)
    return f"### {section.sentence}\n\n{section.explanation}\n\n{examples}"


def _example(example: Example) -> str:
    parts = [f"{name}:\n\n{_table(text)}" for name, text in example.tables.items()]
    if example.rules:
        parts.append(_block(dedent(example.rules).strip(), "yaml"))
    parts += [
        f"{caption}{_moment(example, table)}:\n\n{_table(table)}"
        for caption, table in (
            ("What comes out", example.expect),
            ("What is due", example.due),
            ("Figures by place", example.places),
            ("Figures by institution", example.institutions),
            ("How the institutions stand", example.standards),
            ("What the channels counted", example.series),
            ("What stands on the sheets", example.sheets),
        )
        if table
    ]
    return "\n".join(parts)


def _moment(example: Example, table: str) -> str:
    day = "" if "as_of" in headings(table) else f" as of {example.as_of}"
    if example.period is None:
        return day
    return f"{day} in the period {example.period[0]} to {example.period[1]}"


def _table(text: str) -> str:
    """A Markdown table; headings and the first column of expressions are code."""
    heading, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    is_turned = heading[0] == "expression"
    shown = heading if is_turned else [f"`{cell}`" for cell in heading]
    body = [[f"`{row[0]}`", *row[1:]] if is_turned else row for row in rows]
    lines = [shown, ["---"] * len(heading), *body]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _block(text: str, language: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```\n"
