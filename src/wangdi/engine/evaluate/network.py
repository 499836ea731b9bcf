"""Evaluates the whole network: every register's plan, partition by partition, for one or more moments."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.evaluate.channels import PlaceCounts, TimeSeries, ancestors_at, at_level, time_series
from wangdi.engine.evaluate.columnar.arrow import OWNER_COLUMN, Positions, entity_table, record_table
from wangdi.engine.evaluate.columnar.jurisdictions import NOWHERE, Jurisdictions
from wangdi.engine.evaluate.columnar.seats import jurisdictions_of
from wangdi.engine.evaluate.columnar.tables import Dataset, EntityTable, RecordTable
from wangdi.engine.evaluate.columnar.units import Tree, Units, make_units
from wangdi.engine.evaluate.columnar.vectors import Array, Flags, Vector
from wangdi.engine.evaluate.due_tables import DueTables, Institutions, Seats
from wangdi.engine.evaluate.gathering import Figures, Gathered, Share
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.runners.local import Evaluation, LocalRunner
from wangdi.engine.model.adoption import Adoption
from wangdi.engine.model.channels import Channel
from wangdi.engine.model.indicators import FigureValue, Indicator
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.seats import TREES, seat_columns
from wangdi.engine.plan.build import build_plan, figures_alone
from wangdi.engine.plan.plan import FromBelow, Needs, Plan, Rows
from wangdi.engine.plan.stages import Stage, stages, stages_for

ENTITIES = tuple(reversed(REGISTERS))
"""Residents first: what is about them is what people look for first."""


class Source(Protocol):
    """Where the tables come from.

    Only residents and records about them are partitioned; the partition None stands for all of them.
    """

    @property
    def key(self) -> str:
        """The name of the registers' key column."""

    def partitions(self) -> Sequence[str]:
        """The names of the partitions."""

    def register(self, entity: str, columns: Iterable[str], partition: str | None) -> Any:
        """A register's key and named columns, as an Arrow table."""

    def records(self, kind: Kind, columns: Iterable[str], partition: str | None) -> Any:
        """Current records that are not void, ordered by subject, date and id, as an Arrow table."""

    def adoptions(self) -> Sequence[Adoption]:
        """Every decision about which pack is in force where."""


class UnknownCode(LookupError):
    """No place or institution has that code."""


@dataclass(frozen=True)
class Opened:
    """A plan with its data in memory, ready to be evaluated at any moment."""

    plan: Plan
    data: Dataset
    units: Units
    members: Any
    """The register's table: keys, and place and institution keys where the register has them."""

    def with_columns(self, columns: Mapping[FromBelow, Vector]) -> "Opened":
        """With what rules take from below, for each member."""
        return replace(self, data=replace(self.data, from_below=columns))


@dataclass(frozen=True)
class Outcome:
    """What one moment yields. ``due`` has entity, subject, schedule, step, due_from, due_on, overdue_from, missed_from,
    status, institution and place; subject, institution and place are keys of their registers."""

    moment: Moment
    due: Any
    figures: Figures


