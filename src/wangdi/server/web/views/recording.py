"""Recording a service, amending a record, declaring it void."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.standards import JUDGEMENT
from wangdi.server.access.models import Assignment
from wangdi.server.access.scope import may_record
from wangdi.server.common.paths import SEPARATOR
from wangdi.server.evaluation.services import rulebook, save_and_refresh, today, void_and_refresh
from wangdi.server.network.models import AnyEntity, Institution, Place, Worker
from wangdi.server.records.models import RecordVersion
from wangdi.server.records.services import Conflict, InvalidRecord
from wangdi.server.records.transitions import possible_transitions
from wangdi.server.web.entities import entities, entity_of, find_entity, institution_of, page_of, place_of
from wangdi.server.web.forms import Choices, Draft, Problems, differences, entries, problems_of
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.residents import names_in, timeline_row
from wangdi.server.web.words import say, wording

LAST_WORKER = "worker"
"""Session key: who recorded last from this browser."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What is being recorded, about whom, and from which institutions and workers the reader may choose."""

    kind: Kind
    person: AnyEntity
    choices: Choices
    record: RecordVersion | None = None
    """The stored version, when it is amended."""


@signed_in
def record_new(request: SignedInRequest, code: str, kind: str, entity: str = "resident") -> HttpResponse:
    declared = _kind(kind)
    if declared.about != entity:
        raise Http404
    person = find_entity(request, entity, code)
    _require_recording(request, person, kind)
    recording = Recording(declared, person, choices_for(request, person, None))
    if request.method == "POST":
        return _submit(request, recording, Draft.posted(recording.kind, request.POST))
    draft = Draft.fresh(today(), *_usual(request, recording.choices))
    return _show(request, recording, draft, {})


@signed_in
def record_edit(request: SignedInRequest, kind: str, record_id: str) -> HttpResponse:
    record, person = _find(request, kind, record_id)
    recording = Recording(_kind(kind), person, choices_for(request, person, record), record)
    if request.method == "POST":
        return _submit(request, recording, Draft.posted(recording.kind, request.POST, record_id))
    if record.status == RecordVersion.Status.VOID:
        return redirect("record", kind, record_id)
    return _show(request, recording, Draft.of(record), {})


@signed_in
def record(request: SignedInRequest, kind: str, record_id: str) -> HttpResponse:
    """A record with all its versions, newest first."""
    newest, person, is_ours = find_record(request, kind, record_id)
    declared = rulebook().kinds.get(kind)
    versions = RecordVersion.objects.filter(kind=newest.kind_id, record_id=record_id).order_by("-version")
    stored = list(versions.select_related("kind", "institution", "worker", "change"))
    names = names_in(stored, rulebook().kinds)
    rows = [timeline_row(version, declared, names) for version in stored]
    context = {
        "person": person,
        "kind": kind,
        "row": rows[0],
        "versions": rows,
        "is_ours": is_ours,
        "today": today(),
        "may_record": is_ours and kind != JUDGEMENT and may_record(request.user, newest.kind.about),
        "transitions": possible_transitions(request.user, declared, newest) if declared else (),
    }
    return render(request, "web/record.html", context)


@signed_in
def record_void(request: SignedInRequest, kind: str, record_id: str) -> HttpResponse:
    newest, person = _find(request, kind, record_id)
    reason = request.POST.get("reason", "").strip()
    context = {"person": person, "kind": kind, "row": timeline_row(newest, rulebook().kinds.get(kind))}
    if request.method != "POST":
        return render(request, "web/record_void.html", context)
    if not reason:
        return render(request, "web/record_void.html", context | {"problem": True}, status=422)
    void_and_refresh(actor=request.user, kind=_kind(kind), record_id=record_id, reason=reason)
    messages.success(
        request, say("记录已作废，应做事项已更新", "The record is void; the due items are up to date")
    )
    return redirect(page_of(person))


def _kind(name: str) -> Kind:
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


def _find(request: SignedInRequest, kind: str, record_id: str) -> tuple[RecordVersion, AnyEntity]:
    """The newest version of a record, and whom it is about: somebody the reader may record about.

    Http404 for somebody the reader may not see, PermissionDenied for those the reader may only see.
    """
    record, person, is_ours = find_record(request, kind, record_id)
    if not is_ours:
        raise Http404
    _require_recording(request, person, kind)
    return record, person


