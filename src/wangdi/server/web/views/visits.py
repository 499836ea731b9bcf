"""Recording services: one or several at once about one person. Pages and phones send the same form to the same address."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.standards import JUDGEMENT
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.services import VisitRefused, rulebook, save_visit_and_refresh, today
from wangdi.server.network.models import AnyEntity, Resident
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import Conflict
from wangdi.server.web.asking import name_of
from wangdi.server.web.entities import find_entity, records_of
from wangdi.server.web.forms import Choices, Draft, new_id, problems_of
from wangdi.server.web.menus import forms_about
from wangdi.server.web.naming import with_codes
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.residents import is_about_record
from wangdi.server.web.slots import has_kept_slots
from wangdi.server.web.views.recording import (
    choices_for,
    declared_kind,
    is_wanted_as_data,
    not_saved,
    remember_worker,
    require_recording,
    saved,
    usual,
)
from wangdi.server.web.visits import (
    Part,
    blocked,
    clashing,
    decided,
    fresh_part,
    posted_part,
    prefix_of,
    problems_by_name,
    refused,
    shown_parts,
)
from wangdi.server.web.words import say, wording


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is visited, and from which institutions and workers the reader may choose. ``is_one`` for the form of one
    kind at its own address, whose names have no prefix."""

    person: AnyEntity
    choices: Choices
    is_one: bool

    def prefix(self, kind: Kind) -> str:
        return "" if self.is_one else prefix_of(kind)


@signed_in
def record_new(request: SignedInRequest, code: str, kind: str, entity: str = "resident") -> HttpResponse:
    """The form of one kind of record about somebody of a register."""
    declared = declared_kind(kind)
    if declared.about != entity:
        raise Http404
    person = find_entity(request, entity, code)
    require_recording(request, person, kind)
    return _record(request, Visit(person, choices_for(request, person, None, [declared]), True), [declared])


@signed_in
def visit(request: SignedInRequest, code: str) -> HttpResponse:
    """``?kind=`` names the services, each once; without any, all that are due about the resident.

    ``?part=`` gives the part of one more service alone, for a page that has those of ``kind``.
    """
    person = find_entity(request, "resident", code)
    require_recording(request, person, "")
    asked = request.POST if request.method == "POST" else request.GET
    kinds = _kinds(asked.getlist("kind")) if "kind" in asked else due_kinds(person)
    more = _kinds(request.GET.getlist("part")) if request.method != "POST" else []
    found = Visit(person, choices_for(request, person, None, [*kinds, *more]), False)
    if request.method != "POST" and "part" in request.GET:
        return _one_more(request, found, kinds if "kind" in asked else [], more)
    return _record(request, found, kinds)


def _kinds(names: Sequence[str]) -> list[Kind]:
    """The kinds about residents of those names. Http404 for any other."""
    kinds = [declared_kind(name) for name in dict.fromkeys(names)]
    if any(kind.about != "resident" or kind.name == JUDGEMENT for kind in kinds):
        raise Http404
    return kinds


def due_kinds(person: AnyEntity) -> list[Kind]:
    """The services that are due or overdue about a resident, most urgent first, each once."""
    if not isinstance(person, Resident):
        return []
    rules, day = rulebook(), today()
    items = DueItem.objects.of("resident", person.pk).open_on(day).by_urgency(day)
    names = [rules.schedules[item.schedule].service for item in items if _has_form(item)]
    return [rules.kinds[name] for name in dict.fromkeys(names) if rules.kinds[name].about == "resident"]


def _has_form(item: DueItem) -> bool:
    rules = rulebook()
    schedule = rules.schedules.get(item.schedule)
    return schedule is not None and schedule.service in rules.kinds and not is_about_record(rules, item)


def _record(request: SignedInRequest, found: Visit, kinds: Sequence[Kind]) -> HttpResponse:
    if request.method == "POST":
        parts = [posted_part(kind, request.POST, found.prefix(kind)) for kind in kinds]
        named = [replace(one, draft=with_codes(request.user, one.draft, one.kind)) for one in parts]
        return _submit(request, found, named)
    return _show(request, found, _fresh(request, found, kinds))


def _fresh(request: SignedInRequest, found: Visit, kinds: Sequence[Kind]) -> list[Part]:
    seat = usual(request, found.choices)
    return [
        fresh_part(kind, found.person, _known(request, kind, Draft.fresh(today(), *seat)), found.prefix(kind))
        for kind in kinds
    ]


def _known(request: SignedInRequest, kind: Kind, draft: Draft) -> Draft:
    """With what the address says of fields, by the names they have in a form of one kind: links from where it is known."""
    given = {field.name: tuple(request.GET.getlist(name_of(field, ""))) for field in kind.form}
    return replace(draft, typed={name: texts for name, texts in given.items() if texts})


