"""What officers decide for a place: which packs it adopts, and its targets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.pack import Pack, Rulebook
from wangdi.engine.model.text import Text
from wangdi.server.adoption.models import Adoption, AdoptionQuerySet, Target, TargetQuerySet
from wangdi.server.adoption.services import InvalidDecision, adopt, may_decide, set_target, withdraw
from wangdi.server.adoption.targets import Seat, Targets, seats_of
from wangdi.server.evaluation.in_force import packs_at
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.network.models import Institution, Place
from wangdi.server.web.areas import Area, find_area
from wangdi.server.web.naming import area_named, written
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.values import PLAIN, Scale, scale_of
from wangdi.server.web.words import say, wording

NO_DAY = Text("日期写成 2026-01-01", "write days like 2026-01-01")
NO_NUMBER = Text("年度和目标写成数字", "the year and the target are numbers")
NO_AREA = Text(
    "本地和下级没有这个名称或编码的区划或机构，或同名的不止一个，请从提示中选",
    "no place or institution here or below is called so, or more than one: choose from what is offered",
)


@signed_in
def decisions(request: SignedInRequest, code: str) -> HttpResponse:
    """Packs and targets at a place and under it, for its officers and those above."""
    area = find_area(request.user, "place", code)
    place = area.place
    if not may_decide(request.user, place):
        raise Http404
    wrong = _decide(request, place) if request.method == "POST" else []
    if request.method == "POST" and not wrong:
        messages.success(
            request, say("已记录；下一次评估起生效", "Recorded; it counts from the next evaluation on")
        )
        return redirect("decisions", place.code)
    for message in wrong:
        messages.error(request, wording(message))
    rules, day = rulebook(), today()
    adoptions = _adoptions(place).select_related("place").order_by("pack", "place__path", "since")
    targets = _targets(place).select_related("place", "institution").order_by("indicator", "period_start")
    titles = {pack.name: pack.title for pack in rules.packs}
    context = {
        "area": area,
        "ancestors": area.ancestors(),
        "packs": list(packs_at(place, day)),
        "adopted_by_place": rules.adopted_by_place.values(),
        "adoptions": [(adoption, titles.get(adoption.pack)) for adoption in adoptions],
        "targets": [(one, rules.indicators.get(one.indicator), _written(one)) for one in targets],
        "programmes": _programmes(area, rules, day),
        "here": written(place),
        "chosen": request.GET.get("indicator", ""),
        "typed": {request.POST.get("act"): request.POST},
        "today": day,
    }
    return render(request, "web/decisions.html", context, status=422 if wrong else 200)


@dataclass(frozen=True, slots=True)
class Programme:
    """The indicators of a pack, and those with a target in force: as pages write it, and whose it is."""

    pack: Pack
    in_force: Sequence[tuple[Indicator, str, str]]


def _programmes(area: Area, rules: Rulebook, day: date) -> list[Programme]:
    targets, seats = Targets.on(day), seats_of(area.node)
    names = {one.node.code: one.node.name for one in (area, *area.ancestors())}
    listed = []
    for pack in rules.packs:
        found = [(indicator, targets.found(indicator, seats)) for indicator in pack.indicators]
        told = [
            (indicator, scale_of(indicator).written(target[0]), _whose(target[1], names))
            for indicator, target in found
            if target is not None
        ]
        listed.append(Programme(pack, told))
    return [one for one in listed if one.pack.indicators]


def _whose(seat: Seat | None, names: Mapping[str, str]) -> str:
    return say("规则包", "the pack") if seat is None else names.get(seat[1], seat[1])


def _adoptions(place: Place) -> AdoptionQuerySet:
    return Adoption.objects.current().filter(place__path__under=place.path)


def _targets(place: Place) -> TargetQuerySet:
    current = Target.objects.current()
    return current.filter(place__path__under=place.path) | current.filter(
        institution__place__path__under=place.path
    )


def _scale(indicator: str) -> Scale:
    """The scale of an indicator's targets; as they are written in files where no pack has it."""
    known = rulebook().indicators.get(indicator)
    return PLAIN if known is None else scale_of(known)


def _written(target: Target) -> str:
    return _scale(target.indicator).written(target.value)


def _decide(request: SignedInRequest, place: Place) -> list[Text]:
    """Takes the decision of the form that was sent; what is wrong with it."""
    try:
        _ACTS.get(request.POST.get("act", ""), _unknown)(request, place)
    except InvalidDecision as wrong:
        return [message for _, message in wrong.problems]
    return []


def _unknown(request: SignedInRequest, place: Place) -> None:
    raise Http404


def _adopt(request: SignedInRequest, place: Place) -> None:
    form = request.POST
    since, until = _day(form, "since"), _day(form, "until")
    if since is None:
        raise InvalidDecision([("since", NO_DAY)])
    adopt(
        rulebook(),
        form.get("pack", ""),
        _place_in(request, place, form.get("place", "")),
        since,
        until=until,
        edition=form.get("edition") or None,
        in_force=form.get("in_force") != "no",
        actor=request.user,
    )


def _set_target(request: SignedInRequest, place: Place) -> None:
    form, scale = request.POST, _scale(request.POST.get("indicator", ""))
    try:
        first, value = date(int(form.get("year", "")), 1, 1), float(form.get("value", "")) / scale.factor
        if not isfinite(value):
            raise ValueError("a target is a number")
    except ValueError:
        raise InvalidDecision([("value", NO_NUMBER)]) from None
    area = _area_in(request, place, form.get("code", ""))
    source = form.get("source", "").strip() or None
    set_target(rulebook(), form.get("indicator", ""), area, first, value, source=source, actor=request.user)


def _withdraw(request: SignedInRequest, place: Place) -> None:
    rows = _adoptions(place) if request.POST.get("of") == "adoption" else _targets(place)
    number = request.POST.get("number", "")
    if not number.isdigit():
        raise Http404
    withdraw(get_object_or_404(rows, pk=int(number)), actor=request.user)


_ACTS: Mapping[str, Callable[[SignedInRequest, Place], None]] = {
    "adopt": _adopt,
    "target": _set_target,
    "withdraw": _withdraw,
}


def _area_in(request: SignedInRequest, place: Place, text: str) -> Place | Institution:
    """What was named, at or under the place of the page; that place itself where nothing was."""
    found = area_named(request.user, text.strip() or place.code)
    at = found.place if isinstance(found, Institution) else found
    if found is None or at is None or not at.path.startswith(place.path):
        raise InvalidDecision([("place", NO_AREA)])
    return found


def _place_in(request: SignedInRequest, place: Place, text: str) -> Place:
    found = _area_in(request, place, text)
    if isinstance(found, Institution):
        raise InvalidDecision([("place", NO_AREA)])
    return found


def _day(form: Mapping[str, str], name: str) -> date | None:
    """The day that was typed; None when none was."""
    text = form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidDecision([(name, NO_DAY)]) from None
