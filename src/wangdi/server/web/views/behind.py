"""Who stands behind a figure: those not counted, and what each of them lacks."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from wangdi.engine.explain.missing import Breakdown, NobodyCounted
from wangdi.engine.model.registers import REGISTERS
from wangdi.server.evaluation.behind import behind_figure
from wangdi.server.evaluation.services import latest_publication, rulebook
from wangdi.server.network.models import MODELS
from wangdi.server.web.areas import Area, find_area
from wangdi.server.web.due import PAGE_SIZE
from wangdi.server.web.requests import SignedInRequest, signed_in


@signed_in
def behind(request: SignedInRequest, name: str) -> HttpResponse:
    """Of the indicator at ``?place=`` or ``?institution=``; ``?lacks=n`` only those who lack requirement n."""
    indicator, publication = rulebook().indicators.get(name), latest_publication()
    if indicator is None or publication is None:
        raise Http404
    area = _asked_area(request)
    try:
        found = behind_figure(indicator, area.entity, area.node.code, publication.as_of)
    except NobodyCounted:
        raise Http404 from None
    chosen = _chosen(request.GET.get("lacks", ""), found)
    wanted = ~found.counted if chosen is None else ~found.counted & found.lacks[chosen]
    page = Paginator(np.flatnonzero(wanted), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "indicator": indicator,
        "area": area,
        "ancestors": area.ancestors(),
        "publication": publication,
        "counted": int(found.counted.sum()),
        "all": len(found.keys),
        "missing": int((~found.counted).sum()),
        "requirements": list(enumerate(found.how_many_lack())),
        "chosen": chosen,
        "page": page,
        "rows": _rows(request, found, page.object_list),
        "register": REGISTERS[indicator.entity],
    }
    return render(request, "web/behind.html", context)


def _asked_area(request: SignedInRequest) -> Area:
    for entity in ("institution", "place"):
        if code := request.GET.get(entity):
            return find_area(request.user, entity, code)
    raise Http404


def _chosen(text: str, found: Breakdown) -> int | None:
    return int(text) if text.isdecimal() and int(text) < len(found.requirements) else None


def _rows(request: SignedInRequest, found: Breakdown, positions: Iterable[Any]) -> list[dict[str, Any]]:
    """One per position: the entity the reader may see, where it leads, and what it lacks."""
    entity = found.indicator.entity
    keys = {found.keys[int(position)].as_py(): int(position) for position in positions}
    seen = MODELS[entity].objects.visible_to(request.user).filter(pk__in=keys).in_bulk()
    return [
        {
            "node": seen[key],
            "url": reverse(entity, args=[seen[key].code]) if entity in _WITH_PAGES else None,
            "lacks": found.lacked_by(position),
        }
        for key, position in keys.items()
        if key in seen
    ]


_WITH_PAGES = ("resident", "institution", "place")
