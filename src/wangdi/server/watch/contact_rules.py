"""Which records say who is a contact of an alert's cases, and how contacts are followed: a part of ``watch.yaml``."""

from collections.abc import Iterator, Mapping

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.fields import FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.pack import Rulebook
from wangdi.server.evaluation.declarations import Flaw, Shape

PEOPLE = "resident"


class Contacts(Shape):
    """The ``kind`` of record about residents that somebody is a contact of an alert's cases, and how they are followed.

    ``until``: a value of the packs, the last day of observation. ``day``: the kind of record of an observation, ``ill`` its
    field that is true of whoever has symptoms. Those are registered as records of the kind ``becomes``, which ``takes``
    fields of the observation by their names there.
    """

    kind: str
    until: str
    day: str
    ill: str
    becomes: str
    takes: Mapping[str, str] = {}


def flaws_of_contacts(found: Contacts, alert: str, rules: Rulebook) -> Iterator[Flaw]:
    """Kinds, fields and values that no pack declares, or that are not what they have to be."""
    for part, name in (("kind", found.kind), ("day", found.day), ("becomes", found.becomes)):
        kind = rules.kinds.get(name)
        if kind is None or kind.about != PEOPLE:
            yield Flaw(
                ("contacts", part), f"kind {name}: needs to be one about residents; {_near(name, rules)}"
            )
    values = [one.name for pack in rules.packs for one in pack.values if one.entity == PEOPLE]
    if found.until not in values:
        yield Flaw(("contacts", "until"), f"value {found.until}: {suggest(found.until, values)}")
    if (kind := rules.kinds.get(found.kind)) is not None and link_of(kind, alert) is None:
        yield Flaw(("contacts", "kind"), f"kind {kind.name}: no field of it is the record_of {alert}")
    yield from _flaws_of_fields(found, rules)


def _near(name: str, rules: Rulebook) -> str:
    return suggest(name, [one.name for one in rules.kinds.values() if one.about == PEOPLE])


def _flaws_of_fields(found: Contacts, rules: Rulebook) -> Iterator[Flaw]:
    day, becomes = rules.kinds.get(found.day), rules.kinds.get(found.becomes)
    if day is not None:
        yes_or_no = [field.name for field in day.form if field.type is FieldType.BOOLEAN]
        if found.ill not in yes_or_no:
            yield Flaw(("contacts", "ill"), f"{day.name}.{found.ill}: {suggest(found.ill, yes_or_no)}")
    for one, other in found.takes.items():
        for kind, name in ((day, other), (becomes, one)):
            known = [field.name for field in kind.form] if kind is not None else [name]
            if kind is not None and name not in known:
                yield Flaw(("contacts", "takes", one), f"{kind.name}.{name}: {suggest(name, known)}")


def link_of(kind: Kind, alert: str) -> str | None:
    """The field that holds which alert a record belongs to."""
    return next((field.name for field in kind.form if field.record_of == alert), None)
