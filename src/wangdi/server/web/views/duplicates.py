"""Files that look like one person: the likeliest pairs, two side by side, merging and undoing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from wangdi.engine.model.fields import Field
from wangdi.engine.model.registers import RESIDENT
from wangdi.server.audit.services import record_change
from wangdi.server.duplicates.models import Merge, Pair
from wangdi.server.duplicates.rule import SIGNS
from wangdi.server.duplicates.services import CHOSEN, NotMerged, dismiss, merge, undo
from wangdi.server.jobs.models import Job
from wangdi.server.jobs.running import start_job
from wangdi.server.network.models import Resident
from wangdi.server.web.registers import attribute_of
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.residents import TIMELINE_LENGTH, records_about
from wangdi.server.web.search import residents, tidy
from wangdi.server.web.views.jobs import require_administrator
from wangdi.server.web.words import say, wording

PAGE_SIZE = 30


@signed_in
def duplicates(request: SignedInRequest) -> HttpResponse:
    """The pairs found last, likeliest first; finding them anew is a job. Any two can be set side by side by their codes."""
    require_administrator(request)
    if request.method == "POST":
        return redirect("job", start_job("duplicates", {}, actor=request.user).pk)
    pairs = Pair.objects.filter(dismissed=None, first__merged_into=None, second__merged_into=None)
    page = Paginator(pairs.select_related("first__place", "second__place"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": [
            (pair, [wording(SIGNS[name].title) for name in pair.signs if name in SIGNS]) for pair in page
        ],
        "searched": Job.objects.filter(kind="duplicates", state=Job.State.DONE).first(),
        "merges": Merge.objects.select_related("winner", "loser", "change", "undone")[:PAGE_SIZE],
    }
    return render(request, "web/duplicates.html", context)


@dataclass(frozen=True, slots=True)
class Side:
    """A field of two files: whether they differ, and whether the second one fills what the first lacks."""

    name: str
    title: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return self.first != self.second

    @property
    def fills(self) -> bool:
        return self.differs and not self.first


@signed_in
def duplicate(request: SignedInRequest) -> HttpResponse:
    """``?first=CODE&second=CODE``: two files side by side. The first one stays, unless they are turned round.

    A name, identity number or telephone of one person only stands for the code.
    """
    require_administrator(request)
    first, second = (_named(request, name) for name in ("first", "second"))
    if first is None or second is None:
        return redirect("duplicates")
    problem = ""
    if request.method == "POST":
        if "dismiss" in request.POST:
            return _dismissed(request, first, second)
        taken = [name for name in CHOSEN if request.POST.get(f"take-{name}") == "second"]
        try:
            merge(first.code, second.code, taken, request.POST.get("reason", ""), actor=request.user)
        except NotMerged as error:
            problem = wording(error.message)
        else:
            messages.success(request, say("已合并，可以撤销", "Merged; it can be undone"))
            return redirect("resident", first.code)
    else:
        summary = {"first": first.code, "second": second.code}
        record_change("resident.compare", actor=request.user, summary=summary)
    records = [list(records_about(one)[:TIMELINE_LENGTH]) for one in (first, second)]
    context = {
        "first": first,
        "second": second,
        "sides": list(_sides(first, second)),
        "counts": [records_about(one).count() for one in (first, second)],
        "newest": [one[0] if one else None for one in records],
        "problem": problem,
    }
    return render(request, "web/duplicate.html", context, status=422 if problem else 200)


def _named(request: SignedInRequest, name: str) -> Resident | None:
    """Whom the text means, or None with a message that says why nobody was found."""
    text = tidy(request.GET.get(name, ""))
    rows = Resident.objects.visible_to(request.user).select_related("place", "institution")
    exact = rows.filter(code=text).first()
    found = [exact] if exact is not None else list(islice(residents(request.user, text), 2)) if text else []
    if len(found) == 1:
        return rows.get(pk=found[0].pk)
    said = {"text": text}
    messages.error(
        request,
        say(
            "“{text}”不止一人，请填身份证号或编码",
            "“{text}” is more than one person: give a number or code",
            **said,
        )
        if found
        else say("没有找到“{text}”", "Nobody was found for “{text}”", **said),
    )
    return None


@signed_in
def merge_undo(request: SignedInRequest, number: int) -> HttpResponse:
    """Two files again; asks why."""
    require_administrator(request)
    made = get_object_or_404(Merge.objects.select_related("winner", "loser", "change"), pk=number)
    problem = ""
    if request.method == "POST":
        try:
            undo(made, request.POST.get("reason", ""), actor=request.user)
        except NotMerged as error:
            problem = wording(error.message)
        else:
            messages.success(request, say("已撤销合并", "The merge was undone"))
            return redirect("duplicates")
    return render(
        request, "web/merge_undo.html", {"made": made, "problem": problem}, status=422 if problem else 200
    )


def _dismissed(request: SignedInRequest, first: Resident, second: Resident) -> HttpResponse:
    low, high = sorted((first.pk, second.pk))
    pair, _ = Pair.objects.get_or_create(first_id=low, second_id=high, defaults={"score": 0, "signs": []})
    dismiss(pair, actor=request.user)
    messages.success(request, say("已记下：是两个人", "Noted: these are two people"))
    return redirect("duplicates")


def _sides(first: Resident, second: Resident) -> Iterator[Side]:
    for name in CHOSEN:
        field = RESIDENT.field(name)
        yield Side(name, wording(field.title), _shown(field, first), _shown(field, second))


def _shown(field: Field, one: Resident) -> str:
    """Numbers are masked; empty where there is nothing."""
    if field.sensitive:
        return str(getattr(one, f"masked_{field.name}"))
    value = getattr(one, field.name)
    return attribute_of(field, value) if value not in (None, "") else ""
