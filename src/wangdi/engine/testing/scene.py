"""A test's little world, seen by both evaluators."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from wangdi.engine.evaluate.columnar.executor import Computed, Executor
from wangdi.engine.evaluate.columnar.tallies import layout_of, tally_range
from wangdi.engine.evaluate.columnar.values import PlainValue, value_at
from wangdi.engine.evaluate.due import DueItem
from wangdi.engine.evaluate.gathering import share_of
from wangdi.engine.evaluate.memory import MemorySource
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.reference.gathering import figure_at, figure_of
from wangdi.engine.evaluate.reference.world import MemoryWorld, Record
from wangdi.engine.evaluate.rows import record_table_of, register_table
from wangdi.engine.evaluate.single import OneEntity, from_below_of, item_of
from wangdi.engine.model.adoption import Adoption
from wangdi.engine.model.each import Each
from wangdi.engine.model.facts import Fact
from wangdi.engine.model.fields import value_in_rules
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.measures import Counted
from wangdi.engine.model.named import Group, Named
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.seats import TREES, has_seat
from wangdi.engine.model.workflows import STATE, STATE_SINCE
from wangdi.engine.plan.plan import Plan
from wangdi.engine.testing.plans import Plans
from wangdi.engine.testing.shapes import BelowShape, RecordShape, TestShape

SUBJECT = "subject"
Parts = tuple[float, ...]
"""A numerator and a denominator; the numerator alone where the measure has no other."""

Entities = dict[str, dict[str, Mapping[str, Any]]]
"""Attributes by entity and code."""


@dataclass(frozen=True)
class Scene:
    """One entity with its records at a moment."""

    plans: Plans
    entity: str
    moment: Moment
    entities: Mapping[str, Mapping[str, Mapping[str, Any]]]
    records: tuple[Record, ...]
    adoptions: tuple[Adoption, ...]

    @property
    def rulebook(self) -> Rulebook:
        return self.plans.rulebook

    @cached_property
    def reference(self) -> ReferenceEvaluator:
        world = MemoryWorld(self.entities, self.records, self.adoptions)
        return ReferenceEvaluator(world, self.rulebook, self.entity, SUBJECT, self.moment)

    def reference_indicator(self, name: str) -> Parts:
        """What the entity alone adds to an indicator; of one that is not about such entities, its figure here."""
        indicator = self.rulebook.indicators[name]
        if self._is_figure_here(indicator):
            figure = figure_at(self.reference, indicator, self.entity, SUBJECT)
        else:
            here = (self.reference,) if indicator.entity == self.entity else ()
            figure = figure_of(indicator, here)
        return _parts(figure.numerator, figure.denominator)

    def _is_figure_here(self, indicator: Indicator) -> bool:
        """Whether an indicator is a figure of the place or institution at hand, rather than something it adds to."""
        if not isinstance(indicator.measure, Counted):
            return True
        return (
            indicator.entity != self.entity
            and self.entity in TREES
            and has_seat(indicator.entity, self.entity)
        )

    def named_value(self, name: str, first: Pack | None) -> Fact | Rollup | Named | None:
        """The value or fact of the pack ``first``, or else of any pack; None when there is none of that name."""
        packs = (*((first,) if first is not None else ()), *self.rulebook.packs)
        return next((v for pack in packs for v in (*pack.values, *pack.facts) if v.name == name), None)

    # -- columnar ---------------------------------------------------------------------------------

    @cached_property
    def network(self) -> Network:
        """The scene as the columnar evaluator sees it."""
        registers = {entity: register_table(entity, rows) for entity, rows in self.entities.items()}
        kinds = self.rulebook.kinds
        tables: dict[str, pa.Table] = {}
        for name in {record.kind for record in self.records}:
            tables[name] = record_table_of(kinds[name], [r for r in self.records if r.kind == name])
        return Network(MemorySource(registers, tables, self.adoptions), self.rulebook)

    @cached_property
    def _seen(self) -> dict[str, "Seen"]:
        return {}

    def _of(self, pack: str) -> "Seen":
        """What a pack says about the subject, worked out when a test first asks for it."""
        if pack not in self._seen:
            self._seen[pack] = self._run(self.plans.of(pack, self.entity))
        return self._seen[pack]

    def _run(self, plan: Plan) -> "Seen":
        opened = self.network.open(plan, "all")
        opened = opened.with_columns(self.network.from_below(plan, self.moment))
        position = list(self.entities[self.entity]).index(SUBJECT)
        return Seen(plan, Executor(plan, opened.data, self.moment).run(position, position + 1))

    def columnar_present(self) -> bool:
        seen = self._of(self.rulebook.packs[0].name)
        return seen.flag(seen.plan.values[self.rulebook.presence(self.entity)])

    def columnar_due(self, schedule: Schedule) -> tuple[DueItem, ...]:
        plan = self.plans.of(schedule.pack, self.entity)
        if isinstance(schedule.shape, Each) or schedule.holder is not None:
            below = from_below_of(plan, self.reference)
            one = OneEntity(plan, self.rulebook.kinds, self.reference.world, SUBJECT, below)
            return tuple(item for item in one.due_items(self.moment) if item.schedule == schedule.name)
        computed = self._of(schedule.pack).computed
        steps = (planned for planned in plan.schedules if planned.schedule == schedule)
        items = (item_of(planned, computed, SUBJECT) for planned in steps)
        return tuple(item for item in items if item is not None)

    def columnar_group(self, group: Group) -> bool:
        seen = self._of(group.pack)
        return group.name in seen.plan.groups and seen.flag(seen.plan.groups[group.name])

    def columnar_value(self, value: Fact | Rollup | Named) -> PlainValue:
        """What a named value about the entity comes to; None when it is about another one."""
        seen = self._of(value.pack)
        slot = seen.plan.values.get(value)
        return value_at(seen.computed[slot], value.type.base, 0) if slot is not None else None

    def columnar_facts(self, facts: Sequence[Fact]) -> list[PlainValue]:
        """What facts about the entity come to that no pack gives a name."""
        seen = self._run(self.plans.of_facts(tuple(facts), self.entity))
        return [value_at(seen.computed[seen.plan.values[f]], f.type.base, 0) for f in facts]

    def columnar_indicator(self, name: str) -> Parts:
        indicator = self.rulebook.indicators[name]
        if self._is_figure_here(indicator):
            return self._columnar_figure(indicator)
        seen = self._of(indicator.pack)
        planned = next((i for i in seen.plan.indicators if i.indicator.name == name), None)
        if planned is None:
            return _parts(0, 0 if indicator.measure.has_denominator else None)
        layout = layout_of(seen.plan.tallies)
        share = share_of(planned, layout, tally_range(layout, seen.computed, np.zeros(1, np.int32), 1))
        return _parts(float(share.numerator[0]), float(share.denominator[0]))

    def _columnar_figure(self, indicator: Indicator) -> Parts:
        share = self.network.share(self.entity, indicator, self.moment)
        position = list(self.entities[self.entity]).index(SUBJECT)
        return _parts(float(share.numerator[position]), float(share.denominator[position]))


@dataclass(frozen=True)
class Seen:
    """A pack's plan and what it comes to for the subject of a test."""

    plan: Plan
    computed: Computed

    def flag(self, slot: int) -> bool:
        return bool(self.computed[slot].data[0])


