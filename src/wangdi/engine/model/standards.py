"""Standards: what an institution is assessed against, clause by clause, and what a tier asks for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property

from wangdi.engine.model.expressions import Expression, Literal, ParameterValue, TypeMismatch
from wangdi.engine.model.fields import FieldType
from wangdi.engine.model.named import Group
from wangdi.engine.model.parameters import Parameter
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import NUMBER, Base


class Level(Enum):
    """How good a clause is. B presumes C, and A presumes B."""

    C = "C"
    B = "B"
    A = "A"

    @property
    def rank(self) -> int:
        """1 for C, 2 for B, 3 for A; 0 stands for no level."""
        return _RANKS[self]


LEVELS = tuple(Level)
"""From the lowest up."""
_RANKS = {level: rank for rank, level in enumerate(LEVELS, 1)}


class Review(Enum):
    """Who judges: the institution itself, then the levels of administration above it."""

    SELF = "self"
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"


REVIEWS = tuple(Review)

JUDGEMENT = "standard_judgement"
"""The kind of record by which somebody judges one criterion of one institution."""

JUDGEMENT_FIELDS: Mapping[str, FieldType] = {
    "standard": FieldType.TEXT,
    "year": FieldType.INTEGER,
    "review": FieldType.CHOICE,
    "clause": FieldType.TEXT,
    "level": FieldType.CHOICE,
    "criterion": FieldType.INTEGER,
    "met": FieldType.BOOLEAN,
    "evidence": FieldType.TEXT,
}
"""What that kind has to have; ``criterion`` counts from 1 within the clause's level."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A criterion that the engine decides from the institution's data; it is the same at every review."""

    title: Text
    when: Expression
    cost: Literal | ParameterValue | None = None

    def __post_init__(self) -> None:
        if self.when.type.base is not Base.BOOLEAN:
            raise TypeMismatch(f"a criterion needs a true/false, but this is a {self.when.type}")
        _check_cost(self.cost)


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion that people judge at each review, with the evidence they have to see."""

    title: Text
    evidence: tuple[Text, ...]
    cost: Literal | ParameterValue | None = None

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError("what people judge needs the evidence they have to see")
        _check_cost(self.cost)


Criterion = Evaluated | Judged

COST_STEPS = 1000
"""Costs are whole thousandths, so that sums of them are exact."""
LARGEST_COST = 1_000_000


def _check_cost(cost: Literal | ParameterValue | None) -> None:
    if cost is None:
        return
    if cost.type != NUMBER:
        raise TypeMismatch(f"a cost is a number, but this is a {cost.type}")
    values = [cost.value] if isinstance(cost, Literal) else [v.value for v in cost.parameter.values]
    for value in values:
        if isinstance(value, int | float) and not _is_cost(value):
            raise ValueError(
                f"{value} is no cost: it is above 0, at most {LARGEST_COST} and has at most three decimals"
            )


def _is_cost(value: float) -> bool:
    return 0 < value <= LARGEST_COST and round(value, 3) == value and round(value * COST_STEPS) > 0


