"""One box for everything that has a name."""

from django.http import HttpResponse
from django.shortcuts import render

from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.search import FEWEST_LETTERS, search, tidy


@signed_in
def find(request: SignedInRequest) -> HttpResponse:
    """``?q=``; only the hits for the box in the header, which shows them below itself."""
    words = tidy(request.GET.get("q", ""))
    context = {"words": words, "found": search(request.user, words), "fewest": FEWEST_LETTERS}
    in_header = request.headers.get("HX-Target") == "found"
    return render(request, "web/_found.html" if in_header else "web/search.html", context)
