"""The contacts of an alert's cases: who they are, until when they are observed, on which days they were, what is due."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.model.each import Each
from wangdi.server.access.scope import Viewer
from wangdi.server.evaluation.models import DueItem
from wangdi.server.evaluation.rules import rulebook
from wangdi.server.evaluation.store_world import StoreWorld
from wangdi.server.network.models import Resident
from wangdi.server.records.models import RecordVersion
from wangdi.server.watch.contact_rules import PEOPLE, Contacts, link_of
from wangdi.server.watch.declaration import Declaration

MOST = 200
"""Contacts that a case lists; longer lists are for the list of the kind, which has filters and files."""


@dataclass(frozen=True, slots=True)
class Contact:
    """``record`` says that ``person`` is a contact; ``until`` when they are observed. ``days``: the observations since.

    ``to_observe`` and ``to_register`` are what is due about them; ``case`` what they were registered as since.
    """

    record: RecordVersion
    person: Resident
    until: date | None
    days: tuple[RecordVersion, ...]
    ill: RecordVersion | None
    to_observe: DueItem | None
    to_register: DueItem | None
    case: RecordVersion | None

    def expected(self, as_of: date) -> int:
        """Days on which they should have been observed by now: until they fell ill, were a case, or the end."""
        ends = [as_of, self.until or as_of]
        ends += [one.occurred_on for one in (self.ill, self.case) if one is not None]
        return max((min(ends) - self.record.occurred_on).days + 1, 0)

    @property
    def observed(self) -> int:
        return len({one.occurred_on for one in self.days})

    def is_over(self, as_of: date) -> bool:
        return self.until is not None and as_of > self.until


@dataclass(frozen=True, slots=True)
class ContactList:
    """Those that a reader may see; ``hidden`` are contacts elsewhere. ``is_cut``: there are more."""

    contacts: tuple[Contact, ...]
    hidden: int
    is_cut: bool


def contacts_of(
    alert: str, rules: Contacts, declared: Declaration, as_of: date, viewer: Viewer
) -> ContactList:
    """The contacts of an alert, by its record's id: the newest record of each, those last registered first."""
    kind = rulebook().kinds[rules.kind]
    records = RecordVersion.objects.valid().filter(
        kind__name=rules.kind, **{f"values__{link_of(kind, declared.alert.kind)}": alert}
    )
    newest: dict[int, RecordVersion] = {}
    for record in records.select_related("kind").order_by("-occurred_on", "-seq"):
        newest.setdefault(record.subject, record)
    people = Resident.objects.visible_to(viewer).select_related("place").in_bulk(list(newest))
    shown = [record for key, record in newest.items() if key in people][:MOST]
    followed = _Followed.of({record.subject: people[record.subject] for record in shown}, rules, as_of)
    found = tuple(followed.contact(record, people[record.subject], rules) for record in shown)
    return ContactList(found, len(newest) - len(people), len(people) > MOST)


@dataclass(frozen=True, slots=True)
class _Followed:
    """What is known of residents since they are contacts, by their keys; records are the newest first."""

    until: Mapping[int, date | None]
    records: Mapping[tuple[int, str], list[RecordVersion]]
    due: Mapping[tuple[int, str], DueItem]

    @classmethod
    def of(cls, people: Mapping[int, Resident], rules: Contacts, as_of: date) -> "_Followed":
        return cls(
            _until(people, rules.until, as_of),
            _records(people, (rules.day, rules.becomes), as_of),
            _due(people, (rules.day, rules.becomes), as_of),
        )

    def contact(self, record: RecordVersion, person: Resident, rules: Contacts) -> Contact:
        since = [
            one
            for one in self.records.get((person.pk, rules.day), ())
            if one.occurred_on >= record.occurred_on
        ]
        cases = [
            one
            for one in self.records.get((person.pk, rules.becomes), ())
            if one.occurred_on >= record.occurred_on
        ]
        return Contact(
            record,
            person,
            self.until[person.pk],
            tuple(since),
            next((one for one in since[::-1] if one.values.get(rules.ill) is True), None),
            self.due.get((person.pk, rules.day)),
            self.due.get((person.pk, rules.becomes)),
            cases[-1] if cases else None,
        )


def _until(people: Mapping[int, Resident], name: str, as_of: date) -> dict[int, date | None]:
    """By the reference evaluator: the meaning is that of the rules."""
    rules, world = rulebook(), StoreWorld(rulebook().kinds)
    value = next(
        one for pack in rules.packs for one in pack.values if one.name == name and one.entity == PEOPLE
    )
    world.read_ahead(PEOPLE, [one.code for one in people.values()])
    moment = Moment.in_year(as_of)
    return {
        key: ReferenceEvaluator(world, rules, PEOPLE, one.code, moment).value(value)
        for key, one in people.items()
    }


def _records(
    people: Collection[int], kinds: Collection[str], as_of: date
) -> dict[tuple[int, str], list[RecordVersion]]:
    records = RecordVersion.objects.valid().filter(
        kind__name__in=kinds, kind__about=PEOPLE, subject__in=people, occurred_on__lte=as_of
    )
    found: dict[tuple[int, str], list[RecordVersion]] = {}
    for record in records.select_related("kind").order_by("-occurred_on", "-seq"):
        found.setdefault((record.subject, record.kind.name), []).append(record)
    return found


def _due(people: Collection[int], kinds: Collection[str], as_of: date) -> dict[tuple[int, str], DueItem]:
    """What is open about people of the services that are records of the kinds; the most urgent of each. What is open about
    one record alone, such as a step of its workflow, is not about contacts.
    """
    schedules = (one for one in rulebook().schedules.values() if not isinstance(one.shape, Each))
    services = {one.name: one.service for one in schedules if one.service in kinds}
    items = DueItem.objects.filter(resident__in=people, schedule__in=services).open_on(as_of)
    found: dict[tuple[int, str], DueItem] = {}
    for item in items.by_urgency(as_of):
        found.setdefault((item.subject, str(services[item.schedule])), item)
    return found
