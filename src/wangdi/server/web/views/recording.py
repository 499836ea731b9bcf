"""A record with its history; amending it, declaring it void; who may do so, and in whose name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.transaction import atomic
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.standards import JUDGEMENT
from wangdi.server.access.models import Assignment
from wangdi.server.access.scope import may_record
from wangdi.server.common.once import once
from wangdi.server.common.paths import SEPARATOR
from wangdi.server.evaluation.services import rulebook, save_and_refresh, today, void_and_refresh
from wangdi.server.exchange.telling import is_told
from wangdi.server.network.models import AnyEntity, Institution, Place, Worker
from wangdi.server.portal.reserving import follow
from wangdi.server.records.models import Evidence, RecordVersion
from wangdi.server.records.services import Conflict, InvalidRecord
from wangdi.server.records.transitions import possible_transitions
from wangdi.server.watch.declaration import is_alert
from wangdi.server.web.entities import entities, entity_of, form_of, institution_of, place_of, records_of
from wangdi.server.web.forms import Choices, Draft, problems_of
from wangdi.server.web.linked import belonging, offered
from wangdi.server.web.naming import with_codes
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.residents import names_in, timeline, timeline_row
from wangdi.server.web.sheets import has_sheet
from wangdi.server.web.slots import slot_of
from wangdi.server.web.visits import Part, blocked, decided, problems_by_name, shown_parts
from wangdi.server.web.words import say, wording

LAST_WORKER = "worker"
"""Session key: who recorded last from this browser."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """The stored version, whom it is about, and from which institutions and workers the reader may choose."""

    kind: Kind
    person: AnyEntity
    choices: Choices
    record: RecordVersion


@signed_in
def record_edit(request: SignedInRequest, kind: str, record_id: str) -> HttpResponse:
    record, person = find_recordable(request, kind, record_id)
    declared = declared_kind(kind)
    found = Amendment(declared, person, choices_for(request, person, record, [declared]), record)
    if request.method == "POST":
        draft = with_codes(request.user, Draft.posted(found.kind, request.POST, record_id), found.kind)
        part = decided(Part(found.kind, "", draft, None), person, request.POST, found.choices)
        return _submit(request, found, part)
    if record.status == RecordVersion.Status.VOID:
        return redirect("record", kind, record_id)
    return _show(request, found, Part(found.kind, "", Draft.of(record), None))


@signed_in
def record(request: SignedInRequest, kind: str, record_id: str) -> HttpResponse:
    """A record with all its versions, newest first."""
    newest, person, is_ours = find_record(request, kind, record_id)
    declared = rulebook().kinds.get(kind)
    versions = RecordVersion.objects.filter(kind=newest.kind_id, record_id=record_id).order_by("-version")
    stored = list(versions.select_related("kind", "institution", "worker", "change"))
    names = names_in(stored, rulebook().kinds)
    rows = [timeline_row(version, declared, names) for version in stored]
    writes = is_ours and may_record(request.user, newest.kind.about)
    transitions = possible_transitions(request.user, declared, newest) if declared else ()
    context = {
        "person": person,
        "kind": kind,
        "row": rows[0],
        "versions": rows,
        "is_ours": is_ours,
        "today": today(),
        "may_record": writes and kind != JUDGEMENT,
        "transitions": transitions,
        "files": Evidence.objects.of_record(kind, record_id),
        "may_add": writes or bool(transitions),
        "target": {"kind": kind, "record": record_id},
        "is_alert": is_alert(kind),
        "is_told": is_told(kind),
        "slot": slot_of(newest, may_take=writes),
        "has_sheet": is_ours and has_sheet(kind),
        "parts": [
            (part, timeline(part.newest, rulebook().kinds), f"{form_of(part.kind, person)}?{part.query}")
            for part in belonging(request.user, newest)
        ],
    }
    return render(request, "web/record.html", context)


@signed_in
def record_void(request: SignedInRequest, kind: str, record_id: str) -> HttpResponse:
    newest, person = find_recordable(request, kind, record_id)
    reason = request.POST.get("reason", "").strip()
    context = {"person": person, "kind": kind, "row": timeline_row(newest, rulebook().kinds.get(kind))}
    if request.method != "POST":
        return render(request, "web/record_void.html", context)
    if not reason:
        return render(request, "web/record_void.html", context | {"problem": True}, status=422)
    with atomic():
        voided = void_and_refresh(
            actor=request.user, kind=declared_kind(kind), record_id=record_id, reason=reason
        )
        follow(voided, actor=request.user)
    messages.success(
        request, say("记录已作废，应做事项已更新", "The record is void; the due items are up to date")
    )
    return redirect(records_of(person))


def declared_kind(name: str) -> Kind:
    """A kind that a pack declares; Http404 for any other."""
    kind = rulebook().kinds.get(name)
    if kind is None:
        raise Http404
    return kind


def find_record(request: SignedInRequest, kind: str, record_id: str) -> tuple[RecordVersion, AnyEntity, bool]:
    """The newest version of a record, whom it is about, and whether the reader may see all about them.

    Who may not sees the record alone, if it is or was handed over to an institution of theirs; Http404 otherwise.
    """
    related = ("kind", "institution__place", "worker", "assigned__place", "change")
    records = RecordVersion.objects.current().filter(kind__name=kind)
    found = get_object_or_404(records.select_related(*related), record_id=record_id)
    subjects = entities(found.kind.about)
    person = subjects.visible_to(request.user).filter(pk=found.subject).first()
    if person is not None:
        return found, person, True
    if not records.handed_to(request.user).filter(pk=found.pk).exists():
        raise Http404
    return found, get_object_or_404(subjects, pk=found.subject), False


def find_recordable(request: SignedInRequest, kind: str, record_id: str) -> tuple[RecordVersion, AnyEntity]:
    """The newest version of a record, and whom it is about: somebody the reader may record about.

    Http404 for somebody the reader may not see, PermissionDenied for those the reader may only see.
    """
    record, person, is_ours = find_record(request, kind, record_id)
    if not is_ours:
        raise Http404
    require_recording(request, person, kind)
    return record, person


def require_recording(request: SignedInRequest, person: AnyEntity, kind: str) -> None:
    """PermissionDenied for readers whose roles let them see somebody, but not record about them.

    Judgements are for those whose review it is, on the page of the standard.
    """
    if (
        kind == JUDGEMENT
        or not entities(entity_of(person)).recordable_by(request.user).filter(pk=person.pk).exists()
    ):
        raise PermissionDenied


def own_worker(request: SignedInRequest) -> Worker | None:
    """Who the reader is in the register of workers, by the first role that says so."""
    assignments = Assignment.objects.filter(user=request.user, worker__isnull=False).order_by("id")
    of_worker = assignments.select_related("worker__institution__place")
    found = once(("own worker", request.user.pk), of_worker.first)
    return found.worker if found else None


def own_choices(request: SignedInRequest) -> Choices:
    """For forms that are not about anybody yet: the reader's institutions and their workers."""
    own = own_worker(request)
    return choices_for(request, own.institution if own else None, None)


