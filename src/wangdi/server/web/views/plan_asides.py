"""Beside a plan of postings: what relaxing or changing a number brings, and another plan next to it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from wangdi.methods.dispatch.milp import NoPlanInTime
from wangdi.methods.dispatch.problem import Level
from wangdi.server.planning.asides import Beside, beside, with_other_values
from wangdi.server.planning.declaration import declaration
from wangdi.server.planning.documents import solve_wish
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.reasons import LEVELS, amount
from wangdi.server.planning.relaxing import is_satisfied, relaxation_rows
from wangdi.server.planning.services import wish_of
from wangdi.server.web.plans import number_fields, read
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.views.plans import SECONDS, TOO_LONG
from wangdi.server.web.words import NOTHING, wording

SHOWN = (Level.BROKEN, Level.UNCOVERED, Level.UNMET, Level.REPEATED, Level.FARTHEST, Level.DISTANCE)


@signed_in
def plan_relax(request: SignedInRequest, number: int) -> HttpResponse:
    """What dropping each requirement would bring; with ``?try=`` what other values of a number would."""
    plan = _plan(request, number)
    wish, tried = wish_of(plan), request.GET.get("try", "")
    context: dict[str, Any] = {"plan": plan, "numbers": number_fields(wish.numbers, {}), "tried": tried}
    try:
        if tried in declaration().numbers:
            context |= _tried(wish_of(plan).numbers[tried], with_other_values(wish, tried, seconds=SECONDS))
        elif not tried:
            solved = solve_wish(wish, seconds=SECONDS)
            rows, context["satisfied"] = relaxation_rows(solved, seconds=SECONDS / 4), is_satisfied(solved)
            context["rows"] = [
                {"title": read(row["title"]), "brings": [read(one) for one in row["brings"]]} for row in rows
            ]
        else:
            raise Http404
    except NoPlanInTime:
        messages.error(request, wording(TOO_LONG))
    return render(request, "web/plan_relax.html", context)


def _tried(current: float, found: Any) -> dict[str, Any]:
    rows = [
        {
            "value": f"{value:g}",
            "is_current": value == current,
            "levels": [wording(amount(level, solved.plan.values[level])) for level in SHOWN],
        }
        for value, solved in found
    ]
    return {"values": rows, "levels": [wording(LEVELS[level]) for level in SHOWN]}


@signed_in
def plan_compare(request: SignedInRequest, number: int) -> HttpResponse:
    """The plan next to the one of ``?with=``, or next to the one it was made from."""
    plan = _plan(request, number)
    asked = request.GET.get("with", "")
    others = KeptPlan.objects.visible_to(request.user).filter(sort=KeptPlan.Sort.DISPATCH, place=plan.place)
    others = others.exclude(pk=plan.pk)
    other = _plan(request, asked) if asked.isdigit() else plan.made_from or others.first()
    context = {"plan": plan, "other": other, "others": others[:30]}
    if other is not None:
        context |= _told(beside(other, plan))
    return render(request, "web/plan_compare.html", context)


def _told(found: Beside) -> dict[str, Any]:
    titles = {field.name: f"{field.title} {field.unit}".strip() for field in number_fields({}, {})}
    return {
        "found": found,
        "levels": [
            (read(a["title"]), read(a["shown"]), read(b["shown"]) if b else NOTHING, _change(a, b))
            for a, b in found.levels
        ],
        "numbers": [(titles[name], _written(a), _written(b)) for name, a, b in found.numbers],
    }


def _written(value: float | None) -> str:
    return NOTHING if value is None else f"{value:g}"


def _change(one: Mapping[str, Any], other: Mapping[str, Any] | None) -> str:
    """By how much the second is larger; nothing where both are alike."""
    if other is None or one["value"] == other["value"]:
        return ""
    change = other["value"] - one["value"]
    return f"{'+' if change > 0 else '−'}{wording(amount(Level[one['name'].upper()], abs(change)))}"


def _plan(request: SignedInRequest, number: str | int) -> KeptPlan:
    found = KeptPlan.objects.visible_to(request.user).select_related("place", "made_from")
    return get_object_or_404(found, pk=int(number), sort=KeptPlan.Sort.DISPATCH)
