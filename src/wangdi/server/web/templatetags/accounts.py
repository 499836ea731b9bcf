"""What the pages about signing in say of the reader's own account."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.contrib.auth.models import User

from wangdi.server.access.models import Assignment, Role
from wangdi.server.access.titles import ROLE_TITLES
from wangdi.server.accounts import models, second_factor
from wangdi.server.web.words import say, wording

register = template.Library()


@dataclass(frozen=True, slots=True)
class OwnRole:
    title: str
    area: str
    worker: str


def _reader(context: Mapping[str, Any]) -> User | None:
    user = context["request"].user if "request" in context else None
    return user if isinstance(user, User) else None


@register.simple_tag(takes_context=True)
def has_one_time_password(context: Mapping[str, Any]) -> bool:
    reader = _reader(context)
    return reader is not None and models.one_time_until(reader) is not None


@register.simple_tag(takes_context=True)
def lacks_second_factor(context: Mapping[str, Any]) -> bool:
    reader = _reader(context)
    return reader is not None and second_factor.lacks_second_factor(reader)


@register.simple_tag(takes_context=True)
def my_roles(context: Mapping[str, Any]) -> list[OwnRole]:
    reader = _reader(context)
    rows = Assignment.objects.filter(user=reader).select_related("place", "institution", "worker")
    found = [
        OwnRole(
            wording(ROLE_TITLES[Role(one.role)]),
            area.name if (area := one.institution or one.place) else say("全网络", "the whole network"),
            one.worker.name if one.worker else "",
        )
        for one in rows.order_by("id")
    ]
    if reader is not None and reader.is_superuser:
        return [
            OwnRole(wording(ROLE_TITLES[Role.ADMINISTRATOR]), say("全网络", "the whole network"), ""),
            *found,
        ]
    return found