@dataclass(frozen=True, slots=True)
class Clause:
    """One demand of a standard. A level is reached when all criteria of it and of the levels below it are met.

    A level without criteria cannot be reached. Where ``applies`` is not true, the clause leaves every denominator.
    ``cost`` is the effort of meeting one unmet criterion, in the same unit throughout a standard; 1 when None.
    """

    number: str
    title: Text
    criteria: Mapping[Level, tuple[Criterion, ...]]
    applies: Expression | None = None
    cost: Literal | ParameterValue | None = None

    def __post_init__(self) -> None:
        given = [level for level in LEVELS if self.criteria.get(level)]
        if not given or given != list(LEVELS[: len(given)]):
            raise ValueError(
                f"clause {self.number}: B presumes C and A presumes B; give criteria from C upwards"
            )
        if self.applies is not None and self.applies.type.base is not Base.BOOLEAN:
            raise TypeMismatch(f"applies needs a true/false, but this is a {self.applies.type}")
        _check_cost(self.cost)

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels it can reach, from the lowest up."""
        return tuple(level for level in LEVELS if self.criteria.get(level))

    def cost_of(self, criterion: Criterion, on: date) -> int:
        """What it takes to meet a criterion, in thousandths; 1 where nothing is said or in force on that day."""
        for cost in (criterion.cost, self.cost):
            if cost is not None:
                value = cost.value if isinstance(cost, Literal) else cost.parameter.value_on(on)
                if isinstance(value, int | float):
                    return round(value * COST_STEPS)
        return COST_STEPS


@dataclass(frozen=True, slots=True)
class Chapter:
    name: str
    title: Text
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """What an institution may be called. ``shares``: of the applicable clauses, how many reach at least a level.

    ``required`` are clauses that have to reach a level wherever they apply. A share without a value on the day
    cannot be reached.
    """

    name: str
    title: Text
    shares: Mapping[Level, Parameter]
    required: Mapping[Level, tuple[str, ...]]

    def __post_init__(self) -> None:
        if not self.shares and not any(self.required.values()):
            raise ValueError(f"tier {self.name!r} asks for nothing: give a share, or required clauses")
        for parameter in self.shares.values():
            values = [value.value for value in parameter.values if value.value is not None]
            if not all(isinstance(value, int | float) and 0 < value <= 1 for value in values):
                raise ValueError(f"'{parameter.name}' is no share: shares lie above 0 and at most at 1")

    def share_on(self, level: Level, on: date) -> float | None:
        """The share asked for at a level on that day; None when no value is in force."""
        value = self.shares[level].value_on(on)
        return float(value) if isinstance(value, int | float) else None


@dataclass(frozen=True)
class Standard:
    """Clauses in chapters, for the institutions of ``group``, with tiers from the lowest up.

    A tier presumes those before it. The standard is used for the years from ``first_year`` through ``last_year``
    (None: no limit).
    """

    pack: str
    name: str
    title: Text
    edition: str
    group: Group
    chapters: tuple[Chapter, ...]
    tiers: tuple[Tier, ...]
    sources: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None

    def __post_init__(self) -> None:
        if self.group.entity != "institution":
            raise TypeMismatch(
                f"a standard is for institutions, but '{self.group.name}' is about {self.group.entity}"
            )
        _check_once("chapter", [chapter.name for chapter in self.chapters])
        _check_once("clause", [clause.number for clause in self.clauses])
        _check_once("tier", [tier.name for tier in self.tiers])
        for tier in self.tiers:
            self._check_required(tier)
        if self.first_year is not None and self.last_year is not None and self.first_year > self.last_year:
            raise ValueError("the last year lies before the first")

    def _check_required(self, tier: Tier) -> None:
        for level, numbers in tier.required.items():
            for number in numbers:
                if number not in self.numbered:
                    raise ValueError(f"tier {tier.name!r} requires clause {number}, which there is not")
                if level not in self.numbered[number].levels:
                    raise ValueError(f"clause {number} has no criteria for level {level.value}")

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """All clauses, in order."""
        return tuple(clause for chapter in self.chapters for clause in chapter.clauses)

    @cached_property
    def numbered(self) -> Mapping[str, Clause]:
        return {clause.number: clause for clause in self.clauses}

    @cached_property
    def criteria(self) -> tuple[tuple[Clause, Level, int, Criterion], ...]:
        """Every criterion with its clause, its level and its number within the level, from 1."""
        return tuple(
            (clause, level, number, criterion)
            for clause in self.clauses
            for level in clause.levels
            for number, criterion in enumerate(clause.criteria[level], 1)
        )

    @property
    def is_judged(self) -> bool:
        """Whether any criterion needs people's judgement."""
        return any(isinstance(criterion, Judged) for *_, criterion in self.criteria)

    def is_used_in(self, year: int) -> bool:
        return (self.first_year or year) <= year <= (self.last_year or year)

    def expressions(self) -> Iterator[Expression]:
        """Every expression that has to be evaluated, conditions of applying first."""
        yield from (clause.applies for clause in self.clauses if clause.applies is not None)
        yield from (c.when for *_, c in self.criteria if isinstance(c, Evaluated))


def _check_once(sort: str, names: list[str]) -> None:
    if not names:
        raise ValueError(f"a standard needs at least one {sort}")
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"there are two {sort}s '{name}'")


def day_of_assessment(year: int, as_of: date) -> date:
    """The day whose data count for a year's assessment: its last, or ``as_of`` where that is earlier.

    Judgements may be made later: those recorded through ``as_of`` count. ValueError when the year is still to come.
    """
    if year > as_of.year:
        raise ValueError(f"{year} lies after {as_of}")
    return min(as_of, date(year, 12, 31))
