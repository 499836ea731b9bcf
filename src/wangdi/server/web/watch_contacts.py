"""What the page of an alert shows of its contacts, and of other records that belong to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from urllib.parse import urlencode

from django.urls import reverse

from wangdi.server.access.scope import may_record
from wangdi.server.evaluation.services import rulebook
from wangdi.server.network.models import Resident
from wangdi.server.records.models import RecordVersion
from wangdi.server.watch.contact_rules import PEOPLE, Contacts, link_of
from wangdi.server.watch.contacts import Contact, ContactList, contacts_of
from wangdi.server.watch.declaration import Declaration
from wangdi.server.web.asking import name_of
from wangdi.server.web.requests import SignedInRequest
from wangdi.server.web.residents import TimelineRow, timeline
from wangdi.server.web.search import MOST, about, residents, tidy
from wangdi.server.web.words import lateness_in_words, say, wording

FIELDS_SHOWN = 3
"""Fields of a contact's record that the list shows, after the alert it belongs to."""


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact as the page shows it. ``state``: a word and the class it is drawn by; ``step``: what to do, and where."""

    contact: Contact
    values: Sequence[tuple[str, str]]
    expected: int
    state: tuple[str, str]
    step: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class ContactsShown:
    """The contacts of an alert. ``found`` are residents that fit ``words``, each with the address of the form that makes a
    contact of them; None while nothing is searched.
    """

    kind: str
    rows: Sequence[ContactRow]
    listed: ContactList
    waiting: int
    ill: int
    may_add: bool
    words: str
    found: Sequence[tuple[Resident, str, str]] | None


def contacts_shown(
    request: SignedInRequest, alert: RecordVersion, declared: Declaration, as_of: date
) -> ContactsShown | None:
    """None where the declaration knows of no contacts."""
    rules = declared.contacts
    if rules is None:
        return None
    listed = contacts_of(alert.record_id, rules, declared, as_of, request.user)
    records = may_record(request.user, PEOPLE)
    rows = [
        _row(one, told, rules, alert.record_id, records, as_of)
        for one, told in zip(listed.contacts, _told(listed), strict=True)
    ]
    words = tidy(request.GET.get("who", "")) if records else ""
    return ContactsShown(
        rules.kind,
        sorted(rows, key=lambda row: _URGENCY.index(row.state[1])),
        listed,
        sum(one.contact.to_observe is not None for one in rows),
        sum(one.contact.ill is not None for one in rows),
        records,
        words,
        _found(request, words, rules, declared, alert) if words else None,
    )


_URGENCY = ("overdue", "due", "case", "done", "over")


def _told(listed: ContactList) -> list[TimelineRow]:
    return timeline([one.record for one in listed.contacts], rulebook().kinds)


def _row(
    contact: Contact, told: TimelineRow, rules: Contacts, alert: str, records: bool, as_of: date
) -> ContactRow:
    kind = rulebook().kinds[rules.kind]
    links = {wording(field.title) for field in kind.form if field.record_of is not None}
    values = [(title, value) for title, value in told.values if title not in links][:FIELDS_SHOWN]
    step = _step(contact, rules, alert) if records else None
    return ContactRow(contact, values, contact.expected(as_of), _state(contact, as_of), step)


def _state(contact: Contact, as_of: date) -> tuple[str, str]:
    """What is to be known of a contact at a glance, as the rules' due items have it, and how it is drawn."""
    if contact.case is not None:
        return say("已登记为疑似病例", "registered as a suspected case"), "case"
    if contact.to_register is not None:
        return say("有症状，待登记为疑似病例", "ill, to be registered as a suspected case"), "overdue"
    if contact.to_observe is not None:
        late = (as_of - contact.to_observe.due_on).days
        if late > 0:
            return say("观察{late}", "observation {late}", late=lateness_in_words(late)), "overdue"
        return say("今天应观察", "to be observed today"), "due"
    if contact.is_over(as_of):
        return say("观察期满", "observation is over"), "over"
    return say("今天已观察", "observed today"), "done"


def _step(contact: Contact, rules: Contacts, alert: str) -> tuple[str, str] | None:
    """The form that is needed next, filled in as far as is known."""
    if contact.to_register is not None:
        values = contact.ill.values if contact.ill is not None else {}
        taken = {one: str(values[other]) for one, other in rules.takes.items() if other in values}
        return say("登记疑似病例", "Register the case"), _form(contact.person, rules.becomes, alert, taken)
    if contact.to_observe is not None:
        return say("记录观察", "Record the day"), _form(contact.person, rules.day, alert, {})
    return None


def _form(person: Resident, kind: str, alert: str, values: dict[str, str]) -> str:
    known = {name_of(rulebook().kinds[kind].field(name), ""): value for name, value in values.items()}
    return f"{reverse('record_new', args=[person.code, kind])}?{urlencode({**known, 'back': alert})}"


def _found(
    request: SignedInRequest, words: str, rules: Contacts, declared: Declaration, alert: RecordVersion
) -> list[tuple[Resident, str, str]]:
    link = str(link_of(rulebook().kinds[rules.kind], declared.alert.kind))
    return [
        (one, about(one), _form(one, rules.kind, alert.record_id, {link: alert.record_id}))
        for one in islice(residents(request.user, words), MOST)
    ]


@dataclass(frozen=True, slots=True)
class Belonging:
    """Other records that belong to an alert, of one kind, as a reader may see them."""

    kind: str
    title: str
    rows: Sequence[TimelineRow]


def belonging(request: SignedInRequest, alert: RecordVersion, declared: Declaration) -> list[Belonging]:
    """By kind, those of contacts left out: they are told apart. Kinds without any record are left out."""
    apart = declared.contacts.kind if declared.contacts is not None else None
    found = []
    for kind in rulebook().kinds.values():
        link = link_of(kind, declared.alert.kind) if kind.name != apart else None
        if link is not None:
            records = (
                RecordVersion.objects.valid()
                .visible_to(request.user)
                .filter(kind__name=kind.name, **{f"values__{link}": alert.record_id})
            )
            rows = timeline(
                list(records.select_related("kind", "institution", "worker", "change")[:MOST]),
                rulebook().kinds,
            )
            found += [Belonging(kind.name, wording(kind.title), rows)] if rows else []
    return found
