"""Deciding one thing at a time: what the command and the pages call. One transaction and one change per call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from wangdi.engine.model.pack import Rulebook
from wangdi.server.access.models import Assignment, Role
from wangdi.server.access.scope import Viewer
from wangdi.server.adoption.checks import Problem, problems_of_adoption, problems_of_target
from wangdi.server.adoption.models import Adoption, Decision, Target
from wangdi.server.audit.services import record_change
from wangdi.server.network.models import Institution, Place

DECIDING = (Role.COUNTY_OFFICER, Role.CITY_OFFICER)
"""Who decides for the places under them; administrators decide everywhere."""


@dataclass(eq=False)
class InvalidDecision(Exception):
    """Nothing was decided; all that is wrong, by field."""

    problems: Sequence[Problem]

    def __str__(self) -> str:
        return "\n".join(f"{field}: {message.zh} / {message.en}" for field, message in self.problems)


def may_decide(user: Viewer, place: Place | None) -> bool:
    """Whether a user decides for a place: an officer of it or of one above it. For the network: administrators."""
    if not user.is_authenticated or not user.is_active:
        return False
    rows = list(Assignment.objects.filter(user_id=user.pk).values_list("role", "place__path"))
    if getattr(user, "is_superuser", False) or any(role == Role.ADMINISTRATOR for role, _ in rows):
        return True
    areas = [path for role, path in rows if role in DECIDING and path is not None]
    return place is not None and any(place.path.startswith(path) for path in areas)


def adopt(
    rulebook: Rulebook,
    pack: str,
    place: Place | None,
    since: date,
    *,
    until: date | None = None,
    edition: str | None = None,
    in_force: bool = True,
    actor: AbstractBaseUser | None = None,
    actor_name: str = "",
) -> Adoption:
    """Decide on a pack at a place (None: in the whole network), in place of an earlier decision for the same day.

    What counts already is not decided again. `InvalidDecision` with all problems. Permission is the caller's to check.
    """
    problems = list(problems_of_adoption(rulebook, pack, since, until, edition))
    if problems:
        raise InvalidDecision(problems)
    said = {"until": until, "edition": edition, "in_force": in_force}
    with transaction.atomic():
        old = Adoption.objects.current().filter(pack=pack, place=place, since=since).first()
        if old is not None and all(getattr(old, name) == value for name, value in said.items()):
            return old
        summary: dict[str, object] = {"pack": pack, "place": place.code if place else None}
        summary |= {
            "since": since.isoformat(),
            "until": until.isoformat() if until else None,
            "edition": edition,
            "in_force": in_force,
        }
        change = record_change("adoption.decide", actor=actor, actor_name=actor_name, summary=summary)
        Adoption.objects.current().filter(pack=pack, place=place, since=since).update(withdrawn=change)
        return Adoption.objects.create(pack=pack, place=place, since=since, change=change, **said)


def set_target(
    rulebook: Rulebook,
    indicator: str,
    area: Place | Institution,
    period_start: date,
    value: float,
    *,
    source: str | None = None,
    actor: AbstractBaseUser | None = None,
    actor_name: str = "",
) -> Target:
    """Set what an indicator should reach in the year that begins on ``period_start``, in place of what was set before.

    What counts already is not set again. `InvalidDecision` with all problems. Permission is the caller's to check.
    """
    problems = list(problems_of_target(rulebook, indicator, period_start, 1))
    if problems:
        raise InvalidDecision(problems)
    entity = "place" if isinstance(area, Place) else "institution"
    key = {"indicator": indicator, entity: area, "period_start": period_start}
    with transaction.atomic():
        old = Target.objects.current().filter(**key).first()
        if old is not None and (old.value, old.source) == (value, source):
            return old
        summary: dict[str, object] = {"indicator": indicator, entity: area.code}
        summary |= {"period_start": period_start.isoformat(), "value": value, "source": source}
        change = record_change("target.set", actor=actor, actor_name=actor_name, summary=summary)
        Target.objects.current().filter(**key).update(withdrawn=change)
        return Target.objects.create(**key, value=value, source=source, change=change)


def withdraw(decision: Decision, *, actor: AbstractBaseUser | None = None, actor_name: str = "") -> None:
    """Take a decision back, as if it had not been made; one that was replaced or taken back stays as it is."""
    with transaction.atomic():
        what = "adoption" if isinstance(decision, Adoption) else "target"
        rows = type(decision)._default_manager.filter(pk=decision.pk, withdrawn=None)
        if rows.exists():
            summary = {what: decision.pk, "said": str(decision)}
            rows.update(
                withdrawn=record_change(
                    f"{what}.withdraw", actor=actor, actor_name=actor_name, summary=summary
                )
            )
