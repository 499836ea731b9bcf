"""The same question put to both evaluators in every way the product does: the answers have to be the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.evaluate.columnar.executor import Executor
from wangdi.engine.evaluate.columnar.values import PlainValue, value_at
from wangdi.engine.evaluate.due import DueItem, Status
from wangdi.engine.evaluate.memory import MemorySource
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import ENTITIES, Network, Outcome
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.reference.gathering import Below, breakdown_at, figure_at, figure_of
from wangdi.engine.evaluate.reference.schedules import due_items
from wangdi.engine.evaluate.reference.world import Attributes, MemoryWorld, Record
from wangdi.engine.evaluate.rows import record_table_of, register_table
from wangdi.engine.evaluate.runners.local import LocalRunner
from wangdi.engine.evaluate.single import OneEntity, from_below_of
from wangdi.engine.explain.wording import spell
from wangdi.engine.model.adoption import Adoption
from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.seats import TREES
from wangdi.engine.plan.build import build_plan
from wangdi.engine.plan.plan import Plan

Registers = Mapping[str, Mapping[str, Attributes]]
Values = Mapping[str, Sequence[Expression]]
"""The expressions that are asked for, by the entity they are about."""


Parts = tuple[float, float | None]
"""A numerator and a denominator, None where the measure has none."""


def part_name(indicator: str, dimension: str, category: str) -> str:
    """What specs call a figure, or a part of it in a breakdown."""
    return f"{indicator}[{dimension}={category}]" if dimension else indicator


@dataclass(frozen=True)
class Data:
    """Registers by entity and code, records that are not void, and which pack was adopted where."""

    registers: Registers
    records: tuple[Record, ...]
    adoptions: tuple[Adoption, ...] = ()

    def tables(self, kinds: Mapping[str, Kind]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Registers and records as exchange tables; a kind without records has none."""
        registers = {entity: register_table(entity, rows) for entity, rows in self.registers.items()}
        by_kind: dict[str, list[Record]] = {}
        for record in self.records:
            by_kind.setdefault(record.kind, []).append(record)
        return registers, {name: record_table_of(kinds[name], rows) for name, rows in by_kind.items()}


@dataclass(frozen=True)
class DueRow:
    """A due item as the list shows it."""

    entity: str
    item: DueItem
    status: Status
    institution: str | None
    place: str | None


@dataclass
class Answers:
    """Everything that an evaluation says."""

    values: dict[tuple[str, str, int], PlainValue] = field(default_factory=dict)
    """By entity, code and the number of the expression."""
    members: set[tuple[str, str]] = field(default_factory=set)
    """Groups and the codes of those who belong to them."""
    due: set[DueRow] = field(default_factory=set)
    figures: dict[tuple[str, str, str], Parts] = field(default_factory=dict)
    """Numerator and denominator by indicator (or a part of it), tree (place or institution) and code."""


def differences(expected: Answers, found: Answers, values: Values) -> list[str]:
    """What differs, in words; nothing when all answers are the same."""
    lines = []
    for key in expected.values.keys() | found.values.keys():
        should, does = expected.values.get(key), found.values.get(key)
        if should != does:
            entity, code, number = key
            lines.append(
                f"{spell(values[entity][number])} of {entity} {code}: {does!r} instead of {should!r}"
            )
    lines += [f"{code} in group {group}" for group, code in expected.members ^ found.members]
    lines += [str(row) for row in expected.due ^ found.due]
    figures = expected.figures.items() ^ found.figures.items()
    return [*lines, *(f"figure {key}: {counts}" for key, counts in figures)]


# -- the reference --------------------------------------------------------------------------------


def ask_reference(
    data: Data, rulebook: Rulebook, moment: Moment, values: Values, below: Below | None = None
) -> Answers:
    """The answers of the reference evaluator, one entity after another, figures counted one by one.

    ``below``: what places and institutions take from below, where it is not worked out one by one.
    """
    answers = Answers()
    world = MemoryWorld(data.registers, data.records, data.adoptions)
    for indicator in rulebook.indicators.values():
        _add_figures(answers, data.registers, ReferenceEvaluator(world, rulebook, "", "", moment), indicator)
    for entity in ENTITIES:
        for code in data.registers.get(entity, {}):
            evaluator = ReferenceEvaluator(world, rulebook, entity, code, moment, below)
            _add_values(answers, evaluator, values.get(entity, ()))
            _add_groups_and_due(answers, data.registers, evaluator)
    return answers


