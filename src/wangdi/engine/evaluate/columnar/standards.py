"""Standards for all institutions at once: criteria as vectors, then clauses, levels and tiers as array operations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.evaluate.assessment import Assessment, ClauseResult, Mark
from wangdi.engine.evaluate.columnar.arrow import Positions
from wangdi.engine.evaluate.columnar.vectors import Array, Flags, Vector, to_days
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.standards import LEVELS, REVIEWS, Evaluated, Level, Review, Standard, Tier

UNMET, MET, UNJUDGED = 0, 1, 2
_MARKS = (Mark.UNMET, Mark.MET, Mark.UNJUDGED)
_NOBODY = -1


@dataclass(frozen=True)
class Assessed:
    """A standard over all institutions it is for. The last axis of every array is those institutions.

    ``positions``: where they stand in the register. ``marks``: reviews × criteria × institutions. ``judged``,
    ``ranks`` (0 none or not applicable, 1 C, 2 B, 3 A): reviews × clauses × institutions. ``tiers``: reviews ×
    institutions, how many tiers are reached. ``values``: each expression the caller asked for, for everybody.
    """

    standard: Standard
    year: int
    moment: Moment
    positions: Array
    applies: Flags
    marks: Array
    judged: Flags
    ranks: Array
    tiers: Array
    values: Mapping[Expression, Vector]

    def reviewed(self, review: Review) -> Flags:
        """Where this review took place: somebody judged, or nothing is left to people."""
        if not self.standard.is_judged:
            return np.ones(len(self.positions), dtype=np.bool_)
        found: Flags = self.judged[REVIEWS.index(review)].any(axis=0)
        return found

    def assessment(self, code: str, number: int, review: Review) -> Assessment:
        """The assessment of the institution that stands at ``number`` of ``positions`` and has that code."""
        at = REVIEWS.index(review)
        by_clause: dict[str, dict[Level, list[Mark]]] = {}
        for row, (clause, level, *_) in enumerate(self.standard.criteria):
            mark = _MARKS[self.marks[at, row, number]]
            by_clause.setdefault(clause.number, {}).setdefault(level, []).append(mark)
        clauses = tuple(
            ClauseResult(
                clause.number,
                bool(self.applies[row, number]),
                LEVELS[rank - 1] if (rank := int(self.ranks[at, row, number])) else None,
                bool(self.judged[at, row, number]),
                {level: tuple(marks) for level, marks in by_clause[clause.number].items()},
            )
            for row, clause in enumerate(self.standard.clauses)
        )
        reached = int(self.tiers[at, number])
        tier = self.standard.tiers[reached - 1].name if reached else None
        return Assessment(code, self.standard, self.year, review, self.moment.as_of, clauses, tier)


def assess(
    standard: Standard,
    year: int,
    moment: Moment,
    members: Flags,
    values: Mapping[Expression, Vector],
    judgements: Array,
) -> Assessed:
    """Puts conditions and judgements together.

    ``members``: which institutions of the register the standard is for. ``values`` holds at least every expression
    of the standard. ``judgements`` as `read_judgements` gives them.
    """
    positions = np.flatnonzero(members)

    def truth(condition: Expression) -> Flags:
        data = values[condition].data.astype(np.bool_, copy=False)
        return data[positions] if len(data) == len(members) else np.broadcast_to(data, len(positions))

    everybody = np.ones(len(positions), dtype=np.bool_)
    applies = np.array([everybody if c.applies is None else truth(c.applies) for c in standard.clauses])
    marks = judgements[:, :, positions]
    judged = np.zeros((len(REVIEWS), len(standard.clauses), len(positions)), dtype=np.bool_)
    row_of = {clause.number: row for row, clause in enumerate(standard.clauses)}
    for row, (clause, _, _, criterion) in enumerate(standard.criteria):
        if isinstance(criterion, Evaluated):
            marks[:, row] = truth(criterion.when)
        else:
            judged[:, row_of[clause.number]] |= marks[:, row] != UNJUDGED
    ranks = _ranks(standard, marks == MET) * applies
    return Assessed(
        standard,
        year,
        moment,
        positions,
        applies,
        marks,
        judged,
        ranks,
        _tiers(standard, ranks, applies, moment),
        values,
    )


def _ranks(standard: Standard, met: Flags) -> Array:
    """The rank each clause reaches at each review, as if it applied."""
    ranks = np.zeros((met.shape[0], len(standard.clauses), met.shape[2]), dtype=np.int8)
    first = 0
    for row, clause in enumerate(standard.clauses):
        so_far = np.ones((met.shape[0], met.shape[2]), dtype=np.bool_)
        for level in clause.levels:
            after = first + len(clause.criteria[level])
            so_far = so_far & met[:, first:after].all(axis=1)
            ranks[:, row] += so_far
            first = after
    return ranks


def _tiers(standard: Standard, ranks: Array, applies: Flags, moment: Moment) -> Array:
    """How many tiers are reached at each review; a tier presumes those before it."""
    reached = np.zeros((ranks.shape[0], ranks.shape[2]), dtype=np.int8)
    so_far = np.broadcast_to(applies.any(axis=0), reached.shape)
    for tier in standard.tiers:
        so_far = so_far & _satisfied(standard, tier, ranks, applies, moment)
        reached += so_far
    return reached


def _satisfied(standard: Standard, tier: Tier, ranks: Array, applies: Flags, moment: Moment) -> Flags:
    applicable = np.maximum(applies.sum(axis=0), 1)
    fine: Flags = np.ones((ranks.shape[0], ranks.shape[2]), dtype=np.bool_)
    for level in tier.shares:
        share = tier.share_on(level, moment.as_of)
        enough = (ranks >= level.rank).sum(axis=1) / applicable >= share if share is not None else False
        fine = fine & enough
    for row, clause in enumerate(standard.clauses):
        for level, numbers in tier.required.items():
            if clause.number in numbers:
                fine = fine & (~applies[row] | (ranks[:, row] >= level.rank))
    return fine


# -- judgements -----------------------------------------------------------------------------------


def no_judgements(standard: Standard, institutions: int) -> Array:
    """Reviews × criteria × institutions, none of them judged."""
    return np.full((len(REVIEWS), len(standard.criteria), institutions), UNJUDGED, dtype=np.int8)


def read_judgements(standard: Standard, year: int, as_of: Any, table: Any, institutions: Positions) -> Array:
    """How every criterion was judged: reviews × criteria × institutions of the register.

    ``table``: judgement records ordered by institution, date and id, so that the last one of a criterion counts;
    ones after ``as_of`` are not seen. Judgements of criteria that the standard does not have fall away.
    """
    marks = no_judgements(standard, len(institutions))
    chosen = pc.and_(pc.equal(table["standard"], standard.name), pc.equal(table["year"], year))
    table = table.filter(pc.and_(chosen, pc.less_equal(_days(table["occurred_on"]), to_days(as_of))))
    review = _numbers(pc.index_in(_texts(table["review"]), pa.array([r.value for r in REVIEWS])))
    criterion = _criterion_rows(standard, table)
    institution = institutions.find(table["subject"]).data
    met = pc.fill_null(pc.cast(table["met"], pa.int8()), UNJUDGED)
    known = (review != _NOBODY) & (criterion != _NOBODY) & (institution >= 0)
    # Where a place is named several times, the last value stays: that of the newest record.
    where = (review[known], criterion[known], institution[known])
    marks[where] = met.to_numpy()[known]
    return marks


def _criterion_rows(standard: Standard, table: Any) -> Array:
    """Which criterion each record judges; −1 where the standard has none like it, or it is not for people."""
    most = max(number for _, _, number, _ in standard.criteria)
    clauses = [clause.number for clause in standard.clauses]
    rows = np.full((len(clauses) + 1, len(LEVELS) + 1, most + 2), _NOBODY, dtype=np.int64)
    for row, (clause, level, number, criterion) in enumerate(standard.criteria):
        if not isinstance(criterion, Evaluated):
            rows[clauses.index(clause.number), level.rank - 1, number] = row
    clause_at = _numbers(pc.index_in(_texts(table["clause"]), pa.array(clauses, pa.string())))
    level_at = _numbers(pc.index_in(_texts(table["level"]), pa.array([one.value for one in LEVELS])))
    number_at = pc.fill_null(table["criterion"], 0).to_numpy()
    number_at = np.where((number_at < 0) | (number_at > most), most + 1, number_at).astype(np.int64)
    found: Array = rows[clause_at, level_at, number_at]
    return found


def _texts(column: Any) -> Any:
    return pc.cast(column, pa.string())


def _days(column: Any) -> Any:
    return pc.cast(pc.cast(column, pa.date32()), pa.int32())


def _numbers(found: Any) -> Array:
    return np.asarray(pc.fill_null(found, _NOBODY).to_numpy(), dtype=np.int64)
