"""What a user may see, as conditions for querysets: ``Model.objects.visible_to(user)`` asks here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from wangdi.server.access.models import Assignment, Role
from wangdi.server.common.once import once

Viewer: TypeAlias = AbstractBaseUser | AnonymousUser

NOTHING = Q(pk__in=())


@dataclass(frozen=True, slots=True)
class Scope:
    """The paths a user's roles reach: everything under these places, and under these institutions.

    ``institution_places`` are where those institutions stand: their own names and maps, nobody's data.
    """

    everything: bool = False
    places: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    institution_places: tuple[str, ...] = ()

    def covering(self, *, place: str, institution: str | None) -> Q:
        """Rows whose place path (lookup ``place``) or institution path, if any, lies in the scope; none for nobody."""
        if self.everything:
            return Q()
        condition = _under(place, self.places) | NOTHING
        return condition if institution is None else condition | _under(institution, self.institutions)

    def covering_places(self, path: str = "path") -> Q:
        """Places in the scope, and those under which the user's institutions stand."""
        return Q() if self.everything else _under(path, (*self.places, *self.institution_places)) | NOTHING

    def reaches_place(self, path: str) -> bool:
        return self.everything or path.startswith(self.places)

    def reaches_institution(self, path: str, place_path: str) -> bool:
        return self.reaches_place(place_path) or path.startswith(self.institutions)


def scope_of(
    user: Viewer,
    *,
    recording: str | None = None,
    reviewing: str | None = None,
    charging: bool = False,
    planning: bool = False,
    closing: bool = False,
) -> Scope:
    """What ``user`` may see: all for an administrator, nothing without a role or when inactive.

    With ``recording``, a register: where the user may write records about its entities. With ``reviewing``, a review
    of standards: where the user may judge at it. With ``charging``: where the user may give due items to workers.
    With ``planning`` and ``closing``: for which places the user makes plans and, if these are all there are, closes
    months.
    """
    if not user.is_authenticated or not user.is_active:
        return Scope()
    if getattr(user, "is_superuser", False):
        return Scope(everything=True)
    roles = {
        role
        for role in Role
        if (recording is None or role.may_record(recording))
        and (reviewing is None or role.may_review(reviewing))
        and (role.may_charge or not charging)
        and (role.may_plan or not planning)
        and (role.may_close or not closing)
    }
    rows = [row for row in _held_by(user) if row[0] in roles]
    return Scope(
        everything=any(role == Role.ADMINISTRATOR for role, *_ in rows),
        places=_distinct(row[1] for row in rows),
        institutions=_distinct(row[2] for row in rows),
        institution_places=_distinct(row[3] for row in rows),
    )


def may_record(user: Viewer, entity: str) -> bool:
    """Whether the user may write records about entities of a register at all."""
    scope = scope_of(user, recording=entity)
    return scope.everything or bool(scope.places or scope.institutions)


def roles_of(user: Viewer) -> frozenset[str]:
    """The roles that a user has, wherever they are held."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    return frozenset(role for role, *_ in _held_by(user))


_Held = tuple[str, str | None, str | None, str | None]
"""A role, and the paths of its place, of its institution and of where that stands."""


def _held_by(user: Viewer) -> list[_Held]:
    columns = ("role", "place__path", "institution__path", "institution__place__path")
    return once(
        ("roles held", user.pk),
        lambda: list(Assignment.objects.filter(user=user.pk).values_list(*columns)),
    )


def _under(lookup: str, paths: Iterable[str]) -> Q:
    condition = Q()
    for path in paths:
        condition |= Q(**{f"{lookup}__under": path})
    return condition


def _distinct(paths: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({path for path in paths if path}))
