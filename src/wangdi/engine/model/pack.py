"""A pack, and the rulebook: all packs of an installation read together."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from wangdi.engine.model.adoption import Adopted
from wangdi.engine.model.channels import Channel
from wangdi.engine.model.expressions import Expression, Literal
from wangdi.engine.model.facts import Fact
from wangdi.engine.model.fields import Option
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.named import Group, Named
from wangdi.engine.model.parameters import Parameter, Source
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.sheets import Sheet
from wangdi.engine.model.standards import Standard
from wangdi.engine.model.text import Text

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pack:
    """One programme as its authors wrote it, checked. ``location`` is the file it was read from."""

    name: str
    title: Text
    version: str
    summary: Text | None
    location: str
    sources: tuple[Source, ...]
    parameters: tuple[Parameter, ...]
    kinds: tuple[Kind, ...]
    facts: tuple[Fact | Rollup | Named, ...]
    """What is drawn from records, or gathered from those below."""
    values: tuple[Named, ...]
    groups: tuple[Group, ...]
    schedules: tuple[Schedule, ...]
    indicators: tuple[Indicator, ...]
    presence: tuple[tuple[str, Expression], ...]
    """Per entity, who exists on the day of evaluation."""
    by_place: bool = False
    """Whether it is in force only where it was adopted; otherwise everywhere."""
    editions: tuple[Option, ...] = ()
    """The variants that a place may adopt."""
    standards: tuple[Standard, ...] = ()
    channels: tuple[Channel, ...] = ()
    sheets: tuple[Sheet, ...] = ()

    def source(self, name: str) -> Source | None:
        """The document of that name; None when the pack lists none."""
        return next((source for source in self.sources if source.name == name), None)


PRESENT: Expression = Literal(True)


@dataclass(frozen=True, eq=False)
class Rulebook:
    """All packs in force together. Kinds, groups, schedules, indicators, standards and channels have one
    name each across packs, and a kind has one sheet. One that was read again is another one: plans are kept for each."""

    packs: tuple[Pack, ...]
    _made: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What follows from the rules alone, such as a plan: made when first asked for, then remembered with them."""
        if key not in self._made:
            self._made[key] = make()
        found: T = self._made[key]
        return found

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        return {kind.name: kind for pack in self.packs for kind in pack.kinds}

    @cached_property
    def groups(self) -> Mapping[str, Group]:
        return {group.name: group for pack in self.packs for group in pack.groups}

    @cached_property
    def schedules(self) -> Mapping[str, Schedule]:
        return {item.name: item for pack in self.packs for item in pack.schedules}

    @cached_property
    def indicators(self) -> Mapping[str, Indicator]:
        return {item.name: item for pack in self.packs for item in pack.indicators}

    @cached_property
    def adopted_by_place(self) -> Mapping[str, Pack]:
        """The packs that are in force only where they were adopted."""
        return {pack.name: pack for pack in self.packs if pack.by_place}

    def adoption(self, pack: str, entity: str) -> Expression:
        """The condition under which a pack is in force for an entity; always true when it is so everywhere."""
        return Adopted(pack, entity) if pack in self.adopted_by_place else PRESENT

    @cached_property
    def standards(self) -> Mapping[str, Standard]:
        return {item.name: item for pack in self.packs for item in pack.standards}

    @cached_property
    def channels(self) -> Mapping[str, Channel]:
        return {item.name: item for pack in self.packs for item in pack.channels}

    @cached_property
    def sheets(self) -> Mapping[str, Sheet]:
        """The result sheets, by the kind of record that they are of."""
        return {item.name: item for pack in self.packs for item in pack.sheets}

    def presence(self, entity: str) -> Expression:
        """The condition under which an entity exists on the day; always true when no pack says."""
        return next((e for pack in self.packs for name, e in pack.presence if name == entity), PRESENT)
