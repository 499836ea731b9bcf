"""Files handed in for records and for clauses of standards: added, shown, withdrawn."""

from io import BytesIO
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from wangdi.server.evaluation.judging import reviews_open_to
from wangdi.server.evaluation.services import rulebook
from wangdi.server.network.models import Institution
from wangdi.server.records.evidence import (
    OfClause,
    OfRecord,
    RefusedFile,
    keep_evidence,
    path_of,
    withdraw_evidence,
)
from wangdi.server.records.models import Evidence
from wangdi.server.records.transitions import possible_transitions
from wangdi.server.web.areas import find_area
from wangdi.server.web.entities import entities
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.views.recording import find_record
from wangdi.server.web.words import say, wording

Target = OfRecord | OfClause


@signed_in
def evidence_add(request: SignedInRequest) -> HttpResponse:
    """Files for a record (``kind``, ``record``), or for a clause (``institution``, ``standard``, ``year``, ``clause``)."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    target = _posted_target(request)
    if not may_add(request, target):
        raise PermissionDenied
    files = request.FILES.getlist("file")
    if not files:
        messages.error(request, say("请先选择文件", "choose a file first"))
    for file in files:
        name = file.name or ""
        try:
            kept = keep_evidence(request.user, target, name, file.file or BytesIO())
        except RefusedFile as refused:
            messages.error(request, f"{name}：{wording(refused.message)}")
        else:
            messages.success(request, say("已收到：{name}", "Received: {name}", name=kept.name))
    return redirect(page_of_target(target))


@signed_in
def evidence(request: SignedInRequest, number: int) -> HttpResponse:
    """The file, for those who see what it is for. ``do=withdraw``, sent by those who may add: it is shown no longer."""
    found = get_object_or_404(Evidence.objects.standing(), pk=number)
    target = _target_of(found)
    _require_sight(request, target)
    if request.method == "POST":
        if not may_add(request, target):
            raise PermissionDenied
        withdraw_evidence(request.user, found)
        messages.success(request, say("已撤下：{name}", "Withdrawn: {name}", name=found.name))
        return redirect(page_of_target(target))
    return _file(found)


def _file(found: Evidence) -> HttpResponse:
    """Only pictures open in the browser; nothing in a file may run or load anything."""
    path = path_of(found)
    if not path.exists():
        raise Http404
    how = "inline" if found.is_picture else "attachment"
    response = FileResponse(path.open("rb"), content_type=found.content_type)
    response["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(found.name)}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response  # type: ignore[return-value]


def _posted_target(request: SignedInRequest) -> Target:
    """Http404 for what the reader may not see, or what there is not."""
    post = request.POST
    if post.get("kind"):
        target: Target = OfRecord(post["kind"], post.get("record", ""))
        _require_sight(request, target)
        return target
    area = find_area(request.user, "institution", post.get("institution", ""))
    standard, year = rulebook().standards.get(post.get("standard", "")), post.get("year", "")
    numbers = {clause.number for clause in standard.clauses} if standard is not None else set()
    if standard is None or post.get("clause") not in numbers or not (year.isdecimal() and len(year) == 4):
        raise Http404
    assert isinstance(area.node, Institution)
    return OfClause(area.node, standard.name, int(year), post["clause"])


def _target_of(found: Evidence) -> Target:
    if found.institution is not None:
        return OfClause(found.institution, found.standard, found.year, found.clause)
    return OfRecord(found.kind, found.record_id)


def _require_sight(request: SignedInRequest, target: Target) -> None:
    if isinstance(target, OfRecord):
        find_record(request, target.kind, target.record_id)
    else:
        find_area(request.user, "institution", target.institution.code)


def may_add(request: SignedInRequest, target: Target) -> bool:
    """Who may write the record or move it on; of a clause, who may judge there."""
    if isinstance(target, OfClause):
        return bool(reviews_open_to(request.user, target.institution))
    record, person, is_ours = find_record(request, target.kind, target.record_id)
    declared = rulebook().kinds.get(target.kind)
    if declared is not None and possible_transitions(request.user, declared, record):
        return True
    writable = entities(record.kind.about).recordable_by(request.user)
    return is_ours and writable.filter(pk=person.pk).exists()


def page_of_target(target: Target) -> str:
    """The page on which the evidence is shown."""
    if isinstance(target, OfRecord):
        return reverse("record", args=[target.kind, target.record_id])
    page = reverse("standard", args=[target.institution.code, target.standard])
    return f"{page}?year={target.year}"
