"""Which table a sheet is, and which field a column is, from the names people give them."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from wangdi.engine.model.fields import Field
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS, Register
from wangdi.engine.model.text import Text
from wangdi.interchange.decisions import DECISIONS, DecisionTable
from wangdi.interchange.tables import RECORDS_PREFIX, record_table_name
from wangdi.interchange.tabular.words import (
    HEADING_WORDS,
    PERSON_WORDS,
    RECORD_WORDS,
    SUBJECT_WORDS,
    TABLE_WORDS,
    folded,
    is_within,
    meaning_of,
    meanings,
    without_table_ending,
    writings,
)

_NEAR_ENOUGH = 0.6


@dataclass(frozen=True, slots=True)
class Shape:
    """What a table may look like: a register, decisions or a kind of record, and the headings that mean its fields.

    ``key`` is the column that tells rows apart; decisions have none, since several columns do.
    """

    table: str
    title: Text
    key: str
    fields: tuple[Field, ...]
    headings: Mapping[str, Field]
    kind: Kind | None = None
    register: Register | None = None

    @property
    def required(self) -> tuple[Field, ...]:
        """The columns that no file may lack: those asked of every row."""
        return tuple(field for field in self.fields if field.required and field.asked_if is None)

    def field_of(self, heading: str) -> Field | None:
        """The field a heading means; None for a column that is not ours."""
        return meaning_of(heading, self.headings)

    def nearest(self, heading: str) -> Field | None:
        """The field whose name or title is most like the heading, if any is alike."""
        near = difflib.get_close_matches(folded(heading), self.headings, n=1, cutoff=_NEAR_ENOUGH)
        return self.headings[near[0]] if near else None


def shapes_of(kinds: Mapping[str, Kind]) -> tuple[Shape, ...]:
    """The tables of a network: registers, decisions, and the given kinds of record."""
    registers = [_register_shape(register) for register in REGISTERS.values()]
    decisions = map(_decision_shape, DECISIONS.values())
    return (*registers, *decisions, *(_kind_shape(kind) for kind in kinds.values()))


class Vocabulary:
    """All tables a bundle may hold, found by any of their names."""

    def __init__(self, shapes: Iterable[Shape]) -> None:
        self.shapes = tuple(shapes)
        self._by_name = _names(self.shapes)
        self._headings = frozenset().union(*(shape.headings for shape in self.shapes))

    def is_heading(self, text: str) -> bool:
        return any(writing in self._headings for writing in writings(text))

    def shape_of(self, file: str, sheet: str | None, alone: bool) -> Shape | None:
        """The table a sheet is, by its name; by the file's for csv, or when the sheet is the only one."""
        names = [sheet] if sheet is not None else []
        if sheet is None or alone:
            names.append(PurePosixPath(file).stem)
        return next(filter(None, map(self._shape_named, names)), None)

    def _shape_named(self, name: str) -> Shape | None:
        """By any full name, by a name without an ending, or by the one Chinese title that it shortens."""
        found = meaning_of(name, self._by_name) or self._by_name.get(without_table_ending(name))
        if found is not None:
            return found
        short = without_table_ending(name)
        longer = [shape for shape in self.shapes if is_within(short, folded(shape.title.zh))]
        return longer[0] if len(longer) == 1 else None

    def nearest(self, name: str) -> Shape | None:
        near = difflib.get_close_matches(folded(name), self._by_name, n=1, cutoff=_NEAR_ENOUGH)
        return self._by_name[near[0]] if near else None

    def allowed(self) -> dict[str, object]:
        """The names of all tables, as message parameters."""
        names = [f"{shape.table} ({shape.title.zh})" for shape in self.shapes]
        return {"allowed_zh": "、".join(names), "allowed_en": ", ".join(names)}


def _names(shapes: Iterable[Shape]) -> dict[str, Shape]:
    """Every writing of every table; where two tables claim one, the more exact kind of name wins."""
    shapes = tuple(shapes)
    names = meanings((name, shape) for shape in shapes for name in _exact_names(shape))
    for shape in shapes:
        names.setdefault(without_table_ending(shape.title.zh), shape)
    return names


def _exact_names(shape: Shape) -> tuple[str, ...]:
    entity = (shape.register.entity,) if shape.register else ()
    words = TABLE_WORDS.get(shape.table, ())
    bare = shape.table.removeprefix(RECORDS_PREFIX)
    return (shape.table, bare, shape.title.zh, shape.title.en, *entity, *words)


def _register_shape(register: Register) -> Shape:
    words = {**PERSON_WORDS, **HEADING_WORDS.get(register.table, {})}
    headings = headings_of(register.fields, words)
    return Shape(register.table, register.title, "code", register.fields, headings, register=register)


def _decision_shape(decided: DecisionTable) -> Shape:
    headings = headings_of(decided.fields, HEADING_WORDS.get(decided.table, {}))
    return Shape(decided.table, decided.title, "", decided.fields, headings)


def _kind_shape(kind: Kind) -> Shape:
    words = {**RECORD_WORDS, "subject": SUBJECT_WORDS.get(kind.about, ())}
    headings = headings_of(kind.columns, words)
    return Shape(record_table_name(kind.name), kind.title, "id", kind.columns, headings, kind=kind)


def headings_of(fields: tuple[Field, ...], words: Mapping[str, tuple[str, ...]]) -> dict[str, Field]:
    """Every writing of every field: names before titles before other words, earlier fields first."""
    names = [(field.name, field) for field in fields]
    titles = [(title, field) for field in fields for title in (field.title.zh, field.title.en)]
    others = [(word, field) for field in fields for word in words.get(field.name, ())]
    return meanings((*names, *titles, *others))
