"""The page of whoever answers for clinics, teams and workers."""

from django.http import HttpResponse
from django.shortcuts import render

from wangdi.server.evaluation.services import latest_publication, rulebook, today
from wangdi.server.web.areas import Area, find_area
from wangdi.server.web.due import is_too_wide, workload
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.team import managed, parts_of, teams_of, workers_of


@signed_in
def institution_team(request: SignedInRequest, code: str) -> HttpResponse:
    return _team(request, find_area(request.user, "institution", code))


@signed_in
def place_team(request: SignedInRequest, code: str) -> HttpResponse:
    return _team(request, find_area(request.user, "place", code))


def _team(request: SignedInRequest, area: Area) -> HttpResponse:
    """Where the area is too wide for one list of due items, teams and workers are shown further down."""
    day, publication, wide = today(), latest_publication(), is_too_wide(area)
    context = {
        "area": area,
        "ancestors": area.ancestors(),
        "today": day,
        "publication": publication,
        "workload": workload(request.user, area, day),
        "parts": parts_of(request.user, area, rulebook(), publication.as_of if publication else day, day),
        "teams": [] if wide else teams_of(request.user, area, day),
        "workers": [] if wide else workers_of(request.user, area, day),
        "managed": [] if wide else managed(request.user, area, rulebook()),
    }
    return render(request, "web/team.html", context)
