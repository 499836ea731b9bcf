"""The village doctor's morning: whom to see today, what for, and what is done already."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from wangdi.server.access.scope import may_record
from wangdi.server.evaluation.services import latest_publication, rulebook, today
from wangdi.server.web.areas import asked_area
from wangdi.server.web.due import is_too_wide
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.today import (
    HOUSEHOLDS_A_PAGE,
    Asked,
    by_service,
    done_today,
    homes,
    household_work,
    left,
    open_items,
)
from wangdi.server.web.views.recording import own_worker


@signed_in
def todays_list(request: SignedInRequest) -> HttpResponse:
    """Of where the user works; ``?by=service``, ``?schedule=``, ``?q=`` and ``?mine`` choose."""
    area = asked_area(request)
    if area is None or is_too_wide(area):
        return redirect("home" if area is None else area.due_url)
    day, rules, own = today(), rulebook(), own_worker(request)
    asked = Asked.of(request.GET, own)
    items = open_items(request.user, area, asked, day)
    context: dict[str, object] = {
        "area": area,
        "today": day,
        "asked": asked,
        "schedule": rules.schedules.get(asked.schedule),
        "may_record": may_record(request.user, "resident"),
    }
    if asked.by_service:
        context |= {"services": by_service(items, rules, day)}
    else:
        page = Paginator(homes(items, day), HOUSEHOLDS_A_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "homes": household_work(items, list(page.object_list), rules, day, own)}
    context |= {
        "left": left(items, day, own),
        "done": done_today(request.user, rules, day),
        "publication": latest_publication(),
    }
    return render(request, "web/today.html", context)
