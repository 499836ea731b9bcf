"""The part of the network a page is about: a place or an institution, and everything under it."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from wangdi.engine.model.registers import INSTITUTION
from wangdi.engine.model.text import Text
from wangdi.server.access.models import Assignment, Role
from wangdi.server.access.scope import Scope, scope_of
from wangdi.server.common.paths import SEPARATOR
from wangdi.server.network.models import Institution, Place
from wangdi.server.web.requests import SignedInRequest

LEVELS = {
    "province": Text("省级", "Province"),
    "city": Text("地市级", "City"),
    "county": Text("县级", "County"),
    "township": Text("乡镇级", "Township"),
    "village": Text("村级", "Village"),
}
"""As titles: a county may be called a city (大冶市), a township a street, a village a community."""


@dataclass(frozen=True, slots=True)
class Area:
    """``scope`` is the reader's: it says which neighbours may be linked."""

    node: Place | Institution
    scope: Scope

    @property
    def entity(self) -> str:
        """``place`` or ``institution``: also the name of the column in figures and due items."""
        return "place" if isinstance(self.node, Place) else "institution"

    @property
    def place(self) -> Place:
        return self.node if isinstance(self.node, Place) else self.node.place

    @property
    def kind_title(self) -> Text | None:
        """What sort of place or institution it is; of a place, with the other names of its level."""
        if isinstance(self.node, Place):
            return LEVELS.get(self.node.level)
        types = INSTITUTION.field("type").options
        return next((option.title for option in types if option.code == self.node.type), None)

    @property
    def url(self) -> str:
        return reverse(self.entity, args=[self.node.code])

    @property
    def due_url(self) -> str:
        return f"{reverse('due')}?{self.entity}={self.node.code}"

    @property
    def is_reached(self) -> bool:
        """Whether the reader may see the figures and people here, not just its name."""
        if isinstance(self.node, Place):
            return self.scope.reaches_place(self.node.path)
        return self.scope.reaches_institution(self.node.path, self.node.place.path)

    def children(self) -> list["Area"]:
        """One level down, by code; all of them lie in the reach of whoever reaches this area."""
        if isinstance(self.node, Place):
            nodes: list[Place | Institution] = [*Place.objects.filter(parent=self.node).order_by("code")]
        else:
            nodes = [*Institution.objects.filter(parent=self.node).select_related("place").order_by("code")]
        return [Area(node, self.scope) for node in nodes]

    def ancestors(self) -> list["Area"]:
        """From the top down, without this one."""
        codes = self.node.path.strip(SEPARATOR).split(SEPARATOR)[:-1]
        if isinstance(self.node, Place):
            nodes: list[Place | Institution] = [*Place.objects.filter(code__in=codes)]
        else:
            nodes = [*Institution.objects.filter(code__in=codes).select_related("place")]
        return [Area(node, self.scope) for node in sorted(nodes, key=lambda node: len(node.path))]


def find_area(user: AbstractBaseUser, entity: str, code: str) -> Area:
    """The place or institution of that code; Http404 when there is none the reader may see into."""
    node: Place | Institution
    if entity == "place":
        node = get_object_or_404(Place.objects.visible_to(user), code=code)
    else:
        node = get_object_or_404(Institution.objects.visible_to(user).select_related("place"), code=code)
    area = Area(node, scope_of(user))
    if not area.is_reached:
        raise Http404
    return area


def own_area(user: AbstractBaseUser) -> Area | None:
    """Where the user works: by the first role; the top of the network for an administrator; None without."""
    scope = scope_of(user)
    if scope.everything:
        top = Place.objects.filter(parent=None).order_by("code").first()
        return Area(top, scope) if top else None
    assignment = _first_role(user)
    node = (assignment.institution or assignment.place) if assignment else None
    return Area(node, scope) if node else None


def begins_with_people(user: AbstractBaseUser) -> bool:
    """Whether the day of the user begins with a list of people, not with figures."""
    first = _first_role(user)
    return first is not None and first.role == Role.VILLAGE_DOCTOR


def _first_role(user: AbstractBaseUser) -> Assignment | None:
    assignments = Assignment.objects.filter(user_id=user.pk).order_by("id")
    return assignments.select_related("place", "institution__place").first()


def asked_area(request: SignedInRequest) -> Area | None:
    """Of ``?institution=`` or ``?place=``, else where the user works; Http404 for one the reader may not see into."""
    for entity in ("institution", "place"):
        if code := request.GET.get(entity):
            return find_area(request.user, entity, code)
    return own_area(request.user)
