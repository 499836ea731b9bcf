"""A result sheet as it is told of one record, by the reference evaluator."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.reference.world import Record, World
from wangdi.engine.explain.answers import MISSING, answer_in_words, field_of
from wangdi.engine.explain.wording import day_text, duration_text, value_text
from wangdi.engine.model.calendar import Duration
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.kinds import ENVELOPE
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.sheets import Judgement, Line, Row, Sheet, SheetSection, Wording
from wangdi.engine.model.text import Text

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_ENVELOPE = {column.name: column for column in ENVELOPE}


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A result: what it is called, what came out, in which unit, what is usual, and how it is judged (None: not)."""

    title: Text
    shown: Text
    unit: str | None
    limits: Text | None
    judgement: Judgement | None


@dataclass(frozen=True, slots=True)
class ToldSection:
    title: Text
    rows: tuple[ToldRow, ...]
    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class ToldSheet:
    """What stands on the sheet of a record. Where there is a reason not to hand it out, only that."""

    sheet: Sheet
    sections: tuple[ToldSection, ...]
    withheld: tuple[Text, ...] = ()


def tell(world: World, rulebook: Rulebook, sheet: Sheet, record: Record) -> ToldSheet:
    """The sheet of a record, as of the day of the record."""
    moment = Moment.in_year(record.occurred_on)
    about = rulebook.kinds[record.kind].about
    return _Teller(ReferenceEvaluator(world, rulebook, about, record.subject, moment)).tell(sheet, record)


@dataclass(frozen=True)
class _Teller:
    """Tells the sheets of records about the evaluator's entity."""

    evaluator: ReferenceEvaluator

    def tell(self, sheet: Sheet, record: Record) -> ToldSheet:
        withheld = tuple(self._lines(sheet.withheld, record))
        if withheld:
            return ToldSheet(sheet, (), withheld)
        return ToldSheet(sheet, tuple(self._sections(sheet, record)))

    def _sections(self, sheet: Sheet, record: Record) -> Iterator[ToldSection]:
        for section in sheet.sections:
            if self._holds(section.when, record):
                told = self._section(section, record)
                if told.rows or told.lines:
                    yield told

    def _section(self, section: SheetSection, record: Record) -> ToldSection:
        rows = (self._row(row, record) for row in section.rows)
        known = tuple(row for row in rows if row is not None)
        return ToldSection(section.title, known, tuple(self._lines(section.lines, record)))

    def _lines(self, lines: tuple[Line, ...], record: Record) -> Iterator[Text]:
        for line in lines:
            if self._holds(line.when, record):
                yield self._fill(line.says, record)

    def _holds(self, condition: Expression | None, record: Record) -> bool:
        return condition is None or self.evaluator.is_true(condition, record)

    def _row(self, row: Row, record: Record) -> ToldRow | None:
        """None where nothing that it shows is known."""
        shown = [self._slot(expression, record) for _, expression in row.shows.slots]
        if shown and all(one is MISSING for one in shown):
            return None
        shows, judged = self._fill(row.shows, record), self._judged(row, record)
        return ToldRow(row.title, shows, row.unit, self._limits(row, record), judged)

    def _limits(self, row: Row, record: Record) -> Text | None:
        """None where one of them is unknown: for this person there are none."""
        if row.limits is None or any(self._slot(one, record) is MISSING for _, one in row.limits.slots):
            return None
        return self._fill(row.limits, record)

    def _judged(self, row: Row, record: Record) -> Judgement | None:
        found = [(judgement, self.evaluator.value(condition, record)) for judgement, condition in row.judges]
        for judgement, value in found:
            if value is True:
                return judgement
        is_known = bool(found) and all(value is False for _, value in found)
        return Judgement.USUAL if is_known else None

    # -- words ------------------------------------------------------------------------------------

    def _fill(self, wording: Wording, record: Record) -> Text:
        words = {name: self._slot(expression, record) for name, expression in wording.slots}
        return Text(_filled(wording.text.zh, words, "zh"), _filled(wording.text.en, words, "en"))

    def _slot(self, expression: Expression, record: Record) -> Text:
        """A value as people read it; `MISSING` where it is unknown."""
        value = self.evaluator.value(expression, record)
        if value is None or value == "":
            return MISSING
        if isinstance(value, date):
            return day_text(value)
        if isinstance(value, Duration):
            return duration_text(value)
        if isinstance(value, bool):
            return Text("是", "yes") if value else Text("否", "no")
        field = field_of(self.evaluator.rulebook, expression)
        if field is not None and (isinstance(value, str | tuple) or field.is_coded):
            answer = list(value) if isinstance(value, tuple) else value
            return answer_in_words(self.evaluator.world, field, answer)
        return Text(value_text(value).strip("'"), value_text(value).strip("'"))


def _filled(wording: str, words: Mapping[str, Text], language: str) -> str:
    return _PLACEHOLDER.sub(lambda match: words[match[1]].in_language(language), wording)
