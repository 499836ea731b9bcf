"""An example of the language: data, rules, a day, and what they come to. It is loaded as any pack is."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from spec.evaluations import Data
from spec.tables import headings, parse_table, stored_value, turned
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.reference.world import Record
from wangdi.engine.model.adoption import Adoption
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.named import Named
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.packs.load import load_rulebook

Spec = Callable[..., None]
"""The fixture that runs an example; its arguments are those of `Example`."""

KINDS_FILE = Path(__file__).with_name("kinds.yaml")
_TABLES = {register.table: entity for entity, register in REGISTERS.items()}
ADOPTIONS = "adoptions"
"""The table that says where the example's pack was adopted."""
_ROLES = ("subject", "institution", "worker")
_ENVELOPE = ("id", *_ROLES, "occurred_on", "status")


@dataclass(frozen=True)
class Example:
    """What a spec says. ``expect``: values by entity; ``due``: all due items; the rest: figures of both trees.

    A table whose first column is ``as_of`` is judged on several days, each row on its own.
    """

    tables: Mapping[str, str] = field(default_factory=dict)
    rules: str = ""
    as_of: str = ""
    period: tuple[str, str] | None = None
    expect: str = ""
    due: str = ""
    places: str = ""
    institutions: str = ""
    standards: str = ""
    """Levels of clauses, tier and gap, by institution (and review: the institution's own unless one is named)."""
    series: str = ""
    """What channels counted, by place and first day of the period."""
    sheets: str = ""
    """What stands on the sheet of each record, by its id, line by line."""

    # -- the rules --------------------------------------------------------------------------------

    @property
    def expected_by_entity(self) -> str:
        """The expected values, one row per entity."""
        return (
            turned(self.expect) if self.expect and headings(self.expect)[0] == "expression" else self.expect
        )

    @property
    def asked(self) -> list[str]:
        """The expressions that head the columns of the expected values."""
        if not self.expect:
            return []
        return [name for name in headings(self.expected_by_entity) if name not in (*REGISTERS, "as_of")]

    @property
    def entity(self) -> str:
        """Whom the expected values are about."""
        found = headings(self.expected_by_entity) if self.expect else ["resident"]
        return next(name for name in found if name in REGISTERS)

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules, read from a file as an author's pack is."""
        written = _with_titles(yaml.safe_load(self.rules) or {})
        asked = {
            f"asked_{number}": {"is": expression, "entity": self.entity}
            for number, expression in enumerate(self.asked)
        }
        pack = _HEAD | {"kinds": sample_kinds()} | written
        pack["values"] = {**written.get("values", {}), **asked}
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "pack.yaml"
            file.write_text(yaml.safe_dump(pack, allow_unicode=True, sort_keys=False), encoding="utf-8")
            return load_rulebook([Path(folder)])

    @property
    def values(self) -> list[Named]:
        """The asked expressions, in the order of `asked`."""
        by_name = {value.name: value for value in self.rulebook.packs[0].values}
        return [by_name[f"asked_{number}"] for number in range(len(self.asked))]

    # -- the days ---------------------------------------------------------------------------------

    @property
    def result_tables(self) -> Iterator[str]:
        tables = (self.expected_by_entity, self.due, self.places, self.institutions, self.standards)
        tables = (*tables, self.series, self.sheets)
        yield from (table for table in tables if table)

    @property
    def days(self) -> list[str]:
        """The days the example is judged on."""
        found = {row["as_of"]: None for t in self.result_tables for row in parse_table(t) if "as_of" in row}
        return list(found) or [self.as_of]

    def moment(self, day: str) -> Moment:
        if self.period is None:
            return Moment.in_year(date.fromisoformat(day))
        first, last = (date.fromisoformat(edge) for edge in self.period)
        return Moment(date.fromisoformat(day), first, last)

    # -- the data ---------------------------------------------------------------------------------

    @property
    def data(self) -> Data:
        """Registers and records. Whoever is named without a register of their own is simply there."""
        records = tuple(self._records())
        registers = {entity: self._register(entity, records) for entity in REGISTERS}
        adoptions = tuple(map(_adoption, parse_table(self.tables.get(ADOPTIONS, "place"))))
        return Data(registers, records, adoptions)

    def _register(self, entity: str, records: tuple[Record, ...]) -> dict[str, dict[str, Any]]:
        register = REGISTERS[entity]
        if register.table in self.tables:
            return {
                row["code"]: {n: stored_value(register.field(n), c) for n, c in row.items() if n != "code"}
                for row in parse_table(self.tables[register.table])
            }
        named = [row[entity] for t in self.result_tables for row in parse_table(t) if entity in row]
        named += [r.subject for r in records if self.rulebook.kinds[r.kind].about == entity]
        if entity in ("institution", "worker"):
            named += [code for r in records if (code := getattr(r, entity)) is not None]
        return {code: {} for code in dict.fromkeys(named)}

    def _records(self) -> Iterator[Record]:
        for name, text in self.tables.items():
            if name not in (*_TABLES, ADOPTIONS):
                for number, row in enumerate(parse_table(text), 1):
                    if row.get("status") != "void":
                        yield _record(self.rulebook.kinds[name], row, number)


