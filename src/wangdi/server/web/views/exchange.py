"""Handing a record, or what is known of a resident, to another system as a file: for a reason, on record."""

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from wangdi.engine.model.calendar import Duration, Unit, shift
from wangdi.interchange.fhir.bundles import Resource
from wangdi.interchange.fhir.messages import MEDIA_TYPE, as_text
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.exchange.services import Handed, document_of, message_of, packs_with_records
from wangdi.server.exchange.telling import RELATED, is_told, told_records
from wangdi.server.network.merged import current_code
from wangdi.server.network.models import AnyEntity, Person, Resident
from wangdi.server.network.revealing import NoReason
from wangdi.server.records.models import RecordVersion
from wangdi.server.web.entities import entities, page_of
from wangdi.server.web.exchange import record_rows, route_of
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.views.recording import find_record
from wangdi.server.web.words import say, wording

PERIODS = {"12": ("近一年", "The last year"), "36": ("近三年", "The last three years"), "": ("全部", "All")}
"""Months that a shared record may go back, and what they are called."""


@signed_in
def record_exchange(request: SignedInRequest, kind: str, record_id: str) -> HttpResponse:
    """A record as a message: what is in it, from whom to whom; a reason, then the file."""
    newest, person, is_ours = find_record(request, kind, record_id)
    if not is_told(kind):
        raise Http404
    version = RecordVersion.objects.select_related(*RELATED).get(pk=newest.pk)
    may_show = is_ours and _may_show(request, person)
    problem = ""
    if request.method == "POST":
        try:
            found = message_of(version, _handed(request, may_show))
        except NoReason as wrong:
            problem = wording(wrong.message)
        else:
            return _file(found, f"{kind}-{record_id}-v{version.version}.json")
    (told,) = told_records([version], with_numbers=False)
    rows = record_rows(told)
    context = {
        "person": person,
        "is_ours": is_ours,
        "record": version,
        "title": wording(told.kind.title),
        "route": route_of(told),
        "told": [row for row in rows if row.sort],
        "others": [row for row in rows if not row.sort],
        "page_of_record": reverse("record", args=[kind, record_id]),
        "may_show": may_show,
        "problem": problem,
        "typed": request.POST,
    }
    return render(request, "web/exchange_record.html", context, status=422 if problem else 200)


@signed_in
def resident_exchange(request: SignedInRequest, code: str) -> HttpResponse:
    """What is known of a resident as a document: of which programmes, since when; a reason, then the file."""
    residents = Resident.objects.visible_to(request.user).select_related("place", "institution")
    person = get_object_or_404(residents, code=current_code(code))
    may_show = _may_show(request, person)
    packs = packs_with_records(person)
    chosen = request.POST.getlist("packs") if request.method == "POST" else packs
    problem = ""
    if request.method == "POST":
        if not chosen:
            problem = say("请至少选择一项", "choose at least one programme")
        else:
            try:
                since = _since(request.POST.get("months", ""), today())
                found = document_of(person, _handed(request, may_show), packs=chosen, since=since)
            except NoReason as wrong:
                problem = wording(wrong.message)
            else:
                return _file(found, f"{person.code}-{today().isoformat()}.json")
    titles = {pack.name: wording(pack.title) for pack in rulebook().packs}
    context = {
        "person": person,
        "packs": [(name, titles[name], name in chosen) for name in packs],
        "periods": [(months, say(*words)) for months, words in PERIODS.items()],
        "months": request.POST.get("months", "12"),
        "page_of_person": page_of(person),
        "may_show": may_show,
        "problem": problem,
        "typed": request.POST,
    }
    return render(request, "web/exchange_resident.html", context, status=422 if problem else 200)


def _may_show(request: SignedInRequest, person: AnyEntity) -> bool:
    """Whether the reader may have identity number and telephone in full: as on their page, who records about the person."""
    if not isinstance(person, Person):
        return False
    return entities("resident").recordable_by(request.user).filter(pk=person.pk).exists()


def _handed(request: SignedInRequest, may_show: bool) -> Handed:
    numbers = may_show and "numbers" in request.POST
    return Handed(request.POST.get("reason", ""), request.user, with_numbers=numbers)


def _since(months: str, day: date) -> date | None:
    if months not in PERIODS:
        raise Http404
    return shift(day, Duration(int(months), Unit.MONTHS), -1) if months else None


def _file(bundle: Resource, name: str) -> HttpResponse:
    how = {"Content-Disposition": content_disposition_header(True, name.replace("/", "-")) or "attachment"}
    return HttpResponse(as_text(bundle), content_type=MEDIA_TYPE, headers=how)
