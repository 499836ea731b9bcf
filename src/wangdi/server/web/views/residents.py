"""The page of a resident: what is due and why, what was done, where the readings go."""

from django.http import HttpResponse
from django.shortcuts import render

from wangdi.server.access.scope import may_record
from wangdi.server.evaluation.services import explainer_of, rulebook, today
from wangdi.server.network.models import Resident
from wangdi.server.portal.senders import is_open
from wangdi.server.records.models import RecordVersion
from wangdi.server.web.charts import framed, readings_chart
from wangdi.server.web.entities import find_entity
from wangdi.server.web.menus import groups_of, new_record, quick_kinds, shares_of
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.residents import (
    TIMELINE_LENGTH,
    VITALS,
    due_rows,
    has_readings,
    records_about,
    series_of,
    timeline,
)
from wangdi.server.web.words import say, wording


@signed_in
def resident(request: SignedInRequest, code: str) -> HttpResponse:
    """``?all`` shows the whole timeline instead of its newest part."""
    person = _person(request, code)
    day, rules = today(), rulebook()
    overview = explainer_of("resident", person.code, day).overview()
    records = list(records_about(person))
    shown = records if "all" in request.GET else records[:TIMELINE_LENGTH]
    return render(
        request,
        "web/resident.html",
        {
            "person": person,
            "today": day,
            "shares": shares_of(rules, overview.indicators),
            "due": due_rows(person, overview.due, rules, day),
            "groups": groups_of(rules, overview.groups),
            "forms": new_record(rules, person),
            "quick": quick_kinds(rules, "resident", overview.groups),
            "may_record": may_record(request.user, "resident"),
            "residents_sign_in": is_open(),
            "has_charts": has_readings(records),
            "timeline": timeline(shown, rules.kinds),
            "record_count": len(records),
        },
    )


@signed_in
def resident_charts(request: SignedInRequest, code: str) -> HttpResponse:
    """The charts alone: drawing them takes longer than the rest of the page, which is not kept waiting."""
    person, day, rules = _person(request, code), today(), rulebook()
    valid = [record for record in records_about(person) if record.status != RecordVersion.Status.VOID]
    charts = []
    for vital in VITALS:
        series, unit = series_of(vital, valid, rules, person, day)
        if series:
            title = wording(vital.title)
            label = say("{name}的历次读数", "{name}: all readings", name=title)
            charts.append((title, framed(readings_chart(series, unit), label)))
    return render(request, "web/_charts.html", {"charts": charts})


def _person(request: SignedInRequest, code: str) -> Resident:
    person = find_entity(request, "resident", code)
    assert isinstance(person, Resident)
    return person
