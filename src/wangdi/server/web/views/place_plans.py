"""Plans about places: asking, waiting, the answer with its map, weeks to print, files, adopting."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from wangdi.engine.model.fields import FieldType
from wangdi.methods.problems import BadInput
from wangdi.server.access.scope import scope_of
from wangdi.server.audit.services import record_change
from wangdi.server.evaluation.services import today
from wangdi.server.jobs.models import Job
from wangdi.server.jobs.progress import progress_in
from wangdi.server.jobs.running import mark_lost, start_job
from wangdi.server.jobs.work import PLAN
from wangdi.server.network.models import Institution, Place
from wangdi.server.planning.adopting import (
    Consequence,
    carry_out,
    consequences,
    given_fields,
    kind_of,
    may_carry_out,
)
from wangdi.server.planning.asking import Asked, InvalidAnswers, KeptFile, Question
from wangdi.server.planning.dispatch_sheets import dispatch_document
from wangdi.server.planning.keeping import keep_file, question_of
from wangdi.server.planning.making import as_arguments, make_plan
from wangdi.server.planning.models import KeptPlan
from wangdi.server.planning.services import NotAdoptable, wish_of
from wangdi.server.planning.sheets import Document, workbook_of
from wangdi.server.planning.sorts import SORTS, Sort
from wangdi.server.records.services import InvalidRecord
from wangdi.server.records.validation import checked_fields
from wangdi.server.web.asking import name_of
from wangdi.server.web.forms import Entry, as_typed
from wangdi.server.web.place_plans import ASKED_FIRST, shown, weeks_of
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.views.jobs import PARTS, STATES, XLSX
from wangdi.server.web.words import say, wording

ASKED_LEVELS = ("city", "county", "township")
"""The places for which plans about places may be made."""


def planned_places(request: SignedInRequest, levels: Iterable[str] = ASKED_LEVELS) -> list[Place]:
    """Places of some levels for which the reader makes plans; Http404 for whoever makes none."""
    scope = scope_of(request.user, planning=True)
    found = Place.objects.filter(level__in=levels).order_by("code")
    reached = [place for place in found if scope.reaches_place(place.path)]
    if not reached:
        raise Http404
    return reached


@signed_in
def ask(request: SignedInRequest, sort: str) -> HttpResponse:
    """The question; ``?from=`` begins with the answers of a plan of any sort, ``?place=`` with a place."""
    if sort not in SORTS:
        raise Http404
    places, asked_sort = planned_places(request), SORTS[sort]
    base = _plan(request, int(request.GET["from"])) if request.GET.get("from", "").isdigit() else None
    code = request.POST.get("place") or request.GET.get("place") or (base.place.code if base else "")
    place = next((one for one in places if one.code == code), None)
    if place is None and code:
        raise Http404
    place = place or next((one for one in places if one.level == "county"), places[0])
    context: dict[str, object] = {"sort": asked_sort, "places": places, "place": place, "base": base}
    asked = asked_sort.asked(place, today())
    if request.method != "POST":
        kept = base.settings["values"] if base else {}
        given = {one.field.name: kept.get(one.field.name, one.default) for one in asked}
        return _form(request, context, asked, given, {})
    given = _posted(asked, request.POST)
    try:
        question = asked_sort.question(place, today(), given, _files(request, asked_sort, base))
        return _answered(request, asked_sort, place, question, base)
    except InvalidAnswers as wrong:
        problems = {name: wording(text) for name, text in wrong.by_field.items()}
        return _form(request, context, asked, given, problems, status=422)
    except BadInput as wrong:
        context["problems"] = [wording(problem) for problem in wrong.problems]
        return _form(request, context, asked, given, {}, status=422)


def _answered(
    request: SignedInRequest, sort: Sort, place: Place, question: Question, base: KeptPlan | None
) -> HttpResponse:
    """Quick answers at once; the others from a job whose page leads to the plan."""
    if sort.quick:
        made = make_plan(sort.name, place, question, actor=request.user, report=_nobody_waits, made_from=base)
        return redirect("plan", made.pk)
    job = start_job(PLAN, as_arguments(sort.name, place, question, base), actor=request.user)
    return redirect("plan_job", job.pk)


def _nobody_waits(_part: str, _done: int, _total: int) -> None:
    """The page comes when it is done."""


def _posted(asked: Sequence[Asked], post: QueryDict) -> dict[str, Any]:
    return {
        one.field.name: post.getlist(name_of(one.field, ""))
        if one.field.type is FieldType.CHOICES
        else post.get(name_of(one.field, ""), "")
        for one in asked
    }


def _files(request: SignedInRequest, sort: Sort, base: KeptPlan | None) -> dict[str, KeptFile]:
    kept = question_of(base.place, base.as_of, base.settings).files if base else {}
    return brought_now(request, sort.files, kept)


def brought_now(
    request: SignedInRequest, names: Iterable[str], kept: Mapping[str, KeptFile]
) -> dict[str, KeptFile]:
    """Those brought now, and those of the plan that the form began with unless they are given up."""
    found = {name: kept[name] for name in names if name in kept and request.POST.get(f"keep-{name}") == "yes"}
    for name in names:
        if (upload := request.FILES.get(name)) is not None:
            found[name] = keep_file(upload.name or name, upload.read())
    return found


def _form(
    request: SignedInRequest,
    context: dict[str, object],
    asked: Sequence[Asked],
    given: Mapping[str, Any],
    problems: Mapping[str, str],
    status: int = 200,
) -> HttpResponse:
    entries = [
        Entry(one.field, _typed(given.get(one.field.name)), problems.get(one.field.name, ""), "")
        for one in asked
    ]
    sort, base = context["sort"], context["base"]
    brought = base.settings["files"] if isinstance(base, KeptPlan) else {}
    files = (
        [(name, wording(title), brought.get(name, ("",))[0]) for name, title in sort.files.items()]
        if isinstance(sort, Sort)
        else []
    )
    first = [one for one in entries if one.field.name in ASKED_FIRST]
    rest = [one for one in entries if one.field.name not in ASKED_FIRST]
    context |= {"first": first, "rest": rest, "files": files, "wrong": bool(problems)}
    context["rest_wrong"] = any(one.problem for one in rest)
    return render(request, "web/plan_ask.html", context, status=status)


def _typed(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return as_typed(f"{value:g}" if isinstance(value, float) else value)


@signed_in
def plan_job(request: SignedInRequest, number: int) -> HttpResponse:
    """How far a plan is; leads to it when it is there. Only whoever asked for it sees this page."""
    mark_lost()
    job = get_object_or_404(Job, pk=number, kind=PLAN, actor=request.user)
    result = job.result or {}
    if result.get("outcome") == "planned":
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": f"/plans/{result['plan']}/"})
        return redirect("plan", result["plan"])
    progress = progress_in(job.folder)
    context = {
        "job": job,
        "state": wording(STATES[job.state]),
        "part": wording(PARTS[progress.part]) if progress.part in PARTS else "",
        "progress": progress,
        "sort": SORTS[job.arguments["sort"]],
        "problems": [say(one["zh"], one["en"]) for one in result.get("told", ())],
        "place": job.arguments["place"],
    }
    template = "web/_plan_job.html" if request.headers.get("HX-Request") else "web/plan_job.html"
    return render(request, template, context)


def document_of_plan(plan: KeptPlan) -> Document:
    """What was kept of a plan of any sort, as tables."""
    if plan.sort == KeptPlan.Sort.DISPATCH:
        return dispatch_document(wish_of(plan), plan.document)
    return Document.of(plan.document)


def _plan(request: SignedInRequest, number: int) -> KeptPlan:
    found = KeptPlan.objects.visible_to(request.user).exclude(sort=KeptPlan.Sort.DISPATCH)
    return get_object_or_404(found.select_related("place", "change", "adopted", "made_from"), pk=number)


def place_plan(request: SignedInRequest, number: int) -> HttpResponse:
    """The answer: what was found, maps, tables, assumptions, what to do next."""
    plan = _plan(request, number)
    adopts = plan.adopted is None and may_carry_out(request.user, plan)
    return render(request, "web/place_plan.html", shown(plan) | {"adopts": adopts})


@signed_in
def plan_file(request: SignedInRequest, number: int) -> HttpResponse:
    """A plan of any sort as a workbook; taking it is written down."""
    plan = get_object_or_404(KeptPlan.objects.visible_to(request.user).select_related("place"), pk=number)
    record_change("plan.export", actor=request.user, summary={"plan": plan.pk, "sort": plan.sort})
    name = quote(f"{plan.title}-{plan.pk}.xlsx")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    content = workbook_of(document_of_plan(plan), say("zh", "en"))
    return HttpResponse(content, content_type=XLSX, headers=headers)


@signed_in
def plan_weeks(request: SignedInRequest, number: int) -> HttpResponse:
    """A sheet for each vehicle and week, to print; ``?vehicle=`` for one alone."""
    plan = _plan(request, number)
    if plan.sort != KeptPlan.Sort.ROUTES:
        raise Http404
    weeks = weeks_of(Document.of(plan.document), request.GET.get("vehicle"))
    return render(request, "web/plan_weeks.html", {"plan": plan, "weeks": weeks})


@signed_in
def plan_carry_out(request: SignedInRequest, number: int) -> HttpResponse:
    """What adopting writes, the fields the plan cannot know, and the writing itself."""
    plan = _plan(request, number)
    kind = kind_of(plan)
    if kind is None or plan.adopted is not None or not may_carry_out(request.user, plan):
        raise Http404
    fields = [one for one in kind.form if one.required and one.name not in given_fields(plan)]
    asked = [Asked(one) for one in fields]
    given = _posted(asked, request.POST)
    problems: dict[str, str] = {}
    if request.method == "POST":
        values = {
            name: _number(kind_field.type, given[name])
            for kind_field in fields
            for name in (kind_field.name,)
        }
        answers, wrong = checked_fields(fields, values)
        problems = {one.field: wording(one.message) for one in wrong}
        if not wrong:
            try:
                written = carry_out(plan, answers, actor=request.user)
            except NotAdoptable as refused:
                messages.error(request, wording(refused.message))
            except InvalidRecord as invalid:
                for problem in invalid.problems:
                    messages.error(request, wording(problem.message))
            else:
                said = say("已采用，写入记录 {n} 条", "Adopted: {n} records written", n=len(written))
                messages.success(request, said)
            return redirect("plan", plan.pk)
    context = {
        "plan": plan,
        "kind": kind,
        "entries": [
            Entry(one, _typed(given.get(one.name) or None), problems.get(one.name, ""), "") for one in fields
        ],
        "found": _named(consequences(plan)),
    }
    return render(request, "web/plan_carry_out.html", context, status=422 if problems else 200)


def _named(found: Sequence[Consequence]) -> list[tuple[str, str]]:
    """What is recorded, and the name of the institution in charge."""
    codes = {one.institution for one in found if one.institution}
    names = dict(Institution.objects.filter(code__in=codes).values_list("code", "name"))
    return [(one.what, names.get(one.institution or "", "")) for one in found]


def _number(sort: FieldType, text: Any) -> Any:
    if sort not in (FieldType.INTEGER, FieldType.DECIMAL) or not isinstance(text, str):
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if sort is FieldType.INTEGER and number.is_integer() else number
