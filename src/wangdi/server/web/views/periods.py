"""The months whose figures are published for good: closing, comparing, opening again."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from wangdi.server.evaluation.models import Closure
from wangdi.server.evaluation.periods import PeriodError, reopen_period
from wangdi.server.evaluation.services import today
from wangdi.server.jobs.running import start_job
from wangdi.server.web.areas import own_area
from wangdi.server.web.closing import asked_months, may_close, open_months, outlook
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.words import say, wording


@signed_in
def periods(request: SignedInRequest) -> HttpResponse:
    """Which are closed, by whom, from which packs: the same for all readers. Those who close compare and reopen, too."""
    closes = may_close(request.user)
    if request.method == "POST":
        if not closes:
            raise Http404
        return _compared(request) if request.POST.get("act") == "compare" else _reopen(request)
    area = own_area(request.user)
    context = {
        "closures": Closure.objects.select_related("change", "reopened").order_by("-last_day", "-id"),
        "closes": closes,
        "open": [f"{day:%Y-%m}" for day in open_months(today())] if closes else (),
        "bulletin_of": area.node.code if area is not None and area.entity == "place" else "",
    }
    return render(request, "web/periods.html", context)


@signed_in
def periods_close(request: SignedInRequest) -> HttpResponse:
    """``?month=`` (several): what closing them would keep, and what speaks for waiting; posted, a job closes them."""
    if not may_close(request.user):
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    asked = asked_months(given.getlist("month"), today())
    if not asked:
        messages.error(request, say("请选择要封账的月份", "choose the months to close"))
        return redirect("periods")
    if request.method == "POST":
        days = {"days": [day.isoformat() for day in asked]}
        return redirect("job", start_job("close", days, actor=request.user).pk)
    context = {"outlooks": [outlook(day, asked, today()) for day in asked]}
    return render(request, "web/periods_close.html", context)


def _closure(request: SignedInRequest) -> Closure:
    number = request.POST.get("closure", "")
    if not number.isdigit():
        raise Http404
    return get_object_or_404(Closure, pk=int(number))


def _compared(request: SignedInRequest) -> HttpResponse:
    day = {"day": _closure(request).last_day.isoformat()}
    return redirect("job", start_job("compare", day, actor=request.user).pk)


def _reopen(request: SignedInRequest) -> HttpResponse:
    closure = _closure(request)
    try:
        reopen_period(closure.last_day, request.POST.get("reason", ""), actor=request.user)
    except PeriodError as error:
        messages.error(request, wording(error.message))
    else:
        messages.success(request, say("{month} 已重开", "{month} is open again", month=str(closure)))
    return redirect("periods")
