"""Making accounts and changing them: one transaction and one change per call. Permission is checked here, too."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from wangdi.engine.model.text import Text
from wangdi.server.access.models import Assignment, Role
from wangdi.server.accounts.granting import AT_PLACES, may_grant
from wangdi.server.accounts.models import Account, users
from wangdi.server.audit.services import record_change
from wangdi.server.network.models import Institution, Place, Worker

ONE_TIME_HOURS = 72
"""A password set by somebody else is good for a weekend."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters that look alike on paper."""

_PARTS, _PART_LENGTH = 4, 4

Problem = tuple[str, Text]
"""Field and message."""


@dataclass(eq=False)
class InvalidAccount(Exception):
    """Nothing was changed; all that is wrong, by field."""

    problems: Sequence[Problem]

    def __str__(self) -> str:
        return "\n".join(f"{field}: {message.zh} / {message.en}" for field, message in self.problems)


@dataclass(frozen=True, slots=True)
class RoleGiven:
    """A role in an area (None: everywhere), and who the user is in the register of workers."""

    role: Role
    area: Place | Institution | None
    worker: Worker | None = None

    @property
    def columns(self) -> dict[str, Any]:
        return {
            "role": self.role,
            "place": self.area if isinstance(self.area, Place) else None,
            "institution": self.area if isinstance(self.area, Institution) else None,
        }

    def summary(self) -> dict[str, str | None]:
        return {
            "role": self.role.value,
            "area": self.area.code if self.area else None,
            "worker": self.worker.code if self.worker else None,
        }


def make_user(username: str, name: str, given: RoleGiven, *, actor: User) -> tuple[User, str]:
    """A user with a first role, and the one-time password to hand over. `InvalidAccount` with all problems."""
    problems = [*problems_of_name(username, name), *problems_of_role(given, None, actor)]
    if problems:
        raise InvalidAccount(problems)
    password = one_time_password()
    with transaction.atomic():
        user = User.objects.create_user(username, password=password, first_name=name)
        Account.objects.create(user=user, one_time_until=_one_time_until())
        Assignment.objects.create(user=user, worker=given.worker, **given.columns)
        _record("account.make", user, actor, **given.summary())
    return user, password


def reset_password(user: User, *, actor: User) -> str:
    """A new one-time password; whoever is signed in as the user is signed out, and the second factor stays."""
    _require_managed(user, actor)
    password = one_time_password()
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        Account.objects.update_or_create(user=user, defaults={"one_time_until": _one_time_until()})
        _record("account.reset_password", user, actor)
    return password


def forget_second_factor(user: User, *, actor: User) -> None:
    """For a lost phone: authenticator app, passkeys and recovery codes are gone, and can be set up anew."""
    _require_managed(user, actor)
    with transaction.atomic():
        removed, _ = Authenticator.objects.filter(user=user).delete()
        if removed:
            _record("account.forget_second_factor", user, actor)


def set_active(user: User, active: bool, *, actor: User) -> None:
    """Disable an account or enable it again. Its roles and everything done in its name stay.

    Nobody disables themselves, and only an administrator an administrator: so one who can sign in always stays.
    """
    _require_managed(user, actor)
    with transaction.atomic():
        if user.is_active != active:
            user.is_active = active
            user.save(update_fields=["is_active"])
            _record("account.enable" if active else "account.disable", user, actor)


def rename_user(user: User, name: str, *, actor: User) -> None:
    """Change how a user is called on the pages; the user name stays."""
    _require_managed(user, actor)
    if not name:
        raise InvalidAccount([("name", _NO_NAME)])
    with transaction.atomic():
        if user.first_name != name:
            _record("account.rename", user, actor, before=user.first_name, after=name)
            user.first_name = name
            user.save(update_fields=["first_name"])


def give_role(user: User, given: RoleGiven, *, actor: User) -> Assignment:
    """One more role. `InvalidAccount` where it is not the actor's to give, or the user has it already."""
    _require_managed(user, actor)
    problems = list(problems_of_role(given, user, actor))
    if problems:
        raise InvalidAccount(problems)
    with transaction.atomic():
        assignment = Assignment.objects.create(user=user, worker=given.worker, **given.columns)
        _record("account.give_role", user, actor, **given.summary())
    return assignment


def link_worker(assignment: Assignment, worker: Worker | None, *, actor: User) -> None:
    """Say who the user is in the register of workers: records are saved in that name."""
    _require_managed(assignment.user, actor)
    given = RoleGiven(Role(assignment.role), assignment.institution or assignment.place, worker)
    problems = list(_problems_of_worker(given, assignment.user))
    if problems:
        raise InvalidAccount(problems)
    with transaction.atomic():
        if assignment.worker != worker:
            assignment.worker = worker
            assignment.save(update_fields=["worker"])
            _record("account.link_worker", assignment.user, actor, **given.summary())


