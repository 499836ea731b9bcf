"""What phones need to work without the net: who is signed in, the people and forms of one's village, the shell."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse

from wangdi.engine.model.standards import JUDGEMENT
from wangdi.server.access.scope import may_record
from wangdi.server.evaluation.services import rulebook, today
from wangdi.server.web.areas import Area, own_area
from wangdi.server.web.due import is_too_wide
from wangdi.server.web.forms import Draft
from wangdi.server.web.kept import kept_people, other_people, services_of
from wangdi.server.web.requests import SignedInRequest, signed_in
from wangdi.server.web.today import Asked, homes, open_items
from wangdi.server.web.views.recording import own_choices, usual
from wangdi.server.web.visits import blank_part, prefix_of, shown_blank
from wangdi.server.web.words import say, wording

HOUSEHOLDS_A_PART = 60
"""How many households come in one answer: about 100 people, 100 kB before compression."""

ASSETS = (
    "web/wangdi.css",
    "web/wangdi.js",
    "web/asking.js",
    "web/checking.js",
    "web/icon.svg",
    "web/phone/store.js",
    "web/phone/queue.js",
    "web/phone/drafts.js",
    "web/phone/village.js",
    "web/phone/page.js",
    "web/phone/shell.js",
    "django_htmx/htmx-2.min.js",
)
"""What every page needs, kept by the service worker."""


def session(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and the token for sending forms; 401 for nobody."""
    if not request.user.is_authenticated:
        return JsonResponse({"user": None}, status=401)
    answer = JsonResponse({"user": request.user.pk, "token": get_token(request)})
    answer["Cache-Control"] = "private, no-store"
    return answer


@signed_in
def shell(request: SignedInRequest) -> HttpResponse:
    """The page that opens without the net. It tells of nobody: what it shows is kept on the phone."""
    return render(request, "web/phone.html", {})


@signed_in
def people(request: SignedInRequest) -> HttpResponse:
    """``?page=``: some households with what is open; with the first part all others of the area, by name alone.

    Only for those who record about residents and whose area is small enough for a list.
    """
    area = _kept_area(request)
    answer: dict[str, object] = {"user": request.user.pk, "pages": 1, "people": [], "others": []}
    if area is None:
        return JsonResponse(answer)
    day = today()
    items = open_items(request.user, area, Asked(), day)
    page = Paginator(homes(items, day), HOUSEHOLDS_A_PART).get_page(request.GET.get("page"))
    answer |= {
        "area": area.node.name,
        "as_of": day.isoformat(),
        "pages": page.paginator.num_pages,
        "people": kept_people(items, list(page.object_list), rulebook(), day),
    }
    if page.number == 1:
        answer["others"] = other_people(request.user, area, day)
    return JsonResponse(answer)


def _kept_area(request: SignedInRequest) -> Area | None:
    area = own_area(request.user)
    if area is None or is_too_wide(area) or not may_record(request.user, "resident"):
        return None
    return area


@signed_in
def forms(request: SignedInRequest) -> HttpResponse:
    """The parts of a visit for every service that is open in the area, as the pages draw them, without values."""
    area = _kept_area(request)
    if area is None:
        return JsonResponse({"forms": [], "envelope": ""})
    choices = own_choices(request)
    draft = Draft.fresh(today(), *usual(request, choices))
    items = open_items(request.user, area, Asked(), today())
    kinds = [kind for kind in services_of(items, rulebook()) if kind.name != JUDGEMENT]
    context = {"choices": choices, "draft": draft, "today": today(), "is_one": False, "problems": {}}
    shown = [shown_blank(blank_part(kind, draft, prefix_of(kind)), choices) for kind in kinds]
    return JsonResponse(
        {
            "envelope": render_to_string("web/_envelope.html", context),
            "forms": [
                {
                    "kind": one.part.kind.name,
                    "title": wording(one.part.kind.title),
                    "html": render_to_string("web/_visit_parts.html", context | {"parts": [one]}).strip(),
                }
                for one in shown
            ],
        }
    )


@lru_cache(maxsize=1)
def assets_version() -> str:
    """Changes when any of the assets does."""
    digest = hashlib.sha256()
    for name in ASSETS:
        digest.update(Path(str(finders.find(name))).read_bytes())
    return digest.hexdigest()[:16]


def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, so that it may answer for every page."""
    context = {
        "version": assets_version(),
        "assets": [static(name) for name in ASSETS],
        "shell": reverse("phone"),
    }
    answer = render(request, "web/sw.js", context, content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the pages on its home screen."""
    icons = [
        {
            "src": static(f"web/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))
    ]
    return JsonResponse(
        {
            "name": say("网底 · 基层卫生服务", "Wangdi · primary care"),
            "short_name": say("网底", "Wangdi"),
            "start_url": reverse("home"),
            "scope": "/",
            "display": "standalone",
            "background_color": "#f3f7f5",
            "theme_color": "#0a4a42",
            "icons": icons,
        },
        content_type="application/manifest+json",
    )
