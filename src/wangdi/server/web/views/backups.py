"""The state of the backups: when the last one was made, where it lies, and making one now."""

from datetime import timedelta
from pathlib import Path

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from wangdi.server.audit.models import Change
from wangdi.server.backups.making import OVERDUE_DAYS
from wangdi.server.common.installation import Installation
from wangdi.server.jobs.running import start_job
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.views.jobs import require_administrator

SHOWN = 20


@signed_in
def backups(request: SignedInRequest) -> HttpResponse:
    require_administrator(request)
    if request.method == "POST":
        return redirect("job", start_job("backup", {}, actor=request.user).pk)
    made = list(Change.objects.filter(action="backup.make").order_by("-id")[:SHOWN])
    limit = timezone.now() - timedelta(days=OVERDUE_DAYS)
    context = {
        "rows": [
            (one, one.summary["file"], one.summary["bytes"], Path(one.summary["file"]).exists())
            for one in made
        ],
        "is_overdue": not made or made[0].at < limit,
        "days": OVERDUE_DAYS,
        "folder": Installation.current().backups,
    }
    return render(request, "web/backups.html", context)