def choices_for(
    request: SignedInRequest,
    person: AnyEntity | None,
    record: RecordVersion | None,
    kinds: Sequence[Kind] = (),
) -> Choices:
    """The reader's institutions first, then the subject's, then those the record names already; the records that new ones
    of the ``kinds`` may belong to. Those a patient may be referred to are read where one of the kinds asks for them.
    """
    own = own_worker(request)
    assignments = Assignment.objects.filter(user=request.user, institution__isnull=False).order_by("id")
    institutions = [own.institution] if own and own.institution else []
    institutions += [one.institution for one in assignments.select_related("institution") if one.institution]
    seat = institution_of(person) if person else None
    institutions += [seat] if seat else []
    institutions += [record.institution] if record and record.institution else []
    distinct = list({one.pk: one for one in institutions}.values())
    asked_for = not kinds or any(one.refers_to == "institution" for kind in kinds for one in kind.fields)
    receivers = receiving_institutions(person) if person and asked_for else []
    workers = list(Worker.objects.filter(institution__in=distinct).order_by("institution_id", "code"))
    for worker in (own, record.worker if record else None):
        if worker is not None and worker not in workers:
            workers.append(worker)
    reached = list({one.pk: one for one in (*receivers, *distinct)}.values())
    return Choices(distinct, workers, reached, offered(request.user, kinds, record))


