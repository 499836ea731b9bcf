"""Seeing an identity number or a telephone in full."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render

from wangdi.server.network.models import Person
from wangdi.server.network.revealing import HIDDEN, NoReason, reveal
from wangdi.server.web.entities import entities, find_entity, page_of
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.words import wording


@signed_in
def revealing(request: SignedInRequest, entity: str, code: str) -> HttpResponse:
    """Asks what for, then shows it once. For those who record about the person; others may only see it masked."""
    person = find_entity(request, entity, code)
    if not isinstance(person, Person):
        raise Http404
    if not entities(entity).recordable_by(request.user).filter(pk=person.pk).exists():
        raise PermissionDenied
    context: dict[str, object] = {
        "person": person,
        "page_of_person": page_of(person),
        "hidden": [(name, wording(title), masked(person, name)) for name, title in HIDDEN.items()],
        "typed": request.POST,
    }
    if request.method == "POST":
        what = request.POST.get("what", "")
        if what not in HIDDEN:
            raise Http404
        try:
            value = reveal(person, what, request.POST.get("reason", ""), actor=request.user)
        except NoReason as wrong:
            context["problem"] = wording(wrong.message)
        else:
            context |= {"shown": value, "shown_title": wording(HIDDEN[what])}
    return render(request, "web/reveal.html", context, status=422 if "problem" in context else 200)


def masked(person: Person, what: str) -> str:
    return person.masked_id_number if what == "id_number" else person.masked_phone
