"""Result sheets to print: of one record, or of the records of a list."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from wangdi.server.records.models import RecordVersion
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.sheets import has_sheet, shown_sheets
from wangdi.server.web.views.recording import declared_kind, find_record
from wangdi.server.web.words import wording


@signed_in
def record_sheet(request: SignedInRequest, kind: str, record_id: str) -> HttpResponse:
    """The sheet of one record, for whoever may see all about the person."""
    found, _, is_ours = find_record(request, kind, record_id)
    if not (is_ours and has_sheet(kind)):
        raise Http404
    back = reverse("record", args=[kind, record_id])
    return show_sheets(request, [found], back, wording(declared_kind(kind).title))


def show_sheets(
    request: SignedInRequest, records: Sequence[RecordVersion], back: str, back_title: str
) -> HttpResponse:
    """The sheets of records of one kind, a page each; those withheld are named with the reason."""
    found = shown_sheets(records)
    context = {
        "sheets": [one for one in found if not one.withheld],
        "withheld": [one for one in found if one.withheld],
        "title": found[0].title if found else back_title,
        "back": back,
        "back_title": back_title,
    }
    response = render(request, "web/sheets.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response
