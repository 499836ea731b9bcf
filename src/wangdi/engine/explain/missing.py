"""Why a figure is what it is: who is counted in it, who is not, and which condition each of those misses.

A numerator is taken apart where all parts must hold (AND, also inside named values and groups); what is left are its
*requirements*. They are evaluated by the columnar evaluator over the same data as the figure, so the numbers are the
figure's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from wangdi.engine.evaluate.columnar.executor import Computed, Executor
from wangdi.engine.evaluate.columnar.vectors import Flags, spread
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network, Opened
from wangdi.engine.explain.wording import spell
from wangdi.engine.model.expressions import Connective, Expression, Logic
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.measures import Counted
from wangdi.engine.model.named import Named
from wangdi.engine.plan.build import build_plan
from wangdi.engine.plan.lowering import counted
from wangdi.engine.plan.plan import Plan


class NobodyCounted(LookupError):
    """The indicator is put together from the figures of others: nobody is counted for it."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition of a numerator. ``named`` is the innermost named thing it stands in, if any: its title says most."""

    condition: Expression
    named: Named | None

    @property
    def written(self) -> str:
        """The condition as an author writes it."""
        return spell(self.condition)


def requirements(numerator: Expression) -> tuple[Requirement, ...]:
    """The conditions that all must hold for somebody to be counted; each once, in the author's order."""
    return tuple(dict.fromkeys(_requirements(numerator, None)))


def _requirements(condition: Expression, named: Named | None) -> Iterator[Requirement]:
    if isinstance(condition, Named):
        yield from _requirements(condition.expression, condition if condition.title else named)
    elif isinstance(condition, Logic) and condition.connective is Connective.AND:
        for operand in condition.operands:
            yield from _requirements(operand, named)
    else:
        yield Requirement(condition, named)


@dataclass(frozen=True)
class Breakdown:
    """The people (or institutions, …) behind one figure.

    ``keys`` holds the keys of everybody in the denominator, ``counted`` who of them is in the numerator, and ``lacks``
    (requirements × keys) which requirement each one lacks. A requirement that is null is lacked.
    """

    indicator: Indicator
    requirements: tuple[Requirement, ...]
    keys: Any
    counted: Flags
    lacks: Flags

    def how_many_lack(self) -> list[tuple[Requirement, int, int]]:
        """For each requirement: how many of the missing lack it, and how many of them lack nothing else."""
        lacking = self.lacks & ~self.counted
        alone = lacking & (lacking.sum(axis=0) == 1)
        return [
            (one, int(lacking[row].sum()), int(alone[row].sum())) for row, one in enumerate(self.requirements)
        ]

    def lacked_by(self, position: int) -> tuple[Requirement, ...]:
        """What the one at a position of ``keys`` lacks."""
        return tuple(one for row, one in enumerate(self.requirements) if self.lacks[row, position])


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is worked out for everybody there."""

    denominator: Expression
    numerator: Expression
    conditions: tuple[Expression, ...]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return (self.denominator, self.numerator, *self.conditions)


def break_down(network: Network, indicator: Indicator, entity: str, code: str, moment: Moment) -> Breakdown:
    """Who stands behind an indicator's figure at a place or institution (``entity``) on a day.

    Of a sum or a mean those count of whom the number is known. Only partitions with somebody there are opened.
    `UnknownCode` when nothing has that code; `NobodyCounted` for an indicator put together from others.
    """
    measure = indicator.measure
    if not isinstance(measure, Counted):
        raise NobodyCounted(indicator.name)
    parts = requirements(measure.reached)
    conditions = [part.condition for part in parts]
    members, *_ = counted(indicator, network.rulebook)
    asked = _Asked(members, measure.reached, tuple(conditions))
    plan = build_plan(
        network.rulebook, indicator.entity, schedules=(), indicators=(), values=asked.expressions
    )
    below = network.from_below(plan, moment)
    opened = _opened(network, plan, entity, under := network.under(entity, code))
    found = [
        _part(network, one.with_columns(below), asked, one.units.inside(entity, under), moment)
        for one in opened
    ]
    if not found:
        nobody = np.zeros((len(parts), 0), np.bool_)
        return Breakdown(indicator, parts, pa.array([]), np.zeros(0, np.bool_), nobody)
    keys, reached, lacks = zip(*found, strict=True)
    return Breakdown(indicator, parts, pa.concat_arrays(keys), np.concatenate(reached), np.hstack(lacks))


def _opened(network: Network, plan: Plan, entity: str, under: Flags) -> Iterator[Opened]:
    """Each partition in which somebody lives or is looked after there."""
    for partition in network.partitions_of(plan):
        if partition is None or network.has_members(plan.entity, partition, entity, under):
            yield network.open(plan, partition)


def _part(
    network: Network, opened: Opened, asked: _Asked, inside: Flags, moment: Moment
) -> tuple[Any, Flags, Flags]:
    """Of one partition: keys of the denominator ``inside``, who is counted, and who lacks what."""
    positions = np.flatnonzero(inside)
    low, high = (int(positions[0]), int(positions[-1]) + 1) if len(positions) else (0, 0)
    computed = Executor(opened.plan, opened.data, moment).run(low, high)
    slots = opened.plan.values
    among = _flags(computed, slots[asked.denominator]) & inside[low:high]
    lacks = [~_flags(computed, slots[condition])[among] for condition in asked.conditions]
    keys = opened.members[network.source.key].combine_chunks().take(pa.array(np.flatnonzero(among) + low))
    return keys, _flags(computed, slots[asked.numerator])[among], np.array(lacks, dtype=np.bool_)


def _flags(computed: Computed, slot: int) -> Flags:
    """Where a condition is true, for everybody of a range."""
    flags: Flags = spread(computed[slot].data, computed.size)
    return flags