def take_role(assignment: Assignment, *, actor: User) -> None:
    """Take a role away. The last role stays: a user who should do nothing any more is disabled."""
    user = assignment.user
    _require_managed(user, actor)
    given = RoleGiven(Role(assignment.role), assignment.institution or assignment.place, assignment.worker)
    with transaction.atomic():
        if not user.is_superuser and not user.assignments.exclude(pk=assignment.pk).exists():
            raise InvalidAccount([("role", _LAST_ROLE)])
        assignment.delete()
        _record("account.take_role", user, actor, **given.summary())


def own_password_set(user: AbstractBaseUser) -> None:
    """The user chose a password: the one-time password is done with."""
    Account.objects.filter(user_id=user.pk).update(one_time_until=None)
    record_change("account.own_password", actor=user)


def one_time_password() -> str:
    """About 79 bits in four groups that can be read out: 16 of 31 characters."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_PART_LENGTH)) for _ in range(_PARTS))


_NO_NAME = Text("请填写姓名", "a name is needed")
_LAST_ROLE = Text(
    "这是该账号唯一的角色；不再使用的账号请停用",
    "this is the account's only role; disable an account that is no longer used",
)
_NOT_YOURS = Text("该账号不由您管理", "this account is not yours to manage")


def _one_time_until() -> datetime:
    return timezone.now() + timedelta(hours=ONE_TIME_HOURS)


def _record(action: str, user: User, actor: User, **more: str | None) -> None:
    record_change(action, actor=actor, summary={"user": user.get_username(), **more})


def _require_managed(user: User, actor: User) -> None:
    if user.pk == actor.pk or not users().managed_by(actor).filter(pk=user.pk).exists():
        raise InvalidAccount([("user", _NOT_YOURS)])


def problems_of_name(username: str, name: str) -> Sequence[Problem]:
    """What is wrong with a new account's user name and name."""
    problems: list[Problem] = []
    field = User._meta.get_field("username")
    try:
        field.clean(username, None)
    except ValidationError:
        message = Text(
            "用户名用字母、数字和 @ . + - _，最长 150 个字符",
            "a user name has letters, digits and @ . + - _, at most 150 of them",
        )
        problems.append(("username", message))
    if User.objects.filter(username__iexact=username).exists():
        problems.append(("username", Text("已有这个用户名", "this user name is taken")))
    if not name:
        problems.append(("name", _NO_NAME))
    return problems


def problems_of_role(given: RoleGiven, user: User | None, actor: User | None) -> Sequence[Problem]:
    """What hinders a role; without ``actor``, somebody at the machine gives it, who may give all."""
    problems: list[Problem] = []
    if (given.role == Role.ADMINISTRATOR) != (given.area is None):
        problems.append(
            ("area", Text("请选择角色所在的区划或机构", "choose the place or institution of the role"))
        )
    elif isinstance(given.area, Place) and given.role not in AT_PLACES:
        problems.append(
            (
                "area",
                Text("这个角色属于机构，请填机构编码", "this role is held in an institution; give its code"),
            )
        )
    elif isinstance(given.area, Institution) and given.role in AT_PLACES:
        problems.append(
            ("area", Text("这个角色属于区划，请填区划编码", "this role is held in a place; give its code"))
        )
    elif actor is not None and not may_grant(actor, given.role, given.area):
        problems.append(("role", Text("您不能在此授予这个角色", "this role is not yours to give here")))
    elif user is not None and user.assignments.filter(**given.columns).exists():
        problems.append(("role", Text("该账号已有这个角色", "the account has this role already")))
    return [*problems, *_problems_of_worker(given, user)]


def _problems_of_worker(given: RoleGiven, user: User | None) -> Sequence[Problem]:
    """A worker is of the institution of the role, or under it, and one account's alone."""
    if given.worker is None:
        return ()
    if not isinstance(given.area, Institution):
        return [
            (
                "worker",
                Text("只有机构里的角色才关联人员", "only roles in an institution are linked to a worker"),
            )
        ]
    problems: list[Problem] = []
    institution = given.worker.institution
    if institution is None or not institution.path.startswith(given.area.path):
        problems.append(
            (
                "worker",
                Text(
                    "该人员不属于这个机构或其下级",
                    "the worker does not belong to this institution or one under it",
                ),
            )
        )
    taken = Assignment.objects.filter(worker=given.worker, user__is_active=True)
    if taken.exclude(user=user).exists():
        problems.append(
            ("worker", Text("该人员已关联另一个账号", "the worker is linked to another account already"))
        )
    return problems
