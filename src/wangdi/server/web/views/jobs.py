"""Imports, and the long work that pages start: its progress can be left, its outcome found again."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from wangdi.engine.model.text import Text
from wangdi.interchange.tabular.template import write_template
from wangdi.server.accounts.granting import is_administrator
from wangdi.server.audit.services import record_change
from wangdi.server.evaluation.services import rulebook
from wangdi.server.jobs.models import Job
from wangdi.server.jobs.progress import progress_in
from wangdi.server.jobs.running import mark_lost, start_job
from wangdi.server.jobs.work import MARKED
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.words import say, wording

PAGE_SIZE = 30

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

SUFFIXES = (".xlsx", ".csv", ".zip")

KINDS: Mapping[str, Text] = {
    "import": Text("导入", "Import"),
    "evaluate": Text("评估", "Evaluation"),
    "backup": Text("备份", "Backup"),
    "packs": Text("试用规则包", "Trying packs"),
}
STATES: Mapping[str, Text] = {
    "waiting": Text("排队中", "Waiting"),
    "running": Text("进行中", "Running"),
    "done": Text("完成", "Done"),
    "failed": Text("出错", "Failed"),
    "lost": Text("中断", "Interrupted"),
}
PARTS: Mapping[str, Text] = {
    "read": Text("读取并检查", "reading and checking"),
    "annotate": Text("标注问题", "marking problems"),
    "evaluate": Text("评估", "evaluating"),
    "publish": Text("发布", "publishing"),
    "check": Text("检查", "checking"),
    "compare": Text("比较", "comparing"),
    "simulate": Text("推演", "trying on everybody"),
    "backup": Text("复制并核对", "copying and verifying"),
}
"""Stages of work; what is not listed is a table."""


@signed_in
def imports(request: SignedInRequest) -> HttpResponse:
    """Registers and records from files: the whole file or nothing."""
    require_administrator(request)
    problem = ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is not None and (upload.name or "").lower().endswith(SUFFIXES):
            asked = {name: request.POST.get(name) == "yes" for name in ("check_only", "evaluate")}
            return redirect("job", start_job("import", asked, actor=request.user, upload=upload).pk)
        problem = say("请选择 xlsx、csv 或 zip 文件", "choose an xlsx, csv or zip file")
    recent = Job.objects.filter(kind="import").select_related("actor")[:10]
    context = {"problem": problem, "rows": [(job, _state(job), _outcome(job)) for job in recent]}
    return render(request, "web/imports.html", context, status=422 if problem else 200)


@signed_in
def import_template(request: SignedInRequest) -> HttpResponse:
    """An empty workbook to type into."""
    require_administrator(request)
    with TemporaryDirectory() as folder:
        content = write_template(Path(folder) / "template.xlsx", rulebook().kinds).read_bytes()
    name = quote(say("导入模板.xlsx", "import-template.xlsx"))
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@signed_in
def jobs(request: SignedInRequest) -> HttpResponse:
    require_administrator(request)
    mark_lost()
    if request.method == "POST":
        return redirect("job", start_job("evaluate", {}, actor=request.user).pk)
    page = Paginator(Job.objects.select_related("actor"), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(job, _title(job), _state(job), _outcome(job)) for job in page.object_list]
    return render(request, "web/jobs.html", {"page": page, "rows": rows})


@signed_in
def job(request: SignedInRequest, number: int) -> HttpResponse:
    """The page of one job; while it runs, its middle part asks for itself again every two seconds."""
    require_administrator(request)
    mark_lost()
    found = get_object_or_404(Job.objects.select_related("actor"), pk=number)
    progress = progress_in(found.folder)
    context = {
        "job": found,
        "title": _title(found),
        "state": _state(found),
        "outcome": _outcome(found),
        "progress": progress,
        "part": wording(PARTS[progress.part]) if progress.part in PARTS else progress.part,
        "result": found.result or {},
        "problems": [_told(problem) for problem in (found.result or {}).get("problems", ())],
        "notes": [_said(note) for note in (found.result or {}).get("notes", ())],
        "changes": (found.result or {}).get("changes", {}).get(say("zh", "en"), ()),
        "has_marked": (found.folder / MARKED).exists(),
    }
    template = "web/_job.html" if request.headers.get("HX-Request") else "web/job.html"
    return render(request, template, context)


@signed_in
def job_file(request: SignedInRequest, number: int) -> HttpResponse:
    """The marked copy of an import; it holds what was imported, so taking it is written down."""
    require_administrator(request)
    found = get_object_or_404(Job, pk=number)
    path = found.folder / MARKED
    if not path.exists():
        messages.error(request, say("文件已清除，请重新导入", "The file is gone; import it again"))
        return redirect("job", number)
    record_change("job.file", actor=request.user, summary={"job": number})
    name = f"import-{number}-{MARKED}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)  # type: ignore[return-value]


def require_administrator(request: SignedInRequest) -> None:
    """Http404 for everybody else."""
    if not is_administrator(request.user):
        raise Http404


def _title(found: Job) -> str:
    return wording(KINDS[found.kind]) if found.kind in KINDS else found.kind


def _state(found: Job) -> str:
    return wording(STATES[found.state])


def _outcome(found: Job) -> str:
    """What came of it, in a few words."""
    result = found.result or {}
    match result.get("outcome"):
        case "problems":
            return say("{n} 个问题，没有导入", "{n} problems, nothing imported", n=f"{result['count']:,}")
        case "checked":
            return say("没有问题，未导入", "no problems, not imported")
        case "loaded":
            new, changed = (
                sum(one[key] for one in result["tables"].values()) for key in ("created", "amended")
            )
            return say(
                "新增 {new} 行，更改 {n} 行", "{new} rows new, {n} changed", new=f"{new:,}", n=f"{changed:,}"
            )
        case "no packs":
            return say(
                "zip 里没有规则包（pack.yaml），或过大", "the zip holds no packs (pack.yaml), or too much"
            )
        case "pack errors":
            return say("{n} 个错误", "{n} errors", n=result["errors"])
        case "packs tried":
            return say("没有错误，{n} 处变化", "no errors, {n} changes", n=len(result["changes"]["zh"]))
        case "backed up":
            return say("已备份并核对：{file}", "made and verified: {file}", file=result["file"])
    return found.error


def _said(text: Mapping[str, str]) -> str:
    return wording(Text(text.get("zh", ""), text.get("en", "")))


def _told(problem: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Where, what stands there, what is wrong, how to mend it."""
    message, hint = _said(problem.get("message", {})), _said(problem.get("hint", {}))
    return problem["where"], problem.get("value", ""), message, hint
