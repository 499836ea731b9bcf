"""Requests of people who are signed in."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase

View = Callable[..., HttpResponse]


class SignedInRequest(HttpRequest):
    """A request that a signed-in user made."""

    user: User


def signed_in(view: View) -> Callable[..., HttpResponseBase]:
    """Sends everybody else to the sign-in page, and back here afterwards. What is shown is not cached, unless
    the view says for how long it may be."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return guarded