def receiving_institutions(person: AnyEntity) -> list[Institution]:
    """Whom a record about somebody may be handed over to: the county's institutions but for village clinics, and any
    hospital of the province; hospitals first."""
    place = place_of(person)
    codes = place.path.strip(SEPARATOR).split(SEPARATOR) if place else []
    above = {one.level: one.path for one in Place.objects.filter(code__in=codes)}
    within = Institution.objects.filter(place__path__under=above.get("county", SEPARATOR))
    hospitals = Institution.objects.filter(
        place__path__under=above.get("province", SEPARATOR), type="hospital"
    )
    found = [*hospitals.order_by("code"), *within.exclude(type="village_clinic").order_by("code")]
    return [one for one in found if one.closed_on is None]


def usual(request: SignedInRequest, choices: Choices) -> tuple[str, str]:
    """The likely institution and worker: who the reader is, the last one used, or the only one."""
    institution = choices.institutions[0].code if choices.institutions else ""
    codes = [worker.code for worker in choices.workers]
    own = own_worker(request)
    likely = [
        own.code if own else "",
        request.session.get(LAST_WORKER, ""),
        *(codes if len(codes) == 1 else ()),
    ]
    return institution, next((code for code in likely if code in codes), "")


def remember_worker(request: SignedInRequest, code: str) -> None:
    """Whom the next form proposes. A session is written, which lets nobody else write, only where that is news."""
    if request.session.get(LAST_WORKER) != code:
        request.session[LAST_WORKER] = code


def _submit(request: SignedInRequest, found: Amendment, part: Part) -> HttpResponse:
    problems = problems_of(part.draft, found.kind, found.person, found.choices, today())
    if problems:
        return _answer(request, found, replace(part, problems=problems), status=422)
    if part.is_blocked:
        return _answer(request, found, part, status=409)
    try:
        with atomic():
            follow(save_and_refresh(**part.as_arguments(request.user, found.person)), actor=request.user)
    except InvalidRecord as invalid:
        problems = {problem.field: wording(problem.message) for problem in invalid.problems}
        return _answer(request, found, replace(part, problems=problems), status=422)
    except Conflict as conflict:
        if conflict.newer.subject != found.person.pk:
            raise Http404 from None
        stopped = blocked(part, conflict.newer, found.choices, clashes=False)
        return _answer(request, found, stopped, status=409)
    remember_worker(request, part.draft.worker)
    messages.success(
        request,
        say(
            "已保存：{kind}。应做事项已更新",
            "Saved: {kind}. The due items are up to date",
            kind=wording(found.kind.title),
        ),
    )
    return saved(request, records_of(found.person))


def _answer(request: SignedInRequest, found: Amendment, part: Part, *, status: int) -> HttpResponse:
    if is_wanted_as_data(request):
        return not_saved([part], status)
    return _show(request, found, part, status=status)


def is_wanted_as_data(request: SignedInRequest) -> bool:
    """Whether a script of ours sent the form, which shows the answer itself."""
    return request.headers.get("Accept") == "application/json"


def saved(request: SignedInRequest, address: str) -> HttpResponse:
    """Leads on to a page, or says so."""
    if is_wanted_as_data(request):
        return JsonResponse({"status": "saved", "next": address})
    return redirect(address)


def not_saved(parts: Sequence[Part], status: int) -> JsonResponse:
    """What is in the way: problems by the names of the fields (422), or what somebody else wrote (409)."""
    word = "refused" if status == 422 else "conflict"
    return JsonResponse({"status": word, "problems": problems_by_name(parts)}, status=status)


def _show(request: SignedInRequest, found: Amendment, part: Part, *, status: int = 200) -> HttpResponse:
    context = {
        "person": found.person,
        "record": found.record,
        "parts": shown_parts([part], found.person, found.choices),
        "draft": part.draft,
        "is_one": True,
        "choices": found.choices,
        "problems": problems_by_name([part]),
        "today": today(),
    }
    return render(request, "web/visit.html", context, status=status)
