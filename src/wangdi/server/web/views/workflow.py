"""Records that are worked through: the inbox of an institution, and moving a record on."""

from collections import Counter
from dataclasses import replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.transaction import atomic
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.workflows import Transition
from wangdi.server.access.scope import roles_of
from wangdi.server.evaluation.services import rulebook, today, transition_and_refresh
from wangdi.server.network.models import AnyEntity
from wangdi.server.portal.reserving import follow
from wangdi.server.records.models import RecordVersion, kind_numbers
from wangdi.server.records.services import Conflict, InvalidRecord
from wangdi.server.records.transitions import possible_transitions
from wangdi.server.web.areas import asked_area, own_area
from wangdi.server.web.forms import Draft, Entry, Problems, entries
from wangdi.server.web.inbox import PAGE_SIZE, Stage, actionable, by_kind, inbox_rows, records_of, waiting_in
from wangdi.server.web.naming import with_codes
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.views.recording import choices_for, find_record
from wangdi.server.web.words import say, wording

COUNTED_FOR = 60
"""Seconds for which a browser keeps the number beside the inbox, unless something was done meanwhile."""


@signed_in
def inbox(request: SignedInRequest) -> HttpResponse:
    """Of ``?institution=`` or ``?place=``; without either, of where the user works. ``?all``: also what others do next."""
    area = asked_area(request)
    if area is None:
        return redirect("home")
    rules = rulebook()
    waiting = waiting_in(area, rules.kinds, today())
    counts = waiting.counts()
    own = _own(request, counts)
    shows_all = "all" in request.GET
    listed = counts if shows_all else own
    chosen = request.GET.get("kind", "")
    shown = _of_kind(listed, chosen) if chosen else listed
    paginator = Paginator(waiting.listed(shown), PAGE_SIZE)
    paginator.count = shown.total()
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "area": area,
        "today": today(),
        "page": page,
        "rows": inbox_rows(records_of(list(page.object_list)), rules, today()),
        "shows_all": shows_all,
        "counts": (own.total(), counts.total()),
        "kinds": by_kind(listed, rules.kinds),
        "chosen": chosen,
    }
    return render(request, "web/inbox.html", context)


@signed_in
def inbox_count(request: SignedInRequest) -> HttpResponse:
    """How many records wait for the user where they work: the number beside the inbox in the menu, for a minute."""
    area = own_area(request.user)
    waits = _own(request, waiting_in(area, rulebook().kinds, today()).counts()).total() if area else 0
    headers = {"Cache-Control": f"private, max-age={COUNTED_FOR}"}
    return HttpResponse(str(waits), content_type="text/plain", headers=headers)


def _own(request: SignedInRequest, counts: Counter[Stage]) -> Counter[Stage]:
    """Those in states from which the user moves records on."""
    mine = actionable(rulebook().kinds.values(), roles_of(request.user))
    return Counter({stage: n for stage, n in counts.items() if stage in mine})


def _of_kind(counts: Counter[Stage], kind: str) -> Counter[Stage]:
    number = kind_numbers().get(kind)
    return Counter({stage: n for stage, n in counts.items() if stage[0] == number})


@signed_in
def transition(request: SignedInRequest, kind: str, record_id: str, name: str) -> HttpResponse:
    """The form of a transition; sending it makes the transition. Who cannot make it now is led to the record."""
    record, person, _ = find_record(request, kind, record_id)
    declared, step = _transition(kind, name)
    if request.method == "POST":
        draft = with_codes(request.user, Draft.posted(declared, request.POST, record_id), declared)
        return _submit(request, record, person, declared, step, draft)
    if step not in possible_transitions(request.user, declared, record):
        return redirect("record", kind, record_id)
    draft = replace(Draft.of(record), occurred_on=today().isoformat())
    return _show(request, record, person, declared, step, draft, {})


def _transition(kind: str, name: str) -> tuple[Kind, Transition]:
    """A declared transition of a kind; Http404 when there is none."""
    declared = rulebook().kinds.get(kind)
    if declared is None or declared.workflow is None:
        raise Http404
    step = next((one for one in declared.workflow.transitions if one.name == name), None)
    if step is None:
        raise Http404
    return declared, step


def _submit(
    request: SignedInRequest,
    record: RecordVersion,
    person: AnyEntity,
    kind: Kind,
    step: Transition,
    draft: Draft,
) -> HttpResponse:
    values = {name: value for name, value in draft.values(kind).items() if name in step.form}
    day = draft.day
    problems = {}
    if day is None or day > today():
        problems["on"] = say(
            "请填写日期，不能晚于今天（{day}）", "enter a date that is not after today ({day})", day=today()
        )
    if problems or day is None:
        return _show(request, record, person, kind, step, draft, problems, status=422)
    try:
        with atomic():
            moved = transition_and_refresh(
                actor=request.user,
                kind=kind,
                record_id=record.record_id,
                transition=step.name,
                on=day,
                values=values,
                worker_code=draft.worker or None,
                expected_version=draft.version,
            )
            follow(moved, actor=request.user)
    except InvalidRecord as invalid:
        problems = {problem.field: wording(problem.message) for problem in invalid.problems}
        return _show(request, record, person, kind, step, draft, problems, status=422)
    except Conflict:
        problems["transition"] = say(
            "这条记录刚刚被别人更新，请回到记录查看后再办",
            "somebody has just changed this record; look at it again first",
        )
        return _show(request, record, person, kind, step, draft, problems, status=409)
    messages.success(request, say("已办理：{step}", "Done: {step}", step=wording(step.title)))
    if request.GET.get("back") == "watch":
        return redirect("watch_alert", record.record_id)
    if request.GET.get("back") == "arrivals" and record.assigned is not None:
        return redirect("arrivals", record.assigned.code)
    return redirect("record", kind.name, record.record_id)


def _show(
    request: SignedInRequest,
    record: RecordVersion,
    person: AnyEntity,
    kind: Kind,
    step: Transition,
    draft: Draft,
    problems: Problems,
    *,
    status: int = 200,
) -> HttpResponse:
    choices = choices_for(request, person, record)
    shown = [
        _entry(one, step)
        for one in entries(draft, kind, problems, None, choices.named())
        if one.field.name in step.form
    ]
    context = {
        "person": person,
        "kind": kind,
        "record": record,
        "step": step,
        "draft": draft,
        "entries": shown,
        "choices": choices,
        "problems": problems,
        "general": [text for name, text in problems.items() if name not in step.form],
        "today": today(),
    }
    return render(request, "web/transition.html", context, status=status)


def _entry(entry: Entry, step: Transition) -> Entry:
    """The field, marked as required where the transition needs it."""
    return replace(entry, field=replace(entry.field, required=entry.field.name in step.needs))
