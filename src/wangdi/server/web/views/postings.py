"""Who is posted where and when: the calendar of a place or an institution, and the same as a calendar file."""

from django.http import HttpResponse
from django.shortcuts import render

from wangdi.interchange.calendars import CONTENT_TYPE
from wangdi.server.evaluation.services import today
from wangdi.server.network.models import Institution
from wangdi.server.planning.postings import postings_at, postings_from, postings_of
from wangdi.server.web.areas import Area, find_area
from wangdi.server.web.postings import calendar_of, calendar_text
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.views.recording import own_worker
from wangdi.server.web.words import say


@signed_in
def postings(request: SignedInRequest, entity: str, code: str) -> HttpResponse:
    """The calendar of postings, thirteen months of it; as a file with ``?file=ics``."""
    area = find_area(request.user, entity, code)
    day = today()
    rows = postings_at(area.node, day)
    if request.GET.get("file") == "ics":
        if isinstance(area.node, Institution):
            rows = rows or postings_from(area.node, day)
        return _file(calendar_text(_title(area), rows))
    context = {
        "area": area,
        "ancestors": area.ancestors(),
        "calendar": calendar_of(area.node, rows, day),
        "today": day,
    }
    return render(request, "web/postings.html", context)


@signed_in
def my_postings(request: SignedInRequest) -> HttpResponse:
    """The reader's own postings as a calendar file; empty for who is no worker."""
    worker = own_worker(request)
    rows = postings_of(worker, today()) if worker else []
    return _file(calendar_text(say("我的派驻", "My postings"), rows))


def _title(area: Area) -> str:
    return say("{name}派驻日历", "Postings at {name}", name=area.node.name)


def _file(text: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="postings.ics"'
    return answer
