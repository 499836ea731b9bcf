"""The page of one worker, team or asset."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from wangdi.engine.model.registers import REGISTERS
from wangdi.server.access.scope import may_record
from wangdi.server.evaluation.services import explain_entity, rulebook, today
from wangdi.server.web.entities import WITH_COMMON_PAGE, find_entity
from wangdi.server.web.menus import forms_about, groups_of
from wangdi.server.web.registers import attributes_of, headings_of
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.residents import records_about, timeline


@signed_in
def entity(request: SignedInRequest, entity: str, code: str) -> HttpResponse:
    """What the register says of one, the groups it is in, and the records about it."""
    if entity not in WITH_COMMON_PAGE:
        raise Http404
    one = find_entity(request, entity, code)
    declared, kinds, day = REGISTERS[entity], rulebook().kinds, today()
    records = list(records_about(one))
    explanation = explain_entity(entity, one.code, day)
    context = {
        "one": one,
        "register": declared,
        "today": day,
        "attributes": zip(headings_of(declared), attributes_of(declared, one), strict=True),
        "explanation": explanation,
        "kinds": kinds,
        "groups": groups_of(rulebook(), explanation.groups),
        "forms": forms_about(rulebook(), entity),
        "may_record": may_record(request.user, entity),
        "timeline": timeline(records, kinds),
    }
    return render(request, "web/entity.html", context)
