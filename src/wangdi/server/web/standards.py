"""What the pages of standards show: reviews, shares, clauses with their criteria, and the gap, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wangdi.engine.evaluate.assessment import Agreement, Assessment, ClauseResult, Mark, compare
from wangdi.engine.evaluate.gap import Gap, gap_to_next_tier
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.named import Named
from wangdi.engine.model.parameters import Source, Trust
from wangdi.engine.model.standards import (
    JUDGEMENT,
    LEVELS,
    REVIEWS,
    Chapter,
    Clause,
    Criterion,
    Evaluated,
    Level,
    Review,
    Standard,
)
from wangdi.engine.model.text import Text
from wangdi.server.evaluation.assessing import StandardAssessed
from wangdi.server.evaluation.judging import CriterionAt
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.records.models import RecordVersion
from wangdi.server.web.words import (
    column_in_words,
    column_of,
    result_in_words,
    rule_in_words,
    say,
    value_in_words,
    wording,
)

YEARS_BACK = 5
"""How many years may be chosen, where the standard was used in them."""

MARKS = {
    Mark.MET: ("✓", Text("达到", "met")),
    Mark.UNMET: ("✗", Text("未达到", "not met")),
    Mark.UNJUDGED: ("–", Text("未判定", "not judged")),
}
"""A sign and a word, so that colour is never the only difference."""


def years_of(standard: Standard, today: date) -> list[int]:
    """The years that may be chosen, newest first."""
    newest = min(today.year, standard.last_year or today.year)
    years = range(newest, newest - YEARS_BACK, -1)
    return [year for year in years if standard.is_used_in(year)]


def review_title(review: Review) -> str:
    """As the kind of the judgement calls it."""
    field = next(one for one in rulebook().kinds[JUDGEMENT].fields if one.name == "review")
    return next(wording(option.title) for option in field.options if option.code == review.value)


def unverified_sources(standard: Standard) -> list[Source]:
    """The sources of a standard that nobody has read."""
    pack = next(pack for pack in rulebook().packs if pack.name == standard.pack)
    named = [source for source in pack.sources if source.name in standard.sources]
    return [source for source in named if source.trust is Trust.UNVERIFIED]


@dataclass(frozen=True)
class ReviewLine:
    """One institution at one review that took place. ``agreement`` with its self-assessment; None for that itself."""

    title: str
    assessment: Assessment
    agreement: Agreement | None

    @property
    def tier(self) -> str:
        tiers = {tier.name: wording(tier.title) for tier in self.assessment.standard.tiers}
        return tiers.get(self.assessment.tier or "", say("未达标", "no tier"))

    @property
    def agreement_rate(self) -> float | None:
        return self.agreement.rate if self.agreement is not None else None

    @property
    def shares(self) -> list[tuple[str, float | None]]:
        return [(level.value, self.assessment.share(level)) for level in LEVELS]


def review_lines(found: StandardAssessed, key: int) -> list[ReviewLine]:
    """The self-assessment, begun or not, and every review that took place."""
    assessments = [found.assessment(key, review) for review in REVIEWS]
    own = assessments[0]
    return [
        ReviewLine(
            review_title(one.review), one, compare(own, one) if one is not own and own.is_reviewed else None
        )
        for one in assessments
        if one is own or one.is_reviewed
    ]


@dataclass(frozen=True)
class InstitutionLine:
    """An institution in the list of an area. ``last``: its highest review, from which the gap is told."""

    node: Any
    lines: Sequence[ReviewLine]
    gap: Gap | None

    @property
    def last(self) -> ReviewLine:
        return self.lines[-1]

    @property
    def has_begun(self) -> bool:
        return self.last.assessment.is_reviewed


def institution_line(found: StandardAssessed, node: Any) -> InstitutionLine:
    lines = review_lines(found, node.pk)
    return InstitutionLine(node, lines, gap_to_next_tier(lines[-1].assessment))


@dataclass(frozen=True)
class MarkAt:
    """A criterion at one review: its mark, and the judgement behind it if people judge."""

    at: CriterionAt
    title: str
    mark: Mark
    record: RecordVersion | None
    may_judge: bool

    @property
    def sign(self) -> str:
        return MARKS[self.mark][0]

    @property
    def word(self) -> str:
        return wording(MARKS[self.mark][1])


@dataclass(frozen=True)
class CriterionRow:
    """``values`` are what its condition looks at, in words, with what was found; ``condition`` says it with the
    values that policy sets on the day."""

    level: Level
    criterion: Criterion
    marks: Sequence[MarkAt]
    values: Sequence[tuple[str, str]]
    condition: str = ""

    @property
    def is_evaluated(self) -> bool:
        return isinstance(self.criterion, Evaluated)

    @property
    def forms(self) -> list[MarkAt]:
        """The reviews at which the reader may judge it."""
        return [mark for mark in self.marks if mark.may_judge]


@dataclass(frozen=True)
class ClauseRow:
    """``levels``: titles of reviews and the clause's result at each; ``differs``: not the same at all that judged."""

    clause: Clause
    anchor: str
    levels: Sequence[tuple[str, ClauseResult]]
    rows: Sequence[CriterionRow]

    @property
    def applies(self) -> bool:
        return self.levels[0][1].applies

    @property
    def differs(self) -> bool:
        judged = [result for _, result in self.levels if result.judged]
        return self.applies and len({result.level for result in judged}) > 1


