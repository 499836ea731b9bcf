"""Plans of postings: the list, a new one, one with its reasons, a change by hand, adopting, letters."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from wangdi.engine.model.text import Text
from wangdi.methods.dispatch.milp import NoPlanInTime
from wangdi.server.access.scope import scope_of
from wangdi.server.evaluation.services import today
from wangdi.server.network.models import Place
from wangdi.server.planning.declaration import declaration
from wangdi.server.planning.dispatching import UnknownCode, Wish
from wangdi.server.planning.documents import (
    candidates,
    moves_texts,
    next_best_texts,
    solve_beside,
    solve_wish,
)
from wangdi.server.planning.models import PostingPlan
from wangdi.server.planning.numbers import InvalidNumbers, numbers_from
from wangdi.server.planning.reasons import difference_texts
from wangdi.server.planning.services import (
    NotAdoptable,
    adopt_plan,
    changed_wish,
    keep_plan,
    may_adopt,
    may_plan,
    new_postings,
    wish_of,
)
from wangdi.server.records.services import InvalidRecord
from wangdi.server.web.plans import coverage, number_fields, numbers_told, plan_map, read, told
from wangdi.server.web.requests import SignedInRequest, signed_in
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
    """The plans that the reader sees, the newest first, and the places for which a new one may be made."""
    places = _places(request)
    found = PostingPlan.objects.visible_to(request.user).select_related("place", "change", "adopted")
    rows = [(plan, coverage(plan.document), len(new_postings(plan))) for plan in found[:100]]
    return render(request, "web/plans.html", {"rows": rows, "places": places})


def _places(request: SignedInRequest) -> list[Place]:
    """Cities and counties that the reader answers for as a whole; Http404 for whoever answers for none."""
    scope = scope_of(request.user)
    found = Place.objects.filter(level__in=("city", "county")).order_by("code")
    reached = [place for place in found if scope.reaches_place(place.path)]
    if not reached:
        raise Http404
    return reached


@signed_in
def new(request: SignedInRequest) -> HttpResponse:
    """The form; ``?from=`` begins with the numbers of a plan. Comparing shows what changes before it is saved."""
    places = _places(request)
    base = _plan(request, request.GET["from"]) if request.GET.get("from", "").isdigit() else None
    asked = request.POST if request.method == "POST" else request.GET
    place = next((one for one in places if one.code == asked.get("place")), base.place if base else places[0])
    context: dict[str, object] = {
        "places": places,
        "place": place,
        "base": base,
        "begins": _begins(asked, base),
    }
    if request.method != "POST":
        return _form(request, context, base.settings["numbers"] if base else {}, {})
    try:
        wish = _asked(request, places, place)
        return _made(request, wish, base, context)
    except InvalidNumbers as wrong:
        for name in wrong.problems.keys() & {"begins", "sender"}:
            messages.error(request, wording(wrong.problems[name]))
        return _form(request, context, request.POST.dict(), wrong.problems, status=422)
    except NoPlanInTime:
        messages.error(request, wording(TOO_LONG))
        return _form(request, context, request.POST.dict(), {}, status=422)


def _begins(asked: Mapping[str, str], base: PostingPlan | None) -> str:
    return asked.get("begins") or (base.begins if base else today()).isoformat()


def _form(
    request: SignedInRequest,
    context: dict[str, object],
    values: Mapping[str, object],
    problems: Mapping[str, Text],
    status: int = 200,
) -> HttpResponse:
    context |= {"numbers": number_fields(values, problems), "today": today(), "sender": values.get("sender")}
    return render(request, "web/plan_new.html", context, status=status)


def _asked(request: SignedInRequest, places: list[Place], place: Place) -> Wish:
    form = request.POST
    skipped = {"csrfmiddlewaretoken", "place", "begins", "sender", "act"}
    numbers = numbers_from({name: str(value) for name, value in form.items() if name not in skipped})
    sender = Place.objects.filter(code=form.get("sender") or place.code).first()
    try:
        begins = date.fromisoformat(form.get("begins", ""))
    except ValueError:
        raise InvalidNumbers(
            {"begins": Text("派驻开始日期写成 2026-01-01", "write days like 2026-01-01")}
        ) from None
    if sender is None or not may_plan(request.user, sender):
        raise InvalidNumbers({"sender": Text("没有这个派出地区", "there is no such place to send from")})
    return Wish(place, sender, today(), begins, numbers)


def _made(
    request: SignedInRequest, wish: Wish, base: PostingPlan | None, context: dict[str, object]
) -> HttpResponse:
    """Saves the plan, or shows how it differs from the one the form began with."""
    if base is not None:
        kept = wish_of(base)
        wish = replace(wish, pinned=kept.pinned, banned=kept.banned, together=kept.together)
    if base is not None and request.POST.get("act") == "compare":
        after, difference = solve_beside(solve_wish(wish_of(base), seconds=SECONDS), wish, seconds=SECONDS)
        context["compared"] = True
        if difference is not None:
            context["changes"] = [wording(text) for text in difference_texts(difference)]
            context["moves"] = [wording(text) for text in moves_texts(after.dispatch, difference)]
        return _form(request, context, request.POST.dict(), {})
    title = say("{place}医师派驻方案", "Postings in {place}", place=wish.place.name)
    made = keep_plan(solve_wish(wish, seconds=SECONDS), actor=request.user, title=title, made_from=base)
    return redirect("plan", made.pk)


def _plan(request: SignedInRequest, number: str | int) -> PostingPlan:
    found = PostingPlan.objects.visible_to(request.user).select_related(
        "place", "change", "adopted", "made_from"
    )
    return get_object_or_404(found, pk=int(number))


@signed_in
def plan(request: SignedInRequest, number: int) -> HttpResponse:
    """One plan: how good it is, the map, who goes where and why, who gets nobody and why."""
    found = _plan(request, number)
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
    found = _plan(request, number)
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
    found = _plan(request, number)
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
    found = _plan(request, number)
    context = {"plan": found, "rows": told(found.document)["new"], "today": today()}
    return render(request, "web/plan_letters.html", context)
