"""The packs in force, and trying changed ones before anybody works by them."""

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render

from wangdi.server.adoption.models import Adoption
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.jobs.running import start_job
from wangdi.server.network.models import Place
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
    context = {
        "rows": [(pack, places.get(pack.name, 0)) for pack in rulebook().packs],
        "top": Place.objects.filter(parent=None).order_by("code").first(),
        "problem": problem,
    }
    return render(request, "web/packs.html", context, status=422 if problem else 200)