def _add_values(answers: Answers, evaluator: ReferenceEvaluator, values: Sequence[Expression]) -> None:
    for number, value in enumerate(values):
        answers.values[evaluator.entity, evaluator.code, number] = evaluator.value(value)


def _add_groups_and_due(answers: Answers, registers: Registers, evaluator: ReferenceEvaluator) -> None:
    rulebook, entity, code = evaluator.rulebook, evaluator.entity, evaluator.code
    for group in rulebook.groups.values():
        if group.entity == entity and evaluator.present and evaluator.is_true(group.condition):
            answers.members.add((group.name, code))
    for schedule in rulebook.schedules.values():
        for item in due_items(evaluator, schedule) if schedule.group.entity == entity else ():
            status = item.status_on(evaluator.moment.as_of)
            institution, place = _listed_seats(registers, entity, code)
            if names_an_institution(schedule):
                institution = item.responsible
            answers.due.add(DueRow(entity, item, status, institution, place))


def names_an_institution(schedule: Schedule) -> bool:
    """Whether its items are for the institution that the schedule, or its record, names."""
    return isinstance(schedule.shape, Each) or schedule.holder is not None


def _listed_seats(registers: Registers, entity: str, code: str) -> tuple[str | None, str | None]:
    """The institution and the place that a due list shows; who has no place of their own is at the institution's."""
    attributes = registers[entity][code]
    institution = code if entity == "institution" else attributes.get("institution")
    if entity in ("worker", "team", "asset"):
        return institution, registers.get("institution", {}).get(institution or "", {}).get("place")
    return institution, code if entity == "place" else attributes.get("place")


def _add_figures(
    answers: Answers, registers: Registers, evaluator: ReferenceEvaluator, indicator: Indicator
) -> None:
    """The figure at each place and institution, and its parts: those in which anybody is counted somewhere."""
    units = [(tree, code) for tree in TREES for code in registers.get(tree, {})]
    found = {(tree, code): breakdown_at(evaluator, indicator, tree, code) for tree, code in units}
    categories = {category for parts in found.values() for category in parts}
    for tree, code in units:
        figure = figure_at(evaluator, indicator, tree, code)
        answers.figures[indicator.name, tree, code] = (figure.numerator, figure.denominator)
        for category in categories:
            figure = found[tree, code].get(category) or figure_of(indicator, ())
            key = part_name(indicator.name, *category), tree, code
            answers.figures[key] = (figure.numerator, figure.denominator)


# -- the columnar evaluator -----------------------------------------------------------------------


class PartitionedSource(MemorySource):
    """A source whose residents, and the records about them, lie in several partitions."""

    def __init__(
        self,
        registers: Mapping[str, Any],
        records: Mapping[str, Any],
        split: Sequence[Sequence[str]],
        adoptions: Sequence[Adoption],
    ) -> None:
        super().__init__(registers, records, adoptions)
        self._split = split

    def partitions(self) -> Sequence[str]:
        return tuple(str(number) for number in range(len(self._split)))

    def register(self, entity: str, columns: Iterable[str], partition: str | None) -> Any:
        return self._part(super().register(entity, columns, None), "code", partition)

    def records(self, kind: Kind, columns: Iterable[str], partition: str | None) -> Any:
        return self._part(super().records(kind, columns, None), "subject", partition)

    def _part(self, table: Any, column: str, partition: str | None) -> Any:
        if partition is None:
            return table
        own = pa.array(self._split[int(partition)], pa.string())
        return table.filter(pc.is_in(table[column], value_set=own))


