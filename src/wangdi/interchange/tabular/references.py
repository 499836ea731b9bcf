"""Checks across tables: references that must resolve, trees that must be trees, records within a life."""

import difflib
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.registers import PLACE_LEVELS, REGISTERS
from wangdi.engine.model.seats import TREES
from wangdi.engine.model.text import Text
from wangdi.interchange.tabular.checks import days_since_1970, is_dated
from wangdi.interchange.tabular.findings import Findings
from wangdi.interchange.tabular.known import KnownCodes
from wangdi.interchange.tabular.problems import did_you_mean
from wangdi.interchange.tabular.typed import Column, Rows, TypedTable

Typed = Mapping[str, TypedTable]
"""Typed tables by table name."""

_NEAREST_AMONG = 5000
"""Codes to look through for the nearest one: beyond this the search takes longer than the hint is worth."""

_NEAREST_SEARCHES = 20
"""Unknown codes of a register to suggest a nearest one for: beyond this the file has another trouble."""

_CYCLE_SHOWN = 6
_LEVEL_TITLES = {option.code: option.title for option in PLACE_LEVELS}
_LEVEL_ORDER = pa.array([option.code for option in PLACE_LEVELS])
_PERSONS = tuple(
    entity for entity, register in REGISTERS.items() if any(f.name == "birth_date" for f in register.fields)
)


def check_across(tables: Typed, known: KnownCodes, findings: Findings) -> None:
    """Report what is wrong between tables, and between a table and what the store knows."""
    _check_references(tables, known, findings)
    _check_place_levels(tables, known, findings)
    for entity in TREES:
        _check_circles(tables, known, entity, findings)
    _note_records_outside_life(tables, known, findings)


class _Codes:
    """Which codes the bundle or the store has in each register."""

    def __init__(self, tables: Typed, known: KnownCodes) -> None:
        self._tables, self._known = tables, known
        self._among: dict[str, list[str] | None] = {}
        self._searches: Counter[str] = Counter()

    def are_readable(self, entity: str) -> bool:
        """Whether references can be judged: not when the bundle's own table came without its code column."""
        typed = self._tables.get(REGISTERS[entity].table)
        return typed is None or "code" in typed.columns

    def has(self, entity: str, codes: Any) -> Any:
        """For each of some distinct codes whether there is one of the register."""
        asked = codes.drop_null()
        own = self._own(entity)
        if len(own):
            asked = asked.filter(pc.invert(pc.is_in(asked, own)))
        stored = self._known.present(entity, asked) if len(asked) else pa.array([], pa.string())
        return pc.is_in(codes, pa.chunked_array([*own.chunks, stored], pa.string()))

    def nearest(self, entity: str, code: str) -> str | None:
        self._searches[entity] += 1
        if self._searches[entity] > _NEAREST_SEARCHES:
            return None
        if entity not in self._among:
            self._among[entity] = self._all(entity)
        near = difflib.get_close_matches(code, self._among[entity] or [], n=1, cutoff=0.75)
        return near[0] if near else None

    def _all(self, entity: str) -> list[str] | None:
        own = self._own(entity)
        stored = self._known.codes(entity, _NEAREST_AMONG - len(own)) if len(own) < _NEAREST_AMONG else None
        return None if stored is None else [code for code in [*own.to_pylist(), *stored.to_pylist()] if code]

    def _own(self, entity: str) -> Any:
        typed = self._tables.get(REGISTERS[entity].table)
        chunks = [] if typed is None else [typed.columns["code"].values]
        return pa.chunked_array(chunks, pa.string())


def _check_references(tables: Typed, known: KnownCodes, findings: Findings) -> None:
    codes = _Codes(tables, known)
    for table in tables.values():
        for column in table.columns.values():
            if column.field.type is FieldType.REFERENCE:
                _check_reference(table, column, codes, findings)


def _check_reference(table: TypedTable, column: Column, codes: _Codes, findings: Findings) -> None:
    entity = _target(column.field)
    if not codes.are_readable(entity):
        return
    known = codes.has(entity, column.clean)
    unknown = column.where(pc.invert(known).to_numpy(zero_copy_only=False) & _present(column.clean))
    if not len(unknown):
        return
    register = REGISTERS[entity]
    parameters = {
        "entity_zh": register.title.zh,
        "entity_en": entity,
        "table_zh": register.title.zh,
        "table_en": register.table,
    }
    hints: dict[str, Mapping[str, object]] = {}

    def nearest(row: int) -> Mapping[str, object]:
        code = column.clean_at(row) or ""
        if code not in hints:
            hints[code] = did_you_mean(codes.nearest(entity, code))
        return hints[code]

    findings.cells(table, column.field.name, "I601", unknown, parameters, nearest)


def _target(field: Field) -> str:
    if field.refers_to is None:
        raise ValueError(f"field {field.name!r} refers to no register")
    return field.refers_to


def _present(texts: Any) -> Any:
    return pc.is_valid(texts).to_numpy(zero_copy_only=False)


def _lookup(codes: Any, keys: Any, values: Any) -> Any:
    """For each code the value beside the equal key; null where there is none. Earlier keys win."""
    return pc.take(values, pc.index_in(codes, keys, skip_nulls=True))


