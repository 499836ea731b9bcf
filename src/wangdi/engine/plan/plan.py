"""A plan: array steps in order, each computed once, for all entities of one sort."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from wangdi.engine.model.channels import Channel
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.facts import Relation, Selection
from wangdi.engine.model.indicators import FigureValue, Indicator
from wangdi.engine.model.nodes import Hashed, node
from wangdi.engine.model.related import Reference
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.schedules import Schedule


@node
class Rows(Hashed):
    """The records of a kind, ordered by whom they belong to in that way, then by date and id."""

    kind: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Members:
    """The entities for whom a condition is true. Steps in their domain compute for them alone."""

    condition: Expression


@dataclass(frozen=True, slots=True)
class Narrowed:
    """An expression that was computed for everybody, cut down to a domain."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class Position:
    """Where in its register somebody stands whom a reference names; null when it names nobody, or nobody registered."""

    reference: Reference


Node = Expression | Selection | Members | Narrowed | Position


@dataclass(frozen=True, slots=True)
class Step:
    """Computes ``node`` from the slots of its ``inputs`` into ``slot``; over records when ``rows`` is set.

    ``domain`` is the slot of the members it computes for; None: everybody, or the same value for everybody.
    A `Selection` node finds the records of a fact; its inputs, if any, are the where and, for everybody, the day since
    which records count. ``truth_only``: whoever uses
    the result takes null for false, so that nulls need not be told from false. ``release`` names slots that
    nothing needs afterwards.
    """

    slot: int
    node: Node
    inputs: tuple[int, ...]
    rows: Rows | None = None
    domain: int | None = None
    truth_only: bool = False
    release: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedSchedule:
    """The slots of one step of a schedule: its group's members, and for them whether an item exists and its days."""

    schedule: Schedule
    step: str
    members: int
    applies: int
    due_from: int
    due_on: int
    overdue_from: int
    missed_from: int | None = None
    """None: it can always be done."""
    holder: int | None = None
    """The slot of the institution named to act; None when none is."""

    @property
    def days(self) -> tuple[int, ...]:
        """The slots that hold days."""
        days = (self.due_from, self.due_on, self.overdue_from)
        return days if self.missed_from is None else (*days, self.missed_from)


class Tallying(Enum):
    """What is taken of the members of a domain, in each unit."""

    MEMBERS = "members"
    """How many they are."""
    TRUE = "true"
    """For how many a condition is true."""
    KNOWN = "known"
    """How many of the numbers are known and can be added exactly."""
    SUM = "sum"
    """The sum of those numbers."""
    LOWEST = "lowest"
    HIGHEST = "highest"


@node
class Tally(Hashed):
    """Something to be counted, added up or compared in each unit: for the ``members`` (a slot of members) the value
    of a slot in their domain (None: the members themselves)."""

    operation: Tallying
    members: int
    value: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedEach:
    """The slots of a schedule with one item per record: its members, which records have one, and those records' days.

    ``holder`` is the slot of the institution named to act; None when none is.
    """

    schedule: Schedule
    rows: Rows
    escalated: bool
    members: int
    selection: int
    due_from: int
    due_on: int
    overdue_from: int
    holder: int | None


@dataclass(frozen=True, slots=True)
class PlannedIndicator:
    """What an indicator counts: its ``numerator``, its ``denominator`` (None: it has none), and how many there are.

    ``dimensions`` are the slots of its breakdowns: to which category each entity belongs.
    """

    indicator: Indicator
    numerator: Tally
    denominator: Tally | None
    members: Tally
    dimensions: tuple[int, ...] = ()

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """What the figure is made from."""
        return (self.numerator,) if self.denominator is None else (self.denominator, self.numerator)


@dataclass(frozen=True, slots=True)
class PlannedRollup:
    """What a roll-up over the plan's entities is made from."""

    rollup: Rollup
    tallies: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class PlannedChannel:
    """The slots of a channel: for whom it is watched, which of their records count, on which day, and how much each.

    Without ``amount`` each counts as one.
    """

    channel: Channel
    rows: Rows
    members: int
    selection: int
    day: int
    amount: int | None


FromBelow = Rollup | FigureValue
"""What a rule about an institution or a place takes from earlier plans."""


@dataclass(frozen=True)
class Needs:
    """The columns a plan reads: of entities by register, of records by kind and order; and whether adoptions.

    ``references`` and ``named``: the columns of registers and the fields of records that it follows to whom they name;
    ``previous``: the fields it reads of the record before each one; ``from_below``: the results of earlier plans.
    The record column ``id`` is asked for where the ids of records are part of the result.
    """

    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    fields: Mapping[Rows, frozenset[str]] = field(default_factory=dict)
    previous: Mapping[Rows, frozenset[str]] = field(default_factory=dict)
    references: Mapping[str, frozenset[str]] = field(default_factory=dict)
    named: Mapping[Rows, frozenset[str]] = field(default_factory=dict)
    adoptions: bool = False
    from_below: frozenset[FromBelow] = frozenset()

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of record that the plan reads itself."""
        return frozenset(rows.kind for rows in (*self.fields, *self.previous, *self.named))


@dataclass(frozen=True)
class Plan:
    """Everything to compute for the entities of one register, in an order in which every input comes first."""

    entity: str
    steps: tuple[Step, ...]
    schedules: tuple[PlannedSchedule, ...]
    each: tuple[PlannedEach, ...]
    indicators: tuple[PlannedIndicator, ...]
    rollups: tuple[PlannedRollup, ...]
    channels: tuple[PlannedChannel, ...]
    groups: Mapping[str, int]
    values: Mapping[Expression, int]
    """The slots of further expressions that were asked for."""
    needs: Needs

    @property
    def slots(self) -> int:
        """How many slots the steps write to; some of them none when steps were left out."""
        return self.steps[-1].slot + 1 if self.steps else 0

    @cached_property
    def kept(self) -> Mapping[int, int | None]:
        """The slots that no step releases, each with its domain."""
        released = {slot for step in self.steps for slot in step.release}
        return {step.slot: step.domain for step in self.steps if step.slot not in released}

    @cached_property
    def schedule_names(self) -> frozenset[str]:
        """The schedules whose items the plan finds."""
        return frozenset(s.schedule.name for s in self.schedules) | {e.schedule.name for e in self.each}

    @cached_property
    def tallies(self) -> tuple[Tally, ...]:
        """Everything that is counted per unit, each thing once."""
        of_indicators = (tally for i in self.indicators for tally in i.tallies)
        of_rollups = (tally for rollup in self.rollups for tally in rollup.tallies)
        return tuple(dict.fromkeys((*of_indicators, *of_rollups)))

    @cached_property
    def breakdowns(self) -> Mapping[int, tuple[Tally, ...]]:
        """By dimension (its slot), everything that is counted per unit and category, each thing once."""
        found: dict[int, dict[Tally, None]] = {}
        for indicator in self.indicators:
            for dimension in indicator.dimensions:
                found.setdefault(dimension, {}).update(dict.fromkeys((indicator.members, *indicator.tallies)))
        return {dimension: tuple(tallies) for dimension, tallies in found.items()}
