"""Assessments: what every evaluator says of one institution against a standard, at one review of one year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property

from wangdi.engine.model.standards import Level, Review, Standard


class Mark(Enum):
    """How a criterion stands. What nobody judged at the review is not met."""

    MET = "met"
    UNMET = "unmet"
    UNJUDGED = "unjudged"


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """How a clause stands. ``level`` None: it applies, but not even C is reached; or it does not apply.

    ``judged``: whether anybody judged one of its criteria at this review.
    """

    number: str
    applies: bool
    level: Level | None
    judged: bool
    marks: Mapping[Level, tuple[Mark, ...]]

    @property
    def rank(self) -> int:
        return self.level.rank if self.level is not None else 0


@dataclass(frozen=True)
class Assessment:
    """``tier`` is the name of the highest reached, None below the lowest; clauses stand in the standard's order."""

    institution: str
    standard: Standard
    year: int
    review: Review
    on: date
    """The day whose data and thresholds count."""
    clauses: tuple[ClauseResult, ...]
    tier: str | None

    @property
    def is_reviewed(self) -> bool:
        """Whether this review took place: somebody judged, or nothing is left to people."""
        return not self.standard.is_judged or any(clause.judged for clause in self.clauses)

    @cached_property
    def applicable(self) -> tuple[ClauseResult, ...]:
        return tuple(clause for clause in self.clauses if clause.applies)

    def reached(self, level: Level) -> int:
        """How many applicable clauses reach at least the level."""
        return sum(clause.rank >= level.rank for clause in self.applicable)

    def share(self, level: Level) -> float | None:
        """That as a share of the applicable clauses; None when no clause applies."""
        return self.reached(level) / len(self.applicable) if self.applicable else None

    @cached_property
    def numbered(self) -> Mapping[str, ClauseResult]:
        return {clause.number: clause for clause in self.clauses}


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two reviews of one institution agree, over the applicable clauses that both of them judged."""

    compared: int
    differing: tuple[tuple[ClauseResult, ClauseResult], ...]

    @property
    def rate(self) -> float | None:
        """The share of clauses with the same level; None when there is nothing to compare."""
        return (self.compared - len(self.differing)) / self.compared if self.compared else None


def compare(one: Assessment, other: Assessment) -> Agreement:
    """The agreement of two reviews against the same standard in the same year."""
    pairs = [
        (a, b) for a, b in zip(one.clauses, other.clauses, strict=True) if a.applies and a.judged and b.judged
    ]
    return Agreement(len(pairs), tuple((a, b) for a, b in pairs if a.level is not b.level))
