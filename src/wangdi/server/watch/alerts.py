"""Events become alerts: records of the declared kind that its workflow leads from raised to closed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from wangdi.engine.model.workflows import STATE
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.publishing import fresh_lake, network_of
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import save_and_refresh
from wangdi.server.network.models import Place
from wangdi.server.records.models import RecordVersion
from wangdi.server.watch.declaration import Declaration, declaration
from wangdi.server.watch.events import Event, events
from wangdi.server.watch.signals import Signal, signals


@dataclass(frozen=True)
class Raised:
    """What came of an event: the alert's newest version, and whether it is new, was open before, or is silenced."""

    event: Event
    record: RecordVersion
    outcome: str
    """``new``, ``open`` or ``quiet``."""


@dataclass(frozen=True)
class Watched:
    """What a look at all channels found."""

    signals: tuple[Signal, ...]
    raised: tuple[Raised, ...]


def watch(installation: Installation, as_of: date) -> Watched:
    """Looks at all channels, and raises an alert for each event that has none. Raises DeclarationError.

    An event whose alert is still open joins it: the same alert, with the newest signals. One that was dismissed or closed
    is raised again only for a period after its last one, and after the day until which it was silenced.
    """
    declared = declaration()
    lake, _ = fresh_lake(installation)
    found = signals(network_of(lake), declared, as_of)
    parents = dict(Place.objects.values_list("code", "parent__code"))
    made = events(found, declared.triggers, parents)
    with transaction.atomic():
        raised = tuple(_raise(event, declared, as_of) for event in made)
    return Watched(tuple(found), raised)


def _raise(event: Event, declared: Declaration, as_of: date) -> Raised:
    before = _latest(event, declared)
    if before is None:
        return Raised(event, _save(event, declared, as_of, None), "new")
    if before.values.get(STATE) not in _final(declared):
        return Raised(event, _save(event, declared, as_of, before), "open")
    quiet_until = before.values.get(declared.alert.quiet_until)
    settled = before.values[declared.alert.last_period]
    if event.last_period.isoformat() <= settled or (quiet_until or "") >= as_of.isoformat():
        return Raised(event, before, "quiet")
    return Raised(event, _save(event, declared, as_of, None), "new")


def _latest(event: Event, declared: Declaration) -> RecordVersion | None:
    """The newest alert of the same trigger at the same place."""
    title = declared.triggers[event.trigger].title
    return (
        RecordVersion.objects.valid()
        .filter(
            kind__name=declared.alert.kind, subject__in=Place.objects.filter(code=event.place).values("pk")
        )
        .filter(**{f"values__{declared.alert.trigger}": title.zh})
        .order_by("-occurred_on", "-seq")
        .first()
    )


def _final(declared: Declaration) -> frozenset[str]:
    workflow = rulebook().kinds[declared.alert.kind].workflow
    return frozenset(state.name for state in workflow.states if state.final) if workflow else frozenset()


def _save(event: Event, declared: Declaration, as_of: date, before: RecordVersion | None) -> RecordVersion:
    own = {name: value for name, value in before.values.items() if name in _form(declared)} if before else {}
    return save_and_refresh(
        actor=None,
        kind=rulebook().kinds[declared.alert.kind],
        subject_code=event.place,
        occurred_on=before.occurred_on if before else as_of,
        values=own | _values(event, declared, before),
        record_id=before.record_id if before else _id_of(event),
        expected_version=before.version if before else 0,
    )


def _form(declared: Declaration) -> frozenset[str]:
    return frozenset(field.name for field in rulebook().kinds[declared.alert.kind].form)


def _id_of(event: Event) -> str:
    """Always the same for an event that begins in a period, so that looking twice raises once."""
    words = f"wangdi:alert:{event.trigger}:{event.place}:{event.last_period.isoformat()}"
    return str(uuid5(NAMESPACE_URL, words))


def _values(event: Event, declared: Declaration, before: RecordVersion | None) -> dict[str, Any]:
    alert, strongest = declared.alert, event.strongest
    first = before.values[alert.first_period] if before else event.first_period.isoformat()
    return {
        alert.trigger: declared.triggers[event.trigger].title.zh,
        alert.channels: "、".join(_titles(event.signals)),
        alert.first_period: min(first, event.first_period.isoformat()),
        alert.last_period: event.last_period.isoformat(),
        **_numbers(
            {
                alert.observed: strongest.observed,
                alert.expected: strongest.expected,
                alert.upper: strongest.upper,
            }
        ),
        alert.explanation: "\n".join(
            f"{signal.channel.title.zh}（{signal.period}）：{signal.why.zh}" for signal in event.signals
        ),
    }


def _numbers(told: Mapping[str, float]) -> dict[str, float]:
    """Those that are numbers, with two decimals: some detectors expect nothing, or have no bound."""
    return {name: round(value, 2) for name, value in told.items() if isfinite(value)}


def _titles(found: Iterable[Signal]) -> list[str]:
    return list(dict.fromkeys(signal.channel.title.zh for signal in found))
