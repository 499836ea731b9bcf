"""Accounts: who signs in, in which roles, under whose name records are saved."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from wangdi.engine.model.text import Text
from wangdi.server.access.models import Assignment, Role
from wangdi.server.access.titles import ROLE_TITLES
from wangdi.server.accounts.bulk import VALID_DAYS
from wangdi.server.accounts.granting import AT_PLACES, is_administrator
from wangdi.server.accounts.models import users as all_users
from wangdi.server.accounts.second_factor import asks_second_factor, has_second_factor
from wangdi.server.accounts.services import (
    ONE_TIME_HOURS,
    InvalidAccount,
    RoleGiven,
    forget_second_factor,
    give_role,
    link_worker,
    make_user,
    problems_of_name,
    rename_user,
    reset_password,
    set_active,
    take_role,
)
from wangdi.server.common.secrecy import vault
from wangdi.server.network.models import Institution, Place, Worker
from wangdi.server.web.naming import code_of
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.roles import roles_explained
from wangdi.server.web.users import STATES, found_users, user_rows
from wangdi.server.web.views.user_sheets import require_giving
from wangdi.server.web.words import say, wording

PAGE_SIZE = 50

_SHOWN_ONCE = "shown_once"
"""Session key: a one-time password on its way to the page that shows it, sealed."""

_NO_ROLE = Text("请选择角色", "choose a role")
_NO_INSTITUTION = Text(
    "没有这个名称或编码的机构，或有同名的：请从提示中选",
    "no institution, or more than one, has this name or code: choose from what is offered",
)
_NO_PLACE = Text(
    "没有这个名称或编码的区划，或有同名的：请从提示中选",
    "no place, or more than one, has this name or code: choose from what is offered",
)
_NO_WORKER = Text(
    "没有这个姓名或编码的人员，或有同名的：请从提示中选",
    "no worker, or more than one, has this name or code: choose from what is offered",
)


@signed_in
def administration(request: SignedInRequest) -> HttpResponse:
    """Where everything an administrator does begins; others find the accounts they answer for."""
    require_giving(request)
    return render(request, "web/administration.html", {"is_administrator": is_administrator(request.user)})


@signed_in
def users(request: SignedInRequest) -> HttpResponse:
    """``?q=`` (name, user name, area), ``?role=``, ``?state=``."""
    given = require_giving(request)
    page = Paginator(found_users(request.user, request.GET), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": user_rows(page.object_list),
        "roles": [(role.value, wording(ROLE_TITLES[role])) for role in given],
        "states": [(name, wording(title)) for name, title in STATES.items()],
        "explained": roles_explained(),
        "asked": request.GET,
        "days": VALID_DAYS,
    }
    return render(request, "web/users.html", context)


@signed_in
def user_new(request: SignedInRequest) -> HttpResponse:
    given = require_giving(request)
    problems: Mapping[str, str] = {}
    if request.method == "POST":
        try:
            user, password = _make(request)
        except InvalidAccount as invalid:
            problems = _by_field(invalid)
        else:
            _show_once(request, user, password)
            return redirect("user", user.get_username())
    context = {"typed": request.POST, "problems": problems, **_choices(given)}
    return render(request, "web/user_new.html", context, status=422 if problems else 200)


@signed_in
def user(request: SignedInRequest, name: str) -> HttpResponse:
    """One account: what it may do, and everything that is done to it."""
    given = require_giving(request)
    found = get_object_or_404(all_users().managed_by(request.user), username=name)
    problems: Mapping[str, str] = {}
    if request.method == "POST":
        try:
            _ACTS.get(request.POST.get("act", ""), _unknown)(request, found)
        except InvalidAccount as invalid:
            problems = _by_field(invalid)
        else:
            return redirect("user", name)
    (row,) = user_rows([found])
    context = {
        "row": row,
        "is_self": found.pk == request.user.pk,
        "password": _shown_once(request, found) if request.method == "GET" else "",
        "hours": ONE_TIME_HOURS,
        "has_second_factor": has_second_factor(found),
        "asks_second_factor": asks_second_factor(found),
        "typed": request.POST,
        "problems": problems,
        **_choices(given),
    }
    return render(request, "web/user.html", context, status=422 if problems else 200)


def _choices(given: list[Role]) -> dict[str, object]:
    return {
        "roles": [(role.value, wording(ROLE_TITLES[role])) for role in given],
        "in_places": say("、", ", ").join(wording(ROLE_TITLES[role]) for role in given if role in AT_PLACES),
    }


def _by_field(invalid: InvalidAccount) -> dict[str, str]:
    return {field: wording(message) for field, message in invalid.problems}


def _typed(request: SignedInRequest, name: str) -> str:
    return request.POST.get(name, "").strip()


def _make(request: SignedInRequest) -> tuple[User, str]:
    username, name = _typed(request, "username"), _typed(request, "name")
    try:
        given = _role(request)
    except InvalidAccount as invalid:
        raise InvalidAccount([*problems_of_name(username, name), *invalid.problems]) from None
    return make_user(username, name, given, actor=request.user)


def _role(request: SignedInRequest) -> RoleGiven:
    """The role of the form that was sent. `InvalidAccount` for codes that nobody has whom the reader sees."""
    chosen, code = _typed(request, "role"), _typed(request, "area")
    if chosen not in Role.values:
        raise InvalidAccount([("role", _NO_ROLE)])
    role, problems = Role(chosen), []
    rows = Place.objects if role in AT_PLACES else Institution.objects
    entity = "place" if role in AT_PLACES else "institution"
    named = code_of(request.user, entity, code) if code else ""
    area = rows.visible_to(request.user).filter(code=named).first() if code else None
    if code and area is None:
        problems.append(("area", _NO_PLACE if role in AT_PLACES else _NO_INSTITUTION))
    worker = _worker(request)
    if worker is None and _typed(request, "worker"):
        problems.append(("worker", _NO_WORKER))
    if problems:
        raise InvalidAccount(problems)
    return RoleGiven(role, area, worker)


def _worker(request: SignedInRequest) -> Worker | None:
    code = code_of(request.user, "worker", _typed(request, "worker"))
    return Worker.objects.visible_to(request.user).filter(code=code).first() if code else None


def _assignment(request: SignedInRequest, found: User) -> Assignment:
    number = _typed(request, "number")
    if not number.isdigit():
        raise Http404
    return get_object_or_404(found.assignments.select_related("user"), pk=int(number))


def _unknown(request: SignedInRequest, found: User) -> None:
    raise Http404


def _give(request: SignedInRequest, found: User) -> None:
    give_role(found, _role(request), actor=request.user)
    messages.success(request, say("角色已授予", "The role is given"))


def _take(request: SignedInRequest, found: User) -> None:
    take_role(_assignment(request, found), actor=request.user)
    messages.success(request, say("角色已收回", "The role is taken away"))


def _link(request: SignedInRequest, found: User) -> None:
    worker = _worker(request)
    if worker is None and _typed(request, "worker"):
        raise InvalidAccount([("worker", _NO_WORKER)])
    link_worker(_assignment(request, found), worker, actor=request.user)
    messages.success(request, say("关联的人员已更新", "The worker is linked"))


def _rename(request: SignedInRequest, found: User) -> None:
    rename_user(found, _typed(request, "name"), actor=request.user)
    messages.success(request, say("姓名已更改", "The name is changed"))


def _reset(request: SignedInRequest, found: User) -> None:
    _show_once(request, found, reset_password(found, actor=request.user))


def _disable(request: SignedInRequest, found: User) -> None:
    set_active(found, False, actor=request.user)
    messages.success(request, say("账号已停用，已登录的也已退出", "The account is disabled, and signed out"))


def _enable(request: SignedInRequest, found: User) -> None:
    set_active(found, True, actor=request.user)
    messages.success(request, say("账号已启用", "The account is enabled"))


def _forget(request: SignedInRequest, found: User) -> None:
    forget_second_factor(found, actor=request.user)
    messages.success(request, say("两步验证已清除", "The second factor is removed"))


_ACTS: Mapping[str, Callable[[SignedInRequest, User], None]] = {
    "give": _give,
    "take": _take,
    "link": _link,
    "rename": _rename,
    "reset": _reset,
    "disable": _disable,
    "enable": _enable,
    "forget": _forget,
}


def _show_once(request: SignedInRequest, found: User, password: str) -> None:
    sealed = vault().seal(_SHOWN_ONCE, password).hex()
    request.session[_SHOWN_ONCE] = [found.pk, sealed]


def _shown_once(request: SignedInRequest, found: User) -> str:
    """The one-time password made just before, and never again; empty otherwise."""
    key, sealed = request.session.get(_SHOWN_ONCE) or (None, "")
    if key != found.pk:
        return ""
    del request.session[_SHOWN_ONCE]
    return vault().reveal(_SHOWN_ONCE, bytes.fromhex(sealed))
