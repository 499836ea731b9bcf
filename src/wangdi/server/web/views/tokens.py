"""Tokens of other systems: made, shown once, revoked, and what came by them."""

from collections.abc import Mapping
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date

from wangdi.server.common.secrecy import vault
from wangdi.server.evaluation.services import today
from wangdi.server.intake.models import Token
from wangdi.server.intake.tokens import USUAL_DAYS, InvalidToken, make_token, revoke_token
from wangdi.server.network.models import Institution
from wangdi.server.web.naming import area_named
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.tokens import fetched_groups, kind_groups, kind_title, token_rows
from wangdi.server.web.views.jobs import require_administrator
from wangdi.server.web.words import say, wording

PAGE_SIZE = 50

_SHOWN_ONCE = "token_shown_once"
"""Session key: a secret on its way to the page that shows it, sealed."""


@signed_in
def tokens(request: SignedInRequest) -> HttpResponse:
    require_administrator(request)
    found = Token.objects.select_related("place", "institution", "made_by")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": token_rows(page.object_list, today())}
    return render(request, "web/tokens.html", context)


@signed_in
def token_new(request: SignedInRequest) -> HttpResponse:
    require_administrator(request)
    problems: Mapping[str, str] = {}
    chosen, fetches = request.POST.getlist("kinds"), request.POST.getlist("fetches")
    if request.method == "POST":
        try:
            made, secret = make_token(
                _typed(request, "name"),
                _typed(request, "source"),
                chosen,
                fetches=fetches,
                with_numbers="numbers" in request.POST,
                **_area(request),
                expires_on=_day(_typed(request, "expires_on")),
                actor=request.user,
            )
        except InvalidToken as invalid:
            problems = {field: wording(message) for field, message in invalid.problems}
        else:
            request.session[_SHOWN_ONCE] = [made.pk, vault().seal(_SHOWN_ONCE, secret).hex()]
            return redirect("token", made.pk)
    usual = date.fromordinal(today().toordinal() + USUAL_DAYS)
    context = {
        "typed": request.POST,
        "chosen": chosen,
        "problems": problems,
        "groups": kind_groups(chosen),
        "fetched": fetched_groups(fetches),
        "fetches": fetches,
        "usual": usual,
    }
    return render(request, "web/token_new.html", context, status=422 if problems else 200)


@signed_in
def token(request: SignedInRequest, number: int) -> HttpResponse:
    """One token: the secret once, how to send, what came, and revoking it."""
    require_administrator(request)
    found = get_object_or_404(Token.objects.select_related("place", "institution", "made_by"), pk=number)
    if request.method == "POST":
        revoke_token(found, actor=request.user)
        messages.success(
            request, say("令牌已撤销，从现在起不再接收", "Revoked: from now on nothing is taken by it")
        )
        return redirect("token", number)
    (row,) = token_rows([found], today())
    deliveries = Paginator(found.deliveries.all(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "row": row,
        "came": [(one, kind_title(one.kind)) for one in deliveries.object_list],
        "secret": _shown_once(request, found),
        "deliveries": deliveries,
        "address": request.build_absolute_uri("/api/"),
        "kind": found.kinds[0] if found.kinds else "",
        "fetched": found.fetches[0] if found.fetches else "",
    }
    return render(request, "web/token.html", context)


def _typed(request: SignedInRequest, name: str) -> str:
    return request.POST.get(name, "").strip()


def _area(request: SignedInRequest) -> dict[str, str]:
    """The code of the place or institution that was named; what is not understood stays as it was typed."""
    text = _typed(request, "area")
    found = area_named(request.user, text) if text else None
    if isinstance(found, Institution):
        return {"institution": found.code}
    return {"place": found.code if found is not None else text}


def _day(text: str) -> date | None:
    """None for nothing; a day that there is not is one that no token may last to."""
    if not text:
        return None
    try:
        return parse_date(text) or date.max
    except ValueError:
        return date.max


def _shown_once(request: SignedInRequest, found: Token) -> str:
    """The secret made just before, and never again; empty otherwise."""
    key, sealed = request.session.get(_SHOWN_ONCE) or (None, "")
    if key != found.pk:
        return ""
    del request.session[_SHOWN_ONCE]
    return vault().reveal(_SHOWN_ONCE, bytes.fromhex(sealed))
