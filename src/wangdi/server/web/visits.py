"""A visit: one or several services about one person, on one form, saved together.

Date, institution and worker are given once. A field that packs declare as shared is typed once for all the kinds that
have it. Each kind's record has an id made with the form, so that sending the form again changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Max, Q
from django.http import QueryDict

from wangdi.engine.model.kinds import Kind
from wangdi.server.network.models import AnyEntity
from wangdi.server.records.models import RecordVersion
from wangdi.server.web.entities import entity_of
from wangdi.server.web.forms import Choices, Draft, Entry, Problems, entries, number_in
from wangdi.server.web.merging import STORED, Difference, chosen, differences
from wangdi.server.web.residents import names_in
from wangdi.server.web.words import wording

MERGING, CLASH = "merging", "clash"
BOTH, MERGE = "both", "merge"
"""What to do about a record of somebody else: leave it alone and keep mine, too; or put mine into it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of record within a visit. ``seen`` is the newest change of such records that the form knew of.

    ``newer`` is what stands in the way: a newer version of the same record (a conflict), or a record of the same service
    that somebody else wrote meanwhile (a clash); with it come the ``differences``.
    """

    kind: Kind
    prefix: str
    draft: Draft
    seen: int | None
    wanted: bool = True
    problems: Problems = field(default_factory=dict)
    newer: RecordVersion | None = None
    clashes: bool = False
    differences: Sequence[Difference] = ()
    undecided: Sequence[str] = ()
    decision: str = ""
    """What the reader decided of a clash."""
    into: RecordVersion | None = None
    """The version that the reader's choice goes on from."""

    @property
    def is_blocked(self) -> bool:
        return self.newer is not None

    def as_arguments(self, actor: AbstractBaseUser, person: AnyEntity) -> dict[str, Any]:
        """For `save_record`."""
        return {
            "actor": actor,
            "kind": self.kind,
            "record_id": self.draft.record_id,
            "subject_code": person.code,
            "institution_code": self.draft.institution or None,
            "worker_code": self.draft.worker or None,
            "occurred_on": self.draft.day,
            "values": self.draft.values(self.kind),
            "expected_version": self.draft.version,
        }


def prefix_of(kind: Kind) -> str:
    """Before the names of a kind's fields where a form records several kinds."""
    return f"{kind.name}-"


def fresh_part(kind: Kind, person: AnyEntity, draft: Draft, prefix: str) -> Part:
    return Part(kind, prefix, draft, newest_change(kind, person))


def blank_part(kind: Kind, draft: Draft, prefix: str) -> Part:
    """Of a form that is filled in without the net: about whom, under which id and on which knowledge, the phone says."""
    return Part(kind, prefix, draft, 0)


def posted_part(kind: Kind, post: QueryDict, prefix: str) -> Part:
    """Http404 for hidden fields that are not ours. A part is left out where its box is not ticked."""
    seen = post.get(f"{prefix}seen")
    wanted = f"{prefix}listed" not in post or f"{prefix}do" in post
    known = number_in(seen) if seen is not None else None
    return Part(kind, prefix, Draft.posted(kind, post, prefix=prefix), known, wanted)


def newest_change(kind: Kind, person: AnyEntity) -> int:
    """The newest change of any record of the kind about somebody; 0 when there is none."""
    return _about(kind, person).aggregate(newest=Max("seq"))["newest"] or 0


def _about(kind: Kind, person: AnyEntity) -> Any:
    return RecordVersion.objects.filter(
        kind__name=kind.name, kind__about=entity_of(person), subject=person.pk
    )


def clashing(part: Part, person: AnyEntity, actor: AbstractBaseUser) -> RecordVersion | None:
    """The newest record of the same service that somebody else wrote since the form was opened."""
    if part.seen is None or part.draft.version or newest_change(part.kind, person) <= part.seen:
        return None
    others = _about(part.kind, person).valid().filter(seq__gt=part.seen)
    others = others.exclude(record_id=part.draft.record_id).filter(
        ~Q(change__actor=actor.pk) | Q(change__actor=None)
    )
    stored_already = _about(part.kind, person).filter(record_id=part.draft.record_id)
    newest: RecordVersion | None = (
        others.select_related("institution", "worker", "change").order_by("-seq").first()
    )
    return None if newest is None or stored_already.exists() else newest


def blocked(
    part: Part, newer: RecordVersion, choices: Choices, *, clashes: bool, undecided: Sequence[str] = ()
) -> Part:
    """The part with what stands in its way. Sending it again from there is a choice made knowingly."""
    base = None if clashes else _version(newer, part.draft.version)
    rows = differences(part.draft, part.kind, newer, base, choices, part.prefix)
    return replace(part, newer=newer, clashes=clashes, differences=rows, undecided=undecided)


