"""The order of plans: what an institution or a place takes from below is worked out before it is asked for."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.nodes import kept
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.plan.build import build_plan
from wangdi.engine.plan.due import lower
from wangdi.engine.plan.each import lower_each
from wangdi.engine.plan.lowering import counted
from wangdi.engine.plan.plan import FromBelow, Plan

Stage = tuple[Plan, ...]
"""Plans that need only what earlier stages yield."""


def stages(rulebook: Rulebook, entities: tuple[str, ...]) -> tuple[Stage, ...]:
    """All schedules, indicators and roll-ups of a rulebook, each in the first stage that it can be worked out in."""
    return rulebook.once(("stages", entities), lambda: _stages(rulebook, entities))


@kept()
def _stages(rulebook: Rulebook, entities: tuple[str, ...]) -> tuple[Stage, ...]:
    outputs = _Outputs(rulebook)
    outputs.add_schedules(rulebook.schedules.values())
    outputs.add_indicators(rulebook.indicators.values())
    return outputs.plans(entities)


def stages_for(
    wanted: Collection[FromBelow], rulebook: Rulebook, entities: Iterable[str]
) -> tuple[Stage, ...]:
    """Only what some roll-ups and figures rest on."""
    outputs = _Outputs(rulebook)
    outputs.add_from_below(wanted)
    return outputs.plans(entities)


def from_below(expressions: Iterable[Expression]) -> Iterator[FromBelow]:
    """The roll-ups and figures that expressions use themselves, not those inside these."""
    waiting, seen = list(expressions), dict[int, Expression]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen[id(node)] = node  # kept alive: a node made on asking gives its id to the next when it is gone
        if isinstance(node, FromBelow):
            yield node
        else:
            waiting.extend(node.children)


@dataclass
class _Outputs:
    """What is to be worked out, by the stage it belongs to."""

    rulebook: Rulebook
    schedules: dict[str, tuple[Schedule, int]] = field(default_factory=dict)
    indicators: dict[str, tuple[Indicator, int]] = field(default_factory=dict)
    rollups: dict[Rollup, int] = field(default_factory=dict)

    def add_schedules(self, schedules: Iterable[Schedule]) -> None:
        for schedule in schedules:
            self.schedules[schedule.name] = schedule, self._stage(self._of_schedule(schedule))

    def add_indicators(self, indicators: Iterable[Indicator]) -> None:
        for indicator in indicators:
            for one in indicator.counted:
                if one.name not in self.indicators:
                    self.indicators[one.name] = one, self._stage(self._of_indicator(one))

    def add_from_below(self, wanted: Iterable[FromBelow]) -> int:
        """The stage after which all of them are known."""
        return max((self._known_after(one) + 1 for one in wanted), default=0)

    def _known_after(self, one: FromBelow) -> int:
        if not isinstance(one, Rollup):
            self.add_indicators([one.indicator])
            return max(self.indicators[part.name][1] for part in one.indicator.counted)
        if one not in self.rollups:
            self.rollups[one] = self._stage((self.rulebook.presence(one.over), one.of))
        return self.rollups[one]

    def _stage(self, expressions: Iterable[Expression]) -> int:
        return self.add_from_below(from_below(expressions))

    def _of_indicator(self, indicator: Indicator) -> Iterator[Expression]:
        yield from counted(indicator, self.rulebook)
        yield from (dimension.category for dimension in indicator.by)

    def _of_schedule(self, schedule: Schedule) -> Iterator[Expression]:
        if isinstance(schedule.shape, Each):
            each = lower_each(schedule, schedule.shape, self.rulebook)
            selection, holder = each.selection, each.holder
            found = (selection.where, selection.window.since, each.due_from, each.due_on, holder)
            yield from (each.members, *(expression for expression in found if expression is not None))
            return
        for due in lower(schedule, self.rulebook):
            yield from (due.members, *due.parts, *([due.holder] if due.holder is not None else []))

    def plans(self, entities: Iterable[str]) -> tuple[Stage, ...]:
        named = (at for _, at in (*self.schedules.values(), *self.indicators.values()))
        last = max((*named, *self.rollups.values()), default=-1)
        order = tuple(entities)
        return tuple(
            tuple(plan for entity in order if (plan := self._plan(entity, stage)) is not None)
            for stage in range(last + 1)
        )

    def _plan(self, entity: str, stage: int) -> Plan | None:
        """What is worked out for an entity in a stage; None when that is nothing."""
        plan = build_plan(
            self.rulebook,
            entity,
            schedules=[schedule for schedule, at in self.schedules.values() if at == stage],
            indicators=[indicator for indicator, at in self.indicators.values() if at == stage],
            rollups=[rollup for rollup, at in self.rollups.items() if at == stage],
        )
        return plan if plan.schedules or plan.each or plan.tallies else None
