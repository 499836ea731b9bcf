"""How alerts come from channels: the ``watch.yaml`` beside the pack of surveillance.

The kind of record, methods and triggers stand there, so that another place's pack needs no programme code.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field, model_validator

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.roles import ROLES
from wangdi.engine.model.text import Text
from wangdi.methods.detection.choosing import Method
from wangdi.methods.detection.scan import Search
from wangdi.methods.detection.threshold_rule import ThresholdRule
from wangdi.server.evaluation.declarations import DeclarationFile, Flaw, Shape
from wangdi.server.watch.contact_rules import Contacts, flaws_of_contacts


class AlertKind(Shape):
    """The kind of record that an alert is written as, about a place, and which of its fields hold what.

    ``trigger`` is a choice, ``channels`` several: their options are the triggers and channels that may be named.
    """

    kind: str
    trigger: str
    channels: str
    places: str
    first_period: str
    last_period: str
    observed: str
    expected: str
    upper: str
    explanation: str
    explanation_en: str
    quiet_until: str
    strongest: str | None = None
    """The channel whose numbers ``observed``, ``expected`` and ``upper`` are; a choice with the options of ``channels``."""

    @property
    def fields(self) -> Mapping[str, str]:
        """By what they hold."""
        named = {name: getattr(self, name) for name in type(self).model_fields if name != "kind"}
        return {name: field for name, field in named.items() if field is not None}


class Threshold(Shape):
    """A rule that everybody can check: so many cases within so many periods, or so far above the mean."""

    cases: Annotated[float, Field(gt=0)] | None = None
    deviations: Annotated[float, Field(gt=0)] | None = None
    within: Annotated[int, Field(ge=1)] = 1
    baseline: Annotated[int, Field(ge=2)] = 52

    @model_validator(mode="after")
    def _has_a_limit(self) -> "Threshold":
        if self.cases is None and self.deviations is None:
            raise ValueError("needs cases, deviations, or both")
        return self

    @property
    def rule(self) -> ThresholdRule:
        return ThresholdRule(self.cases, self.deviations, self.within, self.baseline)


class Scan(Shape):
    """Where, and since when, cases come together: circles of places over the latest periods.

    ``periods`` of history are looked at, clusters last at most ``longest`` of them and lie within ``radius`` km.
    """

    channel: str
    periods: Annotated[int, Field(ge=4)] = 52
    longest: Annotated[int, Field(ge=1)] = 4
    radius: Annotated[float, Field(gt=0)] | None = None
    least: Annotated[int, Field(ge=1)] = 3
    chance: Annotated[float, Field(gt=0, lt=0.5)] = 0.01
    replicates: Annotated[int, Field(ge=99, le=9999)] = 999

    @property
    def search(self) -> Search:
        return Search(self.longest, radius=self.radius, replicates=self.replicates, least=self.least)


class Trigger(Shape):
    """An event: at least so many of the channels are above their bounds at a place, or come together in a cluster."""

    channels: Annotated[Sequence[str], Field(min_length=1)]
    at_least: Annotated[int, Field(ge=1)] = 1
    scan: Scan | None = None


class Confirmed(Shape):
    """Which records say that there was an outbreak: those whose field ``outcome`` holds one ``of`` these, among alerts and
    records of the kind ``otherwise``, outbreaks found without an alert. ``onset``: the field with that of the first case.
    """

    outcome: str
    of: Annotated[Sequence[str], Field(min_length=1)]
    onset: str
    otherwise: str | None = None


class Silencing(Shape):
    """Who may silence a channel at a place, and for at most how many days."""

    by: Annotated[Sequence[str], Field(min_length=1)]
    days: Annotated[int, Field(ge=1, le=366)]


class Declaration(Shape):
    """``judged``: how many of the latest whole periods; ``methods`` by channel, else `Method.AUTOMATIC`.

    ``late``: channels whose reports come late, with the most periods a report takes. ``hours``: within how many hours
    after it came into a state an alert has to leave it.
    """

    alert: AlertKind
    judged: Annotated[int, Field(ge=1)] = 1
    methods: Mapping[str, Method | Threshold] = {}
    late: Mapping[str, Annotated[int, Field(ge=1, le=26)]] = {}
    hours: Mapping[str, Annotated[int, Field(ge=1)]] = {}
    contacts: Contacts | None = None
    confirmed: Confirmed | None = None
    silencing: Silencing
    triggers: Annotated[Mapping[str, Trigger], Field(min_length=1)]

    def method_of(self, channel: str) -> Method | Threshold:
        return self.methods.get(channel, Method.AUTOMATIC)

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel that a trigger looks at, once."""
        return tuple(dict.fromkeys(name for one in self.triggers.values() for name in one.channels))

    def title(self, kind: Kind, trigger: str) -> Text:
        """What a trigger is called: its option of the alert's field."""
        return next(
            (one.title for one in kind.field(self.alert.trigger).options if one.code == trigger),
            Text(trigger, trigger),
        )