@dataclass(frozen=True)
class Shown:
    """What the page of an institution is made from: the reviews shown, and at which of all the reader may judge."""

    found: StandardAssessed
    key: int
    lines: Sequence[ReviewLine]
    judgements: Mapping[CriterionAt, RecordVersion]
    open_to_reader: Sequence[Review]

    def chapters(self) -> list[tuple[Chapter, list[ClauseRow]]]:
        standard = self.found.standard
        anchors = {clause.number: f"c{place}" for place, clause in enumerate(standard.clauses, 1)}
        return [
            (chapter, [self._clause(clause, anchors[clause.number]) for clause in chapter.clauses])
            for chapter in standard.chapters
        ]

    def _clause(self, clause: Clause, anchor: str) -> ClauseRow:
        levels = [(line.title, line.assessment.numbered[clause.number]) for line in self.lines]
        rows = [
            self._criterion(clause, level, number, criterion)
            for level in clause.levels
            for number, criterion in enumerate(clause.criteria[level], 1)
        ]
        return ClauseRow(clause, anchor, levels, rows)

    def _criterion(self, clause: Clause, level: Level, number: int, criterion: Criterion) -> CriterionRow:
        if isinstance(criterion, Evaluated):
            mark = self.lines[0].assessment.numbered[clause.number].marks[level][number - 1]
            at = CriterionAt(Review.SELF, clause.number, level, number)
            values = self.found.values_behind(criterion, self.key)
            day = self.found.found.as_of
            told = [(expression_in_words(one, day), found_in_words(one, value)) for one, value in values]
            rule = rule_in_words(criterion.when, day)
            return CriterionRow(level, criterion, [MarkAt(at, "", mark, None, False)], told, rule)
        return CriterionRow(level, criterion, self._judged(clause, level, number), ())

    def _judged(self, clause: Clause, level: Level, number: int) -> list[MarkAt]:
        shown = {line.assessment.review: line.assessment for line in self.lines}
        wanted = [review for review in REVIEWS if review in shown or review in self.open_to_reader]
        marks = []
        for review in wanted:
            at = CriterionAt(review, clause.number, level, number)
            result = shown[review].numbered[clause.number] if review in shown else None
            mark = result.marks[level][number - 1] if result else Mark.UNJUDGED
            may = review in self.open_to_reader
            marks.append(MarkAt(at, review_title(review), mark, self.judgements.get(at), may))
        return marks


def expression_in_words(expression: Expression, on: date) -> str:
    """The title of a field or a named value; what it draws from the records where it has none."""
    if (column := column_in_words(expression)) is not None:
        return column
    if isinstance(expression, Named) and expression.title is not None:
        return wording(expression.title)
    return rule_in_words(expression, on)


def found_in_words(expression: Expression, value: Any) -> str:
    if (column := column_of(expression)) is not None:
        return value_in_words(column, value)
    return result_in_words(expression, value)
