"""The packs in force and what was in force before; changed ones are tried, put in force, rolled back."""

from collections.abc import Mapping

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render

from wangdi.server.adoption.models import Adoption
from wangdi.server.evaluation.rules import rules
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.jobs.models import Job
from wangdi.server.jobs.running import start_job
from wangdi.server.network.models import Place
from wangdi.server.packs.models import Activation
from wangdi.server.packs.services import history, own_versions
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.views.jobs import require_administrator
from wangdi.server.web.words import say


@signed_in
def packs(request: SignedInRequest) -> HttpResponse:
    """Each pack with its version and where it is adopted; a zip of changed packs is checked, compared, simulated."""
    require_administrator(request)
    problem = ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is not None and (upload.name or "").lower().endswith(".zip"):
            asked = {"simulate": request.POST.get("simulate") == "yes"}
            return redirect("job", start_job("packs", asked, actor=request.user, upload=upload).pk)
        problem = say("请选择 zip 文件", "choose a zip file")
    adopted = Adoption.objects.current().filter(in_force=True, since__lte=today())
    places = dict(adopted.values("pack").annotate(n=Count("place", distinct=True)).values_list("pack", "n"))
    own = {one.name: one for one in own_versions()}
    context = {
        "rows": [(pack, places.get(pack.name, 0), own.get(pack.name)) for pack in rulebook().packs],
        "outdated": [one for one in own.values() if one.is_outdated],
        "top": Place.objects.filter(parent=None).order_by("code").first(),
        "problem": problem,
    }
    return render(request, "web/packs.html", context, status=422 if problem else 200)


@signed_in
def packs_history(request: SignedInRequest) -> HttpResponse:
    """What was put in force, by whom, why; from here packs are put in force, taken out, rolled back – each as a job."""
    require_administrator(request)
    problem = ""
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()
        asked = _asked(request.POST)
        if asked is not None and reason:
            kind, arguments = asked
            arguments |= {"reason": reason, "activation": _number(request.POST.get("activation"))}
            return redirect("job", start_job(kind, arguments, actor=request.user).pk)
        problem = say("请写明原因", "say why") if asked is not None else say("没有这一项", "there is none")
    told = rules().told
    rows = history()
    context = {
        "rows": rows,
        "current": told,
        "is_shipped_alone": not told.set,
        "own": list(own_versions()),
        "problem": problem,
    }
    return render(request, "web/packs_history.html", context, status=422 if problem else 200)


def _asked(form: Mapping[str, str]) -> tuple[str, dict[str, object]] | None:
    """The kind of job that the form asks for, with what it is about; None for what there is not."""
    if "adopt" in form:
        tried = Job.objects.filter(kind="packs", state=Job.State.DONE, pk=_number(form["adopt"])).first()
        return ("packs_adopt", {"tried": tried.pk}) if tried is not None else None
    if "rollback" in form:
        to = _number(form["rollback"])
        known = to == 0 or Activation.objects.filter(pk=to).exists()
        return ("packs_rollback", {"to": to}) if known else None
    if form.get("remove") in {one.name for one in own_versions()}:
        return "packs_remove", {"packs": [form["remove"]]}
    return None


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0
