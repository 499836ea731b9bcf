"""Records that other systems send and fetch: with a token, answered in JSON."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, JsonResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.interchange.fhir.messages import MEDIA_TYPE
from wangdi.server.evaluation.basis import program
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.intake.describing import kind_as_json, openapi
from wangdi.server.intake.fetching import MOST, USUAL, as_bundle, fetch
from wangdi.server.intake.limits import Limits, seconds_to_wait
from wangdi.server.intake.models import Token
from wangdi.server.intake.receiving import SUFFIXES, Fault, Received, Refused, note_refused, receive
from wangdi.server.intake.tokens import find_token

BUSY_SECONDS = 30

SCHEME = "bearer"

LONGEST_NUMBER = 18
"""Digits of a whole number that a store can hold."""

View = Callable[..., JsonResponse]


def with_token(method: str) -> Callable[[View], View]:
    """Hands the token of the request to a view that answers one method; says in JSON what stands against it."""

    def decorated(view: View) -> View:
        @csrf_exempt  # nothing here rests on cookies
        @wraps(view)
        def guarded(request: HttpRequest, **kwargs: str) -> JsonResponse:
            if request.method != method:
                return _refusal(Refused(405, (Fault(_METHOD[method]),)), {"Allow": method})
            token = find_token(_secret(request))
            if token is None:
                return _refusal(Refused(401, (Fault(_NO_TOKEN),)), {"WWW-Authenticate": "Bearer"})
            try:
                return view(request, token, **kwargs)
            except Refused as refused:
                return _refusal(refused)
            except OperationalError:
                return _refusal(Refused(503, (Fault(_BUSY),)), {"Retry-After": str(BUSY_SECONDS)})

        return guarded

    return decorated


@with_token("POST")
def records(request: HttpRequest, token: Token, kind: str) -> JsonResponse:
    """Takes in rows of a kind: all of them or, with everything that is wrong, none."""
    limits = Limits.current()
    wait = seconds_to_wait(token, limits)
    if wait:
        return _refusal(Refused(429, (Fault(_TOO_OFTEN),)), {"Retry-After": str(wait)})
    found = _kind(token, kind)
    try:
        media_type, body = _media_type(request), _body(request, limits)
    except Refused as refused:
        note_refused(token, kind, refused)
        raise
    return JsonResponse(
        _told(found, receive(token, found, body, media_type, limits)), json_dumps_params=_READABLE
    )


@with_token("GET")
def messages(request: HttpRequest, token: Token, kind: str) -> JsonResponse:
    """Records of a kind as FHIR messages: ``after`` the number of an earlier answer, or saved ``since`` a moment."""
    found = _kind_of(token.fetches, kind, _MAY_FETCH)
    fetched = fetch(
        token,
        found,
        after=_whole(request, "after", 0),
        since=_moment(request),
        limit=min(_whole(request, "limit", USUAL), MOST),
    )
    bundle = as_bundle(fetched, request.build_absolute_uri(request.path))
    return JsonResponse(bundle, content_type=MEDIA_TYPE, json_dumps_params=_READABLE)


@with_token("GET")
def kinds(request: HttpRequest, token: Token) -> JsonResponse:
    """The kinds of record that the token sends, and those of which it fetches messages."""
    listed = {"kinds": _titled(token.kinds), "fetches": _titled(token.fetches)}
    return JsonResponse(listed, json_dumps_params=_READABLE)


@with_token("GET")
def kind(request: HttpRequest, token: Token, kind: str) -> JsonResponse:
    """What to send: the columns of a kind."""
    return JsonResponse(kind_as_json(_kind(token, kind)), json_dumps_params=_READABLE)


@with_token("GET")
def description(request: HttpRequest, token: Token) -> JsonResponse:
    """The same as OpenAPI."""
    known = rulebook().kinds
    sent, fetched = (
        [known[name] for name in names if name in known] for names in (token.kinds, token.fetches)
    )
    found = openapi(sent, fetched, program())
    return JsonResponse(found, json_dumps_params=_READABLE)


_READABLE = {"ensure_ascii": False}

_METHOD = {
    "POST": Text("这个地址只接受 POST", "this address takes POST only"),
    "GET": Text("这个地址只接受 GET", "this address takes GET only"),
}
_NO_TOKEN = Text(
    "请带上有效的令牌：Authorization: Bearer 令牌（没有、过期或已撤销的不行）",
    "send a good token: Authorization: Bearer TOKEN (none, an expired or a revoked one will not do)",
)
_TOO_OFTEN = Text("发送过于频繁，请稍后再发，并把多行合成一次", "too often: wait, and send many rows at once")
_BUSY = Text("数据库正忙，没有保存，请稍后再发", "the store is busy and nothing was saved; try again")


def _secret(request: HttpRequest) -> str:
    scheme, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
    return secret.strip() if scheme.lower() == SCHEME else ""


_MAY_SEND = Text("这个令牌不能写“{name}”；可以写：{listed}", "the token is not for {name}, but for {listed}")
_MAY_FETCH = Text(
    "这个令牌不能取“{name}”的报文；可以取：{listed}",
    "the token fetches no messages of {name}, but of {listed}",
)


def _kind(token: Token, name: str) -> Kind:
    return _kind_of(token.kinds, name, _MAY_SEND)


def _kind_of(allowed: Sequence[str], name: str, told: Text) -> Kind:
    """The kind of a name. Refused where it is not among those of the token, whether or not there is one."""
    if name not in allowed:
        words = {"name": name, "listed": ", ".join(allowed) or "—"}
        text = Text(told.zh.format(**words), told.en.format(**words))
        raise Refused(403, (Fault(text),))
    found = rulebook().kinds.get(name)
    if found is None:
        text = Text(f"现行规则包里已没有“{name}”", f"no pack in force has the kind {name} any more")
        raise Refused(404, (Fault(text),))
    return found


def _titled(names: Sequence[str]) -> list[dict[str, Any]]:
    known = rulebook().kinds
    return [{"kind": name, "title": known[name].title.as_json()} for name in names if name in known]


def _whole(request: HttpRequest, name: str, usual: int) -> int:
    """A parameter that is a whole number. Refused for anything else."""
    written = request.GET.get(name, "")
    if not written:
        return usual
    if not written.isascii() or not written.isdigit() or len(written) > LONGEST_NUMBER:
        text = Text(f"{name} 应是整数", f"{name} is a whole number")
        raise Refused(422, (Fault(text, column=name, value=written),))
    return int(written)


def _moment(request: HttpRequest) -> datetime | None:
    """``since``: a point in time with its zone. Refused for anything else."""
    written = request.GET.get("since", "")
    if not written:
        return None
    try:
        found = parse_datetime(written)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        text = Text(
            "since 写成带时区的时刻，如 2026-11-24T08:00:00+08:00（+ 在地址中写作 %2B）",
            "since is a moment with its zone, such as 2026-11-24T08:00:00+08:00 (in an address, + is %2B)",
        )
        raise Refused(422, (Fault(text, column="since", value=written),))
    return found


def _media_type(request: HttpRequest) -> str:
    sent = (request.content_type or "").lower()
    if sent not in SUFFIXES:
        listed = "、".join(SUFFIXES)
        text = Text(
            f"Content-Type 是“{sent}”，可用：{listed}", f"Content-Type is {sent!r}; taken are: {listed}"
        )
        raise Refused(415, (Fault(text),))
    return sent


def _body(request: HttpRequest, limits: Limits) -> bytes:
    """What was sent; no more than the limit is read."""
    body = request.read(limits.bytes + 1)
    if len(body) > limits.bytes:
        most = limits.bytes >> 20
        text = Text(f"一次最多 {most} MB，请分几次发送", f"at most {most} MB at once: send it in parts")
        raise Refused(413, (Fault(text),))
    return body


def _told(kind: Kind, received: Received) -> dict[str, Any]:
    batch = received.batch
    return {
        "kind": kind.name,
        "rows": received.rows,
        "created": len(batch.created),
        "amended": len(batch.amended),
        "unchanged": batch.unchanged,
        "change": batch.change.pk if batch.change is not None else None,
        "due": "now" if received.is_due_now else "next evaluation",
        "notes": [note.message.as_json() for note in received.notes],
    }


def _refusal(refused: Refused, headers: dict[str, str] | None = None) -> JsonResponse:
    told = {
        "status": refused.status,
        "count": refused.count,
        "problems": [_problem(fault) for fault in refused.faults],
    }
    return JsonResponse(told, status=refused.status, headers=headers or {}, json_dumps_params=_READABLE)


def _problem(fault: Fault) -> dict[str, Any]:
    found = {
        "code": fault.code or None,
        "row": fault.row,
        "column": fault.column,
        "value": fault.value,
        "message": fault.message.as_json(),
        "hint": fault.hint.as_json() if fault.hint is not None else None,
    }
    return {name: value for name, value in found.items() if value is not None}
