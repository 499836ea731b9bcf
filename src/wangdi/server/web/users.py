"""The accounts somebody answers for: found by filters, and what is said of each."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from wangdi.engine.model.text import Text
from wangdi.server.access.models import Assignment, Role
from wangdi.server.access.titles import ROLE_TITLES
from wangdi.server.accounts.models import Account, UserQuerySet, users
from wangdi.server.network.models import Worker
from wangdi.server.web.roles import EVERYWHERE
from wangdi.server.web.words import wording

STATES = {
    "active": Text("可登录", "can sign in"),
    "disabled": Text("已停用", "disabled"),
    "one_time": Text("一次性密码未更换", "one-time password not changed"),
    "never": Text("从未登录", "never signed in"),
}
"""What the list can be narrowed to."""


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role of an account, and whether the reader may take it."""

    assignment: Assignment
    title: str
    area: str
    worker: Worker | None


@dataclass(frozen=True, slots=True)
class UserRow:
    user: User
    roles: list[RoleRow]
    one_time: bool
    expired: bool

    @property
    def name(self) -> str:
        return self.user.first_name or self.user.get_username()


def found_users(reader: User, asked: QueryDict) -> UserQuerySet:
    """The accounts the reader manages, narrowed by ``q`` (name, user name, area), ``role`` and ``state``."""
    found = users().managed_by(reader)
    if words := asked.get("q", "").strip():
        named = Q(username__icontains=words) | Q(first_name__icontains=words)
        areas = Q(assignments__place__name__icontains=words) | Q(
            assignments__institution__name__icontains=words
        )
        codes = Q(assignments__place__code=words) | Q(assignments__institution__code=words)
        found = found.filter(named | areas | codes)
    if (role := asked.get("role", "")) in Role.values:
        found = found.filter(assignments__role=role)
    match asked.get("state"):
        case "active":
            found = found.filter(is_active=True)
        case "disabled":
            found = found.filter(is_active=False)
        case "one_time":
            found = found.filter(account__one_time_until__isnull=False)
        case "never":
            found = found.filter(last_login=None)
    return found.distinct().order_by("username")


def user_rows(listed: Iterable[User]) -> list[UserRow]:
    """Two queries for any number of accounts."""
    given = list(listed)
    rows = Assignment.objects.filter(user__in=given).select_related("place", "institution", "worker")
    roles: dict[int, list[RoleRow]] = {}
    for one in rows.order_by("id"):
        roles.setdefault(one.user_id, []).append(_role_row(one))
    until = dict(Account.objects.filter(user__in=given).values_list("user_id", "one_time_until"))
    now = timezone.now()
    return [
        UserRow(
            user,
            roles.get(user.pk, []),
            (ends := until.get(user.pk)) is not None,
            ends is not None and ends < now,
        )
        for user in given
    ]


def _role_row(one: Assignment) -> RoleRow:
    area = one.institution or one.place
    title = wording(ROLE_TITLES[Role(one.role)])
    return RoleRow(one, title, area.name if area else wording(EVERYWHERE), one.worker)
