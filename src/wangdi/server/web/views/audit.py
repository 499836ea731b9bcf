"""The audit: who did what and when, and whether the chain holds."""

from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render

from wangdi.server.accounts.granting import is_administrator
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import record_change
from wangdi.server.evaluation.services import today
from wangdi.server.web.audit import (
    ACTIONS,
    action_title,
    found_changes,
    last_verified,
    lines,
    summary_line,
    verify,
)
from wangdi.server.web.lists.files import csv_of
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.words import say

PAGE_SIZE = 100


@signed_in
def audit(request: SignedInRequest) -> HttpResponse:
    """``?who=``, ``?action=``, ``?since=``, ``?until=``, ``?words=``; administrators only."""
    if not is_administrator(request.user):
        raise Http404
    if request.method == "POST":
        return _file(request) if request.POST.get("act") == "file" else _verify(request)
    return _show(request)


def _show(request: SignedInRequest, problem: str = "") -> HttpResponse:
    page = Paginator(found_changes(request.GET), PAGE_SIZE).get_page(request.GET.get("page"))
    newest = Change.objects.order_by("-id").first()
    kept = request.GET.get("hash", "").strip().lower()
    context = {
        "page": page,
        "rows": [(one, action_title(one.action), summary_line(one.summary)) for one in page.object_list],
        "actions": sorted((name, action_title(name)) for name in _actions()),
        "asked": request.GET,
        "query": request.GET.urlencode(),
        "newest": newest,
        "verified": last_verified(),
        "kept": kept,
        "kept_change": Change.objects.filter(hash=kept).first() if kept else None,
        "problem": problem,
    }
    return render(request, "web/audit.html", context, status=422 if problem else 200)


def _actions() -> set[str]:
    return set(Change.objects.order_by().values_list("action", flat=True).distinct()) | set(ACTIONS)


def _verify(request: SignedInRequest) -> HttpResponse:
    outcome = verify()
    if outcome.broken is None:
        said = say("全部 {n} 条变更完好", "All {n} changes hold", n=f"{outcome.changes:,}")
        messages.success(request, said)
    else:
        said = say(
            "第 {n} 条变更与链不符：它或它之前的变更被改动过",
            "Change {n} does not fit the chain",
            n=outcome.broken,
        )
        messages.error(request, said)
    return redirect("audit")


def _file(request: SignedInRequest) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()
    if not reason:
        return _show(request, say("请写明导出的用途", "say what the file is for"))
    found = found_changes(request.GET)
    newest = Change.objects.order_by("-id").values_list("id", flat=True).first() or 0
    summary = {
        "list": "audit",
        "query": request.GET.dict(),
        "rows": found.count(),
        "format": "csv",
        "reason": reason,
    }
    record_change("export", actor=request.user, summary=summary)
    titles = [
        say("编号", "number"),
        say("时间", "time"),
        say("何人", "who"),
        say("操作", "action"),
        say("内容", "content"),
        say("哈希", "hash"),
    ]
    name = quote(say("审计-{day}.csv", "audit-{day}.csv", day=today().isoformat()))
    return StreamingHttpResponse(  # type: ignore[return-value]
        csv_of(titles, lines(found.filter(pk__lte=newest))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )
