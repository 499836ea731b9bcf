"""The home of a place or an institution: its figures, and which of its parts make them."""

from collections.abc import Iterable, Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString

from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.measures import Counted
from wangdi.server.adoption.services import may_decide
from wangdi.server.adoption.targets import Targets
from wangdi.server.evaluation.models import Publication
from wangdi.server.evaluation.services import latest_publication, rulebook, today
from wangdi.server.network.models import Place
from wangdi.server.web.areas import Area, find_area, own_area
from wangdi.server.web.breakdowns import breakdowns
from wangdi.server.web.charts import drawn, sparkline, trend_chart
from wangdi.server.web.due import workload
from wangdi.server.web.figures import (
    Standing,
    league,
    ranked,
    standings,
    townships_with_position,
)
from wangdi.server.web.maps import Spot, spots_map
from wangdi.server.web.programmes import Programme, furthest, programmes
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.values import bar_top, scale_of
from wangdi.server.web.words import say, wording

FEWEST_SPOTS = 2
"""One circle is no map."""


@signed_in
def home(request: SignedInRequest) -> HttpResponse:
    """Leads to where the user works."""
    area = own_area(request.user)
    if area is None:
        return render(request, "web/no_area.html")
    return redirect(area.url)


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
    if request.headers.get("HX-Target") == "indicator":
        return render(request, "web/_indicator.html", context)
    return render(request, "web/area.html", context | {"workload": workload(request.user, area, today())})


def _figures(request: HttpRequest, area: Area, publication: Publication) -> dict[str, object]:
    targets = Targets.on(publication.as_of)
    rows = standings(area, rulebook().indicators.values(), targets)
    if not rows:
        return {}
    behind, listed = furthest(rows), programmes(rulebook(), rows)
    chosen = _chosen(request, rows, behind, listed)
    programme = next(one for one in listed if one.pack.name == chosen.indicator.pack)
    children = league(area.children(), chosen.indicator, targets)
    return {
        "furthest": [(row, _sparkline(row)) for row in behind],
        "programmes": listed,
        "programme": programme,
        "cards": [(row, _sparkline(row)) for row in programme.figures],
        "parts": [(row, _sparkline(row)) for row in programme.parts],
        "chosen": chosen,
        "counts_people": isinstance(chosen.indicator.measure, Counted),
        "trend": _trend(chosen),
        "map": _map(area, children, chosen.indicator, targets),
        "league": ranked(children),
        "has_counts": _has_counts(children),
        "bar_top": bar_top(chosen.indicator, (row.value for row in children)),
        "breakdowns": breakdowns(area, chosen.indicator, publication.as_of),
    }


def _chosen(
    request: HttpRequest, rows: Sequence[Standing], behind: Sequence[Standing], listed: Sequence[Programme]
) -> Standing:
    """The figure that was asked for, or the first of the programme that was; else the one furthest from its target."""
    asked, programme = request.GET.get("indicator", ""), request.GET.get("programme", "")
    of_programme = [row for one in listed if one.pack.name == programme for row in (*one.figures, *one.parts)]
    named = [row for row in rows if row.indicator.name == asked]
    return next(iter((*named, *of_programme, *behind, *rows)))


def _has_counts(rows: Iterable[Standing]) -> bool:
    """Whether the figures say of how many."""
    return any(row.figure is not None and row.figure.denominator is not None for row in rows)


def _sparkline(row: Standing) -> SafeString:
    return sparkline([value for _, value in row.trend], row.target)


def _trend(row: Standing) -> SafeString | None:
    if len(row.trend) < 2:
        return None
    scale = scale_of(row.indicator)
    points = [(day.isoformat(), value) for day, value in row.trend]
    target = say("目标 {value}", "target {value}", value=scale.written(row.target))
    title = say(
        "{name}，近12个月月末的值", "{name} at the last 12 month ends", name=wording(row.indicator.title)
    )
    return drawn(trend_chart(points, row.target, target, scale.axis), title)


def _map(
    area: Area, children: Sequence[Standing], indicator: Indicator, targets: Targets
) -> SafeString | None:
    """Townships only: nothing is known of where villages lie."""
    townships = townships_with_position(area)
    known = {row.area.node.pk: row for row in children} if area.entity == "place" else {}
    if not all(one.node.pk in known for one in townships):
        known = {row.area.node.pk: row for row in league(townships, indicator, targets)}
    standing = [known[one.node.pk] for one in townships]
    spots = [spot for row in standing if (spot := _spot(row)) is not None]
    if len(spots) < FEWEST_SPOTS:
        return None
    title = wording(indicator.title)
    label = say("各乡镇{name}的地图", "Map of the townships: {name}", name=title)
    sized_by = say("分母", "Denominator") if _has_counts(standing) else say("数值", "Value")
    return drawn(spots_map(spots, title, sized_by, scale_of(indicator).axis), label)


def _spot(row: Standing) -> Spot | None:
    node = row.area.node
    if row.value is None or row.figure is None or node.lon is None or node.lat is None:
        return None
    shown = scale_of(row.indicator).written(row.value)
    size = row.figure.denominator if row.figure.denominator is not None else abs(row.value)
    return Spot(node.name, node.lon, node.lat, row.value, shown, size, row.area.url)


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
            "target": Targets(day, {}).at(indicator, ()),
            "targets": [(value, sources.get(value.source)) for value in targets],
        },
    )