def _require_recording(request: SignedInRequest, person: AnyEntity, kind: str) -> None:
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
    found = assignments.select_related("worker__institution__place").first()
    return found.worker if found else None


def choices_for(request: SignedInRequest, person: AnyEntity, record: RecordVersion | None) -> Choices:
    """The reader's institutions first, then the subject's, then those the record names already."""
    own = own_worker(request)
    assignments = Assignment.objects.filter(user=request.user, institution__isnull=False).order_by("id")
    institutions = [own.institution] if own and own.institution else []
    institutions += [one.institution for one in assignments.select_related("institution") if one.institution]
    seat = institution_of(person)
    institutions += [seat] if seat else []
    institutions += [record.institution] if record and record.institution else []
    distinct = list({one.pk: one for one in institutions}.values())
    receivers = receiving_institutions(person)
    workers = list(Worker.objects.filter(institution__in=distinct).order_by("institution_id", "code"))
    for worker in (own, record.worker if record else None):
        if worker is not None and worker not in workers:
            workers.append(worker)
    return Choices(distinct, workers, list({one.pk: one for one in (*receivers, *distinct)}.values()))


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


def _usual(request: SignedInRequest, choices: Choices) -> tuple[str, str]:
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


def _submit(request: SignedInRequest, recording: Recording, draft: Draft) -> HttpResponse:
    problems = problems_of(draft, recording.kind, recording.person, recording.choices, today())
    if problems or draft.day is None:
        return _show(request, recording, draft, problems, status=422)
    try:
        save_and_refresh(
            actor=request.user,
            kind=recording.kind,
            record_id=draft.record_id,
            subject_code=recording.person.code,
            institution_code=draft.institution or None,
            worker_code=draft.worker or None,
            occurred_on=draft.day,
            values=draft.values(recording.kind),
            expected_version=draft.version,
        )
    except InvalidRecord as invalid:
        found = {problem.field: wording(problem.message) for problem in invalid.problems}
        return _show(request, recording, draft, found, status=422)
    except Conflict as conflict:
        return _show_conflict(request, recording, draft, conflict.newer)
    request.session[LAST_WORKER] = draft.worker
    messages.success(
        request,
        say(
            "已保存：{kind}。应做事项已更新",
            "Saved: {kind}. The due items are up to date",
            kind=wording(recording.kind.title),
        ),
    )
    return redirect(page_of(recording.person))


def _show_conflict(
    request: SignedInRequest, recording: Recording, draft: Draft, newer: RecordVersion
) -> HttpResponse:
    """Both versions side by side; sending the form again from here is a choice made knowingly."""
    if newer.subject != recording.person.pk:
        raise Http404
    context: dict[str, object] = {
        "newer": newer,
        "differences": differences(draft, recording.kind, newer),
    }
    return _show(request, recording, draft.at_version(newer.version), {}, status=409, extra=context)


def _show(
    request: SignedInRequest,
    recording: Recording,
    draft: Draft,
    problems: Problems,
    *,
    status: int = 200,
    extra: dict[str, object] | None = None,
) -> HttpResponse:
    last = _last_of_kind(recording, draft.record_id)
    opening = {field.name for field in recording.kind.opening_form}
    context = {
        "person": recording.person,
        "kind": recording.kind,
        "record": recording.record,
        "draft": draft,
        "entries": [
            entry
            for entry in entries(draft, recording.kind, problems, last, recording.choices.named())
            if entry.field.name in opening or entry.text or entry.problem
        ],
        "last": last,
        "choices": recording.choices,
        "problems": problems,
        "today": today(),
    }
    return render(request, "web/record_form.html", context | (extra or {}), status=status)


def _last_of_kind(recording: Recording, other_than: str) -> RecordVersion | None:
    records = RecordVersion.objects.valid().filter(
        kind__name=recording.kind.name, subject=recording.person.pk
    )
    return records.exclude(record_id=other_than).order_by("-occurred_on", "-record_id").first()
