"""One box for everything that has a name."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from wangdi.server.web.naming import NAMED, suggestions, written
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.search import FEWEST_LETTERS, about, search, tidy


@signed_in
def find(request: SignedInRequest) -> HttpResponse:
    """``?q=``; only the hits for the box in the header, which shows them below itself."""
    words = tidy(request.GET.get("q", ""))
    context = {"words": words, "found": search(request.user, words), "fewest": FEWEST_LETTERS}
    in_header = request.headers.get("HX-Target") == "found"
    return render(request, "web/_found.html" if in_header else "web/search.html", context)


AREAS = ("place", "institution")
"""Where somebody may have a role."""


@signed_in
def names(request: SignedInRequest, entity: str) -> HttpResponse:
    """Whom a field of a form may name, as options for its list. ``?field=``: under which name the text comes."""
    registers = AREAS if entity == "area" else (entity,)
    if not NAMED.issuperset(registers):
        raise Http404
    words = tidy(request.GET.get(request.GET.get("field", ""), ""))
    found = [one for name in registers for one in suggestions(request.user, name, words)] if words else []
    return render(request, "web/_names.html", {"named": [(written(one), about(one)) for one in found]})
