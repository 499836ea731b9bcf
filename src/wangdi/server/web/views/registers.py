"""The registers as lists, and the page of one worker, team or asset."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from wangdi.engine.model.registers import REGISTERS
from wangdi.server.access.scope import may_record
from wangdi.server.evaluation.services import explain_entity, rulebook, today
from wangdi.server.web.areas import Area, asked_area
from wangdi.server.web.entities import LISTED, entities, find_entity
from wangdi.server.web.menus import forms_about, groups_of
from wangdi.server.web.registers import attributes_of, headings_of
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.residents import records_about, timeline

PAGE_SIZE = 50


@signed_in
def register(request: SignedInRequest, entity: str) -> HttpResponse:
    """Of ``?institution=`` or ``?place=``, else of where the user works; ``?q=`` looks into names and codes."""
    if entity not in LISTED:
        raise Http404
    area = asked_area(request)
    if area is None:
        return redirect("home")
    rows = entities(entity).visible_to(request.user).filter(_inside(area))
    if words := request.GET.get("q", "").strip():
        rows = rows.filter(Q(name__contains=words) | Q(code__startswith=words))
    page = Paginator(rows.order_by("code"), PAGE_SIZE).get_page(request.GET.get("page"))
    declared = REGISTERS[entity]
    context = {
        "area": area,
        "ancestors": area.ancestors(),
        "register": declared,
        "listed": [REGISTERS[name] for name in LISTED],
        "headings": headings_of(declared),
        "page": page,
        "rows": [(one, attributes_of(declared, one)) for one in page.object_list],
        "words": words,
    }
    return render(request, "web/register.html", context)


def _inside(area: Area) -> Q:
    """Those seated in the area or under it."""
    lookup = "institution__place__path" if area.entity == "place" else "institution__path"
    return Q(**{f"{lookup}__under": area.node.path})


@signed_in
def entity(request: SignedInRequest, entity: str, code: str) -> HttpResponse:
    """What the register says of one, the groups it is in, and the records about it."""
    if entity not in LISTED:
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
