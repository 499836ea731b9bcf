"""Pages of residents themselves, reached with a telephone number and a code; and the code that a doctor hands over."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.transaction import atomic
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from uuid6 import uuid7

from wangdi.server.evaluation.services import today
from wangdi.server.network.models import Resident
from wangdi.server.portal.booking import book, cancel, slots_for
from wangdi.server.portal.codes import (
    GIVEN_HOURS,
    SENT_MINUTES,
    Refused,
    ask_for_code,
    give_code,
    name_of,
    use_code,
)
from wangdi.server.portal.reserving import forget_slot
from wangdi.server.portal.senders import sender
from wangdi.server.web.entities import find_entity
from wangdi.server.web.forms import new_id
from wangdi.server.web.portal import (
    ASKED,
    appointments,
    by_day,
    enter,
    first_record,
    index_in,
    leave,
    offered,
    own_person,
    persons,
    records_seen,
    services_due,
    sheet_seen,
    sheets_seen,
    signed_in_resident,
)
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.words import say, wording


@offered
def sign_in(request: HttpRequest) -> HttpResponse:
    """Asks for the number. Whether it is anybody's, no answer tells."""
    context: dict[str, object] = {
        "sends": sender() is not None,
        "phone": request.POST.get("phone", "").strip(),
    }
    if request.method == "POST":
        try:
            request.session[ASKED] = ask_for_code(str(context["phone"])).hex()
        except Refused as refused:
            return _again(request, "my/sign_in.html", context, refused)
        return redirect("my_code")
    return render(request, "my/sign_in.html", context)


@offered
def code(request: HttpRequest) -> HttpResponse:
    """Asks for the code."""
    asked = request.session.get(ASKED)
    if asked is None:
        return redirect("my_sign_in")
    context: dict[str, object] = {"sends": sender() is not None, "minutes": SENT_MINUTES}
    if request.method == "POST":
        index = bytes.fromhex(asked)
        try:
            use_code(index, request.POST.get("code", ""))
        except Refused as refused:
            return _again(request, "my/code.html", context, refused)
        enter(request, index)
        return redirect("my_home")
    return render(request, "my/code.html", context)


def _again(request: HttpRequest, template: str, context: dict[str, object], refused: Refused) -> HttpResponse:
    return render(request, template, context | {"problem": wording(refused.message)}, status=422)


@offered
@require_POST
def leaving(request: HttpRequest) -> HttpResponse:
    leave(request)
    return redirect("my_sign_in")


@signed_in_resident
def home(request: HttpRequest) -> HttpResponse:
    """Whoever has a number alone is at home on their page; of several one chooses."""
    found = persons(request)
    if len(found) == 1:
        return redirect("my_person", found[0].code)
    return render(request, "my/home.html", {"persons": found, "today": today()})


@signed_in_resident
def person(request: HttpRequest, code: str) -> HttpResponse:
    found, day = own_person(request, code), today()
    context = {
        "person": found,
        "today": day,
        "is_alone": len(persons(request)) == 1,
        "due": services_due(found, day),
        "first": first_record(found),
        "appointments": appointments(found, day),
        "sheets": sheets_seen(found),
    }
    return render(request, "my/person.html", context)


@signed_in_resident
def records(request: HttpRequest, code: str) -> HttpResponse:
    found = own_person(request, code)
    return render(request, "my/records.html", {"person": found, "rows": records_seen(found)})


@signed_in_resident
def sheet(request: HttpRequest, code: str, kind: str, record_id: str) -> HttpResponse:
    """A result sheet in big letters, as it is printed."""
    found = sheet_seen(own_person(request, code), kind, record_id)
    return render(request, "my/sheet.html", {"sheet": found})


@signed_in_resident
def booking(request: HttpRequest, code: str) -> HttpResponse:
    """The slots of the next days; choosing one books it."""
    found = own_person(request, code)
    if request.method == "POST":
        name = name_of(index_in(request))
        post = request.POST
        try:
            book(
                found,
                post.get("slot", ""),
                post.get("wish", "").strip(),
                new_id(post.get("id", "")),
                actor_name=name,
            )
        except Refused as refused:
            return _slots(request, found, wording(refused.message))
        messages.success(request, say("预约成功", "Booked"))
        return redirect("my_person", code)
    return _slots(request, found, "")


def _slots(request: HttpRequest, found: Resident, problem: str) -> HttpResponse:
    context = {"person": found, "days": by_day(slots_for(found)), "id": str(uuid7()), "problem": problem}
    return render(request, "my/book.html", context, status=422 if problem else 200)


@signed_in_resident
@require_POST
def cancelling(request: HttpRequest, code: str, record_id: str) -> HttpResponse:
    found = own_person(request, code)
    try:
        name = name_of(index_in(request))
        with atomic():
            cancelled = cancel(found, record_id, actor_name=name)
            forget_slot(cancelled, actor=None, actor_name=name)
        messages.success(request, say("预约已取消", "The appointment is cancelled"))
    except Refused as refused:
        messages.error(request, wording(refused.message))
    return redirect("my_person", code)


@signed_in
@offered
def giving(request: SignedInRequest, code: str) -> HttpResponse:
    """A doctor gives a resident a code, shown once. For those who record about the resident."""
    resident = find_entity(request, "resident", code)
    if not isinstance(resident, Resident):
        raise Http404
    if not Resident.objects.recordable_by(request.user).filter(pk=resident.pk).exists():
        raise PermissionDenied
    address = request.build_absolute_uri(reverse("my_home"))
    context: dict[str, object] = {"person": resident, "hours": GIVEN_HOURS, "address": address}
    if request.method == "POST":
        try:
            context["code"] = give_code(resident, request.user)
        except Refused as refused:
            return _again(request, "my/give.html", context, refused)
    return render(request, "my/give.html", context)
