"""The page of one entity of a register other than residents: what is known, due and recorded about it."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from wangdi.engine.model.registers import REGISTERS
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.services import explainer_of, rulebook, today
from wangdi.server.network.models import AnyEntity
from wangdi.server.web.areas import find_area
from wangdi.server.web.due_lines import due_lines
from wangdi.server.web.entities import WITH_COMMON_PAGE, entities, find_entity, page_of
from wangdi.server.web.menus import groups_of, new_record, quick_kinds, shares_of
from wangdi.server.web.registers import attributes_of, headings_of
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.residents import TIMELINE_LENGTH, records_about, timeline

WITH_FIGURES = ("place", "institution")
"""Registers whose entities have a page of figures, where *why* is asked; here it would look at everybody below."""


@signed_in
def entity(request: SignedInRequest, entity: str, code: str) -> HttpResponse:
    """What the register says of one, the groups it is in, what is due, and the records about it."""
    one = _find(request, entity, code)
    declared, kinds, day = REGISTERS[entity], rulebook().kinds, today()
    records = records_about(one)
    shown = records if "all" in request.GET else records[:TIMELINE_LENGTH]
    items = DueItem.objects.of(entity, one.pk).with_charges().select_related("place", "institution")
    context = {
        "one": one,
        "register": declared,
        "today": day,
        "attributes": zip(headings_of(declared), attributes_of(declared, one), strict=True),
        "due": due_lines(request.user, list(items.by_urgency(day)), day),
        "forms": new_record(rulebook(), one),
        "may_record": entities(entity).recordable_by(request.user).filter(pk=one.pk).exists(),
        "timeline": timeline(list(shown), kinds),
        "record_count": records.count(),
        "figures": page_of(one) if entity in WITH_FIGURES else "",
    }
    return render(request, "web/entity.html", context | _told_by_rules(entity, one))


def _find(request: SignedInRequest, entity: str, code: str) -> AnyEntity:
    """Http404 for what the reader does not see, for places the reader knows by name only, and for residents."""
    if entity in WITH_FIGURES:
        return find_area(request.user, entity, code).node
    if entity not in WITH_COMMON_PAGE:
        raise Http404
    return find_entity(request, entity, code)


def _told_by_rules(entity: str, one: AnyEntity) -> dict[str, object]:
    """Groups, figures and quick actions; none for those with a page of figures."""
    if entity in WITH_FIGURES:
        return {}
    overview = explainer_of(entity, one.code, today()).overview()
    return {
        "shares": shares_of(rulebook(), overview.indicators),
        "groups": groups_of(rulebook(), overview.groups),
        "quick": quick_kinds(rulebook(), entity, overview.groups),
    }