@dataclass(frozen=True)
class Network:
    """A source and the rules that are evaluated over it."""

    source: Source
    rulebook: Rulebook
    runner: LocalRunner = field(default_factory=LocalRunner)

    # -- registers that are small and shared ------------------------------------------------------

    @cached_property
    def places(self) -> Any:
        return self.source.register("place", ("code", "level", "parent"), None)

    @cached_property
    def institutions(self) -> Any:
        return self.source.register("institution", ("code", "parent", "place"), None)

    @cached_property
    def _shared(self) -> dict[str, Any]:
        """All registers but the residents', with their codes."""
        own = {"place": self.places, "institution": self.institutions}
        others = (entity for entity in REGISTERS if entity not in (*own, "resident"))
        return own | {entity: self.source.register(entity, ("code",), None) for entity in others}

    @cached_property
    def _shared_positions(self) -> dict[str, Positions]:
        return {entity: self._positions(table) for entity, table in self._shared.items()}

    def _positions(self, table: Any) -> Positions:
        return Positions.of(table[self.source.key].combine_chunks())

    def tree(self, entity: str) -> Tree:
        """The tree of places or of institutions."""
        table = self.places if entity == "place" else self.institutions
        parent = self._shared_positions[entity].find(table["parent"])
        return Tree(np.where(parent.validity, parent.data, -1))

    def under(self, entity: str, code: str) -> Flags:
        """Which places or institutions are the one of that code or lie under it, by position. `UnknownCode` if none."""
        table = self.places if entity == "place" else self.institutions
        position = pc.index(table["code"], code).as_py()
        if position < 0:
            raise UnknownCode(code)
        parent = self.tree(entity).parent
        found = np.zeros(len(parent) + 1, dtype=np.bool_)  # the last one stands for "nothing above"
        found[position] = True
        while (more := found[parent] & ~found[:-1]).any():
            found[:-1] |= more
        return found[:-1]

    # -- opening ----------------------------------------------------------------------------------

    def stages(self) -> tuple[Stage, ...]:
        """The plans of all rules, stage by stage: each needs only what earlier stages yield."""
        return stages(self.rulebook, ENTITIES)

    def plans(self) -> list[Plan]:
        """The plans of all rules, in the order of their stages."""
        return [plan for stage in self.stages() for plan in stage]

    def partitions_of(self, plan: Plan) -> Sequence[str | None]:
        """The partitions a plan is evaluated in: one after another for residents, everything at once for the rest."""
        return self.source.partitions() if plan.entity == "resident" else (None,)

    def open(self, plan: Plan, partition: str | None) -> Opened:
        """Reads what a plan needs of a partition."""
        needs = plan.needs
        own = {*needs.attributes.get(plan.entity, ()), *needs.references.get(plan.entity, ())}
        members = self.source.register(plan.entity, {*own, *seat_columns(plan.entity)}, partition)
        positions = self._shared_positions | {plan.entity: self._positions(members)}
        if "resident" not in positions and self._needs_residents(plan):
            positions["resident"] = self._positions(self.source.register("resident", (), None))
        entities = {plan.entity: self._entity_table(plan.entity, members, needs)}
        for entity in {*needs.attributes, *needs.references} - {plan.entity}:
            names = {*needs.attributes.get(entity, ()), *needs.references.get(entity, ())}
            table = self.source.register(entity, names, partition if entity == "resident" else None)
            entities[entity] = self._entity_table(entity, table, needs)
        records = {rows: self._open_rows(rows, needs, positions, partition) for rows in needs.fields}
        there = self._jurisdictions(plan.entity, members, positions) if needs.adoptions else NOWHERE
        data = Dataset(entities, records, there)
        return Opened(plan, data, self._units(plan.entity, members, positions), members)

    def _jurisdictions(self, entity: str, members: Any, positions: Mapping[str, Positions]) -> Jurisdictions:
        registers = {"place": self.places, "institution": self.institutions}
        return jurisdictions_of(entity, members, registers, positions, self.source.adoptions())

    def _entity_table(self, entity: str, table: Any, needs: Needs) -> EntityTable:
        """A register's columns as rules see them: a reference is the code of what it refers to, not its key."""
        names, followed = needs.attributes.get(entity, frozenset()), needs.references.get(entity, frozenset())
        told = names if self.source.key != "code" else frozenset()
        references = {}
        for column in REGISTERS[entity].fields:
            if column.refers_to is None or column.name not in told | followed:
                continue
            found = self._shared_positions[column.refers_to].find(table[column.name])
            if column.name in followed:
                references[column.name] = found
            if column.name in told:
                register = self._shared[column.refers_to]
                codes = register["code"].take(pa.array(found.data, mask=found.data < 0))
                table = table.set_column(table.column_names.index(column.name), column.name, codes)
        return entity_table(entity, table, names, references)

    def has_members(self, entity: str, partition: str, seat: str, units: Flags) -> bool:
        """Whether anybody of a partition has one of the ``units`` as place or institution (``seat``)."""
        column = self.source.register(entity, (seat,), partition)[seat]
        found = self._shared_positions[seat].find(column)
        return bool((units[found.data] & found.validity).any())

    def _needs_residents(self, plan: Plan) -> bool:
        return any(self.rulebook.kinds[rows.kind].about == "resident" for rows in plan.needs.fields)

    def _open_rows(
        self, rows: Rows, needs: Needs, positions: Mapping[str, Positions], partition: str | None
    ) -> RecordTable:
        kind, previous = self.rulebook.kinds[rows.kind], needs.previous.get(rows, frozenset())
        named = {name: self._codes(kind.field(name).refers_to or "") for name in needs.named.get(rows, ())}
        wanted = {*needs.fields[rows], *named, *previous, "occurred_on", OWNER_COLUMN[rows.relation]}
        if previous:
            wanted.add("subject")
        if OWNER_COLUMN[rows.relation] != "subject":
            wanted.add("id")
        table = self.source.records(kind, wanted, partition if kind.about == "resident" else None)
        return record_table(kind, rows.relation, table, needs.fields[rows], positions, previous, named)

    def _codes(self, entity: str) -> Positions:
        """Finds codes, which is what records name somebody by, whatever the source's keys are."""
        return Positions.of(self._shared[entity]["code"].combine_chunks())

    def _units(self, entity: str, members: Any, positions: Mapping[str, Positions]) -> Units:
        def seat(name: str) -> Array:
            if name == entity:
                return np.arange(len(members), dtype=np.int64)
            if name not in members.column_names:
                return np.full(len(members), -1, dtype=np.int64)
            found = positions[name].find(members[name])
            return np.where(found.validity, found.data, -1)

        if entity not in TREES and "place" not in seat_columns(entity):
            institution = seat("institution")
            where = self._shared_positions["place"].find(self.institutions["place"])
            place = np.append(where.data, -1)[institution]
            return make_units(place, institution, len(self.institutions))
        return make_units(seat("place"), seat("institution"), len(self.institutions))

    # -- evaluating -------------------------------------------------------------------------------

    def evaluate(
        self, moments: Sequence[Moment], *, due_at: Collection[Moment] | None = None, upcoming: bool = True
    ) -> list[Outcome]:
        """The outcome at each moment. At any time one partition is in memory.

        ``due_at``: the moments whose due items are wanted (None: all). The others yield figures alone, which takes less
        time, and no memory for millions of items that nobody reads.
        """
        opened = self._each_opened(self.stages())
        return self.evaluate_opened(opened, moments, due_at=due_at, upcoming=upcoming)

    def evaluate_opened(
        self,
        opened: Iterable[Opened],
        moments: Sequence[Moment],
        *,
        due_at: Collection[Moment] | None = None,
        upcoming: bool = True,
    ) -> list[Outcome]:
        """As `evaluate`, over what was opened: all partitions of all plans, in the order of their stages."""
        gathered = [self._nothing_gathered(moment) for moment in moments]
        due: list[list[Any]] = [[] for _ in moments]
        for part in opened:
            bare = part.plan if due_at is None else figures_alone(part.plan)
            for index, moment in enumerate(moments):
                plan = part.plan if due_at is None or moment in due_at else bare
                due[index] += self._take_in(gathered[index], part, moment, plan, upcoming=upcoming).due
        return [
            Outcome(moment, pa.concat_tables(tables) if tables else None, self._figures(found))
            for moment, tables, found in zip(moments, due, gathered, strict=True)
        ]

    def from_below(self, plan: Plan, moment: Moment) -> Mapping[FromBelow, Vector]:
        """What a plan needs of earlier ones, worked out for it alone."""
        wanted = plan.needs.from_below
        return self.gathered(wanted, moment).columns(wanted)

    def share(self, tree: str, indicator: Indicator, moment: Moment) -> Share:
        """An indicator at each unit of a tree, worked out without any other."""
        return self.gathered([FigureValue(tree, indicator)], moment).share(tree, indicator)

    def time_series(self, channels: Collection[Channel], as_of: date) -> list[TimeSeries]:
        """What channels counted, period by period, at each place of their level. Records of later days are not seen."""
        moment, level = Moment.in_year(as_of), {c.level: self._ancestors_at(c.level) for c in channels}
        parts: dict[str, list[PlaceCounts]] = {channel.name: [] for channel in channels}
        for entity in dict.fromkeys(channel.entity for channel in channels):
            plan = build_plan(self.rulebook, entity, schedules=(), indicators=(), channels=channels)
            below = self.from_below(plan, moment)
            for partition in self.partitions_of(plan):
                opened = self.open(plan, partition).with_columns(below)
                counts = self.run(opened, moment).counts
                for number, planned in enumerate(plan.channels):
                    ancestor = level[planned.channel.level]
                    found = at_level(counts, number, opened.units.place, ancestor)
                    parts[planned.channel.name].append(found)
        return [
            time_series(channel, parts[channel.name], self._places_of(channel.level), as_of)
            for channel in channels
        ]

    def _ancestors_at(self, level: str) -> Array:
        of_level = pc.equal(self.places["level"], level).fill_null(False).to_numpy(zero_copy_only=False)
        return ancestors_at(of_level, self.tree("place").parent)

    def _places_of(self, level: str) -> list[tuple[int, str]]:
        """The positions and codes of the places of a level."""
        rows = zip(self.places["level"].to_pylist(), self.places["code"].to_pylist(), strict=True)
        return [(position, code) for position, (found, code) in enumerate(rows) if found == level]

    def gathered(self, wanted: Collection[FromBelow], moment: Moment) -> Gathered:
        """Some roll-ups and figures, and what they rest on, worked out without anything else."""
        gathered = self._nothing_gathered(moment)
        for opened in self._each_opened(stages_for(wanted, self.rulebook, ENTITIES)):
            self._take_in(gathered, opened, moment, opened.plan, upcoming=False)
        return gathered

    def _nothing_gathered(self, moment: Moment) -> Gathered:
        return Gathered({tree: self.tree(tree) for tree in TREES}, moment.as_of)

    def _each_opened(self, run: Iterable[Stage]) -> Iterator[Opened]:
        for stage in run:
            for plan in stage:
                for partition in self.partitions_of(plan):
                    yield self.open(plan, partition)

    def _take_in(
        self, gathered: Gathered, opened: Opened, moment: Moment, plan: Plan, *, upcoming: bool
    ) -> Evaluation:
        """Evaluates a partition with what was gathered below, and gathers what it counts.

        ``plan`` is the opened one or its figures alone: both count the same.
        """
        prepared = opened.with_columns(gathered.columns(opened.plan.needs.from_below))
        evaluation = self.run(replace(prepared, plan=plan), moment, upcoming=upcoming)
        gathered.take_in(opened.plan, opened.units, evaluation.tallied)
        return evaluation

    def run(self, opened: Opened, moment: Moment, *, upcoming: bool = True) -> Evaluation:
        """Evaluates an opened plan at a moment."""
        units, plan = opened.units, opened.plan
        listed = self._due_tables(opened, moment).list if plan.schedules or plan.each else None
        return self.runner.run(plan, opened.data, moment, units.unit, units.size, listed, upcoming=upcoming)

    def _due_tables(self, opened: Opened, moment: Moment) -> DueTables:
        key, institutions = self.source.key, self.institutions
        seats = Seats(opened.members[key], self._seat(opened, "institution"), self._seat(opened, "place"))
        own = opened.units.institution[opened.units.unit]
        tree = Institutions(institutions[key], institutions["code"], self.tree("institution").parent)
        return DueTables(opened.plan, seats, own, tree, moment)

    def _seat(self, opened: Opened, seat: str) -> Any:
        """The key of each member's institution or place; null for those without one."""
        if seat == opened.plan.entity:
            return opened.members[self.source.key]
        if seat in opened.members.column_names:
            return opened.members[seat]
        if "institution" in opened.members.column_names:
            found = self._shared_positions["institution"].find(opened.members["institution"]).data
            return self.institutions["place"].take(pa.array(found, mask=found < 0))
        return pa.nulls(len(opened.members), opened.members[self.source.key].type)

    def _figures(self, gathered: Gathered) -> Figures:
        known = self.rulebook.indicators.values()
        return gathered.figures(i for entity in ENTITIES for i in known if i.entity == entity)
