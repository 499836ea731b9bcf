"""Standards for one institution, in plain Python: which level each clause reaches, and which tier that makes."""

from collections.abc import Iterable, Mapping
from datetime import date

from wangdi.engine.evaluate.assessment import Assessment, ClauseResult, Mark
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.reference.world import Record
from wangdi.engine.model.facts import Relation
from wangdi.engine.model.standards import (
    JUDGEMENT,
    LEVELS,
    Clause,
    Evaluated,
    Level,
    Review,
    Standard,
    Tier,
)

CriterionKey = tuple[object, object, object]
"""Clause, level and the criterion's number within it."""


def assess(
    evaluator: ReferenceEvaluator, standard: Standard, year: int, review: Review, as_of: date
) -> Assessment | None:
    """The assessment of the evaluator's institution; None when the standard is not for it, or not for that year.

    The evaluator stands on the day whose data count; judgements recorded through ``as_of`` are seen.
    """
    concerned = standard.is_used_in(year) and evaluator.is_concerned(standard.pack)
    if not concerned or not evaluator.is_true(standard.group.condition):
        return None
    judgements = judgements_of(evaluator, standard, year, review, as_of)
    clauses = tuple(_clause(evaluator, clause, judgements) for clause in standard.clauses)
    on = evaluator.moment.as_of
    return Assessment(evaluator.code, standard, year, review, on, clauses, _tier(standard, clauses, on))


def judgements_of(
    evaluator: ReferenceEvaluator, standard: Standard, year: int, review: Review, as_of: date
) -> dict[CriterionKey, Record]:
    """The newest judgement of each criterion at a review, by date and id; later ones take the place of earlier."""
    if JUDGEMENT not in evaluator.rulebook.kinds:
        return {}
    found = {}
    for record in evaluator.world.records(JUDGEMENT, Relation.ABOUT, evaluator.code):
        values = record.values
        about = (values.get("standard"), values.get("year"), values.get("review"))
        if about == (standard.name, year, review.value) and record.occurred_on <= as_of:
            found[values.get("clause"), values.get("level"), values.get("criterion")] = record
    return {key: record for key, record in found.items() if isinstance(record.values.get("met"), bool)}


def _clause(
    evaluator: ReferenceEvaluator, clause: Clause, judgements: Mapping[CriterionKey, Record]
) -> ClauseResult:
    marks = {level: tuple(_marks(evaluator, clause, level, judgements)) for level in clause.levels}
    applies = clause.applies is None or evaluator.is_true(clause.applies)
    judged = any(
        (clause.number, level.value, number) in judgements
        for level in clause.levels
        for number, criterion in enumerate(clause.criteria[level], 1)
        if not isinstance(criterion, Evaluated)
    )
    return ClauseResult(clause.number, applies, _level(marks) if applies else None, judged, marks)


def _marks(
    evaluator: ReferenceEvaluator, clause: Clause, level: Level, judgements: Mapping[CriterionKey, Record]
) -> Iterable[Mark]:
    for number, criterion in enumerate(clause.criteria[level], 1):
        if isinstance(criterion, Evaluated):
            yield Mark.MET if evaluator.is_true(criterion.when) else Mark.UNMET
            continue
        record = judgements.get((clause.number, level.value, number))
        if record is None:
            yield Mark.UNJUDGED
        else:
            yield Mark.MET if record.values["met"] else Mark.UNMET


def _level(marks: Mapping[Level, tuple[Mark, ...]]) -> Level | None:
    """The highest level whose criteria, and those of all levels below it, are met."""
    reached = None
    for level in LEVELS:
        if level not in marks or any(mark is not Mark.MET for mark in marks[level]):
            break
        reached = level
    return reached


def _tier(standard: Standard, clauses: tuple[ClauseResult, ...], on: date) -> str | None:
    reached = None
    for tier in standard.tiers:
        if not _satisfies(tier, clauses, on):
            break
        reached = tier.name
    return reached


def _satisfies(tier: Tier, clauses: tuple[ClauseResult, ...], on: date) -> bool:
    applicable = [clause for clause in clauses if clause.applies]
    if not applicable:
        return False
    for level in tier.shares:
        share, enough = tier.share_on(level, on), sum(clause.rank >= level.rank for clause in applicable)
        if share is None or enough / len(applicable) < share:
            return False
    ranks = {clause.number: clause.rank for clause in applicable}
    return all(
        ranks.get(number, level.rank) >= level.rank
        for level, numbers in tier.required.items()
        for number in numbers
    )