def _check_place_levels(tables: Typed, known: KnownCodes, findings: Findings) -> None:
    table = tables.get("places")
    if table is None or not {"code", "parent", "level"} <= table.columns.keys():
        return
    stored = known.attributes("place", ("level",))
    own, parent = table.columns["level"].values, table.columns["parent"].values
    keys = pa.chunked_array([table.columns["code"].values, *stored["code"].chunks], pa.string())
    levels = pa.chunked_array([own, *stored["level"].chunks], pa.string())
    parent_level = _lookup(parent, keys.combine_chunks(), levels.combine_chunks())
    above = pc.less(pc.index_in(parent_level, _LEVEL_ORDER), pc.index_in(own, _LEVEL_ORDER))
    known_both = pc.and_(pc.is_valid(parent_level), pc.is_valid(own))
    wrong = np.flatnonzero(
        pc.and_(known_both, pc.invert(above)).fill_null(False).to_numpy(zero_copy_only=False)
    )

    def both(row: int) -> Mapping[str, object]:
        upper, lower = _level_title(parent_level[row].as_py()), _level_title(own[row].as_py())
        return {
            "parent_level_zh": upper.zh,
            "parent_level_en": upper.en.lower(),
            "level_zh": lower.zh,
            "level_en": lower.en.lower(),
        }

    findings.cells(table, "parent", "I602", wrong, of_row=both)


def _level_title(code: str) -> Text:
    return _LEVEL_TITLES[code]


def _check_circles(tables: Typed, known: KnownCodes, entity: str, findings: Findings) -> None:
    """Report rows whose parents lead back to themselves, through the bundle or the store."""
    table = tables.get(REGISTERS[entity].table)
    if table is None or not {"code", "parent"} <= table.columns.keys():
        return
    stored = known.attributes(entity, ("parent",))
    codes = pa.chunked_array(
        [table.columns["code"].values, *stored["code"].chunks], pa.string()
    ).combine_chunks()
    parents = pa.chunked_array([table.columns["parent"].values, *stored["parent"].chunks], pa.string())
    # The bundle's rows come first, so that they replace what the store holds of the same code.
    upward = pc.fill_null(pc.index_in(parents.combine_chunks(), codes, skip_nulls=True), -1).to_numpy()
    rows = _on_circles(upward)
    rows = rows[rows < len(table)]

    def path(row: int) -> Mapping[str, object]:
        return {"cycle": " → ".join(_path(row, upward, codes))}

    findings.cells(table, "parent", "I603", rows, of_row=path)


def _on_circles(upward: Any) -> Rows:
    """The nodes that lie on a circle; -1 is no parent. Pointer doubling: log(n) array steps."""
    jump = np.append(upward, -1).astype(np.int64)
    for _ in range(max(1, len(upward)).bit_length()):
        jump = jump[jump]
    reached = np.unique(jump)
    return reached[reached >= 0]


def _path(start: int, upward: Any, codes: Any) -> list[str]:
    path, node = [str(codes[start])], int(upward[start])
    while node != start and len(path) < _CYCLE_SHOWN:
        path.append(str(codes[node]))
        node = int(upward[node])
    return [*path, str(codes[start]) if node == start else "…"]


def _note_records_outside_life(tables: Typed, known: KnownCodes, findings: Findings) -> None:
    for entity in _PERSONS:
        about = [t for t in tables.values() if t.shape.kind is not None and t.shape.kind.about == entity]
        about = [table for table in about if {"subject", "occurred_on"} <= table.columns.keys()]
        if about:
            asked = pa.chunked_array([table.columns["subject"].clean for table in about], pa.string())
            lives = _lives(tables, known, entity, asked.unique().drop_null())
            for table in about:
                _note_outside(table, lives, findings)


def _lives(tables: Typed, known: KnownCodes, entity: str, codes: Any) -> Mapping[str, Any]:
    """Code, birth and death date of those with some codes at least, the bundle before the store."""
    has_death = any(field.name == "death_date" for field in REGISTERS[entity].fields)
    names = ("birth_date", "death_date") if has_death else ("birth_date",)
    stored = known.attributes(entity, names, codes)
    typed = tables.get(REGISTERS[entity].table)
    typed = typed if typed is not None and "code" in typed.columns else None
    lives = {}
    for name in ("code", *names):
        column = typed.columns.get(name) if typed is not None else None
        own = (
            []
            if typed is None
            else [pa.nulls(len(typed), stored[name].type) if column is None else column.values]
        )
        lives[name] = pa.chunked_array([*own, *stored[name].chunks], stored[name].type).combine_chunks()
    return lives


def _note_outside(table: TypedTable, lives: Mapping[str, Any], findings: Findings) -> None:
    subject = table.columns["subject"]
    person = pc.index_in(subject.clean, lives["code"], skip_nulls=True)
    occurred = days_since_1970(table.columns["occurred_on"].values)
    for name, code in (("death_date", "I904"), ("birth_date", "I905")):
        if name not in lives:
            continue
        limit = days_since_1970(subject.spread(lives[name].take(person)))
        outside = occurred > limit if name == "death_date" else occurred < limit
        findings.note_rows(
            table, "occurred_on", code, np.flatnonzero(outside & is_dated(limit) & is_dated(occurred))
        )
