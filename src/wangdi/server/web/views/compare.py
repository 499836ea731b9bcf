"""One indicator compared over places: map and league table, trend, chance, ages, and who makes the gap."""

from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render

from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.registers import PLACE_LEVELS
from wangdi.server.adoption.targets import Targets
from wangdi.server.evaluation.models import Figure, Publication
from wangdi.server.evaluation.publishing import closed_days
from wangdi.server.evaluation.services import latest_publication, rulebook
from wangdi.server.web.areas import Area, asked_area
from wangdi.server.web.breakdowns import breakdowns
from wangdi.server.web.charts import drawn
from wangdi.server.web.comparing import (
    ORDERS,
    areas_at,
    can_adjust,
    compared,
    funnel_of,
    is_share,
    levels_below,
    ordered,
)
from wangdi.server.web.drawings import has_counts, map_of, trend_of
from wangdi.server.web.figures import Standing, month_ends, standings_in
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.values import bar_top
from wangdi.server.web.words import say, wording

PAGE_SIZE = 100


@signed_in
def compare(request: SignedInRequest, name: str) -> HttpResponse:
    """At ``?place=`` or ``?institution=``: ``level`` of the places compared, ``day``, ``sort``, ``adjust``, ``public``."""
    indicator, publication, area = rulebook().indicators.get(name), latest_publication(), asked_area(request)
    if indicator is None or publication is None or area is None:
        raise Http404
    day = _day(request.GET.get("day", ""), publication)
    targets = Targets.on(day)
    whole = next(iter(standings_in(area, [indicator], targets)), None)
    if whole is None:
        whole = Standing(indicator, area, None, None)
    levels = levels_below(area)
    level = _level(request.GET.get("level", ""), levels)
    adjustable = can_adjust(indicator, publication.as_of, day)
    adjust = adjustable and request.GET.get("adjust") == "1"
    rows = compared(area, whole, areas_at(area, level), targets, adjust=adjust)
    public = request.GET.get("public") == "1"
    listed = [row.standing for row in rows if not (public and row.is_hidden)]
    chart = funnel_of(whole, [row for row in rows if not (public and row.is_hidden)])
    sort, closed = request.GET.get("sort", ""), closed_days()
    page = Paginator(ordered(rows, sort), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "indicator": indicator,
        "area": area,
        "ancestors": area.ancestors(),
        "publication": publication,
        "whole": whole,
        "days": _days(area, indicator, publication),
        "day": day,
        "closed": closed,
        "levels": [(one.code, one.title) for one in PLACE_LEVELS if one.code in levels],
        "level": level,
        "page": page,
        "rows": page.object_list,
        "sort": sort,
        "headings": _headings(request, sort, adjust, is_share(indicator)),
        "has_counts": has_counts(listed),
        "is_share": is_share(indicator),
        "adjust": adjust,
        "adjustable": adjustable,
        "public": public,
        "suppresses": indicator.suppress_below is not None,
        "bar_top": bar_top(indicator, (row.value for row in listed)),
        "map": map_of(area, listed, indicator, targets),
        "trend": trend_of(whole, closed),
        "funnel": drawn(chart, say("{name}漏斗图", "Funnel plot: {name}", name=wording(indicator.title)))
        if chart
        else None,
        "breakdowns": breakdowns(area, indicator, day),
        "counts_people": can_adjust(indicator, day, day) or indicator.counted == (indicator,),
        "is_latest": day == publication.as_of,
    }
    return render(request, "web/compare.html", context)


def _day(asked: str, publication: Publication) -> date:
    """One of the days that figures are kept of; the newest for any other."""
    days = {one.isoformat(): one for one in month_ends(publication.as_of, 24)}
    return days.get(asked, publication.as_of)


def _days(area: Area, indicator: Indicator, publication: Publication) -> list[date]:
    """The days of which there is a figure, newest first."""
    rows = Figure.objects.filter(
        **{area.entity: area.node},
        dimension="",
        indicator=indicator.name,
        as_of__in=month_ends(publication.as_of, 24),
    )
    return sorted(set(rows.values_list("as_of", flat=True)), reverse=True)


def _level(asked: str, levels: list[str]) -> str:
    return asked if asked in levels else (levels[0] if levels else "")


_TITLES = {
    "name": ("名称", "Name"),
    "value": ("数值", "Value"),
    "size": ("分子 / 分母", "Counted / all"),
    "target": ("与目标比", "Against the target"),
    "beyond": ("与总体比", "Against the whole"),
    "adjusted": ("年龄性别标化", "Age and sex made equal"),
}


def _headings(
    request: SignedInRequest, sort: str, adjust: bool, share: bool
) -> list[tuple[str, str, str, str]]:
    """Name, title, the address that orders by it, and how it is ordered now."""
    found = []
    for name in ORDERS:
        if (name == "adjusted" and not adjust) or (name == "beyond" and not share):
            continue
        query = request.GET.copy()
        query.pop("page", None)
        query["sort"] = name if sort == f"-{name}" else f"-{name}"
        state = {name: "ascending", f"-{name}": "descending"}.get(sort, "")
        found.append((name, say(*_TITLES[name]), f"?{query.urlencode()}#league", state))
    return found
