"""Many accounts at once: from a file, new passwords, disabling; and the passwords, shown to whoever asked, once."""

from io import BytesIO
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from wangdi.interchange.tabular.template import write_template_of
from wangdi.server.access.models import Role
from wangdi.server.access.titles import ROLE_TITLES
from wangdi.server.accounts.bulk import VALID_DAYS, Handed, set_all_active
from wangdi.server.accounts.granting import roles_given_by
from wangdi.server.accounts.handing import take_once, write_sheet
from wangdi.server.accounts.models import users as all_users
from wangdi.server.accounts.sheet import SHAPE
from wangdi.server.audit.services import record_change
from wangdi.server.jobs.models import Job
from wangdi.server.jobs.running import start_job
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.users import found_users
from wangdi.server.web.views.jobs import ABOUT_ACCOUNTS, XLSX
from wangdi.server.web.words import say, wording

SUFFIXES = (".xlsx", ".csv")


@signed_in
def users_import(request: SignedInRequest) -> HttpResponse:
    """Accounts of a file, all or none, with the roles and in the area that are the reader's to give."""
    given = require_giving(request)
    problem = ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is not None and (upload.name or "").lower().endswith(SUFFIXES):
            asked = {"check_only": request.POST.get("check_only") == "yes", "days": _days(request)}
            return redirect("job", start_job("accounts", asked, actor=request.user, upload=upload).pk)
        problem = say("请选择 xlsx 或 csv 文件", "choose an xlsx or csv file")
    context = {
        "problem": problem,
        "roles": [wording(ROLE_TITLES[role]) for role in given],
        "days": VALID_DAYS,
        "columns": SHAPE.fields,
    }
    return render(request, "web/users_import.html", context, status=422 if problem else 200)


@signed_in
def users_template(request: SignedInRequest) -> HttpResponse:
    """An empty workbook for accounts."""
    require_giving(request)
    buffer = BytesIO()
    write_template_of(buffer, [SHAPE])
    return _workbook(buffer.getvalue(), say("账号模板.xlsx", "accounts-template.xlsx"))


@signed_in
@require_POST
def users_chosen(request: SignedInRequest) -> HttpResponse:
    """``act``: disable, enable, or reset; ``user``: the chosen names; ``all``: instead, everybody the filters find."""
    require_giving(request)
    chosen = _chosen(request)
    match request.POST.get("act"):
        case "disable":
            count = set_all_active(chosen, False, actor=request.user)
            messages.success(request, say("已停用 {n} 个账号", "{n} accounts are disabled", n=count))
            return redirect("users")
        case "enable":
            count = set_all_active(chosen, True, actor=request.user)
            messages.success(request, say("已启用 {n} 个账号", "{n} accounts are enabled", n=count))
            return redirect("users")
        case "reset" if chosen:
            asked = {"users": [user.get_username() for user in chosen], "days": _days(request)}
            return redirect("job", start_job("passwords", asked, actor=request.user).pk)
    messages.error(request, say("请先选择账号", "choose accounts first"))
    return redirect("users")


@signed_in
@require_POST
def job_passwords(request: SignedInRequest, number: int) -> HttpResponse:
    """The one-time passwords a job made, for whoever started it and once: ``as`` slips to print, or a sheet."""
    found = get_object_or_404(Job, pk=number, actor=request.user, kind__in=ABOUT_ACCOUNTS)
    handed = take_once(found.folder)
    if not handed:
        messages.error(
            request,
            say(
                "密码已经取走；丢失时请批量重设",
                "the passwords were taken already; if they are lost, set new ones",
            ),
        )
        return redirect("job", number)
    told = {"job": number, "accounts": len(handed)}
    record_change("account.passwords_taken", actor=request.user, summary=told)
    if request.POST.get("as") == "sheet":
        buffer = BytesIO()
        write_sheet(handed, buffer)
        return _workbook(buffer.getvalue(), say("一次性密码.xlsx", "one-time-passwords.xlsx"))
    context = {"slips": [(one, _role(one)) for one in handed], "address": request.build_absolute_uri("/")}
    response = render(request, "web/users_slips.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def require_giving(request: HttpRequest) -> list[Role]:
    """The roles the reader gives; Http404 for those who answer for nobody."""
    given = roles_given_by(request.user)
    if not given:
        raise Http404
    return given


def _chosen(request: SignedInRequest) -> list[User]:
    if request.POST.get("all") == "yes":
        return [user for user in found_users(request.user, request.POST) if user.pk != request.user.pk]
    names = request.POST.getlist("user")
    return list(all_users().managed_by(request.user).filter(username__in=names))


def _days(request: SignedInRequest) -> int:
    typed = request.POST.get("days", "")
    return int(typed) if typed.isdigit() and int(typed) in VALID_DAYS else VALID_DAYS[0]


def _role(one: Handed) -> str:
    return wording(ROLE_TITLES[Role(one.role)]) if one.role else ""


def _workbook(content: bytes, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type=XLSX, headers=headers)