def _version(newer: RecordVersion, version: int) -> RecordVersion | None:
    versions = RecordVersion.objects.filter(kind=newer.kind_id, record_id=newer.record_id, version=version)
    return versions.select_related("institution", "worker").first()


def decided(part: Part, person: AnyEntity, post: QueryDict, choices: Choices) -> Part:
    """The part with what the reader chose on a page that showed a conflict or a clash."""
    shown = post.get(f"{part.prefix}{MERGING}")
    if shown is None:
        return part
    newer = (
        _about(part.kind, person).filter(seq=number_in(shown)).select_related("institution", "worker").first()
    )
    decision = post.get(f"{part.prefix}{CLASH}", MERGE)
    if newer is None or (decision in (STORED, BOTH)):
        return replace(
            part, decision=decision, seen=number_in(shown), wanted=part.wanted and decision != STORED
        )
    base = _version(newer, part.draft.version) if newer.record_id == part.draft.record_id else None
    rows = differences(part.draft, part.kind, newer, base, choices, part.prefix)
    found = chosen(rows, part.draft, newer, post, part.prefix)
    if found.missing:
        clashes = newer.record_id != part.draft.record_id
        return replace(
            blocked(part, newer, choices, clashes=clashes, undecided=found.missing), decision=decision
        )
    merged = replace(found.draft, record_id=newer.record_id, version=newer.version)
    return replace(part, draft=merged, seen=number_in(shown), decision=decision, into=newer)


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part as the page shows it: with its entries, and the record that it was last done."""

    part: Part
    entries: Sequence[Entry]
    last: RecordVersion | None

    @property
    def sections(self) -> list[tuple[str, str, list[Entry]]]:
        """The entries under their headings: an id for links, the heading in the reader's language or nothing."""
        grouped = groupby(self.entries, key=lambda entry: entry.field.section)
        return [
            (f"{self.part.prefix}section-{number}", wording(section) if section else "", list(found))
            for number, (section, found) in enumerate(grouped, 1)
        ]


def shown_blank(part: Part, choices: Choices) -> ShownPart:
    """All fields of a new record, with no last values."""
    opening = {one.name for one in part.kind.opening_form}
    made = entries(part.draft, part.kind, {}, None, choices.named(), part.prefix)
    return ShownPart(part, [one for one in made if one.field.name in opening and not one.is_idle], None)


def shown_parts(parts: Sequence[Part], person: AnyEntity, choices: Choices) -> list[ShownPart]:
    """Shared fields appear with the first part that has them."""
    there: set[str] = set()
    found = []
    for part in parts:
        last = last_of(part.kind, person, part.draft.record_id)
        opening = {one.name for one in part.kind.opening_form}
        made = [
            entry
            for entry in _entries(part, last, choices)
            if (entry.field.name in opening or entry.text or entry.problem)
            and entry.name not in there
            and not entry.is_idle
        ]
        there |= {entry.name for entry in made}
        found.append(ShownPart(part, made, last))
    return found


def _entries(part: Part, last: RecordVersion | None, choices: Choices) -> list[Entry]:
    names = names_in([last], {part.kind.name: part.kind}) if last is not None else {}
    return entries(part.draft, part.kind, part.problems, last, choices.named(), part.prefix, names)


def last_of(kind: Kind, person: AnyEntity, other_than: str = "") -> RecordVersion | None:
    """The newest valid record of a kind about somebody."""
    newest: RecordVersion | None = (
        _about(kind, person)
        .valid()
        .exclude(record_id=other_than)
        .order_by("-occurred_on", "-record_id")
        .first()
    )
    return newest


def problems_by_name(parts: Sequence[Part]) -> dict[str, str]:
    """All that is wrong, by the names that the form's fields have."""
    found: dict[str, str] = {}
    for part in parts:
        by_name = {
            one.name: one for one in entries(part.draft, part.kind, part.problems, None, {}, part.prefix)
        }
        declared = {one.field.name: name for name, one in by_name.items()}
        found |= {declared.get(name, name): message for name, message in part.problems.items()}
    return found


def refused(parts: Sequence[Part], kind: str, problems: Mapping[str, str]) -> list[Part]:
    """The parts with the problems that the store found in one of them."""
    return [
        replace(one, problems={**one.problems, **problems}) if one.kind.name == kind else one for one in parts
    ]
