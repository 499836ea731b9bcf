"""Many accounts at once: made, given new one-time passwords, disabled. One transaction and one change for all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from wangdi.server.access.models import Assignment, Role
from wangdi.server.accounts.hashing import OneTimePasswordHasher
from wangdi.server.accounts.models import Account, users
from wangdi.server.accounts.reading import NewAccount
from wangdi.server.accounts.services import RoleGiven, one_time_password
from wangdi.server.audit.services import record_change

VALID_DAYS = (3, 7, 14, 30)
"""For how long passwords handed out together may be good: slips reach a village with the next monthly meeting."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What is handed over to one person: once, and kept nowhere in the clear. ``until`` is the last day, ISO."""

    name: str
    username: str
    password: str
    role: str
    area: str
    phone: str
    until: str


def make_accounts(
    accounts: Sequence[NewAccount], *, actor: User | None, actor_name: str = "", days: int = VALID_DAYS[0]
) -> list[Handed]:
    """Make accounts that were read and found right, each with a one-time password that is good for some days."""
    until = timezone.now() + timedelta(days=days)
    passwords = [one_time_password() for _ in accounts]
    with transaction.atomic():
        made = User.objects.bulk_create(
            User(username=one.username, first_name=one.name, password=_hashed(password))
            for one, password in zip(accounts, passwords, strict=True)
        )
        Account.objects.bulk_create(
            Account(user=user, one_time_until=until, language=one.language)
            for user, one in zip(made, accounts, strict=True)
        )
        Assignment.objects.bulk_create(
            Assignment(user=user, worker=one.given.worker, **one.given.columns)
            for user, one in zip(made, accounts, strict=True)
        )
        told = [{"user": one.username, **one.given.summary()} for one in accounts]
        record_change("account.import", actor=actor, actor_name=actor_name, summary={"accounts": told})
    return [
        _handed(user, one.given, password, one.phone, until)
        for user, one, password in zip(made, accounts, passwords, strict=True)
    ]


def reset_passwords(chosen: Iterable[User], *, actor: User, days: int = VALID_DAYS[0]) -> list[Handed]:
    """New one-time passwords for those of the chosen whom the actor manages; they are signed out everywhere."""
    until = timezone.now() + timedelta(days=days)
    found = list(_managed(chosen, actor).filter(is_active=True))
    passwords = [one_time_password() for _ in found]
    for user, password in zip(found, passwords, strict=True):
        user.password = _hashed(password)
    with transaction.atomic():
        User.objects.bulk_update(found, ["password"], batch_size=200)
        Account.objects.bulk_create(
            [Account(user=user, one_time_until=until) for user in found],
            update_conflicts=True,
            unique_fields=["user"],
            update_fields=["one_time_until"],
        )
        told = {"users": [user.get_username() for user in found]}
        record_change("account.reset_passwords", actor=actor, summary=told)
    return [
        _handed(user, _first_role(user), password, "", until)
        for user, password in zip(found, passwords, strict=True)
    ]


def set_all_active(chosen: Iterable[User], active: bool, *, actor: User) -> int:
    """Disable or enable those of the chosen whom the actor manages, and say how many: nobody disables themselves."""
    action = "account.enable_all" if active else "account.disable_all"
    with transaction.atomic():
        found = list(_managed(chosen, actor).exclude(is_active=active))
        if found:
            User.objects.filter(pk__in=[user.pk for user in found]).update(is_active=active)
            told = {"users": [user.get_username() for user in found]}
            record_change(action, actor=actor, summary=told)
    return len(found)


def _managed(chosen: Iterable[User], actor: User) -> Any:
    keys = [user.pk for user in chosen if user.pk != actor.pk]
    return users().managed_by(actor).filter(pk__in=keys).order_by("username")


def _hashed(password: str) -> str:
    return make_password(password, hasher=OneTimePasswordHasher())


def _first_role(user: User) -> RoleGiven | None:
    first = user.assignments.select_related("place", "institution").order_by("id").first()
    return RoleGiven(Role(first.role), first.institution or first.place) if first else None


def _handed(user: User, given: RoleGiven | None, password: str, phone: str, until: datetime) -> Handed:
    area = given.area.name if given is not None and given.area is not None else ""
    role = given.role.value if given is not None else ""
    day = timezone.localdate(until).isoformat()
    return Handed(user.first_name, user.get_username(), password, role, area, phone, day)
