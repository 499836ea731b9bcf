"""From the rulebook to plans: lower, order, share."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from wangdi.engine.model.expressions import Attribute, Expression, RowRelated, RowValue
from wangdi.engine.model.facts import Fact, FactField, Selection
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.named import Group, Named
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.plan.lowering import all_of, counted, lower
from wangdi.engine.plan.plan import Needs, Plan, PlannedIndicator, PlannedSchedule, Rows, Step


def build_plan(
    rulebook: Rulebook,
    entity: str,
    *,
    schedules: Iterable[Schedule] | None = None,
    indicators: Iterable[Indicator] | None = None,
    groups: Iterable[Group] = (),
    values: Iterable[Expression] = (),
) -> Plan:
    """The plan for the entities of one register: all schedules and indicators about them unless some are named.

    ``values`` are further expressions about the same entity.
    """
    chosen_schedules = rulebook.schedules.values() if schedules is None else schedules
    chosen_indicators = rulebook.indicators.values() if indicators is None else indicators
    builder = _Builder(rulebook)
    planned_schedules = tuple(builder.schedule(s) for s in chosen_schedules if s.group.entity == entity)
    planned_indicators = tuple(builder.indicator(i) for i in chosen_indicators if i.entity == entity)
    planned_groups = {g.name: builder.group(g) for g in groups if g.entity == entity}
    planned_values = {value: builder.add(value) for value in values}
    kept = {slot for s in planned_schedules for slot in (s.applies, s.due_from, s.due_on, s.overdue_from)}
    kept |= {slot for i in planned_indicators for slot in (i.numerator, i.denominator)}
    kept |= {*planned_groups.values(), *planned_values.values()}
    return Plan(
        entity,
        _with_releases(builder.steps, kept),
        planned_schedules,
        planned_indicators,
        planned_groups,
        planned_values,
        builder.needs(),
    )


@dataclass
class _Builder:
    rulebook: Rulebook
    steps: list[Step] = field(default_factory=list)
    _slots: dict[tuple[Expression | Selection, Rows | None], int] = field(default_factory=dict)
    _attributes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _fields: dict[Rows, set[str]] = field(default_factory=lambda: defaultdict(set))

    def schedule(self, schedule: Schedule) -> PlannedSchedule:
        due = lower(schedule, self.rulebook)
        days = (due.applies, due.due_from, due.due_on, due.overdue_from)
        return PlannedSchedule(schedule, *(self.add(expression) for expression in days))

    def indicator(self, indicator: Indicator) -> PlannedIndicator:
        numerator, denominator = counted(indicator, self.rulebook)
        return PlannedIndicator(indicator, self.add(numerator), self.add(denominator))

    def group(self, group: Group) -> int:
        return self.add(all_of(self.rulebook.presence(group.entity), group.as_expression()))

    def needs(self) -> Needs:
        return Needs(
            {entity: frozenset(names) for entity, names in self._attributes.items()},
            {rows: frozenset(names) for rows, names in self._fields.items()},
        )

    def add(self, node: Expression | Selection, rows: Rows | None = None) -> int:
        """The slot of a node; its step and those of its inputs are added the first time it is seen."""
        if isinstance(node, Named):
            return self.add(node.expression, rows)
        key = (node, rows)
        if key not in self._slots:
            inputs = self._inputs(node, rows)
            self._note_columns(node, rows)
            self._slots[key] = len(self.steps)
            self.steps.append(Step(len(self.steps), node, inputs, rows))
        return self._slots[key]

    def _inputs(self, node: Expression | Selection, rows: Rows | None) -> tuple[int, ...]:
        if isinstance(node, Fact):
            return (self.add(node.selection),)
        if isinstance(node, Selection):
            own = Rows(node.kind, node.relation)
            return (self.add(node.where, own),) if node.where is not None else ()
        return tuple(self.add(child, rows) for child in node.children)

    def _note_columns(self, node: Expression | Selection, rows: Rows | None) -> None:
        if isinstance(node, Attribute):
            self._attributes[node.entity].add(node.name)
        elif isinstance(node, Selection):
            self._fields[Rows(node.kind, node.relation)].add("occurred_on")
        elif isinstance(node, FactField):
            self._fields[_rows_of(node.fact)].add(node.field_name)
        elif isinstance(node, RowValue) and rows is not None:
            self._fields[rows].add(node.name)
        elif isinstance(node, RowRelated) and rows is not None:
            self._attributes[node.entity].add(node.name)
            self._fields[rows].add(node.role)


def _rows_of(fact: Fact) -> Rows:
    return Rows(fact.selection.kind, fact.selection.relation)


def _with_releases(steps: list[Step], kept: set[int]) -> tuple[Step, ...]:
    """The steps, each with the slots that are not needed after it."""
    last_use: dict[int, int] = {}
    for step in steps:
        last_use.update(dict.fromkeys((*step.inputs, step.slot), step.slot))
    released: dict[int, list[int]] = defaultdict(list)
    for slot, last in last_use.items():
        if slot not in kept:
            released[last].append(slot)
    return tuple(replace(step, release=tuple(released[step.slot])) for step in steps)
