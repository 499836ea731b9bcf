"""Adopting a plan about places: new stations become projects, villages on a route are registered for visits."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.methods.travel.distance import great_circle_km
from wangdi.server.audit.services import record_change
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import save_and_refresh, today
from wangdi.server.network.models import MODELS, Institution, Place
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.place_maps import OPENED, UPGRADED
from wangdi.server.planning.routes_declaration import routes_declared
from wangdi.server.planning.services import NotAdoptable
from wangdi.server.planning.sheets import Document
from wangdi.server.planning.sites_declaration import sites_declared
from wangdi.server.planning.sites_document import CHANGES
from wangdi.server.records.models import RecordVersion


@dataclass(frozen=True, slots=True)
class Consequence:
    """A record that adopting writes: ``what`` for people, whom it is about, at which institution, what stands in it."""

    record_id: str
    what: str
    subject: str
    institution: str | None
    values: Mapping[str, Any]


def kind_of(plan: KeptPlan) -> Kind | None:
    """The kind of record that the plan becomes; None where there is nothing to adopt."""
    if plan.sort == KeptPlan.Sort.SITES:
        return rulebook().kinds[sites_declared().project.kind]
    if plan.sort == KeptPlan.Sort.ROUTES:
        return rulebook().kinds[routes_declared().visited.kind]
    return None


def given_fields(plan: KeptPlan) -> set[str]:
    """The fields that the plan fills in itself."""
    return (
        sites_declared().project.given
        if plan.sort == KeptPlan.Sort.SITES
        else routes_declared().visited.given
    )


def consequences(plan: KeptPlan) -> list[Consequence]:
    """What adopting would write, in the order of the plan."""
    document = Document.of(plan.document)
    return _projects(plan, document) if plan.sort == KeptPlan.Sort.SITES else _visits(plan, document)


def may_carry_out(user: AbstractBaseUser, plan: KeptPlan) -> bool:
    """Whether the user may write every record that the plan becomes."""
    kind, found = kind_of(plan), {one.subject for one in consequences(plan)} if kind_of(plan) else set()
    if kind is None or not found:
        return False
    return MODELS[kind.about].objects.recordable_by(user).filter(code__in=found).count() == len(found)


def carry_out(plan: KeptPlan, answers: Mapping[str, Any], *, actor: AbstractBaseUser) -> list[RecordVersion]:
    """Writes all records or none; a second time it changes nothing. ``answers``: the fields the plan does not fill in.

    Raises `NotAdoptable`, `InvalidRecord`. Permission is the caller's to check (`may_carry_out`).
    """
    kind, found = kind_of(plan), consequences(plan) if kind_of(plan) else []
    if kind is None or not found:
        raise NotAdoptable(Text("这个方案没有可写成记录的内容", "there is nothing in this plan to record"))
    with transaction.atomic():
        locked = KeptPlan.objects.select_for_update().get(pk=plan.pk)
        if locked.adopted_id is not None:
            raise NotAdoptable(Text("方案已经采用过", "the plan was adopted before"))
        saved = [_write(kind, one, answers, actor) for one in found]
        summary = {"plan": locked.pk, "records": len(saved)}
        locked.adopted = record_change("plan.adopt", actor=actor, summary=summary)
        locked.save(update_fields=["adopted"])
    plan.refresh_from_db()
    return saved


def _write(
    kind: Kind, one: Consequence, answers: Mapping[str, Any], actor: AbstractBaseUser
) -> RecordVersion:
    """A new record, or the next version of the registration there is."""
    earlier = _registration(kind, one) if kind.workflow is None else None
    names = {field.name for field in kind.form}
    before = {name: value for name, value in earlier.values.items() if name in names} if earlier else {}
    return save_and_refresh(
        actor=actor,
        kind=kind,
        subject_code=one.subject,
        occurred_on=earlier.occurred_on if earlier else today(),
        values={**before, **answers, **one.values},
        institution_code=one.institution,
        record_id=earlier.record_id if earlier else one.record_id,
        expected_version=earlier.version if earlier else 0,
    )


def _registration(kind: Kind, one: Consequence) -> RecordVersion | None:
    """The newest valid record of the kind about the same; of kinds that pass through states each project is its own."""
    subject = MODELS[kind.about].objects.get(code=one.subject)
    found = RecordVersion.objects.valid().filter(kind__name=kind.name, subject=subject.pk)
    return found.order_by("-occurred_on", "-seq").first()


def _id_of(plan: KeptPlan, code: str) -> str:
    """Always the same for the same plan and place."""
    return str(uuid5(NAMESPACE_URL, f"wangdi:plan:{plan.pk}:{code}"))


# -- stations ---------------------------------------------------------------------------------------


def _projects(plan: KeptPlan, document: Document) -> list[Consequence]:
    project, stations = sites_declared().project, document.sheet("stations")
    rows = stations.rows if stations else []
    opened = [row for row in rows if row["change"] == CHANGES[OPENED]]
    builders = _builders(plan.place, opened)
    found = []
    for row in rows:
        if row["change"] not in (CHANGES[OPENED], CHANGES[UPGRADED]):
            continue
        is_new = row["change"] == CHANGES[OPENED]
        builder = builders[str(row["code"])] if is_new else str(row["code"])
        change = CHANGES[OPENED if is_new else UPGRADED]
        values = {
            **(project.opened if is_new else project.upgraded),
            project.name: f"{row['name']}{change.zh}服务站点（方案{plan.pk}）",
        }
        if project.cost is not None:
            values[project.cost] = row["cost"]
        found.append(Consequence(_id_of(plan, str(row["code"])), str(row["name"]), builder, builder, values))
    return found


def _builders(place: Place, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The institution each new station stands under: one of the township's, else the nearest of the plan's place."""
    types = list(sites_declared().project.builders)
    builders = list(
        Institution.objects.filter(type__in=types, closed_on=None, place__path__under=place.path)
        .select_related("place")
        .order_by("code")
    )
    if not builders:
        raise NotAdoptable(
            Text("没有可登记建设项目的卫生院或中心", "there is no centre under which projects can stand")
        )
    by_place: dict[int | None, list[Institution]] = defaultdict(list)
    for one in builders:
        by_place[one.place_id].append(one)
    codes = [str(row["code"]) for row in rows]
    parents = dict(Place.objects.filter(code__in=codes).values_list("code", "parent_id"))
    return {
        str(row["code"]): (by_place.get(parents.get(str(row["code"]))) or [_nearest(builders, row)])[0].code
        for row in rows
    }


