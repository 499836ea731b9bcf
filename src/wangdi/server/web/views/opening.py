"""Opening hours for whoever comes by: which institutions near a place are open, and the notice of one of them."""

import time
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from wangdi.server.evaluation.services import today
from wangdi.server.network.models import Institution, Place
from wangdi.server.portal.declaration import PublicShape
from wangdi.server.portal.opening import openings, public
from wangdi.server.web.opening import (
    TODAY,
    above,
    around,
    day_asked,
    day_hours_in_words,
    nearby,
    questions,
    session_days,
    shown_near,
    sort_of,
    week_of,
)
from wangdi.server.web.portal import PHONE
from wangdi.server.web.signing_in import AccountAdapter

PAGE_SIZE = 20
NOT_SHOWN = 100
"""Institutions without published hours are named up to so many; beyond, the reader narrows down the place."""

View = Callable[..., HttpResponse]


def open_to_all(view: View) -> Callable[..., HttpResponseBase]:
    """For everybody where the installation says so, else for those who are signed in; at a limited pace."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        shape = public()
        if shape is None:
            raise Http404
        is_known = request.user.is_authenticated or PHONE in request.session
        if not (is_known or settings.HOURS_ARE_PUBLIC):
            return redirect_to_login(request.get_full_path())
        if not is_known and _asks_too_often(request):
            return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
        return view(request, shape, *args, **kwargs)

    return guarded


def _asks_too_often(request: HttpRequest) -> bool:
    """More than so many pages in a minute to one address; telephones share theirs, so that it is many."""
    minute = int(time.time()) // 60
    key = f"hours:{AccountAdapter(request).get_client_ip(request)}:{minute}"
    cache.add(key, 0, timeout=120)
    return cache.incr(key) > settings.HOURS_PER_MINUTE


@open_to_all
def hours_near(request: HttpRequest, shape: PublicShape) -> HttpResponse:
    """``?place=`` is where somebody is, ``?when=`` what they ask for; without a place, which there are."""
    code, when, day = request.GET.get("place", ""), request.GET.get("when", TODAY), today()
    asked = questions(shape)
    if when not in dict(asked):
        raise Http404
    if not code:
        return _choose(request)
    place = get_object_or_404(Place.objects.select_related("parent"), code=code)
    found = around(place, day, shape)
    rows = nearby(found.published, place, when, day, shape) if found else []
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "place": place,
        "above": [one for one in above(place) if one.level not in ("province", "city")],
        "below": Place.objects.filter(parent=place).order_by("code"),
        "found": found,
        "page": page,
        "rows": shown_near(page.object_list, place, when, day, shape),
        "owing": found.owing[:NOT_SHOWN] if found else (),
        "questions": asked,
        "when": when,
        "asked_in_words": dict(asked)[when],
        "day": day_asked(when, day),
    }
    return render(request, "my/hours.html", context)


def _choose(request: HttpRequest) -> HttpResponse:
    """Who has only one county begins there."""
    counties = list(Place.objects.filter(level="county").order_by("code"))
    if len(counties) == 1:
        return redirect(f"{reverse('hours')}?place={counties[0].code}")
    return render(request, "my/hours.html", {"below": counties})


@open_to_all
def notice(request: HttpRequest, shape: PublicShape, code: str) -> HttpResponse:
    """The notice of an institution, to be read on a telephone or printed for its door."""
    institutions = Institution.objects.filter(closed_on=None).select_related("place")
    institution, day = get_object_or_404(institutions, code=code), today()
    (found,) = openings([institution], day, shape)
    today_hours = found.on(day, shape)
    context = {
        "institution": institution,
        "sort": sort_of(institution),
        "opening": found,
        "week": week_of(found.now, shape) if found.now else None,
        "coming": week_of(found.coming, shape) if found.coming else None,
        "is_old": found.is_old(day, shape),
        "today": day,
        "today_in_words": day_hours_in_words(today_hours) if today_hours else "",
        "sessions": session_days(institution, day, shape),
        "days": shape.session.days,
    }
    return render(request, "my/notice.html", context)
