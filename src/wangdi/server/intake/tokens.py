"""Making, finding and revoking tokens; all but finding is in the audit."""

import hashlib
import re
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.text import Text
from wangdi.server.audit.services import record_change
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import today
from wangdi.server.exchange.telling import is_told
from wangdi.server.intake.models import Token
from wangdi.server.network.models import Institution, Place

PREFIX = "wangdi_"
"""By it, scanners for secrets that slipped into a repository know one."""

SECRET_BYTES = 32

USUAL_DAYS, LONGEST_DAYS = 365, 1096
"""How long a token is good for unless something else is said, and at most."""

_SOURCE = re.compile(r"[a-z][a-z0-9-]{1,23}")

Problem = tuple[str, Text]
"""A field of the form, and what is wrong with it."""


@dataclass(eq=False)
class InvalidToken(Exception):
    """No token was made; all that is wrong, by field."""

    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        return "\n".join(f"{field}: {message.zh}" for field, message in self.problems)


def make_token(
    name: str,
    source: str,
    kinds: Collection[str],
    *,
    fetches: Collection[str] = (),
    with_numbers: bool = False,
    place: str = "",
    institution: str = "",
    expires_on: date | None = None,
    actor: AbstractBaseUser | None = None,
    actor_name: str = "",
) -> tuple[Token, str]:
    """A token to send ``kinds`` and to fetch messages of ``fetches``, and the secret that is shown once. The code of a
    place or of an institution says where it holds.

    Permission is the caller's to check. Raises InvalidToken with all problems.
    """
    name, until = name.strip(), expires_on or today() + timedelta(days=USUAL_DAYS)
    at_place = Place.objects.filter(code=place).first() if place else None
    at_institution = Institution.objects.filter(code=institution).first() if institution else None
    problems = [
        *_problems(name, source, until),
        *_problems_of_kinds(kinds, fetches),
        *_problems_of_area(place, institution),
    ]
    if problems:
        raise InvalidToken(tuple(problems))
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        made = Token.objects.create(
            digest=digest_of(secret),
            name=name,
            source=source,
            kinds=sorted(kinds),
            fetches=sorted(fetches),
            with_numbers=with_numbers and bool(fetches),
            place=at_place,
            institution=at_institution,
            made_by_id=actor.pk if actor is not None else None,
            expires_on=until,
        )
        summary = {
            "token": made.pk,
            "name": name,
            "source": source,
            "kinds": made.kinds,
            "fetches": made.fetches,
            "numbers": made.with_numbers,
            "area": made.area.code,
            "expires_on": until.isoformat(),
        }
        record_change("token.make", actor=actor, actor_name=actor_name, summary=summary)
    return made, secret


def revoke_token(token: Token, *, actor: AbstractBaseUser | None = None, actor_name: str = "") -> None:
    """From now on nothing is accepted by it. One that is revoked already stays as it is."""
    with transaction.atomic():
        if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
            summary = {"token": token.pk, "name": token.name}
            record_change("token.revoke", actor=actor, actor_name=actor_name, summary=summary)


def find_token(secret: str) -> Token | None:
    """The token that a secret is of, if it is good today."""
    if not secret.startswith(PREFIX):
        return None
    found = (
        Token.objects.select_related("place", "institution__place").filter(digest=digest_of(secret)).first()
    )
    return found if found is not None and found.is_good(today()) else None


def digest_of(secret: str) -> str:
    """A plain hash will do: of 256 random bits nothing can be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _problems(name: str, source: str, until: date) -> Iterator[Problem]:
    if not name:
        yield "name", Text("请写明是哪个系统", "say which system it is for")
    if not _SOURCE.fullmatch(source):
        yield (
            "source",
            Text(
                "来源代号用小写字母、数字和连字符，2–24 个字符，如 lis-daye",
                "the source has 2 to 24 small letters, digits or hyphens, such as lis-daye",
            ),
        )
    last = today() + timedelta(days=LONGEST_DAYS)
    if not today() <= until <= last:
        yield "expires_on", Text(f"有效期请填 {today()} 至 {last}", f"a day from {today()} to {last}")


def _problems_of_kinds(kinds: Collection[str], fetches: Collection[str]) -> Iterator[Problem]:
    if not kinds and not fetches:
        yield "kinds", Text("请至少选择一种记录", "choose at least one kind of record")
    known = rulebook().kinds
    for kind in sorted({*kinds, *fetches} - set(known)):
        yield (
            "kinds" if kind in kinds else "fetches",
            Text(f"没有“{kind}”这种记录", f"there is no kind of record {kind}. {suggest(kind, known)}"),
        )
    for kind in sorted(one for one in fetches if one in known and not is_told(one)):
        yield (
            "fetches",
            Text(
                f"“{known[kind].title.zh}”不是居民的记录，不能取报文",
                f"{kind} is not about residents: there are no messages of it",
            ),
        )


def _problems_of_area(place: str, institution: str) -> Iterator[Problem]:
    if bool(place) == bool(institution):
        yield "area", Text("请填一个区划或机构", "give a place or an institution")
    if place and not Place.objects.filter(code=place).exists():
        yield (
            "area",
            Text(
                f"没有名称或编码为“{place}”的区划或机构，或同名的不止一个，请从提示中选",
                f"no place or institution is called {place}, or more than one: choose from what is offered",
            ),
        )
    if institution and not Institution.objects.filter(code=institution).exists():
        yield "area", Text(f"没有编码为“{institution}”的机构", f"no institution has the code {institution}")
