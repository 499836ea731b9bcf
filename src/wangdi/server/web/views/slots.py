"""Taking a slot that a hospital keeps for those who refer, and the list of who is expected on a day."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from wangdi.server.evaluation.services import today
from wangdi.server.network.models import AnyEntity, Institution
from wangdi.server.portal.codes import Refused
from wangdi.server.portal.declaration import ReferringShape
from wangdi.server.portal.reserving import give_back, kept_slots, referring, take
from wangdi.server.records.models import RecordVersion
from wangdi.server.web.areas import find_area
from wangdi.server.web.forms import number_in
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.slots import arrivals_on, choices_of, slot_of
from wangdi.server.web.views.recording import find_recordable
from wangdi.server.web.words import say, wording


@signed_in
def choosing(request: SignedInRequest, kind: str, record_id: str) -> HttpResponse:
    """The kept slots that a referral may have; choosing one takes it, ``give_back`` returns the one it holds."""
    record, person = find_recordable(request, kind, record_id)
    shape = referring(kind)
    if shape is None:
        raise Http404
    if request.method != "POST":
        return _show(request, record, person, shape)
    try:
        if "give_back" in request.POST:
            give_back(record, actor=request.user)
            messages.success(request, say("已退号，号已放回", "The slot is given back"))
        else:
            session, _, slot = request.POST.get("slot", "").rpartition("/")
            take(record, session, number_in(slot), actor=request.user)
            messages.success(request, say("已约到这个号", "The slot is taken"))
    except Refused as refused:
        return _show(request, record, person, shape, wording(refused.message))
    return redirect("record", kind, record_id)


def _show(
    request: SignedInRequest,
    record: RecordVersion,
    person: AnyEntity,
    shape: ReferringShape,
    problem: str = "",
) -> HttpResponse:
    receiver = Institution.objects.filter(code=record.values.get(shape.to)).first()
    context = {
        "record": record,
        "kind": record.kind.name,
        "person": person,
        "receiver": receiver,
        "choices": choices_of(kept_slots(record, shape)),
        "slot": slot_of(record, may_take=True),
        "problem": problem,
        "today": today(),
    }
    return render(request, "web/slots.html", context, status=422 if problem else 200)


@signed_in
def arrivals(request: SignedInRequest, code: str) -> HttpResponse:
    """Who has an appointment at an institution on ``?day=``, today where none is given."""
    area = find_area(request.user, "institution", code)
    if not isinstance(area.node, Institution):
        raise Http404
    day = _day(request.GET.get("day", ""))
    rows = arrivals_on(area.node, day, request.user)
    context = {
        "area": area,
        "ancestors": area.ancestors(),
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "today": today(),
        "rows": rows,
        "kept": sum(row.is_kept for row in rows),
    }
    return render(request, "web/arrivals.html", context)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else today()
    except ValueError:
        raise Http404 from None
