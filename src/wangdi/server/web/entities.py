"""Whoever a page or a record may be about: found, placed and linked in the same way for every register."""

from typing import Any

from django.http import Http404
from django.urls import reverse

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.seats import seat_columns
from wangdi.server.network.merged import current_code
from wangdi.server.network.models import (
    MODELS,
    AnyEntity,
    EntityQuerySet,
    Institution,
    Place,
    Resident,
)
from wangdi.server.web.requests import SignedInRequest

WITH_COMMON_PAGE = ("worker", "team", "asset")
"""Registers whose entities have a page that is the same for all of them."""

OWN_PAGES = {"resident": "resident", "place": "place", "institution": "institution"}
"""Registers whose entities have a page made for them."""


def entities(entity: str) -> EntityQuerySet[Any]:
    """All of a register, with their seats. Http404 when there is no such register."""
    if entity not in MODELS:
        raise Http404
    seats = ("institution__place" if seat == "institution" else seat for seat in seat_columns(entity))
    found: EntityQuerySet[Any] = MODELS[entity].objects.select_related(*seats)
    return found


def find_entity(request: SignedInRequest, entity: str, code: str) -> AnyEntity:
    """The one of that code; Http404 when there is none that the reader may see."""
    known = entities(entity).visible_to(request.user)
    found: AnyEntity | None = known.filter(code=code).first()
    if found is None and entity == "resident":  # whose file may have been merged into another
        found = known.filter(code=current_code(code)).first()
    if found is None:
        raise Http404
    return found


def entity_of(one: AnyEntity) -> str:
    """The register somebody is in."""
    return next(name for name, model in MODELS.items() if isinstance(one, model))


def page_of(one: AnyEntity) -> str:
    """The address of the page about somebody."""
    entity = entity_of(one)
    own = OWN_PAGES.get(entity)
    return reverse(own, args=[one.code]) if own else reverse("entity", args=[entity, one.code])


def records_of(one: AnyEntity) -> str:
    """The address of the page with the due items and the records of somebody."""
    entity = entity_of(one)
    return page_of(one) if entity == "resident" else reverse("entity", args=[entity, one.code])


def form_of(kind: Kind, one: AnyEntity) -> str:
    """The address of the form of a kind of record about somebody of its register."""
    return f"{forms_of(one)}{kind.name}/"


def forms_of(one: AnyEntity) -> str:
    """What the addresses of all forms about somebody begin with."""
    entity, any_kind = entity_of(one), "kind"
    if entity == "resident":
        address = reverse("record_new", args=[one.code, any_kind])
    else:
        address = reverse("record_about", args=[entity, one.code, any_kind])
    return address.removesuffix(f"{any_kind}/")


def institution_of(one: AnyEntity) -> Institution | None:
    """The institution somebody belongs to."""
    if isinstance(one, Institution):
        return one
    return None if isinstance(one, Place) else one.institution


def place_of(one: AnyEntity) -> Place | None:
    """Where somebody is: their own place, or that of their institution."""
    if isinstance(one, Place):
        return one
    own = one.place if isinstance(one, Resident | Institution) else None
    institution = institution_of(one)
    return own or (institution.place if institution else None)
