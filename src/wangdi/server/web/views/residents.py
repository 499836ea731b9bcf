"""The page of a resident: what is due and why, what was done, where the readings go."""

from collections.abc import Sequence
from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString

from wangdi.engine.model.pack import Rulebook
from wangdi.server.evaluation.services import explain_resident, rulebook, today
from wangdi.server.network.models import Resident
from wangdi.server.records.models import RecordVersion
from wangdi.server.web.charts import drawn, readings_chart
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.residents import TIMELINE_LENGTH, VITALS, due_rows, records_about, series_of, timeline
from wangdi.server.web.words import say, wording


@signed_in
def resident(request: SignedInRequest, code: str) -> HttpResponse:
    """``?all`` shows the whole timeline instead of its newest part."""
    person = get_object_or_404(
        Resident.objects.visible_to(request.user).select_related("place", "institution"), code=code
    )
    day, rules = today(), rulebook()
    explanation = explain_resident(person, day)
    records = list(records_about(person))
    shown = records if "all" in request.GET else records[:TIMELINE_LENGTH]
    return render(
        request,
        "web/resident.html",
        {
            "person": person,
            "today": day,
            "explanation": explanation,
            "due": due_rows(person, explanation, rules, day),
            "kinds": rules.kinds,
            "charts": _charts(person, records, rules, day),
            "timeline": timeline(shown, rules.kinds),
            "record_count": len(records),
        },
    )


def _charts(
    person: Resident, records: Sequence[RecordVersion], rules: Rulebook, day: date
) -> list[tuple[str, SafeString]]:
    valid = [record for record in records if record.status != RecordVersion.Status.VOID]
    charts = []
    for vital in VITALS:
        series, unit = series_of(vital, valid, rules, person, day)
        if series:
            title = wording(vital.title)
            label = say("{name}的历次读数", "{name}: all readings", name=title)
            charts.append((title, drawn(readings_chart(series, unit), label)))
    return charts