def declaration() -> Declaration:
    """The declaration in force. Raises DeclarationError; there is exactly one among the packs."""
    return WATCH.in_force()


def is_alert(kind: str) -> bool:
    """Whether records of a kind are alerts; nothing is where no declaration fits the packs in force."""
    declared = WATCH.if_in_force()
    return declared is not None and declared.alert.kind == kind


def _flaws(found: Declaration, rules: Rulebook) -> Iterator[Flaw]:
    """Kinds, fields, states, roles and channels that no pack declares, and triggers that can never go off."""
    kind = rules.kinds.get(found.alert.kind)
    if kind is None or kind.about != "place" or kind.workflow is None:
        yield Flaw(
            ("alert", "kind"), f"kind {found.alert.kind}: needs to be about places and to have a workflow"
        )
    else:
        yield from _flaws_of_kind(found, kind)
    for path, one in _channels_named(found):
        if one not in rules.channels:
            yield Flaw(path, f"channel {one}: {suggest(one, rules.channels)}")
    for name, trigger in found.triggers.items():
        at = ("triggers", name)
        if trigger.at_least > len(trigger.channels):
            yield Flaw(
                (*at, "at_least"),
                f"trigger {name}: at_least {trigger.at_least} of {len(trigger.channels)} channels",
            )
        if trigger.scan is not None and trigger.scan.channel not in trigger.channels:
            yield Flaw(
                (*at, "scan", "channel"), f"trigger {name}: scan looks at a channel that it does not list"
            )
    if found.confirmed is not None:
        yield from _flaws_of_confirmed(found.confirmed, found.alert.kind, rules)
    if found.contacts is not None:
        yield from flaws_of_contacts(found.contacts, found.alert.kind, rules)
    for number, role in enumerate(found.silencing.by):
        if role not in ROLES:
            yield Flaw(("silencing", "by", number), f"role {role}: {suggest(role, ROLES)}")


def _channels_named(found: Declaration) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for name, trigger in found.triggers.items():
        for number, one in enumerate(trigger.channels):
            yield ("triggers", name, "channels", number), one
    for part, named in (("methods", found.methods), ("late", found.late)):
        for one in named:
            yield (part, one), one


def _flaws_of_confirmed(found: Confirmed, alert: str, rules: Rulebook) -> Iterator[Flaw]:
    if found.otherwise is not None and found.otherwise not in rules.kinds:
        yield Flaw(
            ("confirmed", "otherwise"), f"kind {found.otherwise}: {suggest(found.otherwise, rules.kinds)}"
        )
    for kind in (rules.kinds[name] for name in (alert, found.otherwise) if name and name in rules.kinds):
        known = {field.name: field for field in kind.form}
        for part, name in (("outcome", found.outcome), ("onset", found.onset)):
            if name not in known:
                yield Flaw(("confirmed", part), f"{kind.name}.{name}: {suggest(name, known)}")
        for number, one in enumerate(found.of if found.outcome in known else ()):
            options = known[found.outcome].option_codes
            if one not in options:
                yield Flaw(
                    ("confirmed", "of", number),
                    f"{found.outcome} has no option {one}: {suggest(one, options)}",
                )


def _flaws_of_kind(found: Declaration, kind: Kind) -> Iterator[Flaw]:
    known = {field.name: field for field in kind.form}
    for what, one in found.alert.fields.items():
        if one not in known:
            yield Flaw(("alert", what), f"{kind.name}.{one}: {suggest(one, known)}")
    chosen = [(found.alert.trigger, list(found.triggers)), (found.alert.channels, list(found.channels))]
    chosen += [(found.alert.strongest, list(found.channels))] if found.alert.strongest is not None else []
    for what, wanted in chosen:
        options = {option.code for option in known[what].options} if what in known else set(wanted)
        for one in wanted:
            if one not in options:
                yield Flaw(
                    ("triggers", one), f"{kind.name}.{what} has no option {one}: {suggest(one, options)}"
                )
    states = kind.workflow.open_states if kind.workflow is not None else ()
    for state in found.hours:
        if state not in states:
            yield Flaw(("hours", state), f"state {state}: {suggest(state, states)}")


WATCH = DeclarationFile("watch.yaml", Declaration, _flaws)
