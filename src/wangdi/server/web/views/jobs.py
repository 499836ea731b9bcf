"""Imports, and the long work that pages start: its progress can be left, its outcome found again."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.text import Text
from wangdi.interchange.tabular.template import write_template
from wangdi.server.accounts.granting import is_administrator
from wangdi.server.accounts.handing import are_kept
from wangdi.server.audit.services import record_change
from wangdi.server.evaluation.rules import rules
from wangdi.server.evaluation.services import rulebook
from wangdi.server.jobs.files import MARKED
from wangdi.server.jobs.models import Job
from wangdi.server.jobs.packs import PACKS
from wangdi.server.jobs.progress import progress_in
from wangdi.server.jobs.running import mark_lost, start_job
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.words import say, wording

PAGE_SIZE = 30

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

SUFFIXES = (".xlsx", ".csv", ".zip")

ABOUT_ACCOUNTS = ("accounts", "passwords")
ABOUT_PERIODS = ("close", "compare")
"""Kinds of job that others than administrators start, too."""

KINDS: Mapping[str, Text] = {
    "import": Text("导入", "Import"),
    "accounts": Text("导入账号", "Accounts from a file"),
    "passwords": Text("重设一次性密码", "New one-time passwords"),
    "evaluate": Text("评估", "Evaluation"),
    "close": Text("封账", "Closing months"),
    "compare": Text("封账数值与现在比较", "Comparing a closed month with now"),
    "backup": Text("备份", "Backup"),
    "packs": Text("试用规则包", "Trying packs"),
    "duplicates": Text("查找重复档案", "Looking for duplicates"),
    "packs_adopt": Text("施行规则包", "Putting packs in force"),
    "packs_remove": Text("停用自有规则包", "Taking own packs out of force"),
    "packs_rollback": Text("换回规则包", "Rolling packs back"),
    "plan": Text("规划", "Plan"),
    "watch": Text("查看监测渠道", "Looking at channels"),
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
    "lake": Text("读取新的记录", "reading new records"),
    "indexes": Text("建立索引", "building indexes"),
    "check": Text("检查", "checking"),
    "compare": Text("比较", "comparing"),
    "simulate": Text("推演", "trying on everybody"),
    "backup": Text("复制并核对", "copying and verifying"),
    "registers": Text("读取台账", "reading registers"),
    "travel": Text("计算行程", "travel times"),
    "solve": Text("求解", "solving"),
    "sensitivity": Text("换些条件再算", "solving with other numbers"),
    "routes": Text("排路线", "routing"),
    "duplicates": Text("比对", "comparing files"),
}
"""Stages of work; what is not listed is a table."""


def _part_in_words(part: str) -> str:
    """A stage of work, or the title of the register or the kind of record that is being worked on."""
    if part in PARTS:
        return wording(PARTS[part])
    kind = rulebook().kinds.get(part.removeprefix("records_"))
    register = next((one for one in REGISTERS.values() if one.table == part), None)
    named = kind or register
    return wording(named.title) if named is not None else ""


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
    mark_lost()
    found = _visible_job(request, number)
    progress = progress_in(found.folder)
    context = {
        "job": found,
        "title": _title(found),
        "state": _state(found),
        "outcome": _outcome(found),
        "progress": progress,
        "part": _part_in_words(progress.part),
        "result": found.result or {},
        "problems": [_told(problem) for problem in (found.result or {}).get("problems", ())],
        "notes": [_said(note) for note in (found.result or {}).get("notes", ())],
        "changes": (found.result or {}).get("changes", {}).get(say("zh", "en"), ()),
        "about_accounts": found.kind in ABOUT_ACCOUNTS,
        "about_periods": found.kind in ABOUT_PERIODS,
        "has_passwords": found.actor_id == request.user.pk and are_kept(found.folder),
        "has_marked": (found.folder / MARKED).exists(),
        "hindrances": [_said(one) for one in (found.result or {}).get("hindrances", ())],
        "notes_on_packs": [_said(one) for one in (found.result or {}).get("notes_on_packs", ())],
        "can_adopt": _can_adopt(found),
    }
    template = "web/_job.html" if request.headers.get("HX-Request") else "web/job.html"
    return render(request, template, context)


@signed_in
def job_file(request: SignedInRequest, number: int) -> HttpResponse:
    """The marked copy of an import; it holds what was imported, so taking it is written down."""
    found = _visible_job(request, number)
    path = found.folder / MARKED
    if not path.exists():
        messages.error(request, say("文件已清除，请重新导入", "The file is gone; import it again"))
        return redirect("job", number)
    record_change("job.file", actor=request.user, summary={"job": number})
    name = f"import-{number}-{MARKED}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)  # type: ignore[return-value]


def _visible_job(request: SignedInRequest, number: int) -> Job:
    """Any for an administrator; for others what they started of their own sorts. Http404 else."""
    seen = Job.objects.select_related("actor")
    if not is_administrator(request.user):
        seen = seen.filter(actor=request.user, kind__in=(*ABOUT_ACCOUNTS, *ABOUT_PERIODS))
    return get_object_or_404(seen, pk=number)


def require_administrator(request: SignedInRequest) -> None:
    """Http404 for everybody else."""
    if not is_administrator(request.user):
        raise Http404


def _can_adopt(found: Job) -> bool:
    """Whether what was tried may be put in force: nothing hinders it, nothing else was put in force since."""
    result = found.result or {}
    return (
        result.get("outcome") == "packs tried"
        and not result.get("hindrances")
        and result.get("activation") == rules().told.activation
        and (found.folder / PACKS).exists()
    )


def _title(found: Job) -> str:
    return wording(KINDS[found.kind]) if found.kind in KINDS else found.kind


def _state(found: Job) -> str:
    return wording(STATES[found.state])


def _outcome(found: Job) -> str:
    """What came of it, in a few words."""
    result = found.result or {}
    told = _OUTCOMES.get(result.get("outcome", ""))
    return told(result) if told is not None else found.error


def _loaded(result: Mapping[str, Any]) -> str:
    new, changed = (sum(one[key] for one in result["tables"].values()) for key in ("created", "amended"))
    return say("新增 {new} 行，更改 {n} 行", "{new} rows new, {n} changed", new=f"{new:,}", n=f"{changed:,}")


def _in_force(result: Mapping[str, Any]) -> str:
    packs = "、".join(f"{name} {version}" for name, version in result["packs"].items())
    return say("已施行：{packs}", "in force: {packs}", packs=packs or say("产品自带", "as shipped"))


_OUTCOMES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "problems": lambda result: say(
        "{n} 个问题，没有导入", "{n} problems, nothing imported", n=f"{result['count']:,}"
    ),
    "checked": lambda result: say("没有问题，未导入", "no problems, not imported"),
    "loaded": _loaded,
    "accounts checked": lambda result: say(
        "没有问题，可建立 {n} 个账号，另有 {there} 个已经存在；没有建立",
        "no problems: {n} accounts could be made, {there} are there already; none was made",
        n=result["accounts"],
        there=result["there"],
    ),
    "accounts made": lambda result: say(
        "新建 {n} 个账号，另有 {there} 个已经存在",
        "{n} accounts made, {there} were there already",
        n=result["accounts"],
        there=result["there"],
    ),
    "passwords set": lambda result: say(
        "为 {n} 个账号重设了密码", "new passwords for {n} accounts", n=result["accounts"]
    ),
    "no packs": lambda result: say(
        "zip 里没有规则包（pack.yaml），或过大", "the zip holds no packs (pack.yaml), or too much"
    ),
    "pack errors": lambda result: say("{n} 个错误", "{n} errors", n=result["errors"]),
    "packs tried": lambda result: say(
        "没有错误，{n} 处变化", "no errors, {n} changes", n=len(result["changes"]["zh"])
    ),
    "duplicates": lambda result: say(
        "{n} 对疑似重复", "{n} pairs look like one person", n=f"{result['count']:,}"
    ),
    "in force": _in_force,
    "not in force": lambda result: say("没有施行，一切照旧", "not put in force; everything is as it was"),
    "closed": lambda result: say("已封账：{months}", "closed: {months}", months="、".join(result["closed"])),
    "compared": lambda result: say(
        "{period}：{n} 个数值与现在不同，封账后补录或更正 {late} 条",
        "{period}: {n} figures differ from now, {late} records written since",
        period=result["period"],
        n=f"{result['differing']:,}",
        late=f"{result['late_records']:,}",
    ),
    "planned": lambda result: say("已保存为方案 {n}", "kept as plan {n}", n=result["plan"]),
    "bad input": lambda result: say("；", "; ").join(_said(one) for one in result["told"]),
    "looked": lambda result: say(
        "{n} 个信号，新预警 {new} 件",
        "{n} signals, {new} new alerts",
        n=result["signals"],
        new=result["new"],
    ),
    "backed up": lambda result: say("已备份并核对：{file}", "made and verified: {file}", file=result["file"]),
}
"""By what a job says came of it: how that is told."""


def _said(text: Mapping[str, str]) -> str:
    return wording(Text(text["zh"], text["en"]))


def _told(problem: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Where, what stands there, what is wrong, how to mend it."""
    hint = _said(problem["hint"]) if "hint" in problem else ""
    return problem["where"], problem.get("value", ""), _said(problem["message"]), hint
