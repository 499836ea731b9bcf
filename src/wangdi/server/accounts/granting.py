"""Who may give which role where, and answer for the users who have it.

Least privilege: nobody gives a role that sees or decides as much as their own, and nobody beyond their own area.
"""

from collections.abc import Mapping

from django.db.models import Q

from wangdi.server.access.models import Assignment, Role
from wangdi.server.access.scope import NOTHING, Viewer
from wangdi.server.common.once import once
from wangdi.server.network.models import Institution, Place

GIVES: Mapping[Role, frozenset[Role]] = {
    Role.TOWNSHIP_DIRECTOR: frozenset({Role.VILLAGE_DOCTOR, Role.TOWNSHIP_DOCTOR}),
    Role.COUNTY_OFFICER: frozenset(
        {Role.VILLAGE_DOCTOR, Role.TOWNSHIP_DOCTOR, Role.TOWNSHIP_DIRECTOR, Role.HOSPITAL_DOCTOR}
    ),
}
"""Roles that are given by others than administrators. An officer of a city only reads, and gives none."""

AT_PLACES = frozenset({Role.COUNTY_OFFICER, Role.CITY_OFFICER})
"""Roles held in a place; the administrator's is held everywhere, all others in an institution."""


def is_administrator(user: Viewer) -> bool:
    """Whether a user is an administrator, or a superuser, who counts as one."""
    if not user.is_authenticated or not user.is_active:
        return False
    if getattr(user, "is_superuser", False):
        return True
    held = Assignment.objects.filter(user_id=user.pk, role=Role.ADMINISTRATOR)
    return once(("administrator", user.pk), held.exists)


def grantable_by(user: Viewer) -> Q | None:
    """The roles in institutions (rows of ``Assignment``) that a user may give and take; None: all of them."""
    if is_administrator(user):
        return None
    found = NOTHING
    for role, place, institution in _own(user):
        within = Q(role__in=GIVES[role])
        if place is not None:
            found |= within & Q(institution__place__path__under=place)
        if institution is not None:
            found |= within & Q(institution__path__under=institution)
    return found


def roles_given_by(user: Viewer) -> list[Role]:
    """The roles a user may give anywhere, in the order of ``Role``; none for those who answer for no users."""
    if is_administrator(user):
        return list(Role)
    given = {one for role, _, _ in _own(user) for one in GIVES[role]}
    return [role for role in Role if role in given]


def may_grant(user: Viewer, role: Role, area: Place | Institution | None) -> bool:
    """Whether a user may give a role in an area (None: everywhere)."""
    if is_administrator(user):
        return True
    if not isinstance(area, Institution):
        return False
    return any(
        role in GIVES[own]
        and (
            (place is not None and area.place.path.startswith(place))
            or (institution is not None and area.path.startswith(institution))
        )
        for own, place, institution in _own(user)
    )


def _own(user: Viewer) -> list[tuple[Role, str | None, str | None]]:
    """The roles of a user by which others are given: role, path of its place, path of its institution."""
    if not user.is_authenticated or not user.is_active:
        return []
    rows = Assignment.objects.filter(user_id=user.pk, role__in=GIVES)
    return [
        (Role(role), place, institution)
        for role, place, institution in rows.values_list("role", "place__path", "institution__path")
    ]
