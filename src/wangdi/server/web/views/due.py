"""The due list of a place or an institution."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from wangdi.server.evaluation.charging import charge, chargeable, discharge, may_charge, workers_to_charge
from wangdi.server.evaluation.services import latest_publication, today
from wangdi.server.network.models import Institution, Worker
from wangdi.server.web.areas import Area, asked_area
from wangdi.server.web.due import (
    NOBODY,
    PAGE_SIZE,
    STATUSES,
    Wanted,
    due_items,
    is_too_wide,
    schedules_in,
    villages_of,
)
from wangdi.server.web.due_lines import due_lines
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.views.recording import own_worker
from wangdi.server.web.words import say


@signed_in
def due(request: SignedInRequest) -> HttpResponse:
    """Of ``?institution=`` or ``?place=``; without either, of where the user works."""
    area = asked_area(request)
    if area is None:
        return redirect("home")
    if request.method == "POST":
        return _charge(request, area)
    asked = Wanted.of(request.GET)
    context = _list(request, area, asked)
    if request.headers.get("HX-Target") == "due-list":
        return render(request, "web/_due_list.html", context)
    return render(request, "web/due.html", context | {"programmes": schedules_in(request.user, area, asked)})


def _list(request: SignedInRequest, area: Area, wanted: Wanted) -> dict[str, object]:
    day = today()
    is_wide = is_too_wide(area)
    items = due_items(request.user, area, wanted, day, is_wide=is_wide)
    page = Paginator(items, PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "area": area,
        "ancestors": area.ancestors(),
        "publication": latest_publication(),
        "today": day,
        "wanted": wanted,
        "statuses": STATUSES,
        "villages": () if is_wide else villages_of(area),
        "workers": _workers(request, area, own_only=is_wide),
        "own": own_worker(request),
        "nobody": NOBODY,
        "query": request.GET.urlencode(),
        "page": page,
        "rows": due_lines(request.user, list(page.object_list), day),
        "is_wide": is_wide,
        "parts": area.children() if is_wide else (),
    }


def _workers(request: SignedInRequest, area: Area, *, own_only: bool) -> list[Worker]:
    """Whom the reader may give items of the area to; nobody for those who give none. ``own_only``: without those below."""
    if not may_charge(request.user):
        return []
    at = area.node if isinstance(area.node, Institution) else None
    workers = workers_to_charge(request.user, at)
    if at is None:
        at_place = (
            {"institution__place": area.node}
            if own_only
            else {"institution__place__path__under": area.node.path}
        )
        workers = workers.filter(**at_place)
    elif own_only:
        workers = workers.filter(institution=at)
    return list(workers)


def _charge(request: SignedInRequest, area: Area) -> HttpResponse:
    """Gives the items ticked, or all that are wanted, to a worker; with nobody chosen, takes them back."""
    if not may_charge(request.user):
        raise PermissionDenied
    is_wide = is_too_wide(area)
    asked = due_items(request.user, area, Wanted.of(request.GET), today(), is_wide=is_wide)
    wanted = chargeable(request.user, asked)
    if request.POST.get("which") != "all":
        numbers = [int(one) for one in request.POST.getlist("item") if one.isdecimal()]
        wanted = wanted.filter(pk__in=numbers)
    items, code = list(wanted), request.POST.get("worker", "")
    if not items:
        messages.error(request, say("请先勾选要交办的事项", "tick the items first"))
    elif code == NOBODY:
        n = discharge(request.user, items)
        messages.success(request, say("已收回 {n} 项", "{n} items taken back", n=n))
    else:
        worker = next((one for one in _workers(request, area, own_only=is_wide) if one.code == code), None)
        if worker is None:
            messages.error(request, say("请从列表中选择人员", "choose a worker from the list"))
        else:
            n = charge(request.user, items, worker)
            messages.success(
                request, say("已交给{who} {n} 项", "{n} items given to {who}", who=worker.name, n=n)
            )
    return redirect(f"{request.path}?{request.GET.urlencode()}")
