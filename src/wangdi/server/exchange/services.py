"""Handing out what is known of people to other systems: for a reason, on record. Permission is the caller's to check."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from wangdi.interchange.fhir.bundles import Resource
from wangdi.interchange.fhir.documents import Section, document
from wangdi.interchange.fhir.messages import message
from wangdi.server.audit.services import record_change
from wangdi.server.exchange.telling import RELATED, pack_of_kinds, told_person, told_records
from wangdi.server.network.models import Resident
from wangdi.server.network.revealing import SHORTEST_REASON, NoReason
from wangdi.server.records.models import RecordVersion

MESSAGE, DOCUMENT = "exchange.message", "exchange.document"
"""What the audit calls the two."""


@dataclass(frozen=True, slots=True)
class Handed:
    """To whom it is handed out and what for; ``with_numbers``: identity number and telephone in full."""

    reason: str
    actor: AbstractBaseUser | None = None
    actor_name: str = ""
    with_numbers: bool = False

    def note(self, action: str, **summary: Any) -> None:
        """Writes it to the audit. `NoReason` without one."""
        if len(self.reason.strip()) < SHORTEST_REASON:
            raise NoReason
        told = {**summary, "reason": self.reason.strip(), "numbers": self.with_numbers}
        record_change(action, actor=self.actor, actor_name=self.actor_name, summary=told)


def message_of(version: RecordVersion, handed: Handed) -> Resource:
    """A version of a record about a resident, read with `RELATED`, as a FHIR message. `NoReason` without one."""
    (told,) = told_records([version], with_numbers=handed.with_numbers)
    handed.note(
        MESSAGE,
        kind=version.kind.name,
        record=version.record_id,
        version=version.version,
        code=told.person.code,
    )
    return message(told)


def document_of(
    person: Resident, handed: Handed, *, packs: Collection[str] | None = None, since: date | None = None
) -> Resource:
    """What is known of somebody as a FHIR document: of some packs or all, from a day on or ever. `NoReason` without one."""
    told = told_records(_records_of(person, since), with_numbers=handed.with_numbers)
    titles = {pack.name: pack.title.zh for pack in pack_of_kinds().values()}
    wanted = [pack for pack in titles if packs is None or pack in packs]
    sections = [
        Section(pack, titles[pack], tuple(one for one in told if one.pack == pack)) for pack in wanted
    ]
    filled = [section for section in sections if section.records]
    handed.note(
        DOCUMENT,
        code=person.code,
        packs=[section.pack for section in filled],
        since=since.isoformat() if since is not None else None,
        records=sum(len(section.records) for section in filled),
    )
    return document(told_person(person, with_numbers=handed.with_numbers), filled, timezone.now())


def packs_with_records(person: Resident) -> list[str]:
    """The packs of which there is a record about somebody, in the order of the rulebook."""
    known = pack_of_kinds()
    kinds = RecordVersion.objects.valid().filter(kind__about="resident", subject=person.pk).order_by()
    names = set(kinds.values_list("kind__name", flat=True).distinct())
    return list(dict.fromkeys(pack.name for kind, pack in known.items() if kind in names))


def _records_of(person: Resident, since: date | None) -> list[RecordVersion]:
    """Newest first, as they stand now: nothing that was voided."""
    found = RecordVersion.objects.valid().filter(kind__about="resident", subject=person.pk)
    if since is not None:
        found = found.filter(occurred_on__gte=since)
    return list(found.select_related(*RELATED).order_by("-occurred_on", "-seq"))
