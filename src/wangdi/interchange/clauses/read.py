"""Reads a filled clause workbook: the clauses and tiers as typed, or every problem with its sheet and cell."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl.utils import get_column_letter

from wangdi.engine.model.standards import COST_STEPS, LARGEST_COST, LEVELS, Level
from wangdi.engine.model.text import Text
from wangdi.interchange.clauses.columns import CLAUSES, SHEETS, TIERS, Column
from wangdi.interchange.tabular.problems import Place, Problem, wording
from wangdi.interchange.tabular.sheets import Sheet, UnreadableError
from wangdi.interchange.tabular.workbooks import read_workbook

_SEPARATORS = re.compile(r"[；;\n]")
_NUMBERS = re.compile(r"[；;、,，\s]+")
_HEADINGS = {text for columns in SHEETS.values() for c in columns for text in (c.title.zh, c.title.en)}


@dataclass(frozen=True, slots=True)
class TypedCriterion:
    title: Text
    evidence: tuple[Text, ...]
    cost: float | None


@dataclass(slots=True)
class TypedClause:
    """A clause as it grows row by row; ``row`` is the first of it."""

    chapter: str
    chapter_en: str
    number: str
    title: Text
    row: int
    criteria: dict[Level, list[TypedCriterion]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TypedTier:
    title: Text
    shares: Mapping[Level, float]
    required: Mapping[Level, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ClauseWorkbook:
    """What was typed. Nothing of it may be used while there are ``problems``."""

    clauses: tuple[TypedClause, ...]
    tiers: tuple[TypedTier, ...]
    problems: tuple[Problem, ...]


def read_clause_workbook(path: Path) -> ClauseWorkbook:
    """The clauses and tiers of a workbook, with all problems at once."""
    reader = _Reader(path.name)
    try:
        data = memoryview(path.read_bytes())
        sheets = {sheet.sheet: sheet for sheet in read_workbook(data, path.name, _HEADINGS.__contains__)}
    except UnreadableError as error:
        reader.report("I101", Place(path.name), reason_zh=error.reason.zh, reason_en=error.reason.en)
        return ClauseWorkbook((), (), tuple(reader.problems))
    rows = {title: list(reader.rows(title, sheets.get(title))) for title in SHEETS}
    clauses = reader.clauses(rows[CLAUSES])
    tiers = [reader.tier(row, clauses) for row in rows[TIERS]]
    return ClauseWorkbook(tuple(clauses.values()), tuple(tiers), tuple(reader.problems))


@dataclass(frozen=True, slots=True)
class _Row:
    sheet: str
    number: int
    cells: Mapping[str, str]
    letters: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(frozen=True, slots=True)
class _Reader:
    file: str
    problems: list[Problem] = field(default_factory=list)

    def report(self, code: str, where: Place, value: str | None = None, **parameters: object) -> None:
        message = wording(code, {"value": value or "", **parameters})
        self.problems.append(Problem(code, where.sheet, where, value, *message))

    def at(self, row: _Row, name: str, code: str, **parameters: object) -> None:
        column = next(column for column in SHEETS[row.sheet] if column.name == name)
        place = Place(self.file, row.sheet, row.number, column.title.zh, row.letters.get(name), name)
        titles = {"title_zh": column.title.zh, "title_en": column.title.en}
        self.report(code, place, row[name] or None, **titles, **parameters)

    # -- rows -------------------------------------------------------------------------------------

    def rows(self, title: str, sheet: Sheet | None) -> Iterator[_Row]:
        """The rows of a sheet that hold anything; none where a required column is missing."""
        if sheet is None or sheet.hidden:
            self.report("I701", Place(self.file, title), sheet=title)
            return
        headings = [heading.strip() for heading in sheet.headings]
        found = {c.name: n for c in SHEETS[title] if (n := _column(headings, c)) is not None}
        missing = [c for c in SHEETS[title] if c.required and c.name not in found]
        if missing:
            zh, en = "、".join(c.title.zh for c in missing), ", ".join(c.title.en for c in missing)
            seen = "、".join(filter(None, headings))
            self.report("I201", Place(self.file, title), missing_zh=zh, missing_en=en, found=seen)
            return
        letters = {name: get_column_letter(number + 1) for name, number in found.items()}
        columns = {name: sheet.columns[number].to_pylist() for name, number in found.items()}
        empty = True
        for at, number in enumerate(sheet.rows.tolist()):
            cells = {name: (column[at] or "").strip() for name, column in columns.items()}
            if any(cells.values()):
                empty = False
                yield _Row(title, number, cells, letters)
        if empty:
            self.report("I702", Place(self.file, title), sheet=title)

    # -- clauses ----------------------------------------------------------------------------------

    def clauses(self, rows: list[_Row]) -> dict[str, TypedClause]:
        """By number, in the order of the sheet."""
        found: dict[str, TypedClause] = {}
        last: TypedClause | None = None
        for row in rows:
            clause = self._clause(row, last, found)
            level = self._level(row)
            criterion = self._criterion(row)
            if clause is None:
                continue
            last = found.setdefault(clause.number, clause)
            if level is not None and criterion is not None:
                last.criteria.setdefault(level, []).append(criterion)
            elif level is not None:
                last.criteria.setdefault(level, [])
        if not self.problems:
            self._check_levels(found, rows)
        return found

    def _clause(
        self, row: _Row, last: TypedClause | None, found: Mapping[str, TypedClause]
    ) -> TypedClause | None:
        """The clause a row belongs to: the one above where the row names none."""
        if not row["number"]:
            if last is None:
                self.at(row, "number", "I301")
            return last
        known = found.get(row["number"])
        if known is not None:
            for name, held in (("title", known.title.zh), ("chapter", known.chapter)):
                if row[name] and row[name] != held:
                    self.at(row, name, "I703", clause=known.number, other_row=known.row)
            return known
        above = last.chapter if last is not None else ""
        chapter = row["chapter"] or above
        for name, text in (("chapter", chapter), ("title", row["title"])):
            if not text:
                self.at(row, name, "I301")
        chapter_en = row["chapter_en"] or (
            last.chapter_en if last is not None and chapter == above else chapter
        )
        title = _title(row)
        return TypedClause(chapter, chapter_en, row["number"], title, row.number)

    def _level(self, row: _Row) -> Level | None:
        level = next(
            (one for one in LEVELS if one.value == row["level"].upper().rstrip("档级 ").strip()), None
        )
        if not row["level"]:
            self.at(row, "level", "I301")
        elif level is None:
            self.at(row, "level", "I308", options_zh="C、B、A", options_en="C, B, A")
        return level

    def _criterion(self, row: _Row) -> TypedCriterion | None:
        fine = True
        for name in ("criterion", "evidence"):
            if not row[name]:
                self.at(row, name, "I301")
                fine = False
        cost = self._cost(row)
        if not fine:
            return None
        evidence, english = _split(row["evidence"]), _split(row["evidence_en"])
        if english and len(english) != len(evidence):
            self.at(row, "evidence_en", "I709", wanted=len(evidence), found=len(english))
            english = []
        pairs = zip(evidence, english or evidence, strict=True)
        title = Text(row["criterion"], row["criterion_en"] or row["criterion"])
        return TypedCriterion(title, tuple(Text(zh, en) for zh, en in pairs), cost)

    def _cost(self, row: _Row) -> float | None:
        if not row["cost"]:
            return None
        cost = _number(row["cost"])
        if cost is None or not 1 / COST_STEPS <= cost <= LARGEST_COST or round(cost, 3) != cost:
            self.at(row, "cost", "I707", limit=LARGEST_COST)
            return None
        return cost

    def _check_levels(self, found: Mapping[str, TypedClause], rows: list[_Row]) -> None:
        """B presumes C, and A presumes B."""
        by_number = {row.number: row for row in rows}
        for clause in found.values():
            given = [level for level in LEVELS if level in clause.criteria]
            for level, lower in zip(LEVELS[1:], LEVELS, strict=False):
                if level in given and lower not in given:
                    levels = {"level": level.value, "lower": lower.value}
                    self.at(by_number[clause.row], "level", "I704", clause=clause.number, **levels)

    # -- tiers ------------------------------------------------------------------------------------

    def tier(self, row: _Row, clauses: Mapping[str, TypedClause]) -> TypedTier:
        if not row["title"]:
            self.at(row, "title", "I301")
        shares = {level: share for level in LEVELS if (share := self._share(row, level)) is not None}
        required = {level: numbers for level in LEVELS if (numbers := self._required(row, level, clauses))}
        if not any(row[f"{what}_{level.value}"] for what in ("share", "required") for level in LEVELS):
            self.at(row, "title", "I706")
        return TypedTier(_title(row), shares, required)

    def _share(self, row: _Row, level: Level) -> float | None:
        name = f"share_{level.value}"
        if not row[name]:
            return None
        per_cent = row[name].endswith(("%", "％"))
        share = _number(row[name].rstrip("%％"))
        share = round(share / 100, 6) if share is not None and per_cent else share
        if share is None or not 0 < share <= 1:
            self.at(row, name, "I708")
            return None
        return share

    def _required(self, row: _Row, level: Level, clauses: Mapping[str, TypedClause]) -> tuple[str, ...]:
        name = f"required_{level.value}"
        numbers = tuple(filter(None, _NUMBERS.split(row[name])))
        for number in numbers:
            if number not in clauses or level not in clauses[number].criteria:
                self.at(row, name, "I705", clause=number, level=level.value)
        return numbers


def _title(row: _Row) -> Text:
    """A dash stands for a title that is missing, which is reported."""
    return Text(row["title"] or "–", row["title_en"] or row["title"] or "–")


def _column(headings: list[str], column: Column) -> int | None:
    return next((n for n, text in enumerate(headings) if text in (column.title.zh, column.title.en)), None)


def _split(text: str) -> list[str]:
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
