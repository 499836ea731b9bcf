"""How alerts come from channels: the ``watch.yaml`` beside the pack of surveillance.

The kind of record, methods and triggers stand there, so that another place's pack needs no programme code.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.text import Text
from wangdi.methods.detection.choosing import Method
from wangdi.server.evaluation.rules import CONTENT, rulebook

FILE = "watch.yaml"


class DeclarationError(Exception):
    """The file does not fit the packs; all that is wrong with it."""


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(Shape):
    zh: str
    en: str

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


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
    files = sorted(CONTENT.glob(f"*/{FILE}"))
    if len(files) != 1:
        raise DeclarationError(f"{len(files)} × {FILE}")
    text = files[0].read_text(encoding="utf-8")
    return read_declaration(text, str(files[0].relative_to(CONTENT.parent)), rulebook())


def read_declaration(text: str, name: str, rules: Rulebook) -> Declaration:
    """The declaration of a file, checked against the packs' kinds, fields and channels."""
    try:
        found = Declaration.model_validate(yaml.safe_load(text))
    except ValidationError as error:
        lines = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise DeclarationError("\n".join(f"{name}: {line}" for line in lines)) from None
    wrong = [f"{name}: {line}" for line in _unknown(found, rules)]
    if wrong:
        raise DeclarationError("\n".join(wrong))
    return found


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
