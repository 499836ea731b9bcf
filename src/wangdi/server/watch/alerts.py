"""Events become alerts: records of the declared kind that its workflow leads from raised to closed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.db.models import Q, QuerySet

from wangdi.engine.evaluate.network import Network
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.server.audit.services import record_change
from wangdi.server.common.installation import Installation
from wangdi.server.common.loading import OnProgress
from wangdi.server.common.paths import SEPARATOR
from wangdi.server.evaluation.publishing import fresh_lake, network_of
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.services import save_and_refresh
from wangdi.server.network.models import Place
from wangdi.server.records.models import RecordQuerySet, RecordVersion
from wangdi.server.records.services import PROGRAM
from wangdi.server.watch.clusters import Seat
from wangdi.server.watch.declaration import Declaration, declaration
from wangdi.server.watch.events import Event, events
from wangdi.server.watch.signals import Signal, signals
from wangdi.server.watch.silences import Silences

LOOKED = "watch.run"
"""What the audit calls a look at all channels."""

BETWEEN_PLACES = "、"


@dataclass(frozen=True)
class Raised:
    """What came of an event: the alert's newest version, and whether it is new, was open before, or is silenced."""

    event: Event
    record: RecordVersion
    outcome: str
    """``new``, ``open`` or ``quiet``."""


@dataclass(frozen=True)
class Watched:
    """What a look at all channels found; ``silenced`` are signals that raise nothing."""

    signals: tuple[Signal, ...]
    raised: tuple[Raised, ...]
    silenced: tuple[Signal, ...] = ()


def watch(
    installation: Installation, as_of: date, on_progress: OnProgress | None = None, actor_name: str = PROGRAM
) -> Watched:
    """Looks at all channels, and raises an alert for each event that has none. Raises DeclarationError.

    An event whose alert is still open joins it: the same alert, with the newest signals. One that was dismissed or closed
    is raised again only for a period after its last one, and after the day until which it was silenced. The audit says
    that somebody looked, and what came of it.
    """
    declared = declaration()
    lake, _ = fresh_lake(installation, on_progress)
    heard, silenced = _heard(network_of(lake), declared, as_of)
    made = events(heard, declared.triggers, dict(Place.objects.values_list("code", "parent__code")))
    with transaction.atomic():
        raised = tuple(_raise(event, declared, as_of) for event in made)
        found = Watched(tuple(heard), raised, tuple(silenced))
        record_change(LOOKED, actor_name=actor_name, summary=_summary(found, as_of))
    return found


def alerts_about(places: QuerySet[Place], declared: Declaration) -> RecordQuerySet:
    """The newest versions of alerts about places, those that came last first."""
    records = RecordVersion.objects.valid().filter(
        kind__name=declared.alert.kind, subject__in=places.values("pk")
    )
    return records.order_by("-occurred_on", "-seq")


def alert_kind(declared: Declaration) -> Kind:
    return rulebook().kinds[declared.alert.kind]


def final_states(declared: Declaration) -> frozenset[str]:
    workflow = alert_kind(declared).workflow
    return frozenset(state.name for state in workflow.states if state.final) if workflow else frozenset()


def _heard(network: Network, declared: Declaration, as_of: date) -> tuple[list[Signal], list[Signal]]:
    """Signals, apart from those that somebody silenced."""
    seats, paths = _seats(), dict(Place.objects.values_list("code", "path"))
    silences = Silences.on(as_of)
    heard: list[Signal] = []
    silenced: list[Signal] = []
    for signal in signals(network, declared, as_of, seats):
        is_silent = silences.of(signal.channel.name, paths.get(signal.place, "")) is not None
        (silenced if is_silent else heard).append(signal)
    return heard, silenced


def _seats() -> dict[str, Seat]:
    rows = Place.objects.values_list("code", "name", "lon", "lat", "path")
    return {
        code: Seat(name, lon, lat, tuple(path.strip(SEPARATOR).split(SEPARATOR)[-2::-1]))
        for code, name, lon, lat, path in rows
    }


def _summary(found: Watched, as_of: date) -> dict[str, Any]:
    outcomes = [one.outcome for one in found.raised]
    counted = {name: outcomes.count(name) for name in ("new", "open", "quiet")}
    return {
        "as_of": as_of.isoformat(),
        "signals": len(found.signals),
        "silenced": len(found.silenced),
        **counted,
    }


