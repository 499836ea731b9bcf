"""Plans of postings: the list, one with its reasons, a change by hand, adopting, letters, calendar."""

from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from wangdi.engine.model.text import Text
from wangdi.interchange.calendars import CONTENT_TYPE, calendar_file
from wangdi.server.audit.services import record_change
from wangdi.server.evaluation.services import today
from wangdi.server.planning.declaration import declaration
from wangdi.server.planning.dispatching import UnknownCode
from wangdi.server.planning.documents import (
    candidates,
    moves_texts,
    next_best_texts,
    solve_beside,
    solve_wish,
)
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.reasons import difference_texts
from wangdi.server.planning.services import (
    NotAdoptable,
    adopt_plan,
    changed_wish,
    keep_plan,
    may_adopt,
    new_postings,
    wish_of,
)
from wangdi.server.planning.sorts import SORTS
from wangdi.server.records.services import InvalidRecord
from wangdi.server.web.place_plans import headline, sort_title
from wangdi.server.web.plans import (
    coverage,
    numbers_told,
    plan_events,
    plan_map,
    read,
    told,
)
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.views.place_plans import place_plan, planned_places
from wangdi.server.web.words import say, wording

SECONDS = 25.0
"""The most that a page lets a plan take; longer ones are for the command line."""

NEAREST = 30
"""How many doctors are offered for a change by hand."""

TOO_LONG = Text(
    "限定时间内没有得到方案；请减少占比、同组等要求，或用命令行 wangdi plan dispatch --seconds",
    "no plan in the time there is: ask for fewer shares and groups, or use wangdi plan dispatch --seconds",
)


@signed_in
def plans(request: SignedInRequest) -> HttpResponse:
    """The plans that the reader sees, the newest first, and what may be asked for a place (``?place=``)."""
    places = planned_places(request)
    asked = next((one for one in places if one.code == request.GET.get("place")), None)
    place = asked or next((one for one in places if one.level == "county"), places[0])
    found = KeptPlan.objects.visible_to(request.user).select_related("place", "change", "adopted")
    if asked is not None:
        found = found.filter(place__path__under=asked.path)
    rows = [(plan, wording(sort_title(plan)), headline(plan)) for plan in found[:100]]
    context = {
        "rows": rows,
        "places": places,
        "place": place,
        "asked": asked,
        "sorts": SORTS.values(),
        "dispatches": place.level != "township",
    }
    return render(request, "web/plans.html", context)


def seen_plan(request: SignedInRequest, number: str | int) -> KeptPlan:
    found = KeptPlan.objects.visible_to(request.user).select_related(
        "place", "change", "adopted", "made_from"
    )
    return get_object_or_404(found, pk=int(number), sort=KeptPlan.Sort.DISPATCH)


@signed_in
def plan(request: SignedInRequest, number: int) -> HttpResponse:
    """One plan: how good it is, the map, who goes where and why, who gets nobody and why. Those about places look
    different."""
    if KeptPlan.objects.exclude(sort=KeptPlan.Sort.DISPATCH).filter(pk=number).exists():
        return place_plan(request, number)
    found = seen_plan(request, number)
    context = {
        "plan": found,
        "kind": declaration().posting.kind,
        "document": found.document,
        "told": told(found.document),
        "coverage": coverage(found.document),
        "new": len(new_postings(found)),
        "numbers": numbers_told(found.settings["numbers"]),
        "map": plan_map(found),
        "adopts": found.adopted is None and may_adopt(request.user, found),
        "is_late": found.begins < today(),
    }
    return render(request, "web/plan.html", context)


@signed_in
def change(request: SignedInRequest, number: int) -> HttpResponse:
    """Another doctor for a posting, or none: what it costs, then saved as a plan of its own."""
    found = seen_plan(request, number)
    asked = request.POST if request.method == "POST" else request.GET
    rows = {row["doctor"]: row for row in found.document["postings"]}
    posting = rows.get(asked.get("doctor", ""))
    if posting is None or posting["runs_already"]:
        raise Http404
    before = solve_wish(wish_of(found), seconds=SECONDS)
    others = [one for one in candidates(before, posting["centre"]) if one["code"] != posting["doctor"]]
    context: dict[str, object] = {
        "plan": found,
        "posting": {**posting, "because": read(posting["because"])},
        "others": [{**one, "goes": read(one["goes"])} for one in others if not one["is_fixed"]][:NEAREST],
    }
    other = asked.get("other")
    if other is None:
        context["next_best"] = [
            wording(text) for text in next_best_texts(before, posting["doctor"], seconds=SECONDS)
        ]
        return render(request, "web/plan_change.html", context)
    try:
        wish = changed_wish(
            wish_of(found), doctor=posting["doctor"], centre=None, instead_of=posting["centre"]
        )
        if other:
            wish = changed_wish(wish, doctor=other, centre=posting["centre"], instead_of=None)
        after, difference = solve_beside(before, wish, seconds=SECONDS)
    except UnknownCode:
        raise Http404 from None
    if request.method == "POST":
        made = keep_plan(after, actor=request.user, title=found.title, made_from=found)
        return redirect("plan", made.pk)
    if difference is not None:
        context["changes"] = [wording(text) for text in difference_texts(difference)]
        context["moves"] = [wording(text) for text in moves_texts(after.dispatch, difference)]
    return render(request, "web/plan_change.html", context | {"other": other, "asked": True})


@signed_in
@require_POST
def adopt(request: SignedInRequest, number: int) -> HttpResponse:
    """Writes the plan's postings as records."""
    found = seen_plan(request, number)
    if not may_adopt(request.user, found):
        raise Http404
    try:
        written = adopt_plan(found, actor=request.user)
    except NotAdoptable as refused:
        messages.error(request, wording(refused.message))
    except InvalidRecord as invalid:
        for problem in invalid.problems:
            messages.error(request, wording(problem.message))
    else:
        said = say("已采用，写入派驻记录 {n} 条", "Adopted: {n} postings recorded", n=len(written))
        messages.success(request, said)
    return redirect("plan", found.pk)


@signed_in
def letters(request: SignedInRequest, number: int) -> HttpResponse:
    """One letter for each new posting, to print."""
    found = seen_plan(request, number)
    context = {"plan": found, "rows": told(found.document)["new"], "today": today()}
    return render(request, "web/plan_letters.html", context)


@signed_in
def calendar(request: SignedInRequest, number: int) -> HttpResponse:
    """The first and last days of the plan's new postings as a calendar file; taking it is written down."""
    found = seen_plan(request, number)
    record_change("plan.export", actor=request.user, summary={"plan": found.pk, "sort": found.sort})
    text = calendar_file(found.title, plan_events(found), timezone.now())
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{found.title}-{found.pk}.ics')}"
    }
    return HttpResponse(text, content_type=CONTENT_TYPE, headers=headers)
