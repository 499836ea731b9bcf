"""The page of one's own work and what it earns."""

from django.http import HttpResponse
from django.shortcuts import render

from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.planning.postings import postings_of
from wangdi.server.web.mine import done_this_month, reckonings
from wangdi.server.web.postings import posted_rows
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.views.recording import own_worker


@signed_in
def mine(request: SignedInRequest) -> HttpResponse:
    """For whoever is signed in, about nobody else; what it earns only for who is linked to a worker."""
    day, rules, worker = today(), rulebook(), own_worker(request)
    context = {
        "today": day,
        "worker": worker,
        "done": done_this_month(request.user, rules, day),
        "reckonings": reckonings(rules, worker, day) if worker else [],
        "kinds": rules.kinds,
        "postings": posted_rows(postings_of(worker, day), day) if worker else [],
    }
    return render(request, "web/mine.html", context)
