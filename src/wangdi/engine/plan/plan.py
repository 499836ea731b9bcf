"""A plan: array steps in order, each computed once, for all entities of one sort."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.facts import Relation, Selection
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.schedules import Schedule


@dataclass(frozen=True, slots=True)
class Rows:
    """The records of a kind, ordered by whom they belong to in that way, then by date and id."""

    kind: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Step:
    """Computes ``node`` from the slots of its ``inputs`` into ``slot``; over records when ``rows`` is set.

    A `Selection` node finds the records of a fact; its input, if any, is the where. ``release`` names slots
    that nothing needs afterwards.
    """

    slot: int
    node: Expression | Selection
    inputs: tuple[int, ...]
    rows: Rows | None
    release: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedSchedule:
    schedule: Schedule
    applies: int
    due_from: int
    due_on: int
    overdue_from: int


@dataclass(frozen=True, slots=True)
class PlannedIndicator:
    indicator: Indicator
    numerator: int
    denominator: int


@dataclass(frozen=True)
class Needs:
    """The columns a plan reads: of entities by register, of records by kind and order."""

    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    fields: Mapping[Rows, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """Everything to compute for the entities of one register, in an order in which every input comes first."""

    entity: str
    steps: tuple[Step, ...]
    schedules: tuple[PlannedSchedule, ...]
    indicators: tuple[PlannedIndicator, ...]
    groups: Mapping[str, int]
    values: Mapping[Expression, int]
    """The slots of further expressions that were asked for."""
    needs: Needs
