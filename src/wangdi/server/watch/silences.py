"""Silencing a channel at a place for some days: by whom the declaration says, with a reason, written to the audit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from wangdi.engine.model.text import Text
from wangdi.server.access.models import Assignment, Role
from wangdi.server.audit.services import record_change
from wangdi.server.network.models import Place
from wangdi.server.watch.declaration import Silencing
from wangdi.server.watch.models import Silence


@dataclass(eq=False)
class NotSilenced(Exception):
    """Nothing was changed; all that stands against it."""

    problems: tuple[Text, ...]

    def __str__(self) -> str:
        return "\n".join(problem.zh for problem in self.problems)


def may_silence(actor: AbstractBaseUser, place: Place, rules: Silencing) -> bool:
    """Whether a role that may silence is held at the place or above it."""
    if getattr(actor, "is_superuser", False):
        return True
    held = Assignment.objects.filter(user_id=actor.pk, user__is_active=True)
    return any(
        role == Role.ADMINISTRATOR or (role in rules.by and path is not None and place.path.startswith(path))
        for role, path in held.values_list("role", "place__path")
    )


def silence(
    actor: AbstractBaseUser,
    channel: str,
    place: Place,
    until: date | None,
    reason: str,
    today: date,
    rules: Silencing,
) -> Silence:
    """Silences a channel through a day. Raises NotSilenced with everything that stands against it."""
    problems, last = [], today + timedelta(days=rules.days)
    if not may_silence(actor, place, rules):
        problems.append(Text("您不能在这里静默预警", "you may not silence alerts here"))
    if until is None or not today <= until <= last:
        problems.append(
            Text(f"静默至哪一天：请填 {today} 至 {last}", f"until when: a day from {today} to {last}")
        )
    if not reason.strip():
        problems.append(Text("请写明静默理由", "say why"))
    if problems or until is None:
        raise NotSilenced(tuple(problems))
    summary = {"channel": channel, "place": place.code, "until": until.isoformat(), "reason": reason.strip()}
    with transaction.atomic():
        change = record_change("watch.silence", actor=actor, summary=summary)
        return Silence.objects.create(
            channel=channel, place=place, until=until, reason=reason.strip()[:300], change=change
        )


def lift(actor: AbstractBaseUser, found: Silence, rules: Silencing) -> None:
    """Ends a silence; one that was lifted stays as it is. Raises NotSilenced for those who may not."""
    if not may_silence(actor, found.place, rules):
        raise NotSilenced((Text("您不能在这里解除静默", "you may not lift silences here"),))
    with transaction.atomic():
        if found.lifted is None:
            summary = {"silence": found.pk, "channel": found.channel, "place": found.place.code}
            found.lifted = record_change("watch.lift", actor=actor, summary=summary)
            found.save(update_fields=["lifted"])


@dataclass(frozen=True)
class Silences:
    """What is silent on a day."""

    standing: tuple[Silence, ...]

    @classmethod
    def on(cls, day: date) -> "Silences":
        return cls(tuple(Silence.objects.standing(day)))

    def of(self, channel: str, path: str) -> Silence | None:
        """The silence that holds for a channel at a place, by its path."""
        found: Iterable[Silence] = (one for one in self.standing if one.channel == channel)
        return next((one for one in found if path.startswith(one.place.path)), None)
