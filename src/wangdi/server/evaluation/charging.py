"""Giving due items to workers, and taking them back: what a director does in the morning."""

from collections.abc import Iterable, Sequence

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from wangdi.server.access.scope import Viewer, scope_of
from wangdi.server.audit.services import record_change
from wangdi.server.evaluation.models import Charge, DueItem, DueItemQuerySet
from wangdi.server.network.models import EntityQuerySet, Institution, Worker

_AT_ONCE = 400
"""Rows of one statement: SQLite takes some thousand values."""


def chargeable(user: Viewer, items: DueItemQuerySet) -> DueItemQuerySet:
    """Those of the items that the user may give to somebody."""
    scope = scope_of(user, charging=True)
    return items.filter(scope.covering(place="place__path", institution="institution__path"))


def workers_to_charge(user: Viewer, at: Institution | None) -> EntityQuerySet[Worker]:
    """Who may be given items: those who work at an institution of the user's, or under it, and have not left."""
    scope = scope_of(user, charging=True)
    workers = Worker.objects.filter(
        scope.covering(place="institution__place__path", institution="institution__path"), left_on=None
    )
    if at is not None:
        workers = workers.filter(institution__path__under=at.path)
    return workers.select_related("institution").order_by("institution__code", "code")


def may_charge(user: Viewer) -> bool:
    """Whether the user may give items to anybody."""
    scope = scope_of(user, charging=True)
    return scope.everything or bool(scope.places or scope.institutions)


def charge(actor: AbstractBaseUser, items: Sequence[DueItem], worker: Worker) -> int:
    """Gives the items to a worker, whoever had them; how many changed hands. Permission is the caller's to check."""
    with transaction.atomic():
        kept = {_identity(one): one for one in _charges_of(items)}
        moved = [item for item in items if not _has(kept.get(_identity(item)), item, worker)]
        if not moved:
            return 0
        summary = {"worker": worker.code, "items": len(moved)}
        change = record_change("due.charge", actor=actor, summary=summary)
        _forget(kept[_identity(item)] for item in moved if _identity(item) in kept)
        Charge.objects.bulk_create(
            (
                Charge(
                    entity=item.entity,
                    subject=item.subject,
                    schedule=item.schedule,
                    step=item.step,
                    due_on=item.due_on,
                    worker=worker,
                    change=change,
                )
                for item in moved
            ),
            batch_size=_AT_ONCE,
        )
    return len(moved)


def discharge(actor: AbstractBaseUser, items: Sequence[DueItem]) -> int:
    """Takes the items back from whoever has them; how many were somebody's."""
    with transaction.atomic():
        kept = list(_charges_of(items))
        if kept:
            record_change("due.discharge", actor=actor, summary={"items": len(kept)})
            _forget(kept)
    return len(kept)


def _identity(one: DueItem | Charge) -> tuple[str, int, str, str]:
    return one.entity, one.subject, one.schedule, one.step


def _has(kept: Charge | None, item: DueItem, worker: Worker) -> bool:
    return kept is not None and kept.worker_id == worker.pk and kept.due_on >= item.due_from


def _charges_of(items: Sequence[DueItem]) -> Iterable[Charge]:
    wanted = {_identity(item) for item in items}
    subjects = sorted({item.subject for item in items})
    for at in range(0, len(subjects), _AT_ONCE):
        for one in Charge.objects.filter(subject__in=subjects[at : at + _AT_ONCE]):
            if _identity(one) in wanted:
                yield one


def _forget(charges: Iterable[Charge]) -> None:
    keys = [one.pk for one in charges]
    for at in range(0, len(keys), _AT_ONCE):
        Charge.objects.filter(pk__in=keys[at : at + _AT_ONCE]).delete()
