"""What another system fetches: the newest versions of records that it may see, as FHIR messages, from a point on.

A version has a number in the order of saving. Who asks with the number of the last answer (``after``) gets what came
since, each record once in its newest version; what was voided, too.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max, Value
from django.utils import timezone

from wangdi.engine.model.kinds import Kind
from wangdi.interchange.fhir.bundles import Resource, kept
from wangdi.interchange.fhir.messages import message
from wangdi.server.audit.models import Change
from wangdi.server.audit.services import record_change
from wangdi.server.exchange.telling import RELATED, told_records
from wangdi.server.intake.models import Token
from wangdi.server.records.models import RecordVersion, kind_numbers

FETCHED = "exchange.fetch"

USUAL, MOST = 100, 500
"""Messages of one answer."""


SPAN, SPANS = 50_000, 10
"""Numbers that are gone through together, and how often for one answer, however few of them the token may see."""

BLOCK = 5_000
"""So many of a span are looked at more closely at once."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Messages in the order of saving, and the number to ask with next: now if ``has_more``, or later."""

    messages: list[Resource]
    next: int
    has_more: bool


def fetch(token: Token, kind: Kind, *, after: int, since: datetime | None, limit: int) -> Fetched:
    """Hands out up to ``limit`` messages and writes it to the audit; a kind that the token is not for is the caller's."""
    after = max(after, number_before(since) if since is not None else 0)
    versions, number, has_more = _next_of(token, kind, after, limit)
    told = told_records(versions, with_numbers=token.with_numbers)
    with transaction.atomic():
        if versions:
            _note(token, kind, versions)
        Token.objects.filter(pk=token.pk).update(last_used_at=timezone.now())
    return Fetched([message(one) for one in told], number, has_more)


def _next_of(token: Token, kind: Kind, after: int, limit: int) -> tuple[list[RecordVersion], int, bool]:
    """Versions that the token may see, the number up to which was looked, and whether there may be more."""
    newest = RecordVersion.objects.aggregate(newest=Max("seq"))["newest"] or 0
    seen = RecordVersion.objects.all().within(token.scope).select_related(*RELATED).order_by("seq")
    found: list[RecordVersion] = []
    for _ in range(SPANS):
        until = min(after + SPAN, newest)
        numbers = _numbers(kind, after, until)
        found += seen.filter(seq__in=numbers)[: limit + 1 - len(found)] if numbers else ()
        if len(found) > limit:
            return found[:limit], found[limit - 1].seq, True
        after = max(after, numbers[-1] if len(numbers) == BLOCK else until)
        if after >= newest:
            break
    return found, after, after < newest


def _numbers(kind: Kind, after: int, until: int) -> list[int]:
    """The numbers of the newest versions of records of a kind in a span, `BLOCK` at most.

    A sum is in no index: the span is walked instead of all records of the kind, which are millions of some.
    """
    walked = RecordVersion.objects.current().filter(seq__gt=after, seq__lte=until)
    found = walked.alias(of=F("kind_id") + Value(0)).filter(of=kind_numbers().get(kind.name))
    return list(found.order_by("seq").values_list("seq", flat=True)[:BLOCK])


def number_before(moment: datetime) -> int:
    """The number after which everything was saved at a moment or later: numbers and changes rise together, so it is
    found by halving."""
    first = Change.objects.filter(at__gte=moment).order_by("at").values_list("id", flat=True).first()
    low, high = 0, RecordVersion.objects.aggregate(newest=Max("seq"))["newest"] or 0
    while first is not None and low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _change_at(middle) < first else (low, middle - 1)
    return high


def _change_at(number: int) -> int:
    """The change with which the version of a number, or the last before it, was saved."""
    before = RecordVersion.objects.filter(seq__lte=number).order_by("-seq")
    return before.values_list("change", flat=True).first() or 0


def _note(token: Token, kind: Kind, versions: list[RecordVersion]) -> None:
    summary = {
        "token": token.pk,
        "kind": kind.name,
        "records": len(versions),
        "numbers": token.with_numbers,
        "ids": [one.record_id for one in versions],
    }
    record_change(FETCHED, actor_name=f"{token.name} ({token.source})", summary=summary)


def as_bundle(fetched: Fetched, address: str) -> Resource:
    """The messages in a Bundle with a link to what comes after them: ``next`` is to be asked now, ``monitor`` later."""
    relation = "next" if fetched.has_more else "monitor"
    messages = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in fetched.messages]
    link = {"relation": relation, "url": f"{address}?after={fetched.next}"}
    return {"resourceType": "Bundle", "type": "collection", "link": [link], **kept(entry=messages)}
