"""A new plan of postings: the form, what other numbers change, solving and keeping."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from wangdi.engine.model.text import Text
from wangdi.methods.dispatch.milp import NoPlanInTime
from wangdi.methods.problems import BadInput
from wangdi.server.evaluation.services import today
from wangdi.server.network.models import Place
from wangdi.server.planning.declaration import declaration
from wangdi.server.planning.dispatch_sheets import title_of
from wangdi.server.planning.dispatching import UnknownCode, Wish
from wangdi.server.planning.documents import moves_texts, solve_beside, solve_wish
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.numbers import InvalidNumbers, gathered
from wangdi.server.planning.reasons import difference_texts
from wangdi.server.planning.services import keep_plan, may_plan, wish_of
from wangdi.server.planning.travelling import MATRIX, ROADS
from wangdi.server.planning.wishing import wish_from
from wangdi.server.web.plan_forms import PEOPLE, begun_with, form_context
from wangdi.server.web.plans import PLANNED_LEVELS
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.views.place_plans import brought_now, planned_places
from wangdi.server.web.views.plans import SECONDS, TOO_LONG, seen_plan
from wangdi.server.web.words import wording


@signed_in
def new(request: SignedInRequest) -> HttpResponse:
    """The form; ``?from=`` begins with a plan, ``?scheme=`` with the defaults of a scheme. Comparing shows what changes
    before it is saved."""
    places = planned_places(request, PLANNED_LEVELS)
    base = seen_plan(request, request.GET["from"]) if request.GET.get("from", "").isdigit() else None
    asked = request.POST if request.method == "POST" else request.GET
    place = next((one for one in places if one.code == asked.get("place")), base.place if base else places[0])
    context: dict[str, object] = {"places": places, "place": place, "base": base}
    if request.method != "POST":
        return _form(request, context, begun_with(base, request.GET.dict(), place), {})
    try:
        return _made(request, _asked(request, place, base), base, context)
    except InvalidNumbers as wrong:
        return _form(request, context, request.POST.dict(), wrong.problems, status=422)
    except UnknownCode as wrong:
        return _refused(request, context, [wrong.message])
    except BadInput as wrong:
        return _refused(request, context, wrong.problems)
    except NoPlanInTime:
        return _refused(request, context, [TOO_LONG])


def _refused(
    request: SignedInRequest, context: dict[str, object], problems: list[Text] | tuple[Text, ...]
) -> HttpResponse:
    for problem in problems:
        messages.error(request, wording(problem))
    return _form(request, context, request.POST.dict(), {}, status=422)


def _form(
    request: SignedInRequest,
    context: dict[str, object],
    values: Mapping[str, str],
    problems: Mapping[str, Text],
    status: int = 200,
) -> HttpResponse:
    base = context["base"] if isinstance(context["base"], KeptPlan) else None
    filled = form_context(values, problems, base)
    return render(request, "web/plan_new.html", context | filled, status=status)


def _asked(request: SignedInRequest, place: Place, base: KeptPlan | None) -> Wish:
    """Raises InvalidNumbers with all that is wrong."""
    form, declared, problems = request.POST, declaration(), dict[str, Text]()
    sender = gathered(problems, lambda: _sender(request, place))
    begins = gathered(problems, lambda: _day(form.get("begins", "")))
    batch = gathered(problems, lambda: _batch(form.get("batch", "")))
    scheme = form.get("scheme", "")
    wish = gathered(
        problems,
        lambda: wish_from(
            place,
            sender or place,
            today(),
            begins or today(),
            scheme if scheme in declared.schemes else declared.first_scheme,
            batch,
            {name: form.get(name, "") for name in declared.numbers if name in form},
            {name: form.get(name, "") for name in PEOPLE},
            brought_now(request, (MATRIX, ROADS), wish_of(base).files if base else {}),
        ),
    )
    if wish is None or problems:
        raise InvalidNumbers(problems)
    if base is not None and form.get("keep-banned") == "yes":
        wish = replace(wish, banned=wish_of(base).banned)
    return wish


def _sender(request: SignedInRequest, place: Place) -> Place:
    found = Place.objects.filter(code=request.POST.get("sender") or place.code).first()
    if found is None or not may_plan(request.user, found):
        raise InvalidNumbers({"sender": Text("没有这个派出地区", "there is no such place to send from")})
    return found


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise InvalidNumbers(
            {"begins": Text("派驻开始日期写成 2026-01-01", "write days like 2026-01-01")}
        ) from None


def _batch(written: str) -> int | None:
    if not written.strip():
        return None
    if not written.strip().isdigit() or not 1 <= int(written) <= 999:
        raise InvalidNumbers({"batch": Text("批次写成 1 至 999 的整数", "a batch is a number from 1 to 999")})
    return int(written)


def _made(
    request: SignedInRequest, wish: Wish, base: KeptPlan | None, context: dict[str, object]
) -> HttpResponse:
    """Saves the plan, or shows how it differs from the one the form began with."""
    if base is not None and request.POST.get("act") == "compare":
        after, difference = solve_beside(solve_wish(wish_of(base), seconds=SECONDS), wish, seconds=SECONDS)
        context["compared"] = True
        if difference is not None:
            context["changes"] = [wording(text) for text in difference_texts(difference)]
            context["moves"] = [wording(text) for text in moves_texts(after.dispatch, difference)]
        else:
            context["others"] = True
        return _form(request, context, request.POST.dict(), {})
    title = wording(title_of(wish))
    made = keep_plan(solve_wish(wish, seconds=SECONDS), actor=request.user, title=title, made_from=base)
    return redirect("plan", made.pk)
