"""The plans that pack tests run."""

from dataclasses import dataclass, field

from wangdi.engine.model.facts import Fact
from wangdi.engine.model.named import Named
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.types import Base
from wangdi.engine.packs.scopes import fact_entity
from wangdi.engine.plan.build import build_plan
from wangdi.engine.plan.plan import Plan


@dataclass(frozen=True)
class Plans:
    """The plans of each pack by entity, each made once for all tests: making one takes longer than a test.

    A pack by itself: one subject is worked out in as many steps as a million, so a test does not take those of the
    packs it says nothing about.
    """

    rulebook: Rulebook
    _made: dict[tuple[str, str], Plan] = field(default_factory=dict)
    _of_facts: dict[tuple[Fact, ...], Plan] = field(default_factory=dict)

    def of(self, pack: str, entity: str) -> Plan:
        """Everything a pack says about entities of that sort, and who is present."""
        key = pack, entity
        if key not in self._made:
            self._made[key] = self._make(next(p for p in self.rulebook.packs if p.name == pack), entity)
        return self._made[key]

    def of_facts(self, facts: tuple[Fact, ...], entity: str) -> Plan:
        """Facts about entities of that sort, and nothing else."""
        if facts not in self._of_facts:
            plan = build_plan(self.rulebook, entity, schedules=(), indicators=(), groups=(), values=facts)
            self._of_facts[facts] = plan
        return self._of_facts[facts]

    def _make(self, pack: Pack, entity: str) -> Plan:
        named = (*pack.values, *pack.facts)
        values = (v for v in named if self._about(v) == entity and v.type.base is not Base.RECORD)
        return build_plan(
            self.rulebook,
            entity,
            schedules=pack.schedules,
            indicators=pack.indicators,
            groups=pack.groups,
            values=(self.rulebook.presence(entity), *values),
        )

    def _about(self, value: Fact | Rollup | Named) -> str:
        """The entity that a value or a fact is about."""
        if isinstance(value, Fact):
            kind = self.rulebook.kinds[value.selection.kind]
            return fact_entity(kind, value.selection.relation)
        return value.owner if isinstance(value, Rollup) else value.entity
