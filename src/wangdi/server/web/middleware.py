"""What holds for every request: sessions end, what an account owes comes first, pages load nothing from elsewhere."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render

from wangdi.engine.diagnostics.messages import PackError
from wangdi.server.accounts.granting import roles_given_by
from wangdi.server.accounts.models import one_time_until
from wangdi.server.accounts.second_factor import lacks_second_factor
from wangdi.server.common.once import one_reading
from wangdi.server.common.problems import DeclarationError, PackSetBroken
from wangdi.server.evaluation.rules import one_rulebook, rules
from wangdi.server.web.words import say

Next = Callable[[HttpRequest], HttpResponseBase]

SINCE, SEEN, SETTLED, MANAGES = "since", "seen", "settled", "manages"
"""Session keys: when it began, when it was last seen to be used (seconds), whether its account owes nothing, and
whether it answers for others (for a link; the pages behind it ask anew)."""

NOTED_SECONDS = 300
"""A session's use is written down this often, not with every page."""

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)

ALWAYS_OPEN = frozenset({"account_logout", "language"})
CHANGING_PASSWORD = frozenset({"account_change_password"})
ADDING_FACTOR_PREFIXES = ("mfa_", "account_reauthenticate")


class SessionsEnd:
    """A session ends when it has not been used for a while, and in any case after a working day."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            self._end_or_keep(request)
        return self.get_response(request)

    def _end_or_keep(self, request: HttpRequest) -> None:
        now, session = int(time.time()), request.session
        since, seen = session.setdefault(SINCE, now), session.setdefault(SEEN, now)
        if now - since > settings.SESSION_LONGEST_SECONDS or now - seen > settings.SESSION_COOKIE_AGE:
            logout(request)
            messages.warning(
                request, say("登录已超时，请重新登录", "Your session has ended; please sign in again")
            )
        elif now - seen >= NOTED_SECONDS:
            session[SEEN] = now


class HeadersAlone:
    """Answers to HEAD have no body (RFC 9110, 9.3.2).

    Not every server takes it away, and what is left on a connection breaks the answer to the next request there.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "HEAD":
            if isinstance(response, StreamingHttpResponse):
                response.streaming_content = ()
            elif isinstance(response, HttpResponse):
                response.content = b""
        return response


class RulesOfRequest:
    """A page is drawn by the packs that were in force when it was asked for, though others follow meanwhile.

    What reads looks up roles and the newest evaluation once.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            rules()
        except (PackError, PackSetBroken) as error:
            context = {"problems": str(error).splitlines()}
            return render(request, "unreadable_packs.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)
        with one_rulebook():
            if request.method not in ("GET", "HEAD"):
                return self.get_response(request)
            with one_reading():
                return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """A page that rests on a file beside packs says which one has errors; the other pages go on."""
        if not isinstance(exception, DeclarationError):
            return None
        context = {"problems": str(exception).splitlines()}
        return render(request, "web/undeclared.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)


class AccountsSettled:
    """Nothing opens before a one-time password was changed and a second factor that is asked for was added."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _positional: Any, _named: Any
    ) -> HttpResponseBase | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        if not request.user.is_authenticated or name in ALWAYS_OPEN or request.session.get(SETTLED):
            return None
        if one_time_until(request.user) is not None:
            return None if name in CHANGING_PASSWORD else redirect("account_change_password")
        if lacks_second_factor(request.user):
            adding = name is not None and name.startswith(ADDING_FACTOR_PREFIXES)
            return None if adding else redirect("mfa_index")
        request.session[SETTLED] = True
        request.session[MANAGES] = bool(roles_given_by(request.user))
        return None


class OwnContentOnly:
    """The browser loads scripts, styles and pictures from this server alone, and runs no inline script."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        return response