def _nearest(builders: Sequence[Institution], row: Mapping[str, Any]) -> Institution:
    """Those without coordinates are far from everywhere."""
    where = np.array(
        [(one.lon, one.lat) if one.lon and one.lat else (np.nan, np.nan) for one in builders], np.float64
    )
    km = great_circle_km(where, np.array([(row["lon"], row["lat"])], np.float64))
    return builders[int(np.argmin(np.nan_to_num(km, nan=np.inf)))]


# -- routes -----------------------------------------------------------------------------------------


def _visits(plan: KeptPlan, document: Document) -> list[Consequence]:
    declared, schedule = routes_declared().visited, document.sheet("schedule")
    stops: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in schedule.rows if schedule else ():
        stops[str(row["code"])].append(row)
    weeks = max((int(row["week"]) for rows in stops.values() for row in rows), default=1)
    found = []
    for code, rows in stops.items():
        base = str(rows[0]["base_code"])
        values: dict[str, Any] = {**declared.values, declared.base: base}
        if declared.people is not None:
            values[declared.people] = rows[0]["people"]
        if declared.days is not None:
            values[declared.days] = "；".join(_when(row, weeks) for row in rows)
        found.append(Consequence(_id_of(plan, code), str(rows[0]["village"]), code, base, values))
    return found


def _when(row: Mapping[str, Any], weeks: int) -> str:
    day = f"{row['weekday'].zh} {row['begins']}"
    return f"每{weeks}周的第{row['week']}周{day}（首次 {row['day']}）" if weeks > 1 else f"每{day}"
