"""Why a clause has its level and why a tier is reached or not: criteria, values, judgements, shares and thresholds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from wangdi.engine.evaluate.assessment import Assessment, ClauseResult, Mark
from wangdi.engine.evaluate.reference.standards import CriterionKey, assess, judgements_of
from wangdi.engine.evaluate.reference.world import Record, World
from wangdi.engine.explain.explain import Explainer
from wangdi.engine.explain.trace import Basis, Trace
from wangdi.engine.model.expressions import ParameterValue
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.standards import (
    Chapter,
    Clause,
    Criterion,
    Evaluated,
    Judged,
    Level,
    Review,
    Standard,
    Tier,
    day_of_assessment,
)
from wangdi.engine.model.text import Text


@dataclass(frozen=True, slots=True)
class JudgementExplained:
    """The judgement that counts for a criterion; ``worker`` is the code of who judged, where that is recorded."""

    record_id: str
    occurred_on: date
    worker: str | None
    met: bool
    evidence: str | None


@dataclass(frozen=True, slots=True)
class CriterionExplained:
    """``trace`` where it is evaluated; ``judgement`` and ``asks_for`` (the evidence to see) where people judge."""

    level: Level
    number: int
    title: Text
    mark: Mark
    trace: Trace | None
    judgement: JudgementExplained | None
    asks_for: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class ClauseExplained:
    """A clause and every criterion of it; ``applies_because`` is None where it always applies."""

    chapter: Text
    number: str
    title: Text
    applies: bool
    applies_because: Trace | None
    level: Level | None
    criteria: tuple[CriterionExplained, ...]


@dataclass(frozen=True, slots=True)
class ShareExplained:
    """How many of the applicable clauses reach a level, and the share asked for (None: no value on the day)."""

    level: Level
    reached: int
    applicable: int
    wanted: float | None
    met: bool
    bases: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class TierExplained:
    """A tier, its shares, and the required clauses that apply and do not reach their level.

    A tier presumes those before it, so it may be out of reach although its own demands are met.
    """

    name: str
    title: Text
    reached: bool
    shares: tuple[ShareExplained, ...]
    lacking: tuple[tuple[Level, str], ...]


@dataclass(frozen=True, slots=True)
class AssessmentExplained:
    """An assessment and why it came to that. ``clauses`` are those asked for."""

    institution: str
    standard: str
    title: Text
    edition: str
    year: int
    review: Review
    on: date
    tier: str | None
    clauses: tuple[ClauseExplained, ...]
    tiers: tuple[TierExplained, ...]


def explain_assessment(
    rulebook: Rulebook,
    world: World,
    standard: Standard,
    code: str,
    year: int,
    review: Review,
    as_of: date,
    clause: str | None = None,
) -> AssessmentExplained | None:
    """Why an institution stands where it does against a standard at a review; all clauses unless one is named.

    None when the standard is not for the institution, or not for that year. ValueError when the year lies after
    ``as_of``; KeyError when the standard has no such clause.
    """
    if clause is not None and clause not in standard.numbered:
        raise KeyError(clause)
    explainer = Explainer(rulebook, world, "institution", code, day_of_assessment(year, as_of))
    assessment = assess(explainer.evaluator, standard, year, review, as_of)
    if assessment is None:
        return None
    judgements = judgements_of(explainer.evaluator, standard, year, review, as_of)
    why = _Why(explainer, assessment, judgements)
    return AssessmentExplained(
        code,
        standard.name,
        standard.title,
        standard.edition,
        year,
        review,
        assessment.on,
        assessment.tier,
        tuple(why.clauses(clause)),
        tuple(why.tiers()),
    )


@dataclass(frozen=True, slots=True)
class _Why:
    explainer: Explainer
    assessment: Assessment
    judgements: dict[CriterionKey, Record]

    def clauses(self, wanted: str | None) -> Iterator[ClauseExplained]:
        for chapter in self.assessment.standard.chapters:
            for clause in chapter.clauses:
                if wanted in (None, clause.number):
                    yield self._clause(chapter, clause, self.assessment.numbered[clause.number])

    def _clause(self, chapter: Chapter, clause: Clause, result: ClauseResult) -> ClauseExplained:
        criteria = tuple(
            self._criterion(clause, level, number, criterion, mark)
            for level in clause.levels
            for number, (criterion, mark) in enumerate(
                zip(clause.criteria[level], result.marks[level], strict=True), 1
            )
        )
        because = self.explainer.trace(clause.applies) if clause.applies is not None else None
        return ClauseExplained(
            chapter.title, clause.number, clause.title, result.applies, because, result.level, criteria
        )

    def _criterion(
        self, clause: Clause, level: Level, number: int, criterion: Criterion, mark: Mark
    ) -> CriterionExplained:
        trace = self.explainer.trace(criterion.when) if isinstance(criterion, Evaluated) else None
        record = self.judgements.get((clause.number, level.value, number))
        judged = isinstance(criterion, Judged)
        judgement = _judgement(record) if judged and record is not None else None
        asks_for = criterion.evidence if isinstance(criterion, Judged) else ()
        return CriterionExplained(level, number, criterion.title, mark, trace, judgement, asks_for)

    def tiers(self) -> Iterator[TierExplained]:
        reached = self.assessment.tier is not None
        for tier in self.assessment.standard.tiers:
            shares = tuple(self._share(tier, level) for level in tier.shares)
            yield TierExplained(tier.name, tier.title, reached, shares, tuple(self._lacking(tier)))
            reached = reached and tier.name != self.assessment.tier

    def _share(self, tier: Tier, level: Level) -> ShareExplained:
        wanted, share = tier.share_on(level, self.assessment.on), self.assessment.share(level)
        met = wanted is not None and share is not None and share >= wanted
        bases = self.explainer.trace(ParameterValue(tier.shares[level])).bases
        applicable = len(self.assessment.applicable)
        return ShareExplained(level, self.assessment.reached(level), applicable, wanted, met, bases)

    def _lacking(self, tier: Tier) -> Iterator[tuple[Level, str]]:
        for level, numbers in tier.required.items():
            for number in numbers:
                result = self.assessment.numbered[number]
                if result.applies and result.rank < level.rank:
                    yield level, number


def _judgement(record: Record) -> JudgementExplained:
    met, evidence = bool(record.values["met"]), record.values.get("evidence")
    return JudgementExplained(record.id, record.occurred_on, record.worker, met, evidence)