def ask_columnar(network: Network, moment: Moment, values: Values) -> Answers:
    """The answers of the columnar evaluator."""
    answers = Answers()
    for entity in ENTITIES:
        plan = build_plan(
            network.rulebook,
            entity,
            schedules=(),
            indicators=(),
            groups=network.rulebook.groups.values(),
            values=values.get(entity, ()),
        )
        for partition in network.partitions_of(plan):
            _read_values(answers, network, plan, partition, moment, values.get(entity, ()))
    _read_outcome(answers, network, moment)
    return answers


def _read_values(
    answers: Answers,
    network: Network,
    plan: Plan,
    partition: str | None,
    moment: Moment,
    values: Sequence[Expression],
) -> None:
    opened = network.open(plan, partition).with_columns(network.from_below(plan, moment))
    codes = opened.members["code"].to_pylist()
    for low in range(0, len(codes), network.runner.chunk):
        here = codes[low : low + network.runner.chunk]
        slots = Executor(plan, opened.data, moment).run(low, low + len(here))
        for position, code in enumerate(here):
            for number, value in enumerate(values):
                found = value_at(slots[plan.values[value]], value.type.base, position)
                answers.values[plan.entity, code, number] = found
            for name, slot in plan.groups.items():
                data = slots[slot].data
                if data[position if len(data) > 1 else 0]:
                    answers.members.add((name, code))


def _read_outcome(answers: Answers, network: Network, moment: Moment) -> None:
    [outcome] = network.evaluate([moment])
    _check_figures_alone(network, moment, outcome)
    for row in outcome.due.to_pylist() if outcome.due is not None else ():
        days = (row["due_from"], row["due_on"], row["overdue_from"])
        named = names_an_institution(network.rulebook.schedules[row["schedule"]])
        responsible = row["institution"] if named else None
        item = DueItem(row["subject"], row["schedule"], *days, row["step"], responsible, row["missed_from"])
        status = Status(row["status"])
        answers.due.add(DueRow(row["entity"], item, status, row["institution"], row["place"]))
    figures = outcome.figures
    for tree, register in (("place", network.places), ("institution", network.institutions)):
        numerators, denominators = figures.at(tree)
        for position, code in enumerate(register["code"].to_pylist()):
            for number, row in enumerate(figures.rows):
                numerator, denominator = float(numerators[number, position]), denominators[number, position]
                name = part_name(row.indicator.name, row.dimension, row.category)
                parts = numerator, None if np.isnan(denominator) else float(denominator)
                answers.figures[name, tree, code] = parts


def _check_figures_alone(network: Network, moment: Moment, whole: Outcome) -> None:
    """The figures are the same where no due items are asked for."""
    [alone] = network.evaluate([moment], due_at=())
    assert alone.due is None and alone.figures.rows == whole.figures.rows
    for tree in TREES:
        for found, expected in zip(alone.figures.at(tree), whole.figures.at(tree), strict=True):
            assert np.array_equal(found, expected, equal_nan=True)


def due_one_by_one(data: Data, rulebook: Rulebook, moment: Moment) -> set[tuple[str, DueItem]]:
    """The due items as they are worked out after a saved record, for one entity at a time."""
    world = MemoryWorld(data.registers, data.records, data.adoptions)
    plans = {entity: build_plan(rulebook, entity, indicators=()) for entity in ENTITIES}
    return {
        (entity, item)
        for entity, plan in plans.items()
        for code in data.registers.get(entity, {})
        for evaluator in (ReferenceEvaluator(world, rulebook, entity, code, moment),)
        for item in OneEntity(plan, rulebook.kinds, world, code, from_below_of(plan, evaluator)).due_items(
            moment
        )
    }


def network_of(
    data: Data, rulebook: Rulebook, runner: LocalRunner, split: Sequence[Sequence[str]] | None = None
) -> Network:
    """A network over data in memory; ``split`` says which residents lie in which partition."""
    registers, records = data.tables(rulebook.kinds)
    if split is None:
        return Network(MemorySource(registers, records, data.adoptions), rulebook, runner)
    return Network(PartitionedSource(registers, records, split, data.adoptions), rulebook, runner)