def _parts(numerator: float, denominator: float | None) -> Parts:
    """As tests write them."""
    if denominator is None or math.isnan(denominator):
        return (numerator,)
    return numerator, denominator


def make_scene(plans: Plans, test: TestShape, as_of: date, pack: Pack | None = None) -> Scene:
    """The scene of a test of ``pack`` on a day, in which no problem was found."""
    entity, attributes = next((e, getattr(test, e)) for e in REGISTERS if getattr(test, e) is not None)
    entities: Entities = {e: {} for e in REGISTERS}
    further = {"institution": test.institutions, "place": test.places}
    for other, named in (further | {"worker": test.workers, "team": test.teams}).items():
        entities[other] |= named
    entities[entity][SUBJECT] = attributes
    records = [
        _record(plans.rulebook, entity, SUBJECT, shape, number, entities)
        for number, shape in enumerate(test.records)
        if shape.status != "void"
    ]
    for table, rows in test.below.items():
        for row in rows:
            records += _add_below(plans.rulebook, entity, table, row, entities)
    adoptions = _adoptions(plans.rulebook, test, pack)
    return Scene(plans, entity, Moment.in_year(as_of), entities, tuple(records), adoptions)


def _add_below(
    rulebook: Rulebook, entity: str, table: str, row: BelowShape, entities: Entities
) -> Iterator[Record]:
    """Puts somebody below the subject of the test; their records."""
    below = next(e for e, register in REGISTERS.items() if register.table == table)
    seat = "parent" if below == entity else entity
    for _ in range(row.times):
        code = f"{below}{len(entities[below])}"
        entities[below][code] = {seat: SUBJECT, **row.attributes}
        for number, shape in enumerate(row.records):
            if shape.status != "void":
                yield _record(rulebook, below, code, shape, number, entities)


def _adoptions(rulebook: Rulebook, test: TestShape, tested: Pack | None) -> tuple[Adoption, ...]:
    """Every pack that places adopt was adopted long ago, except as the test says of its own."""
    return tuple(
        Adoption(
            name,
            None,
            date.min,
            edition=test.edition if pack is tested else None,
            in_force=test.adopted or pack is not tested,
        )
        for name, pack in rulebook.adopted_by_place.items()
    )


def _record(
    rulebook: Rulebook, entity: str, owner: str, shape: RecordShape, number: int, entities: Entities
) -> Record:
    """A record of ``owner``: about them, done at them or by them, whatever is not said otherwise."""
    kind = rulebook.kinds[shape.kind]
    codes: dict[str, str | None] = {"subject": None, "institution": None, "worker": None}
    roles = {"subject": kind.about, "institution": "institution", "worker": "worker"}
    mark = number if owner == SUBJECT else f"{owner}-{number}"
    for role, related in shape.related.items():
        codes[role] = f"{role}{mark}"
        entities[roles[role]][f"{role}{mark}"] = related
    own = next((role for role, about in roles.items() if about == entity and codes[role] is None), None)
    if own is not None:
        codes[own] = owner
    return Record(
        shape.kind,
        shape.id or f"{number:06}",
        codes["subject"] or f"somebody{mark}",
        shape.on,
        codes["institution"],
        codes["worker"],
        _in_its_state(kind, _typed(kind, shape.values)),
    )


def _typed(kind: Kind, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values as rules see them: times of day are written as texts."""
    fields = {field.name: field for field in kind.fields}
    return {
        name: value_in_rules(fields[name], value) if name in fields else value
        for name, value in values.items()
    }


def _in_its_state(kind: Kind, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values, with the day of its state under both of its names."""
    state = values.get(STATE)
    if kind.workflow is None or state is None:
        return values
    entered = f"{state}_on"
    since = values.get(STATE_SINCE) or values.get(entered)
    return {**values, STATE_SINCE: since, entered: since}
