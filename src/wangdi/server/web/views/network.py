"""The home of a place or an institution: its figures, and which of its parts make them."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wangdi.engine.model.measures import Counted
from wangdi.server.adoption.services import may_decide
from wangdi.server.adoption.targets import Targets
from wangdi.server.evaluation.models import Publication
from wangdi.server.evaluation.publishing import closed_days
from wangdi.server.evaluation.services import latest_publication, rulebook, today
from wangdi.server.network.models import Place
from wangdi.server.web import homepage
from wangdi.server.web.areas import Area, begins_with_people, find_area, own_area
from wangdi.server.web.breakdowns import breakdowns
from wangdi.server.web.drawings import has_counts, map_of, spark_of, trend_of
from wangdi.server.web.due import workload
from wangdi.server.web.figures import (
    Standing,
    league,
    ranked,
    standings,
)
from wangdi.server.web.plans import leads_to_plan
from wangdi.server.web.postings import card_of
from wangdi.server.web.programmes import Programme, furthest, grouped, leading, programmes
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.tasks import task_to_reach
from wangdi.server.web.values import bar_top


@signed_in
def home(request: SignedInRequest) -> HttpResponse:
    """Leads to where the user works."""
    area = own_area(request.user)
    if area is None:
        return render(request, "web/no_area.html")
    return redirect("today" if begins_with_people(request.user) else area.url)


@signed_in
def place(request: SignedInRequest, code: str) -> HttpResponse:
    return _area_page(request, find_area(request.user, "place", code))


@signed_in
def institution(request: SignedInRequest, code: str) -> HttpResponse:
    return _area_page(request, find_area(request.user, "institution", code))


def _area_page(request: SignedInRequest, area: Area) -> HttpResponse:
    publication = latest_publication()
    decides = isinstance(area.node, Place) and may_decide(request.user, area.node)
    context = {"area": area, "ancestors": area.ancestors(), "publication": publication, "decides": decides}
    if publication is not None:
        context |= _figures(request, area, publication)
        context["leads_to_plan"] = decides and leads_to_plan(area, context.get("chosen"))
    if request.headers.get("HX-Target") == "indicator":
        return render(request, "web/_indicator.html", context)
    context |= {"workload": workload(request.user, area, today()), "postings": card_of(area, today())}
    return render(request, "web/area.html", context)


def _figures(request: SignedInRequest, area: Area, publication: Publication) -> dict[str, object]:
    targets, closed = Targets.on(publication.as_of), closed_days()
    rows = standings(area, targets)
    if not rows:
        return {}
    declared, listed = homepage.home(), programmes(rulebook(), rows)
    groups, leads = grouped(declared, listed), leading(declared, rows)
    behind = [row for row in furthest(declared, rows) if row not in leads]
    chosen = _chosen(request, rows, [*leads, *behind], [one for _, group in groups for one in group])
    programme = next(one for one in listed if one.pack.name == chosen.indicator.pack)
    children = league(area.children(), chosen.indicator, targets)
    return {
        "leads": [(row, spark_of(row)) for row in leads],
        "furthest": [(row, spark_of(row)) for row in behind],
        "groups": groups,
        "programme": programme,
        "cards": [(row, spark_of(row)) for row in programme.figures],
        "parts": [(row, spark_of(row)) for row in programme.parts],
        "chosen": chosen,
        "task": task_to_reach(request.user, chosen),
        "counts_people": isinstance(chosen.indicator.measure, Counted),
        "trend": trend_of(chosen, closed or None),
        "closed": closed,
        "map": map_of(area, children, chosen.indicator, targets),
        "league": ranked(children),
        "has_counts": has_counts(children),
        "bar_top": bar_top(chosen.indicator, (row.value for row in children)),
        "breakdowns": breakdowns(area, chosen.indicator, publication.as_of),
    }


def _chosen(
    request: HttpRequest, rows: Sequence[Standing], first: Sequence[Standing], listed: Sequence[Programme]
) -> Standing:
    """The figure that was asked for, or the first of the programme that was; else the one the page leads with."""
    asked, programme = request.GET.get("indicator", ""), request.GET.get("programme", "")
    of_programme = [row for one in listed if one.pack.name == programme for row in (*one.figures, *one.parts)]
    named = [row for row in rows if row.indicator.name == asked]
    return next(iter((*named, *of_programme, *first, *rows)))


@signed_in
def definition(request: SignedInRequest, name: str) -> HttpResponse:
    """What an indicator counts, its target and where both are written. No figures: the same for all."""
    rules = rulebook()
    indicator = rules.indicators.get(name)
    if indicator is None:
        raise Http404
    pack = next(pack for pack in rules.packs if pack.name == indicator.pack)
    day = today()
    targets = indicator.target.values if indicator.target else ()
    sources = {source.name: source for source in pack.sources}
    return render(
        request,
        "web/definition.html",
        {
            "indicator": indicator,
            "pack": pack,
            "target": Targets(day, {}).declared(indicator),
            "targets": [(value, sources.get(value.source)) for value in targets],
        },
    )
