"""The due list of a place or an institution."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from wangdi.server.access.scope import may_record
from wangdi.server.evaluation.services import because_for, latest_publication, rulebook, today
from wangdi.server.web.areas import Area, asked_area
from wangdi.server.web.due import PAGE_SIZE, STATUSES, Wanted, due_items, is_too_wide, villages_of
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.residents import is_about_record
from wangdi.server.web.subjects import subject_names


@signed_in
def due(request: SignedInRequest) -> HttpResponse:
    """Of ``?institution=`` or ``?place=``; without either, of where the user works."""
    area = asked_area(request)
    if area is None:
        return redirect("home")
    if is_too_wide(area):
        return render(
            request,
            "web/due_wide.html",
            {"area": area, "parts": area.children(), "ancestors": area.ancestors()},
        )
    context = _list(request, area)
    template = "web/_due_list.html" if request.headers.get("HX-Target") == "due-list" else "web/due.html"
    return render(request, template, context)


def _list(request: SignedInRequest, area: Area) -> dict[str, object]:
    day, wanted, rules = today(), Wanted.of(request.GET), rulebook()
    page = Paginator(due_items(request.user, area, wanted, day), PAGE_SIZE).get_page(request.GET.get("page"))
    items = list(page.object_list)
    reasons = because_for(items, day)
    names = subject_names((item.entity, item.subject) for item in items if item.resident is None)
    return {
        "area": area,
        "ancestors": area.ancestors(),
        "publication": latest_publication(),
        "today": day,
        "wanted": wanted,
        "statuses": STATUSES,
        "schedules": rules.schedules,
        "may_record": may_record(request.user, "resident"),
        "villages": villages_of(area),
        "page": page,
        "rows": [
            {
                "item": item,
                "schedule": (schedule := rules.schedules.get(item.schedule)),
                "step": schedule.step(item.step) if schedule is not None else None,
                "status": item.status_on(day),
                "days_late": (day - item.due_on).days,
                "because": reasons.get(item.pk),
                "of_record": is_about_record(rules, item),
                "subject": names.get((item.entity, item.subject), ""),
            }
            for item in items
        ],
    }
