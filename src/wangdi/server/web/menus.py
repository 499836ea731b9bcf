"""Long lists cut to what one looks for: forms by programme, the groups that matter before the others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wangdi.engine.explain.trace import GroupExplained
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Pack, Rulebook


@dataclass(frozen=True, slots=True)
class Forms:
    """The kinds of record of one programme about one sort of entity."""

    pack: Pack
    kinds: Sequence[Kind]


def forms_about(rules: Rulebook, entity: str) -> list[Forms]:
    """Every kind of record about an entity, by programme."""
    found = [Forms(pack, [kind for kind in pack.kinds if kind.about == entity]) for pack in rules.packs]
    return [one for one in found if one.kinds]


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups somebody is in: ``served``, for whose members something is due in time, and all others."""

    served: Sequence[GroupExplained]
    others: Sequence[GroupExplained]


def groups_of(rules: Rulebook, traces: Iterable[GroupExplained]) -> Groups:
    """The groups of which a trace says that somebody is a member."""
    scheduled = {schedule.group.name for schedule in rules.schedules.values()}
    members = [trace for trace in traces if trace.member]
    served = [trace for trace in members if trace.name in scheduled]
    return Groups(served, [trace for trace in members if trace.name not in scheduled])
