"""Long lists cut to what one looks for: forms by programme, groups that matter first, shares that one is missing in."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString

from wangdi.engine.explain.trace import GroupFound, IndicatorFound
from wangdi.engine.model.indicators import Better
from wangdi.engine.model.kinds import Kind, Quick
from wangdi.engine.model.measures import Proportion
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.server.network.models import AnyEntity
from wangdi.server.web.entities import entity_of, forms_of
from wangdi.server.web.words import language


@dataclass(frozen=True, slots=True)
class Forms:
    """The kinds of record of one programme about one sort of entity."""

    pack: Pack
    kinds: Sequence[Kind]


def forms_about(rules: Rulebook, entity: str) -> list[Forms]:
    """Every kind of record about an entity, by programme."""
    found = [Forms(pack, [kind for kind in pack.kinds if kind.about == entity]) for pack in rules.packs]
    return [one for one in found if one.kinds]


_ADDRESS = "address-of-forms"
"""Stands in the menu for what all addresses of forms about somebody begin with."""


def new_record(rules: Rulebook, one: AnyEntity) -> SafeString:
    """The menu of all forms about somebody: some two hundred, the same for everybody but for the address."""
    entity = entity_of(one)
    menu: str = rules.once(
        ("menu of forms", entity, language()),
        lambda: render_to_string(
            "web/_new_record.html", {"forms": forms_about(rules, entity), "address": _ADDRESS}
        ),
    )
    return SafeString(menu.replace(_ADDRESS, escape(forms_of(one))))


def quick_kinds(rules: Rulebook, entity: str, traces: Iterable[GroupFound]) -> list[Kind]:
    """The kinds about an entity whose button is for somebody in these groups, in the order of the packs."""
    member = {trace.name for trace in traces if trace.member}
    return [
        kind
        for kind in rules.kinds.values()
        if kind.about == entity and kind.quick is not None and _is_for(kind.quick, member)
    ]


def _is_for(quick: Quick, member: Collection[str]) -> bool:
    return (quick.group is None or quick.group in member) and quick.unless not in member


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups somebody is in: ``served``, for whose members something is due in time, and all others."""

    served: Sequence[GroupFound]
    others: Sequence[GroupFound]


def groups_of(rules: Rulebook, traces: Iterable[GroupFound]) -> Groups:
    """The groups of which a trace says that somebody is a member; internal ones are left out."""
    scheduled = {schedule.group.name for schedule in rules.schedules.values()}
    members = [trace for trace in traces if trace.member and not trace.internal]
    served = [trace for trace in members if trace.name in scheduled]
    return Groups(served, [trace for trace in members if trace.name not in scheduled])


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares in whose denominator somebody stands: on the side that is wished for, or not."""

    missed: Sequence[IndicatorFound]
    reached: Sequence[IndicatorFound]


def shares_of(rules: Rulebook, found: Iterable[IndicatorFound]) -> Shares:
    """Counts and sums are left out: whoever is not counted there is missing nothing."""
    missed: list[IndicatorFound] = []
    reached: list[IndicatorFound] = []
    for one in found:
        indicator = rules.indicators[one.name]
        if one.in_denominator and isinstance(indicator.measure, Proportion):
            wished = one.in_numerator is (indicator.better is Better.HIGHER)
            (reached if wished else missed).append(one)
    return Shares(missed, reached)
