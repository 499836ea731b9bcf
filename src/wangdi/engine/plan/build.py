"""From the rulebook to plans: lower, order, share."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from wangdi.engine.model.adoption import Adopted, Edition
from wangdi.engine.model.channels import Channel
from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import Attribute, CohortValue, Expression, RowRelated, RowValue, Shift
from wangdi.engine.model.facts import Fact, FactField, OwnerValue, PreviousValue, Selection
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.measures import EVERYBODY, Counted, Mean
from wangdi.engine.model.named import Group, Membership, Named
from wangdi.engine.model.overdue import Overdue
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.related import Reference, Related
from wangdi.engine.model.rollups import Gathering, Rollup
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.types import Base
from wangdi.engine.plan.due import lower, overdue
from wangdi.engine.plan.each import lower_each
from wangdi.engine.plan.lowering import all_of, counted, in_cohorts
from wangdi.engine.plan.plan import (
    FromBelow,
    Members,
    Narrowed,
    Needs,
    Node,
    Plan,
    PlannedChannel,
    PlannedEach,
    PlannedIndicator,
    PlannedRollup,
    PlannedSchedule,
    Position,
    Rows,
    Step,
    Tally,
    Tallying,
)
from wangdi.engine.plan.usage import leading_to, with_releases, with_truth


def build_plan(
    rulebook: Rulebook,
    entity: str,
    *,
    schedules: Iterable[Schedule] | None = None,
    indicators: Iterable[Indicator] | None = None,
    groups: Iterable[Group] = (),
    values: Iterable[Expression] = (),
    rollups: Iterable[Rollup] = (),
    channels: Iterable[Channel] = (),
) -> Plan:
    """The plan for the entities of one register: all schedules and indicators about them unless some are named.

    ``values`` are further expressions about the same entity, ``rollups`` what later plans need of it.
    """
    chosen_schedules = rulebook.schedules.values() if schedules is None else schedules
    chosen_indicators = rulebook.indicators.values() if indicators is None else indicators
    builder = _Builder(rulebook)
    about = [s for s in chosen_schedules if s.group.entity == entity]
    planned_schedules = tuple(
        step for s in about if not isinstance(s.shape, Each) for step in builder.schedule(s)
    )
    planned_each = tuple(builder.each(s, s.shape) for s in about if isinstance(s.shape, Each))
    planned_indicators = tuple(
        builder.indicator(i, i.measure)
        for i in chosen_indicators
        if i.entity == entity and isinstance(i.measure, Counted)
    )
    planned_groups = {g.name: builder.group(g) for g in groups if g.entity == entity}
    planned_values = {value: builder.add(value) for value in values}
    planned_rollups = tuple(builder.rollup(r) for r in rollups if r.over == entity)
    planned_channels = tuple(builder.channel(c) for c in channels if c.entity == entity)
    plan = Plan(
        entity,
        tuple(builder.steps),
        planned_schedules,
        planned_each,
        planned_indicators,
        planned_rollups,
        planned_channels,
        planned_groups,
        planned_values,
        builder.needs(),
    )
    conditions, kept = _asked_for(plan)
    return replace(plan, steps=with_releases(with_truth(builder.steps, kept), kept | conditions))


def figures_alone(plan: Plan) -> Plan:
    """What a plan counts, without its due items and channels: same slots, same data, the steps that still matter."""
    if not (plan.schedules or plan.each or plan.channels):
        return plan
    bare = replace(plan, schedules=(), each=(), channels=())
    conditions, kept = _asked_for(bare)
    return replace(bare, steps=leading_to(plan.steps, kept | conditions))


def _asked_for(plan: Plan) -> tuple[set[int], set[int]]:
    """The slots that are read in the end: those where null counts as false, and those that keep their nulls."""
    conditions = {slot for s in plan.schedules for slot in (s.members, s.applies)}
    conditions |= {slot for e in plan.each for slot in (e.members, e.selection)}
    conditions |= {slot for c in plan.channels for slot in (c.members, c.selection)}
    tallies = {*plan.tallies, *(tally for found in plan.breakdowns.values() for tally in found)}
    conditions |= set(plan.groups.values()) | {tally.members for tally in tallies}
    conditions |= {t.value for t in tallies if t.operation is Tallying.TRUE and t.value is not None}
    kept = {slot for s in plan.schedules for slot in s.days}
    kept |= {slot for e in plan.each for slot in (e.due_from, e.due_on, e.overdue_from)}
    kept |= {c.day for c in plan.channels} | {c.amount for c in plan.channels if c.amount is not None}
    holders = (*(s.holder for s in plan.schedules), *(e.holder for e in plan.each))
    kept |= {holder for holder in holders if holder is not None}
    kept |= set(plan.values.values()) | set(plan.breakdowns)
    kept |= {t.value for t in tallies if t.operation is not Tallying.TRUE and t.value is not None}
    return conditions, kept


_TALLIED = {
    Gathering.SUM: (Tallying.SUM, Tallying.KNOWN),
    Gathering.MEAN: (Tallying.SUM, Tallying.KNOWN),
    Gathering.MIN: (Tallying.LOWEST,),
    Gathering.MAX: (Tallying.HIGHEST,),
}
"""What the roll-ups of values are made from."""


@dataclass
class _Builder:
    rulebook: Rulebook
    steps: list[Step] = field(default_factory=list)
    _slots: dict[tuple[Node, Rows | None, int | None], int] = field(default_factory=dict)
    _added_before: dict[tuple[int, Rows | None, int | None], tuple[Node, int]] = field(default_factory=dict)
    """Slots by the identity of the node, which is kept alive here: what packs name is one object wherever it is used,
    and neither its inputs nor its hash need be gone through again."""
    _varying: set[int] = field(default_factory=set)
    """Slots whose values differ between entities or records."""
    _attributes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _fields: dict[Rows, set[str]] = field(default_factory=lambda: defaultdict(set))
    _previous: dict[Rows, set[str]] = field(default_factory=lambda: defaultdict(set))
    _references: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _named: dict[Rows, set[str]] = field(default_factory=lambda: defaultdict(set))
    _from_below: set[FromBelow] = field(default_factory=set)

    def schedule(self, schedule: Schedule) -> Iterator[PlannedSchedule]:
        for due in lower(schedule, self.rulebook):
            members = self.members(due.members)
            planned = PlannedSchedule(
                schedule,
                due.step,
                members,
                *(self.add(part, domain=members) for part in due.parts),
            )
            holder = self.add(due.holder, domain=members) if due.holder is not None else None
            yield replace(planned, holder=holder)

    def each(self, schedule: Schedule, shape: Each) -> PlannedEach:
        due = lower_each(schedule, shape, self.rulebook)
        rows = Rows(due.selection.kind, due.selection.relation)
        self._fields[rows] |= {"id", "institution"}
        members, selection = self.members(due.members), self.add(due.selection)
        due_from, due_on, overdue_from = (
            self.add(day, rows) for day in (due.due_from, due.due_on, due.overdue_from)
        )
        holder = self.add(due.holder, rows) if due.holder is not None else None
        return PlannedEach(
            schedule,
            rows,
            shape.escalated,
            members,
            selection,
            due_from,
            due_on,
            overdue_from,
            holder,
        )

    def indicator(self, indicator: Indicator, measure: Counted) -> PlannedIndicator:
        condition, above, *below = counted(indicator, self.rulebook)
        members = self.members(condition)
        everybody = Tally(Tallying.MEMBERS, members)
        numerator = everybody if above == EVERYBODY else self._added(above, members)
        denominator: Tally | None = everybody
        if isinstance(measure, Mean):
            denominator = replace(numerator, operation=Tallying.KNOWN)
        elif below:
            denominator = self._added(below[0], members)
        return PlannedIndicator(
            indicator,
            numerator,
            denominator if measure.has_denominator else None,
            everybody,
            tuple(self.add(dimension.category) for dimension in indicator.by),
        )

    def _added(self, part: Expression, members: int) -> Tally:
        """A part of a figure: a condition is counted, a number added up."""
        operation = Tallying.TRUE if part.type.base is Base.BOOLEAN else Tallying.SUM
        return Tally(operation, members, self.add(part, domain=members))

    def rollup(self, rollup: Rollup) -> PlannedRollup:
        present = self.rulebook.presence(rollup.over)
        if rollup.operation in (Gathering.COUNT, Gathering.ANY):
            found = Tally(Tallying.MEMBERS, self.members(all_of(present, rollup.of)))
            return PlannedRollup(rollup, (found,))
        members = self.members(present)
        value = self.add(rollup.of, domain=members)
        tallied = (Tally(operation, members, value) for operation in _TALLIED[rollup.operation])
        return PlannedRollup(rollup, tuple(tallied))

    def channel(self, channel: Channel) -> PlannedChannel:
        selection, of = channel.amount.selection, channel.amount.of
        rows = Rows(selection.kind, selection.relation)
        return PlannedChannel(
            channel,
            rows,
            self.members(self.rulebook.adoption(channel.pack, channel.entity)),
            self.add(selection),
            self.add(channel.day, rows),
            self.add(of, rows) if of is not None else None,
        )

    def group(self, group: Group) -> int:
        return self.add(all_of(self.rulebook.presence(group.entity), group.as_expression()))

    def members(self, condition: Expression) -> int:
        """The slot of those for whom a condition is true."""
        return self._step(Members(condition), (self.add(condition),))

    def needs(self) -> Needs:
        return Needs(
            {entity: frozenset(names) for entity, names in self._attributes.items()},
            {rows: frozenset(names) for rows, names in self._fields.items()},
            {rows: frozenset(names) for rows, names in self._previous.items()},
            {entity: frozenset(names) for entity, names in self._references.items()},
            {rows: frozenset(names) for rows, names in self._named.items()},
            any(isinstance(step.node, Adopted | Edition) for step in self.steps),
            frozenset(self._from_below),
        )

    def add(self, node: Expression | Selection, rows: Rows | None = None, domain: int | None = None) -> int:
        """The slot of a node; its step and those of its inputs are added the first time it is seen.

        In a domain, records are looked through for everybody, and what was computed for everybody is cut down.
        """
        key = id(node), rows, domain
        if key not in self._added_before:
            self._added_before[key] = node, self._add(node, rows, domain)
        return self._added_before[key][1]

    def _add(self, node: Expression | Selection, rows: Rows | None, domain: int | None) -> int:
        if isinstance(node, Named) and not isinstance(node, Membership):
            return self.add(node.expression, rows, domain)
        if isinstance(node, CohortValue | Shift):
            node = in_cohorts(node)
        if isinstance(node, Overdue):
            node = overdue(node.schedule, self.rulebook)
        if domain is not None and (isinstance(node, Fact) or (node, None, None) in self._slots):
            return self._narrowed(node, domain)
        inputs = self._inputs(node, rows, domain)
        self._note_columns(node, rows)
        varies = not self._varying.isdisjoint(inputs) or _is_source(node)
        return self._step(node, inputs, rows, domain if varies else None)

    def _narrowed(self, node: Expression | Selection, domain: int) -> int:
        everybody = self.add(node)
        if everybody not in self._varying or isinstance(node, Selection):
            return everybody
        return self._step(Narrowed(node), (everybody,), None, domain)

    def _step(
        self, node: Node, inputs: tuple[int, ...], rows: Rows | None = None, domain: int | None = None
    ) -> int:
        key = (node, rows, domain)
        if key not in self._slots:
            slot = self._slots[key] = len(self.steps)
            self.steps.append(Step(slot, node, inputs, rows, domain))
            if _is_source(node) or not self._varying.isdisjoint(inputs):
                self._varying.add(slot)
        return self._slots[key]

    def _inputs(self, node: Expression | Selection, rows: Rows | None, domain: int | None) -> tuple[int, ...]:
        if isinstance(node, Fact):
            of = (self.add(node.of, _rows_of(node)),) if node.of is not None else ()
            return (self.add(node.selection), *of)
        if isinstance(node, Selection):
            since = (self.add(node.window.since),) if node.window.since is not None else ()
            where = (self.add(node.where, _rows_in(node)),) if node.where is not None else ()
            return (*where, *since)
        if isinstance(node, OwnerValue):
            return (self.add(node.expression),)
        if isinstance(node, Related):
            return (self._position(node.reference, rows, domain),)
        if isinstance(node, FromBelow):
            return ()
        return tuple(self.add(child, rows, domain) for child in node.children)

    def _position(self, reference: Reference, rows: Rows | None, domain: int | None) -> int:
        """The slot of where those stand whom a reference names."""
        match reference:
            case Related(further, entity, name):
                inputs: tuple[int, ...] = (self._position(further, rows, domain),)
                self._references[entity].add(name)
            case FactField(fact, name):
                inputs = (self.add(fact, rows, domain),)
                self._named[_rows_of(fact)].add(name)
            case RowValue(_, name) if rows is not None:
                inputs = ()
                self._named[rows].add(name)
            case RowRelated(role, entity, name) if rows is not None:
                inputs = ()
                self._fields[rows].add(role)
                self._references[entity].add(name)
            case Attribute(entity, name):
                inputs = ()
                self._references[entity].add(name)
            case _:
                raise TypeError(f"{reference!r} has a meaning only inside a where")
        return self._step(Position(reference), inputs, rows, domain)

    def _note_columns(self, node: Expression | Selection, rows: Rows | None) -> None:
        if isinstance(node, FromBelow):
            self._from_below.add(node)
        elif isinstance(node, Attribute | Related):
            self._attributes[node.entity].add(node.name)
        elif isinstance(node, Selection):
            self._fields[_rows_in(node)].add("occurred_on")
        elif isinstance(node, FactField):
            self._fields[_rows_of(node.fact)].add(node.field_name)
        elif isinstance(node, RowValue) and rows is not None:
            self._fields[rows].add(node.name)
        elif isinstance(node, PreviousValue) and rows is not None:
            self._previous[rows].add(node.name)
        elif isinstance(node, RowRelated) and rows is not None:
            self._attributes[node.entity].add(node.name)
            self._fields[rows].add(node.role)


def _is_source(node: Node) -> bool:
    """Whether a node reads something that differs between entities or records."""
    return isinstance(
        node,
        Attribute
        | Adopted
        | Edition
        | Fact
        | Selection
        | RowValue
        | RowRelated
        | PreviousValue
        | Position
        | FromBelow,
    )


def _rows_in(selection: Selection) -> Rows:
    return Rows(selection.kind, selection.relation)


def _rows_of(fact: Fact) -> Rows:
    return _rows_in(fact.selection)
