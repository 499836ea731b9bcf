"""The months whose figures are published for good."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from wangdi.server.access.scope import scope_of
from wangdi.server.evaluation.models import Closure
from wangdi.server.evaluation.periods import PeriodError, reopen_period
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.words import say, wording


@signed_in
def periods(request: SignedInRequest) -> HttpResponse:
    """Which are closed, by whom, from which packs; administrators open one again. The same for all readers."""
    reopens = scope_of(request.user).everything
    if request.method == "POST":
        if not reopens:
            raise Http404
        return _reopen(request)
    closures = Closure.objects.select_related("change", "reopened").order_by("-last_day", "-id")
    return render(request, "web/periods.html", {"closures": closures, "reopens": reopens})


def _reopen(request: SignedInRequest) -> HttpResponse:
    number = request.POST.get("closure", "")
    if not number.isdigit():
        raise Http404
    closure = get_object_or_404(Closure, pk=int(number))
    try:
        reopen_period(closure.last_day, request.POST.get("reason", ""), actor=request.user)
    except PeriodError as error:
        messages.error(request, wording(error.message))
    else:
        messages.success(request, say("{month} 已重开", "{month} is open again", month=str(closure)))
    return redirect("periods")
