"""How alerts come from channels: the ``watch.yaml`` beside the pack of surveillance.

The kind of record, methods and triggers stand there, so that another place's pack needs no programme code.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated

from pydantic import Field

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.pack import Rulebook
from wangdi.methods.detection.choosing import Method
from wangdi.server.evaluation.declarations import Shape, Title, only_file, read_shape
from wangdi.server.evaluation.rules import rulebook

FILE = "watch.yaml"


class AlertKind(Shape):
    """The kind of record that an alert is written as, about a place, and which of its fields hold what."""

    kind: str
    trigger: str
    channels: str
    first_period: str
    last_period: str
    observed: str
    expected: str
    upper: str
    explanation: str
    quiet_until: str

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(getattr(self, name) for name in type(self).model_fields if name != "kind")


class Trigger(Shape):
    """An event: at least so many of the channels are above their bounds at a place."""

    title: Title
    channels: Annotated[Sequence[str], Field(min_length=1)]
    at_least: Annotated[int, Field(ge=1)] = 1


class Declaration(Shape):
    """``judged``: how many of the latest whole periods; ``methods`` by channel, else `Method.AUTOMATIC`."""

    alert: AlertKind
    judged: Annotated[int, Field(ge=1)] = 1
    methods: Mapping[str, Method] = {}
    triggers: Mapping[str, Trigger]

    def method_of(self, channel: str) -> Method:
        return self.methods.get(channel, Method.AUTOMATIC)

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel that a trigger looks at, once."""
        return tuple(dict.fromkeys(name for one in self.triggers.values() for name in one.channels))


@cache
def declaration() -> Declaration:
    """The declaration in force. Raises DeclarationError; there is exactly one among the packs."""
    return read_declaration(*only_file(FILE), rulebook())


def read_declaration(text: str, name: str, rules: Rulebook) -> Declaration:
    """The declaration of a file, checked against the packs' kinds, fields and channels."""
    return read_shape(Declaration, text, name, lambda found: _unknown(found, rules))


def _unknown(found: Declaration, rules: Rulebook) -> list[str]:
    """Kinds, fields and channels that no pack declares, and triggers that can never go off."""
    wrong, kind = [], rules.kinds.get(found.alert.kind)
    if kind is None or kind.about != "place" or kind.workflow is None:
        wrong.append(f"kind {found.alert.kind}: needs to be about places and to have a workflow")
    else:
        known = {field.name for field in kind.form}
        wrong += [
            f"{kind.name}.{one}: {suggest(one, known)}" for one in found.alert.fields if one not in known
        ]
    asked = [*found.channels, *found.methods]
    wrong += [f"channel {one}: {suggest(one, rules.channels)}" for one in asked if one not in rules.channels]
    wrong += [
        f"trigger {name}: at_least {one.at_least} of {len(one.channels)} channels"
        for name, one in found.triggers.items()
        if one.at_least > len(one.channels)
    ]
    return wrong