def _adoption(row: Mapping[str, str]) -> Adoption:
    until = row.get("until")
    return Adoption(
        _HEAD["pack"],
        row["place"] or None,
        date.fromisoformat(row["since"]),
        date.fromisoformat(until) if until else None,
        row.get("edition") or None,
        in_force=row.get("in_force") != "false",
    )


def _record(kind: Kind, row: Mapping[str, str], number: int) -> Record:
    """A record; without an id of its own it is numbered, so that the later row is the later record of a day."""
    values = {n: stored_value(kind.field(n), cell) for n, cell in row.items() if n not in _ENVELOPE}
    subject, institution, worker = (row.get(role) or None for role in _ROLES)
    return Record(
        kind.name,
        row.get("id") or f"{number:03}",
        subject or "nobody",
        date.fromisoformat(row["occurred_on"]),
        institution,
        worker,
        values,
    )


# -- packs without the words that only people read ------------------------------------------------


def _text(word: str) -> dict[str, str]:
    return {"zh": word, "en": word}


_HEAD: dict[str, Any] = {
    "pack": "sample",
    "title": _text("sample"),
    "version": "1",
    "sources": {"policy": {"title": _text("policy")}},
}


def sample_kinds() -> dict[str, Any]:
    """The kinds of record of all examples, with titles."""
    kinds = yaml.safe_load(KINDS_FILE.read_text("utf-8"))
    for name, kind in kinds.items():
        kind["title"] = _text(name)
        for field_name, shape in kind["fields"].items():
            shape["title"] = _text(field_name)
            if "options" in shape:
                shape["options"] = {option: _text(option) for option in shape["options"]}
        if "workflow" in kind:
            kind["workflow"] = _titled_workflow(kind["workflow"])
    return dict(kinds)


def _titled_workflow(workflow: dict[str, Any]) -> dict[str, Any]:
    transitions = {name: {"title": _text(name)} | shape for name, shape in workflow["transitions"].items()}
    states = {name: _text(name) for name in workflow["states"]}
    return workflow | {"states": states, "transitions": transitions}


def _with_titles(rules: dict[str, Any]) -> dict[str, Any]:
    """The rules with the titles, the source and the span that examples leave out."""
    added: dict[str, dict[str, Any]] = {
        "groups": {},
        "channels": {},
        "schedules": {"service": "visit"},
        "indicators": {"span": "on_the_day"},
        "parameters": {"source": "policy"},
    }
    filled = dict(rules)
    if "editions" in rules:
        filled["editions"] = {str(edition): _text(str(edition)) for edition in rules["editions"]}
    for section, more in added.items():
        if section in rules:
            filled[section] = {
                name: {"title": _text(name)} | more | shape for name, shape in rules[section].items()
            }
    if "sheets" in rules:
        filled["sheets"] = {name: _sheet(name, shape) for name, shape in rules["sheets"].items()}
    if "standards" in rules:
        filled["standards"] = {name: _standard(name, shape) for name, shape in rules["standards"].items()}
    for schedule in filled.get("schedules", {}).values():
        steps = schedule.get("series", {}).get("steps", {})
        for name, step in steps.items():
            steps[name] = {"title": _text(name)} | step
    return filled


def _sheet(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    """A sheet with its titles; what it says is written once for both languages."""
    sections = [_sheet_section(section) for section in shape["sections"]]
    withheld = [_said(line) for line in shape.get("withheld", [])]
    return {"title": _text(name)} | shape | {"sections": sections, "withheld": withheld}


def _sheet_section(section: dict[str, Any]) -> dict[str, Any]:
    rows = [row if isinstance(row, str) else _said(row) for row in section.get("rows", [])]
    lines = [_said(line) for line in section.get("lines", [])]
    return section | {"title": _text(section["title"]), "rows": rows, "lines": lines}


def _said(part: dict[str, Any]) -> dict[str, Any]:
    texts = ("title", "shows", "limits", "says")
    return {key: _text(value) if key in texts else value for key, value in part.items()}


def _standard(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    """A standard with its titles; clauses may stand without chapters."""
    chapters = [{"name": "all", "clauses": [_clause(clause) for clause in shape["clauses"]]}]
    tiers = [{"title": _text(tier["name"])} | tier for tier in shape["tiers"]]
    rest = {key: value for key, value in shape.items() if key not in ("clauses", "tiers")}
    titled = [{"title": _text(chapter["name"])} | chapter for chapter in chapters]
    return {"title": _text(name), "edition": "1", "chapters": titled, "tiers": tiers} | rest


def _clause(clause: dict[str, Any]) -> dict[str, Any]:
    levels = {key: [_criterion(one) for one in clause[key]] for key in ("C", "B", "A") if key in clause}
    return {"title": _text(str(clause["number"]))} | clause | levels


def _criterion(criterion: dict[str, Any]) -> dict[str, Any]:
    if "judged" in criterion:
        words = criterion["judged"]
        return criterion | {"judged": _text(words), "evidence": [_text(words)]}
    return {"title": _text(str(criterion["when"]))} | criterion
