"""The due list of a place or an institution."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from wangdi.engine.model.schedules import Schedule
from wangdi.server.access.scope import may_record
from wangdi.server.evaluation.charging import charge, chargeable, discharge, may_charge, workers_to_charge
from wangdi.server.evaluation.services import because_for, latest_publication, rulebook, today
from wangdi.server.network.models import AnyEntity, Institution, Worker
from wangdi.server.web.areas import Area, asked_area
from wangdi.server.web.due import NOBODY, PAGE_SIZE, STATUSES, Wanted, due_items, is_too_wide, villages_of
from wangdi.server.web.entities import entity_of, page_of
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.residents import is_about_record
from wangdi.server.web.subjects import subjects
from wangdi.server.web.views.recording import own_worker
from wangdi.server.web.words import say


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
    if request.method == "POST":
        return _charge(request, area)
    context = _list(request, area)
    template = "web/_due_list.html" if request.headers.get("HX-Target") == "due-list" else "web/due.html"
    return render(request, template, context)


def _list(request: SignedInRequest, area: Area) -> dict[str, object]:
    day, wanted, rules = today(), Wanted.of(request.GET), rulebook()
    page = Paginator(due_items(request.user, area, wanted, day), PAGE_SIZE).get_page(request.GET.get("page"))
    items: list[Any] = list(page.object_list)
    charged = Worker.objects.in_bulk({item.charged_to for item in items if item.charged_to})
    reasons = because_for(items, day)
    others = subjects((item.entity, item.subject) for item in items if item.resident is None)
    records = {entity: may_record(request.user, entity) for entity in {item.entity for item in items}}
    return {
        "area": area,
        "ancestors": area.ancestors(),
        "publication": latest_publication(),
        "today": day,
        "wanted": wanted,
        "statuses": STATUSES,
        "schedules": rules.schedules,
        "villages": villages_of(area),
        "workers": _workers(request, area),
        "own": own_worker(request),
        "nobody": NOBODY,
        "query": request.GET.urlencode(),
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
                "subject": (subject := item.resident or others.get((item.entity, item.subject))),
                "url": page_of(subject) if subject is not None else "",
                "record_url": _record_url(subject, schedule) if records[item.entity] else "",
                "charged": charged.get(item.charged_to),
            }
            for item in items
        ],
    }


def _record_url(subject: AnyEntity | None, schedule: Schedule | None) -> str:
    """Where the service that an item asks for is recorded; empty where no kind of record is one."""
    kind = rulebook().kinds.get(schedule.service) if schedule is not None else None
    if subject is None or kind is None or kind.about != (entity := entity_of(subject)):
        return ""
    if entity == "resident":
        return reverse("record_new", args=[subject.code, kind.name])
    return reverse("record_about", args=[entity, subject.code, kind.name])


def _workers(request: SignedInRequest, area: Area) -> list[Worker]:
    """Whom the reader may give items of the area to; nobody for those who give none."""
    if not may_charge(request.user):
        return []
    at = area.node if isinstance(area.node, Institution) else None
    workers = workers_to_charge(request.user, at)
    if at is None:
        workers = workers.filter(institution__place__path__under=area.node.path)
    return list(workers)


def _charge(request: SignedInRequest, area: Area) -> HttpResponse:
    """Gives the items ticked, or all that are wanted, to a worker; with nobody chosen, takes them back."""
    if not may_charge(request.user):
        raise PermissionDenied
    wanted = chargeable(request.user, due_items(request.user, area, Wanted.of(request.GET), today()))
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
        worker = next((one for one in _workers(request, area) if one.code == code), None)
        if worker is None:
            messages.error(request, say("请从列表中选择人员", "choose a worker from the list"))
        else:
            n = charge(request.user, items, worker)
            messages.success(
                request, say("已交给{who} {n} 项", "{n} items given to {who}", who=worker.name, n=n)
            )
    return redirect(f"{request.path}?{request.GET.urlencode()}")
