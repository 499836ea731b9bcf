"""What those under an institution or a place have to do and have reached: clinics, teams and workers as rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, Q, QuerySet

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.server.adoption.targets import Targets, seats_of
from wangdi.server.evaluation.models import Charge, DueItem, DueItemQuerySet
from wangdi.server.evaluation.open_counts import open_by_seat
from wangdi.server.network.models import MODELS, Team, Worker
from wangdi.server.records.models import RecordVersion
from wangdi.server.web.areas import Area
from wangdi.server.web.due import inside
from wangdi.server.web.figures import Standing, counts_of
from wangdi.server.web.homepage import home
from wangdi.server.web.lists.listings import within
from wangdi.server.web.programmes import furthest

SHOWN_BEHIND = 3
"""How many figures furthest from their targets a row names."""


@dataclass(frozen=True, slots=True)
class Part:
    """A clinic (or place) with its work and its figures. ``behind`` are those furthest from their targets."""

    area: Area
    overdue: int
    due: int
    reached: int
    with_target: int
    behind: tuple[Standing, ...]
    is_falling_behind: bool = False

    @property
    def share(self) -> float | None:
        return self.reached / self.with_target if self.with_target else None


@dataclass(frozen=True, slots=True)
class Load:
    """What a team or a worker has in hand."""

    one: Team | Worker
    overdue: int
    due: int


def parts_of(user: AbstractBaseUser, area: Area, rules: Rulebook, as_of: date, day: date) -> list[Part]:
    """One row per area below; who falls behind comes first, then who has most overdue."""
    areas = area.children()
    counts = open_by_seat(user, area.entity, area.node.path, day)
    standings = _standings(areas, rules, as_of) if areas else {}
    rows = [_part(one, counts, standings) for one in areas]
    rows = _marked(rows)
    rows.sort(key=lambda row: (not row.is_falling_behind, -row.overdue, row.area.node.code))
    return rows


def _open(user: AbstractBaseUser, area: Area, day: date) -> DueItemQuerySet:
    return inside(DueItem.objects.visible_to(user), area).open_on(day)


def _tally(day: date) -> dict[str, Count]:
    late = Q(overdue_from__lte=day)
    return {"overdue": Count("pk", filter=late), "due": Count("pk", filter=~late)}


def _part(
    area: Area, counts: Iterable[tuple[str, int, int]], standings: Mapping[int, list[Standing]]
) -> Part:
    own = [(overdue, due) for path, overdue, due in counts if path.startswith(area.node.path)]
    rows = standings.get(area.node.pk, [])
    reached = sum(row.is_reached is True for row in rows)
    return Part(
        area,
        sum(overdue for overdue, _ in own),
        sum(due for _, due in own),
        reached,
        sum(row.is_reached is not None for row in rows),
        tuple(furthest(home(), rows)[:SHOWN_BEHIND]),
    )


def _marked(rows: Sequence[Part]) -> list[Part]:
    """Marks who reaches fewer of the targets than three quarters of the others do."""
    shares = sorted(row.share for row in rows if row.share is not None)
    if len(shares) < _FEWEST_RANKED:
        return list(rows)
    quarter, half = shares[len(shares) // 4], shares[len(shares) // 2]
    return [
        replace(row, is_falling_behind=row.share is not None and row.share <= quarter and row.share < half)
        for row in rows
    ]


_FEWEST_RANKED = 4
"""Among fewer there is no last quarter."""


def _standings(areas: Sequence[Area], rules: Rulebook, as_of: date) -> dict[int, list[Standing]]:
    """The figures with a target of each area, by key. One query."""
    targets = Targets.on(as_of)
    named = {one.name: one for one in rules.indicators.values() if one.target is not None}
    named |= {name: rules.indicators[name] for name in targets.given if name in rules.indicators}
    by_key = {one.node.pk: one for one in areas}
    found = counts_of(areas, list(named), as_of)
    seats = {key: seats_of(one.node) for key, one in by_key.items()}
    result: dict[int, list[Standing]] = {}
    for (key, name), figure in found.items():
        indicator = named[name]
        target = targets.at(indicator, seats[key])
        result.setdefault(key, []).append(Standing(indicator, by_key[key], figure, target))
    return result


def teams_of(user: AbstractBaseUser, area: Area, day: date) -> list[Load]:
    """The teams of the area with the open items of the residents they serve."""
    items = _open(user, area, day).filter(resident__team__isnull=False).order_by()
    counts = {
        key: (late, due) for key, late, due in items.values_list("resident__team").annotate(**_tally(day))
    }
    teams = Team.objects.visible_to(user).filter(within("team", area), dissolved_on=None).order_by("code")
    return [
        Load(team, *counts.get(team.pk, (0, 0))) for team in teams.select_related("institution", "leader")
    ]


def workers_of(user: AbstractBaseUser, area: Area, day: date) -> list[Load]:
    """The workers of the area who were given items that are still open, most overdue first."""
    given = _open(user, area, day).filter(subject__in=Charge.objects.values("subject"))
    items: QuerySet[Any] = given.with_charges().filter(~Q(charged_to=None)).order_by()
    counts = {key: (late, due) for key, late, due in items.values_list("charged_to").annotate(**_tally(day))}
    workers = Worker.objects.visible_to(user).select_related("institution").in_bulk(counts)
    loads = [Load(worker, *counts[key]) for key, worker in workers.items()]
    return sorted(loads, key=lambda one: (-one.overdue, -one.due, one.one.code))


def managed(user: AbstractBaseUser, area: Area, rules: Rulebook) -> list[tuple[Pack, list[tuple[Kind, int]]]]:
    """By programme, the kinds of record about institutions, workers and assets here, with how many records there are."""
    counts: dict[str, int] = {}
    for entity in ("institution", "worker", "team", "asset"):
        subjects: QuerySet[Any] = MODELS[entity].objects.visible_to(user).filter(within(entity, area))
        records = RecordVersion.objects.valid().filter(kind__about=entity, subject__in=subjects.values("pk"))
        counts |= dict(records.order_by().values_list("kind__name").annotate(n=Count("pk")))
    found = [
        (pack, [(kind, counts[kind.name]) for kind in pack.kinds if kind.name in counts])
        for pack in rules.packs
    ]
    return [(pack, kinds) for pack, kinds in found if kinds]