def _raise(event: Event, declared: Declaration, as_of: date) -> Raised:
    before = _open_alert(event, declared)
    if before is not None:
        return Raised(event, _save(event, declared, as_of, before), "open")
    settled = _of_trigger(event, declared).filter(subject__in=_at(event.place)).first()
    if settled is None:
        return Raised(event, _save(event, declared, as_of, None), "new")
    quiet_until = settled.values.get(declared.alert.quiet_until)
    last = settled.values[declared.alert.last_period]
    if event.last_period.isoformat() <= last or (quiet_until or "") >= as_of.isoformat():
        return Raised(event, settled, "quiet")
    return Raised(event, _save(event, declared, as_of, None), "new")


def _of_trigger(event: Event, declared: Declaration) -> RecordQuerySet:
    """Alerts of the event's trigger, the newest first."""
    found = RecordVersion.objects.valid().filter(
        kind__name=declared.alert.kind, **{f"values__{declared.alert.trigger}": event.trigger}
    )
    return found.order_by("-occurred_on", "-seq")


def _open_alert(event: Event, declared: Declaration) -> RecordVersion | None:
    """The alert that the event joins: at its place, at a place of its cluster, or one of a cluster that holds its place."""
    records = _of_trigger(event, declared).exclude(state__in=final_states(declared))
    own = Q(subject__in=_at(event.place, *event.places))
    place = Place.objects.filter(code=event.place).values_list("name", "path").first()
    if place is None:
        return records.filter(own).first()
    name, path = place
    holding = Place.objects.filter(code__in=path.strip(SEPARATOR).split(SEPARATOR))
    wide = records.filter(subject__in=holding.values("pk"))
    joined = (
        one for one in wide if name in str(one.values.get(declared.alert.places, "")).split(BETWEEN_PLACES)
    )
    return records.filter(own).first() or next(joined, None)


def _at(*codes: str) -> Any:
    return Place.objects.filter(code__in=codes).values("pk")


def _save(event: Event, declared: Declaration, as_of: date, before: RecordVersion | None) -> RecordVersion:
    form = {field.name for field in alert_kind(declared).form}
    own = {name: value for name, value in before.values.items() if name in form} if before else {}
    subject = Place.objects.get(pk=before.subject).code if before else event.place
    return save_and_refresh(
        actor=None,
        kind=alert_kind(declared),
        subject_code=subject,
        occurred_on=before.occurred_on if before else as_of,
        values=own | _values(event, declared, before),
        record_id=before.record_id if before else _id_of(event),
        expected_version=before.version if before else 0,
    )


def _id_of(event: Event) -> str:
    """Always the same for an event that begins in a period, so that looking twice raises once."""
    words = f"wangdi:alert:{event.trigger}:{event.place}:{event.last_period.isoformat()}"
    return str(uuid5(NAMESPACE_URL, words))


def _values(event: Event, declared: Declaration, before: RecordVersion | None) -> dict[str, Any]:
    alert, strongest = declared.alert, event.strongest
    first = before.values[alert.first_period] if before else event.first_period.isoformat()
    told = _told(event)
    return {
        alert.trigger: event.trigger,
        alert.channels: _ordered(declared, {signal.channel.name for signal in event.signals}),
        **({alert.strongest: strongest.channel.name} if alert.strongest is not None else {}),
        **_places(event, alert.places, before),
        alert.first_period: min(first, event.first_period.isoformat()),
        alert.last_period: event.last_period.isoformat(),
        **_numbers(
            {
                alert.observed: strongest.observed,
                alert.expected: strongest.expected,
                alert.upper: strongest.upper,
            }
        ),
        alert.explanation: told.zh,
        alert.explanation_en: told.en,
    }


def _places(event: Event, field: str, before: RecordVersion | None) -> dict[str, str]:
    """The places of clusters, those of an alert that is open already among them."""
    named = Place.objects.filter(code__in=event.places).order_by("code").values_list("name", flat=True)
    kept = str(before.values.get(field, "")).split(BETWEEN_PLACES) if before else []
    names = list(dict.fromkeys(name for name in (*kept, *named) if name))
    return {field: BETWEEN_PLACES.join(names)} if names else {}


def _ordered(declared: Declaration, names: Iterable[str]) -> list[str]:
    """Channels in the order of the options, as several answers are kept."""
    options = [option.code for option in alert_kind(declared).field(declared.alert.channels).options]
    return sorted(names, key=options.index)


def _told(event: Event) -> Text:
    """Signal by signal, why."""
    lines = [(signal.channel.title, signal.period.isoformat(), signal.why) for signal in event.signals]
    return Text(
        "\n".join(f"{title.zh}（{day}）：{why.zh}" for title, day, why in lines),
        "\n".join(f"{title.en} ({day}): {why.en}" for title, day, why in lines),
    )


def _numbers(told: Mapping[str, float]) -> dict[str, float]:
    """Those that are numbers, with two decimals: some detectors expect nothing, or have no bound."""
    return {name: round(value, 2) for name, value in told.items() if isfinite(value)}