def _submit(request: SignedInRequest, found: Visit, posted: Sequence[Part]) -> HttpResponse:
    """Saves all parts, or none and shows all that is in the way."""
    parts = [decided(part, found.person, request.POST, found.choices) for part in posted]
    wanted = [_checked(request, found, part) for part in parts if part.wanted]
    shown = [next((one for one in wanted if one.kind == part.kind), part) for part in parts]
    if any(part.problems for part in wanted):
        return _answer(request, found, shown, status=422)
    if any(part.is_blocked for part in wanted):
        return _answer(request, found, shown, status=409)
    if not wanted and not any(part.decision for part in parts):
        return _answer(request, found, shown, status=422)
    try:
        made = save_visit_and_refresh([part.as_arguments(request.user, found.person) for part in wanted])
    except VisitRefused as refusal:
        return _refused(request, found, shown, refusal)
    return _saved(request, found, wanted, next((one for one in made if has_kept_slots(one)), None))


def _checked(request: SignedInRequest, found: Visit, part: Part) -> Part:
    choices = found.choices.including(part.into)
    problems = problems_of(part.draft, part.kind, found.person, choices, today())
    if problems or part.is_blocked:
        return replace(part, problems=problems)
    newer = clashing(part, found.person, request.user)
    return part if newer is None else blocked(part, newer, found.choices, clashes=True)


def _refused(
    request: SignedInRequest, found: Visit, parts: Sequence[Part], refusal: VisitRefused
) -> HttpResponse:
    cause, kind = refusal.cause, refusal.kind.name
    if not isinstance(cause, Conflict):
        problems = {problem.field: wording(problem.message) for problem in cause.problems}
        return _answer(request, found, refused(parts, kind, problems), status=422)
    if cause.newer.subject != found.person.pk:
        raise Http404
    stopped = [
        blocked(part, cause.newer, found.choices, clashes=False) if part.kind.name == kind else part
        for part in parts
    ]
    return _answer(request, found, stopped, status=409)


def _saved(
    request: SignedInRequest, found: Visit, parts: Sequence[Part], referral: RecordVersion | None
) -> HttpResponse:
    """Whoever has just referred somebody to where slots are kept goes on to choose one."""
    address = _next(request) or records_of(found.person)
    if referral is not None:
        address = reverse("slots", args=[referral.kind.name, referral.record_id])
    if parts:
        remember_worker(request, parts[0].draft.worker)
    titles = say("、", ", ").join(wording(part.kind.title) for part in parts)
    messages.success(
        request,
        say(
            "已保存：{titles}。应做事项已更新", "Saved: {titles}. The due items are up to date", titles=titles
        )
        if parts
        else say("保留了已有的记录，没有另存", "The record that was there stays; nothing else was saved"),
    )
    return saved(request, address)


def _next(request: SignedInRequest) -> str:
    """The page of the alert that the form was opened from (``?back=``), where the reader goes on; else nothing."""
    alert = request.GET.get("back", "")
    return reverse("watch_alert", args=[new_id(alert)]) if alert else ""


def _answer(request: SignedInRequest, found: Visit, parts: Sequence[Part], *, status: int) -> HttpResponse:
    if is_wanted_as_data(request):
        return not_saved(parts, status)
    return _show(request, found, parts, status=status)


def _show(
    request: SignedInRequest, found: Visit, parts: Sequence[Part], *, status: int = 200
) -> HttpResponse:
    context = _context(found, parts) | {"next": _next(request)}
    problems = problems_by_name([part for part in parts if part.wanted])
    context |= {"problems": problems, "nothing": status == 422 and not problems}
    if not found.is_one:
        there = {part.kind.name for part in parts}
        context |= {
            "more": [kind for kind in due_kinds(found.person) if kind.name not in there],
            "forms": forms_about(rulebook(), "resident"),
            "there": there,
        }
    return render(request, "web/visit.html", context, status=status)


def _context(found: Visit, parts: Sequence[Part]) -> dict[str, object]:
    return {
        "person": found.person,
        "parts": shown_parts(parts, found.person, found.choices),
        "draft": parts[0].draft if parts else None,
        "is_one": found.is_one,
        "choices": found.choices,
        "today": today(),
    }


def _one_more(
    request: SignedInRequest, found: Visit, there: Sequence[Kind], more: Sequence[Kind]
) -> HttpResponse:
    """The parts of ``more``, without the shared fields that the kinds ``there`` show already."""
    parts = _fresh(request, found, [*there, *more])
    context = _context(found, parts)
    shown = shown_parts(parts, found.person, found.choices)[len(there) :]
    return render(request, "web/_visit_parts.html", context | {"parts": shown})
