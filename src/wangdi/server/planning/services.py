"""Keeping plans, changing one by hand, and adopting one: its postings become records."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from wangdi.engine.model.text import Text
from wangdi.methods.dispatch.changes import Difference
from wangdi.server.access.scope import scope_of
from wangdi.server.audit.services import record_change
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import refresh_due_items, save_and_refresh, today
from wangdi.server.network.models import Institution, Place, Worker
from wangdi.server.planning.declaration import declaration
from wangdi.server.planning.dispatching import Wish
from wangdi.server.planning.documents import Solved, document_of, solve_beside, solve_wish
from wangdi.server.planning.keeping import kept_files, settings_of_files
from wangdi.server.planning.models import KeptPlan
from wangdi.server.records.models import RecordVersion


@dataclass(eq=False)
class NotAdoptable(Exception):
    """The plan cannot be adopted; nothing was written."""

    message: Text

    def __str__(self) -> str:
        return self.message.zh


def may_plan(user: AbstractBaseUser, place: Place) -> bool:
    """Whether the user makes plans for the place: officers of it or of one above it, administrators."""
    return scope_of(user, planning=True).reaches_place(place.path)


def may_adopt(user: AbstractBaseUser, plan: KeptPlan) -> bool:
    """Whether the user may write records about every doctor of the plan."""
    codes = {row["doctor"] for row in new_postings(plan)}
    return Worker.objects.recordable_by(user).filter(code__in=codes).count() == len(codes) > 0


def new_postings(plan: KeptPlan) -> list[dict[str, Any]]:
    """The postings of a plan that do not run already."""
    return [row for row in plan.document["postings"] if not row["runs_already"]]


def wish_of(plan: KeptPlan) -> Wish:
    """What the plan was made for. `BadInput` when a file of travel is gone."""
    kept = plan.settings
    return Wish(
        place=plan.place,
        sender=Place.objects.get(code=kept["sender"]),
        as_of=plan.as_of,
        begins=plan.begins,
        numbers={name: kept["numbers"].get(name, one.default) for name, one in declaration().numbers.items()},
        scheme=kept.get("scheme", ""),
        batch=kept.get("batch"),
        files=kept_files(kept.get("files", {})),
        stay=frozenset(kept.get("stay", ())),
        together=tuple(tuple(group) for group in kept["together"]),
        pinned=kept["pinned"],
        banned=frozenset((worker, centre) for worker, centre in kept["banned"]),
    )


def _settings_of(wish: Wish) -> dict[str, Any]:
    return {
        "sender": wish.sender.code,
        "scheme": wish.scheme_name,
        "batch": wish.batch,
        "files": settings_of_files(wish.files),
        "stay": sorted(wish.stay),
        "numbers": dict(wish.numbers),
        "together": [list(group) for group in wish.together],
        "pinned": dict(wish.pinned),
        "banned": sorted(list(pair) for pair in wish.banned),
    }


def keep_plan(
    solved: Solved, *, actor: AbstractBaseUser | None, title: str, made_from: KeptPlan | None = None
) -> KeptPlan:
    """Keeps a plan as a document, in one change of the audit chain."""
    wish = solved.dispatch.wish
    with transaction.atomic():
        summary = {"place": wish.place.code, "begins": wish.begins.isoformat()}
        change = record_change(
            "plan.keep", actor=actor, actor_name="" if actor else "wangdi plan", summary=summary
        )
        return KeptPlan.objects.create(
            sort=KeptPlan.Sort.DISPATCH,
            place=wish.place,
            title=title,
            as_of=wish.as_of,
            begins=wish.begins,
            ends=wish.period.ends,
            settings=_settings_of(wish),
            document=document_of(solved),
            made_from=made_from,
            change=change,
        )


def changed_wish(wish: Wish, *, doctor: str, centre: str | None, instead_of: str | None) -> Wish:
    """The same with a doctor sent to a centre by hand; without a centre: not to where the plan sends them."""
    pinned = {code: to for code, to in wish.pinned.items() if code != doctor}
    if centre is not None:
        return replace(wish, pinned=pinned | {doctor: centre}, banned=wish.banned - {(doctor, centre)})
    banned = wish.banned | ({(doctor, instead_of)} if instead_of else set())
    return replace(wish, pinned=pinned, banned=frozenset(banned))


def compare(plan: KeptPlan, wish: Wish) -> tuple[Solved, Solved, Difference | None]:
    """The plan as it would come out today, the plan for another wish, and the difference."""
    before = solve_wish(wish_of(plan))
    after, difference = solve_beside(before, wish)
    return before, after, difference


def with_numbers(wish: Wish, numbers: Mapping[str, float]) -> Wish:
    return replace(wish, numbers=numbers)


def record_id_of(plan: KeptPlan, doctor: str) -> str:
    """The id under which a posting of the plan is recorded: always the same, so adopting twice writes once."""
    return str(uuid5(NAMESPACE_URL, f"wangdi:posting-plan:{plan.pk}:{doctor}"))


def adopt_plan(plan: KeptPlan, *, actor: AbstractBaseUser) -> list[RecordVersion]:
    """Writes every new posting as a record, in its workflow's first state, all or none; again: changes nothing.

    Raises NotAdoptable, `InvalidRecord`. Permission is the caller's to check (`may_adopt`).
    """
    if plan.begins < today() and plan.adopted_id is None:
        raise NotAdoptable(
            Text("派驻开始日期已过，请重新制定方案", "the first day of the postings is past: make a new plan")
        )
    with transaction.atomic():
        locked = KeptPlan.objects.select_for_update().get(pk=plan.pk)
        saved = [_record(locked, row, actor) for row in new_postings(locked)]
        for centre in Institution.objects.filter(code__in={row["centre"] for row in new_postings(locked)}):
            refresh_due_items(centre, today())
        if locked.adopted_id is None:
            summary = {"plan": locked.pk, "postings": len(saved)}
            locked.adopted = record_change("plan.adopt", actor=actor, summary=summary)
            locked.save(update_fields=["adopted"])
    plan.refresh_from_db()
    return saved


def _record(plan: KeptPlan, row: Mapping[str, Any], actor: AbstractBaseUser) -> RecordVersion:
    declared, record_id = declaration().posting, record_id_of(plan, row["doctor"])
    kind = rulebook().kinds[declared.kind]
    found = RecordVersion.objects.current().filter(kind__name=kind.name, record_id=record_id).first()
    if found is not None:
        return found
    values: dict[str, Any] = {
        declared.from_: row.get("begins") or plan.begins.isoformat(),
        declared.to: row.get("ends") or (plan.ends or plan.begins).isoformat(),
        **declared.values,
    }
    if declared.scheme is not None:
        values[declared.scheme] = plan.settings.get("scheme") or declaration().first_scheme
    if declared.batch is not None and plan.settings.get("batch") is not None:
        values[declared.batch] = plan.settings["batch"]
    if declared.sent_by is not None:
        values[declared.sent_by] = row["hospital"]
    return save_and_refresh(
        actor=actor,
        kind=kind,
        subject_code=row["doctor"],
        occurred_on=today(),
        values=values,
        institution_code=row["centre"],
        record_id=record_id,
        expected_version=0,
    )
